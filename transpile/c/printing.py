"""Trees as C again: what is printed means what was read, and reads as the same tree.

Comments and pragmas are printed where they stood. Brackets are those that the meaning needs. With ``macros``, numbers
that a macro stood for are printed by its name; the text must then stand where the macro is defined.
"""

from __future__ import annotations

from collections.abc import Sequence

from transpile.c.spelling import declaration, declarator, parts, type_text
from transpile.c.tree import (
    AddressOf,
    Assign,
    Assignment,
    Binary,
    Block,
    Break,
    Call,
    CallThrough,
    Case,
    Cast,
    Comma,
    CompoundLiteral,
    Conditional,
    Constant,
    Continue,
    Declare,
    Definition,
    Dereference,
    Designator,
    DoWhile,
    Empty,
    Evaluate,
    Expression,
    For,
    Goto,
    If,
    Increment,
    Index,
    InitializerList,
    Item,
    Label,
    Member,
    Name,
    Notes,
    Return,
    SizeOf,
    Statement,
    String,
    Switch,
    Unary,
    While,
)
from transpile.c.unit import Function

_COMMA, _ASSIGNMENT, _CONDITIONAL, _UNARY, _POSTFIX, _PRIMARY = 1, 2, 3, 14, 15, 16
_LEVELS = {
    "||": 4, "&&": 5, "|": 6, "^": 7, "&": 8, "==": 9, "!=": 9, "<": 10, ">": 10, "<=": 10, ">=": 10,
    "<<": 11, ">>": 11, "+": 12, "-": 12, "*": 13, "/": 13, "%": 13,
}  # fmt: skip
_INDENT = "    "


def text(expression: Expression, macros: bool = False) -> str:
    """``expression`` as C."""
    return _Printer(macros).expression(expression, _COMMA)


def show(statement: Statement, depth: int = 0, macros: bool = False) -> str:
    """``statement`` as lines of C, ``depth`` steps from the margin."""
    return "\n".join(_Printer(macros).statement(statement, depth))


def show_function(function: Function, macros: bool = False) -> str:
    """``function`` as C, with its comments."""
    return "\n".join(_Printer(macros).function(function))


class _Printer:
    def __init__(self, macros: bool) -> None:
        self._macros = macros

    def expression(self, node: Expression, level: int = _ASSIGNMENT) -> str:
        """``node`` for a place where only what binds at least as tightly as ``level`` can stand without brackets."""
        if isinstance(node, Cast) and node.implicit:
            return self.expression(node.operand, level)
        found, binds = self._operation(node)
        return found if binds >= level else f"({found})"

    def _operation(self, node: Expression) -> tuple[str, int]:
        """``node`` without brackets around it, and how tightly it binds."""
        match node:
            case Binary(sign, left, right):
                level = _LEVELS[sign]
                return f"{self.expression(left, level)} {sign} {self.expression(right, level + 1)}", level
            case Conditional(condition, yes, no):
                first = self.expression(condition, _CONDITIONAL + 1)
                return f"{first} ? {self.expression(yes)} : {self.expression(no, _CONDITIONAL)}", _CONDITIONAL
            case Assignment(target, sign, value):
                return f"{self.expression(target, _UNARY)} {sign}= {self.expression(value)}", _ASSIGNMENT
            case Comma(left, right):
                return f"{self.expression(left, _COMMA)}, {self.expression(right)}", _COMMA
            case Cast(operand):
                return f"({type_text(node.type, self.extent)}){self.expression(operand, _UNARY)}", _UNARY
            case Unary(sign, operand):
                return self._prefixed(sign, operand), _UNARY
            case Dereference(operand):
                return self._prefixed("*", operand), _UNARY
            case AddressOf(operand):
                return self._prefixed("&", operand), _UNARY
            case SizeOf(of, operand, alignment):
                shown = self.expression(operand, _COMMA) if operand is not None else type_text(of, self.extent)
                return f"{'_Alignof' if alignment else 'sizeof'}({shown})", _UNARY
            case Increment(target, step, True):
                return self._prefixed("++" if step > 0 else "--", target), _UNARY
        return self._primary(node)

    def _prefixed(self, sign: str, operand: Expression) -> str:
        inner = self.expression(operand, _UNARY)
        return f"{sign}({inner})" if inner.startswith(sign[0]) else sign + inner

    def _primary(self, node: Expression) -> tuple[str, int]:
        match node:
            case Constant(_, shown, macro):
                used = macro if macro and self._macros else shown
                return used, _UNARY if used.startswith("-") else _PRIMARY
            case String(pieces):
                return " ".join(pieces), _PRIMARY
            case Name(variable):
                return variable.name, _PRIMARY
            case Index(base, subscript):
                return f"{self.expression(base, _POSTFIX)}[{self.expression(subscript, _COMMA)}]", _POSTFIX
            case Member():
                return self._member(node), _POSTFIX
            case Call(_, arguments):
                return f"{self._called(node)}({self._list(arguments)})", _POSTFIX
            case CallThrough(pointer, arguments):
                return f"{self.expression(pointer, _POSTFIX)}({self._list(arguments)})", _POSTFIX
            case Increment(target, step):
                return f"{self.expression(target, _POSTFIX)}{'++' if step > 0 else '--'}", _POSTFIX
            case CompoundLiteral(initial):
                return f"({type_text(node.type, self.extent)}){self.expression(initial)}", _POSTFIX
            case InitializerList(items):
                return f"{{{', '.join(map(self._item, items))}}}", _PRIMARY
        raise AssertionError(f"{type(node).__name__} cannot be printed")

    def _member(self, node: Member) -> str:
        base = node.base
        while isinstance(base, Member) and not base.name:
            base = base.base
        if isinstance(base, Dereference):
            return f"{self.expression(base.operand, _POSTFIX)}->{node.name}"
        return f"{self.expression(base, _POSTFIX)}.{node.name}"

    def _called(self, node: Call) -> str:
        """The function's name. What ``std::max`` compares as must be said where the operands do not."""
        converts = any(isinstance(argument, Cast) and argument.implicit for argument in node.arguments)
        return f"{node.name}<{type_text(node.type)}>" if converts and node.name.startswith("std::") else node.name

    def _list(self, arguments: Sequence[Expression]) -> str:
        return ", ".join(map(self.expression, arguments))

    def _item(self, item: Item) -> str:
        target = "".join(map(self._designator, item.designators))
        value = self.expression(item.value)
        return f"{target} = {value}" if target else value

    def _designator(self, designator: Designator) -> str:
        if designator.name or designator.first is None:
            return f".{designator.name}"
        last = f" ... {self.expression(designator.last)}" if designator.last is not None else ""
        return f"[{self.expression(designator.first)}{last}]"

    def extent(self, expression: Expression) -> str:
        return self.expression(expression)

    def statement(self, node: Statement, depth: int) -> list[str]:
        """The lines of ``node`` with what stands around it."""
        lines = self._around(node.notes, depth)
        lines += self._lines(node, depth)
        return _with_trailing(lines, node.notes.trailing)

    def _around(self, notes: Notes, depth: int) -> list[str]:
        indent = _INDENT * depth
        return [indent + comment for comment in notes.leading] + [pragma.text for pragma in notes.pragmas]

    def _lines(self, node: Statement, depth: int) -> list[str]:
        indent = _INDENT * depth
        match node:
            case Block():
                return self._block(indent, node, depth)
            case If():
                return self._if(node, depth)
            case For(initial, condition, step, body):
                shown = self.expression(condition, _COMMA) if condition is not None else ""
                update = self._simple(step) if step is not None else ""
                header = f"for ({self._initial(initial)}; {shown}; {update})".replace("; ;", ";;").replace("; )", ";)")
                return self._controlled(header, body, depth)
            case While(condition, body):
                return self._controlled(f"while ({self.expression(condition, _COMMA)})", body, depth)
            case Switch(subject, body):
                return self._controlled(f"switch ({self.expression(subject, _COMMA)})", body, depth)
            case DoWhile(body, condition):
                lines = self._controlled("do", body, depth)
                end = f"while ({self.expression(condition, _COMMA)});"
                return _joined(lines, end, indent, isinstance(body, Block))
            case Case(value, statements, last):
                end = f" ... {self.expression(last)}" if last is not None else ""
                label = f"case {self.expression(value)}{end}:" if value is not None else "default:"
                below = [line for inner in statements for line in self.statement(inner, depth + 1)]
                return [indent + label, *below]
            case Label(name, inner):
                return [f"{_INDENT * max(depth - 1, 0)}{name}:", *self.statement(inner, depth)]
        return [f"{indent}{self._simple(node)};"]

    def _simple(self, node: Statement) -> str:
        """A statement that is one line, without its semicolon."""
        match node:
            case Declare(variable):
                prefix = "static " * (variable.storage == "static") + "extern " * variable.external
                base, inner = declarator(variable, self.extent)
                return f"{prefix}{base} {inner}{self._initialised(node)}"
            case Definition(shown):
                return shown.removesuffix(";")
            case Assign(target, sign, value):
                return f"{self.expression(target, _UNARY)} {sign}= {self.expression(value)}"
            case Evaluate(found):
                return self.expression(found, _COMMA)
            case Return(value):
                return "return" if value is None else f"return {self.expression(value, _COMMA)}"
            case Goto(label):
                return f"goto {label}"
            case Break():
                return "break"
            case Continue():
                return "continue"
            case Empty():
                return ""
        raise AssertionError(f"{type(node).__name__} cannot be printed")

    def _initialised(self, node: Declare) -> str:
        return "" if node.initial is None else f" = {self.expression(node.initial)}"

    def _initial(self, statements: Sequence[Statement]) -> str:
        """The first part of a ``for``: several declarations share their type."""
        if not statements:
            return ""
        more = [
            declarator(other.variable, self.extent)[1] + self._initialised(other)
            for other in statements[1:]
            if isinstance(other, Declare)
        ]
        return ", ".join([self._simple(statements[0]), *more])

    def _block(self, head: str, node: Block, depth: int) -> list[str]:
        """``head`` and the opening brace, the statements, the closing brace."""
        lines = _with_trailing([f"{head}{{"], node.opening)
        for inner in node.statements:
            lines += self.statement(inner, depth + 1)
        lines += [_INDENT * (depth + 1) + comment for comment in node.closing]
        return [*lines, _INDENT * depth + "}"]

    def _controlled(self, header: str, body: Statement, depth: int) -> list[str]:
        indent = _INDENT * depth
        if isinstance(body, Block) and not body.notes.leading and not body.notes.pragmas:
            return _with_trailing(self._block(f"{indent}{header} ", body, depth), body.notes.trailing)
        return [indent + header, *self.statement(body, depth + (not isinstance(body, Block)))]

    def _if(self, node: If, depth: int) -> list[str]:
        indent = _INDENT * depth
        then = node.then
        if node.otherwise is not None and _ends_open(then):
            then = Block((then,), span=then.span)
        lines = self._controlled(f"if ({self.expression(node.condition, _COMMA)})", then, depth)
        if node.otherwise is None:
            return lines
        other = node.otherwise
        if isinstance(other, If) and other.notes == Notes():
            below = self._if(other, depth)
            below[0] = f"else {below[0].lstrip()}"
        else:
            below = self._controlled("else", other, depth)
            below[0] = below[0].lstrip()
        return _joined(lines, below[0], indent, isinstance(then, Block)) + below[1:]

    def function(self, function: Function) -> list[str]:
        prefix = "static " * function.static + "inline " * function.inline
        shown = [declaration(parameter, self.extent) for parameter in function.parameters]
        shown += ["..."] * function.type.variadic
        base, inner = parts(function.result, f"{function.name}({', '.join(shown) or 'void'})", self.extent)
        lines = self._around(function.notes, 0)
        lines += self._block(f"{prefix}{base} {inner} ", function.body, 0)
        return _with_trailing(lines, function.notes.trailing)


def _joined(lines: list[str], more: str, indent: str, is_block: bool) -> list[str]:
    """``more`` behind the brace that ends ``lines``, or on a line of its own."""
    if is_block and lines[-1].strip() == "}":
        return [*lines[:-1], f"{lines[-1]} {more}"]
    return [*lines, indent + more]


def _with_trailing(lines: list[str], comments: Sequence[str]) -> list[str]:
    return [*lines[:-1], "  ".join([lines[-1], *comments])] if comments and lines else lines


def _ends_open(node: Statement) -> bool:
    """Whether an ``else`` behind ``node`` would belong to an ``if`` in it."""
    match node:
        case If(_, _, otherwise):
            return otherwise is None or _ends_open(otherwise)
        case For(_, _, _, body) | While(_, body) | Label(_, body):
            return _ends_open(body)
    return False
