"""Lines that are too long, broken as ``ruff format`` breaks them: at brackets from the outside in, one argument a line
where they do not fit in one, operators at the start of a line."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

WIDTH = 120
_STEP = "    "
_PRECEDENCE: dict[type[ast.operator], int] = {ast.Add: 10, ast.Sub: 10}


def wrapped(line: str, width: int = WIDTH) -> list[str]:
    """``line``, or the lines that it becomes."""
    if len(line) <= width or line.lstrip().startswith("#"):
        return [line]
    text = line.lstrip()
    indent = line[: len(line) - len(text)]
    head, source, tail = _framed(text)
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return [line]
    if len(body) != 1:
        return [line]
    return _Wrapping(source, width).statement(body[0], indent, head, tail) or [line]


def _framed(text: str) -> tuple[str, str, str]:
    """What stands before the statement, the statement, and what follows: the head of a block is that of an ``if``."""
    if text.endswith(":") and (word := text.partition(" ")[0]) in ("if", "elif", "while"):
        return f"{word} ", text[len(word) + 1 : -1], ":"
    if text.endswith(":") and text.startswith("for "):
        target, _, iterated = text[:-1].partition(" in ")
        return f"{target} in ", iterated, ":"
    return "", text, ""


@dataclass(slots=True)
class _Wrapping:
    source: str
    width: int

    def text(self, node: ast.expr) -> str:
        """What stands there in the source, which is one line; offsets count bytes."""
        source = self.source if self.source.isascii() else self.source.encode()
        found = source[node.col_offset : node.end_col_offset]
        return found if isinstance(found, str) else found.decode()

    def statement(self, node: ast.stmt, indent: str, head: str, tail: str) -> list[str] | None:
        match node:
            case ast.Expr(value=ast.JoinedStr() | ast.Constant()):
                return None
            case ast.Expr(value=value):
                return self.value(value, indent, head, tail)
            case ast.Return(value=ast.expr() as value):
                return self.value(value, indent, "return ", tail)
            case ast.Assign(value=value) | ast.AugAssign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                before = self.source[: _position(self.source, value)]
                if before.endswith("("):
                    return None
                return self.value(value, indent, before, "")
            case ast.Raise(exc=ast.expr() as value):
                return self.value(value, indent, "raise ", "")
        return None

    def value(self, node: ast.expr, indent: str, before: str, after: str) -> list[str]:
        """An expression that stands in no brackets: it gets its own where it has none to be broken at."""
        if _bracketed(node):
            return self.broken(node, indent, before, after)
        last = _last_bracket(node) if isinstance(node, ast.BinOp | ast.BoolOp | ast.Compare) else None
        if last is not None and last.end_col_offset == node.end_col_offset:
            at = _position(self.source, last)
            broken = self.broken(last, indent, before + self.source[:at][_position(self.source, node) :], after)
            if all(len(line) <= self.width for line in broken):
                return broken
        if (operands := self.in_own_brackets(node, indent, before, after)) is not None:
            return operands
        if not _splits(node):
            return [indent + before + self.text(node) + after]
        inner = self.inside(node, indent + _STEP, "", "")
        return [f"{indent}{before}(", *inner, f"{indent}){after}"]

    def in_own_brackets(self, node: ast.expr, indent: str, before: str, after: str) -> list[str] | None:
        """Operations whose operands stand in brackets already: those are broken."""
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=operand) if self.text_before(operand):
                lines = self.inside(operand, indent + _STEP, "", "")
                return [f"{indent}{before}not (", *lines, f"{indent}){after}"]
            case ast.BoolOp(op=op, values=[first, last]) if self.text_before(last):
                word = "and" if isinstance(op, ast.And) else "or"
                lines = self.inside(last, indent + _STEP, "", "")
                head = indent + before + self.source[_position(self.source, node) : _position(self.source, last)]
                if len(head) <= self.width:
                    return [head, *lines, f"{indent}){after}"]
                if self.text_before(first):
                    opening = self.inside(first, indent + _STEP, "", "")
                    return [f"{indent}{before}(", *opening, f"{indent}) {word} (", *lines, f"{indent}){after}"]
        return None

    def inside(self, node: ast.expr, indent: str, before: str, after: str) -> list[str]:
        """An expression within brackets."""
        flat = indent + before + self.text(node) + after
        if len(flat) <= self.width:
            return [flat]
        if _bracketed(node):
            return self.broken(node, indent, before, after)
        pieces = list(self.operands(node))
        if len(pieces) < 2:
            return [flat]
        lines = []
        for at, (operator, operand) in enumerate(pieces):
            start = before if not at else f"{operator} "
            end = after if at == len(pieces) - 1 else ""
            bracketed = self.text_before(operand) and operand.col_offset != node.col_offset
            whole = f"{indent}{start}({self.text(operand)}){end}"
            if bracketed and len(whole) <= self.width:
                lines.append(whole)
            elif bracketed:
                lines += [f"{indent}{start}(", *self.inside(operand, indent + _STEP, "", ""), f"{indent}){end}"]
            else:
                lines += self.inside(operand, indent, start, end)
        return lines

    def text_before(self, operand: ast.expr) -> bool:
        """``operand`` is in brackets and too long for them to stay in a line."""
        at = _position(self.source, operand)
        return isinstance(operand, ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp) and self.source[at - 1 : at] == "("

    def operands(self, node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
        match node:
            case ast.BoolOp(op=op, values=values):
                for value in values:
                    yield ("and" if isinstance(op, ast.And) else "or"), value
            case ast.BinOp(left=left, op=op, right=right):
                same = isinstance(left, ast.BinOp) and _level(left.op) == _level(op)
                if same and (left.col_offset == node.col_offset or not self.text_before(left)):
                    yield from self.operands(left)
                else:
                    yield "", left
                yield self.between(left, right), right
            case ast.IfExp(test=test, body=body, orelse=orelse):
                yield "", body
                yield "if", test
                (_, first), *rest = self.operands(orelse) if isinstance(orelse, ast.IfExp) else [("", orelse)]
                yield "else", first
                yield from rest
            case ast.Compare(left=left, comparators=comparators):
                yield "", left
                for before, after in zip([left, *comparators], comparators, strict=False):
                    yield self.between(before, after), after

    def between(self, left: ast.expr, right: ast.expr) -> str:
        assert left.end_col_offset is not None
        end = len(self.source.encode()[: left.end_col_offset].decode())
        return self.source[end : _position(self.source, right)].strip("() ")

    def broken(self, node: ast.expr, indent: str, before: str, after: str) -> list[str]:
        """An expression in brackets of its own, broken at them."""
        start, items, end, collection = self.parts(node)
        if not items:
            return [indent + before + self.text(node) + after]
        line = f"{indent}{_STEP}{', '.join(text for text, _ in items)}"
        if len(line) <= self.width and not collection:
            return [f"{indent}{before}{start}", line, f"{indent}{end}{after}"]
        lines = []
        for text, (prefix, value) in items:
            del text
            lines += self.inside(value, indent + _STEP, prefix, ",")
        return [f"{indent}{before}{start}", *lines, f"{indent}{end}{after}"]

    def parts(self, node: ast.expr) -> tuple[str, list[tuple[str, tuple[str, ast.expr]]], str, bool]:
        """The opening text, the elements (whole, and as prefix and value), the closing bracket; ``collection``: its
        elements stand one a line."""
        match node:
            case ast.Call(func=function, args=arguments, keywords=keywords):
                given = [(self.text(each), ("", each)) for each in arguments]
                given += [(f"{each.arg}={self.text(each.value)}", (f"{each.arg}=", each.value)) for each in keywords]
                return self.text(function) + "(", given, ")", False
            case ast.List(elts=elements):
                return "[", [(self.text(each), ("", each)) for each in elements], "]", True
            case ast.Tuple(elts=elements):
                return "(", [(self.text(each), ("", each)) for each in elements], ")", True
        return "", [], "", False


def _position(source: str, node: ast.expr) -> int:
    return len(source.encode()[: node.col_offset].decode())


def _level(operator: ast.operator) -> int:
    return _PRECEDENCE.get(type(operator), 11)


def _bracketed(node: ast.expr) -> bool:
    match node:
        case ast.Call(args=arguments, keywords=keywords):
            return bool(arguments or keywords)
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return bool(elements)
    return False


def _splits(node: ast.expr) -> bool:
    return isinstance(
        node, ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp | ast.Constant | ast.JoinedStr | ast.Attribute
    )


def _last_bracket(node: ast.expr) -> ast.expr | None:
    """The call that a binary operation ends in, if the operation has no other operator that binds as little."""
    match node:
        case ast.BoolOp(values=[_, last]):
            pass
        case ast.BinOp(left=left, op=op, right=last):
            if isinstance(left, ast.BinOp) and _level(left.op) == _level(op):
                return None
        case ast.Compare(comparators=[last]):
            pass
        case _:
            return None
    while isinstance(last, ast.UnaryOp | ast.BinOp | ast.BoolOp | ast.Compare):
        match last:
            case ast.UnaryOp(operand=last) | ast.BinOp(right=last) | ast.BoolOp(values=[*_, last]):
                pass
            case ast.Compare(comparators=[*_, last]):
                pass
    return last if _bracketed(last) and isinstance(last, ast.Call) else None
