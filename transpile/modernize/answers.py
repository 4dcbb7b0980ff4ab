"""From the untrusted text of a model to a method, or to the reason why it is none.

An answer is bounded in bytes, lines, nesting and the size of its numbers. It is one method with the name and the
arguments that it must have, of statements that compute; it may name what is in its ``Scope``. Docstring and comments
are those of the COBOL program, whatever the model wrote. What remains is checked as any candidate; nothing here decides
that it is right.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterator

from transpile.errors import printable
from transpile.modernize.scope import Scope
from transpile.python.splicing import ERRORS
from transpile.python.wrapping import wrapped

MAX_BYTES = 32_768
"""Of an answer with everything that surrounds the code; longer ones are not looked at."""
MAX_LINES = 300
MAX_WIDTH = 116
"""Of a line outside of a class, in which it moves to the right by four."""
MAX_DEPTH = 40
MAX_DIGITS = 40
MAX_TEXT = 2_000
MAX_EXPONENT = 60

_FENCE = re.compile(r"^\s*(```|~~~)")
_THOUGHTS = ("think", "thinking", "reasoning")
_STATEMENTS = (
    *(ast.Assign, ast.AugAssign, ast.AnnAssign, ast.If, ast.For, ast.While, ast.Break, ast.Continue, ast.Return),
    *(ast.Pass, ast.Expr, ast.Raise, ast.Try, ast.ExceptHandler, ast.With, ast.withitem, ast.Match, ast.match_case),
    *(ast.MatchValue, ast.MatchOr, ast.MatchAs, ast.MatchSingleton),
)
_EXPRESSIONS = (
    *(ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Compare, ast.Call, ast.keyword, ast.Constant, ast.Attribute),
    *(ast.Subscript, ast.Slice, ast.Name, ast.Tuple, ast.List, ast.Set, ast.ListComp, ast.SetComp, ast.GeneratorExp),
    *(ast.NamedExpr, ast.comprehension, ast.JoinedStr, ast.FormattedValue),
    *(ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop),
)
_FROM_BEGINNING = (ast.FunctionDef, ast.arguments, ast.arg)


class AnswerError(Exception):
    """Why a text is no method, in words that a model can be told."""


def parse_answer(text: str, scope: Scope, usual: str) -> str:
    """The method in ``text``; ``usual`` is that of the rules, with the docstring and the comments. Raises
    AnswerError."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise AnswerError(f"longer than {MAX_BYTES} bytes")
    code = textwrap.dedent("\n".join(_code(text.replace("\r\n", "\n"), scope.name))).strip("\n")
    lines = [line.rstrip() for line in code.split("\n")]
    if len(lines) > MAX_LINES:
        raise AnswerError(f"more than {MAX_LINES} lines")
    if strange := next((each for each in code if each != "\n" and not (each.isprintable() and each <= "\xff")), ""):
        raise AnswerError(f"the character {strange!r} may not stand in it")
    node = _method("\n".join(lines), scope.name)
    _require_harmless(node, scope)
    found = _folded(_with_remarks("\n".join(lines), node, usual))
    if any(len(line) > MAX_WIDTH for line in found.splitlines()):
        raise AnswerError(f"a line is longer than {MAX_WIDTH} characters")
    return found


def _folded(text: str) -> str:
    """Statements that are too long for a line in several."""
    lines = ([line] if "#" in line else wrapped(line, MAX_WIDTH) for line in text.splitlines())
    folded = "\n".join(piece for pieces in lines for piece in pieces) + "\n"
    return folded if ast.dump(ast.parse(folded)) == ast.dump(ast.parse(text)) else text


def cost_of(text: str) -> int:
    """How much there is to be read of a method: the nodes of its syntax tree, without its docstring."""
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.FunctionDef)
    said = sum(1 for each in ast.walk(node.body[0])) if ast.get_docstring(node) is not None else 0
    return sum(not isinstance(each, ast.expr_context) for each in ast.walk(node)) - said


def _code(text: str, name: str) -> list[str]:
    """The lines of the last code block that has any; without one, the method and what is indented behind it."""
    for thought in _THOUGHTS:
        text = text.rpartition(f"</{thought}>")[2].partition(f"<{thought}>")[0]
    lines = text.split("\n")
    blocks: list[list[str]] = []
    inside = False
    for line in lines:
        if _FENCE.match(line):
            inside = not inside
            blocks += [[]] if inside else []
        elif inside:
            blocks[-1].append(line)
    filled = [block for block in blocks if any(line.strip() for line in block)]
    if blocks:
        return filled[-1] if filled else []
    start = next((at for at, line in enumerate(lines) if line.startswith(f"def {name}(")), len(lines))
    rest = lines[start + 1 :]
    end = next((at for at, line in enumerate(rest) if line and not line[0].isspace()), len(rest))
    return [*lines[start : start + 1], *rest[:end]]


def _method(code: str, name: str) -> ast.FunctionDef:
    head = f"def {name}(self) -> None:"
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise AnswerError(f"it is no Python: {printable(str(error))[:200]}") from None
    match body:
        case [ast.FunctionDef(decorator_list=[]) as node] if code.split("\n", 1)[0] == head:
            return node
    raise AnswerError(f"it is not one method that begins with '{head}'")


# What may stand in it


def _require_harmless(method: ast.FunctionDef, scope: Scope) -> None:
    _require_flat(method)
    inside = [node for node in ast.walk(method) if node is not method]
    for node in inside:
        known = (*_STATEMENTS, *_EXPRESSIONS, *_FROM_BEGINNING[1:])
        if not isinstance(node, known):
            raise AnswerError(f"{_shown(node)} may not stand in it")
        _require_small(node)
    variables = {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for name in sorted(variables):
        if name in scope.taken or (name.startswith("_") and name != "_"):
            raise AnswerError(f"'{name}' is no name for a variable here")
    called = {id(each) for node in inside for each in _called(node)}
    for node in inside:
        match node:
            case ast.Name(id=name) if name not in variables | scope.constants | {"self"}:
                if name in scope.functions and id(node) in called:
                    continue
                if not any(one.startswith(f"{name}.") for one in scope.dotted):
                    raise AnswerError(f"'{printable(name)[:40]}' may not be named, or not like that")
            case ast.Attribute():
                _require_attribute(node, scope, variables)
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            _require_target(node, scope)


def _require_flat(method: ast.FunctionDef) -> None:
    """Nothing is nested so deeply that those who walk it recursively would fall."""
    pending: list[tuple[ast.AST, int]] = [(method, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise AnswerError("it is nested too deeply")
        pending += [(each, depth + 1) for each in ast.iter_child_nodes(node)]


def _require_small(node: ast.AST) -> None:
    match node:
        case ast.Constant(value=bool() | None):
            return
        case ast.Constant(value=int(value)) if abs(value) >= 10**MAX_DIGITS:
            raise AnswerError(f"a number of more than {MAX_DIGITS} digits")
        case ast.Constant(value=str() | bytes() as value) if len(value) > MAX_TEXT:
            raise AnswerError(f"a text of more than {MAX_TEXT} characters")
        case ast.Constant(value=value) if not isinstance(value, int | float | str | bytes):
            raise AnswerError(f"{_shown(node)} may not stand in it")
        case ast.BinOp(op=ast.LShift()) | ast.AugAssign(op=ast.LShift() | ast.Pow() | ast.MatMult()):
            raise AnswerError(f"{_shown(node)} may not stand in it")
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            small = isinstance(right, ast.Constant) and isinstance(right.value, int) and right.value <= MAX_EXPONENT
            if not small or any(isinstance(each, ast.BinOp) for each in ast.walk(left)):
                raise AnswerError("powers have exponents that are written out and small")
        case ast.Return(value=ast.expr()) | ast.keyword(arg=None):
            raise AnswerError(f"{_shown(node)} may not stand in it")
        case ast.ExceptHandler(name=str()) | ast.MatchAs(name=str()) | ast.withitem(optional_vars=ast.expr()):
            raise AnswerError("'as' may not stand in it")
        case ast.comprehension(is_async=1) | ast.ExceptHandler(type=None):
            raise AnswerError("it catches everything, or waits")


def _called(node: ast.AST) -> Iterator[ast.expr]:
    """Expressions of ``node`` that may be functions, errors or types."""
    match node:
        case ast.Call(func=ast.Name(id="suppress") as function, args=names):
            yield function
            yield from (name for name in names if isinstance(name, ast.Name) and name.id in ERRORS)
        case ast.Call(func=function):
            yield function
        case ast.ExceptHandler(type=ast.expr() as caught):
            yield caught
        case ast.Raise(exc=ast.expr() as raised):
            yield raised
        case ast.AnnAssign(annotation=annotation):
            yield from ast.walk(annotation)  # type: ignore[misc]


def _require_attribute(node: ast.Attribute, scope: Scope, variables: set[str]) -> None:
    if node.attr.startswith("_") or node.attr not in scope.attributes:
        raise AnswerError(f"there is no attribute '{printable(node.attr)[:40]}' to be used here")
    root = node.value
    outside = isinstance(root, ast.Name) and root.id not in variables | scope.constants | {"self"}
    if outside and ast.unparse(node) not in scope.dotted:
        raise AnswerError(f"'{printable(ast.unparse(node))[:60]}' may not be used here")


def _require_target(node: ast.Attribute | ast.Subscript, scope: Scope) -> None:
    """It is one value of the program."""
    match node:
        case ast.Attribute(attr=attribute) if attribute in scope.values:
            return
        case ast.Subscript(value=owner, slice=index) if not isinstance(index, ast.Slice):
            while isinstance(owner, ast.Subscript):
                owner = owner.value
            if isinstance(owner, ast.Attribute) and owner.attr in scope.tables:
                return
    if ast.unparse(node) not in scope.targets:
        raise AnswerError(f"'{printable(ast.unparse(node))[:60]}' is no single value of the program that may be set")


def _shown(node: ast.AST) -> str:
    try:
        said = ast.unparse(node).partition("\n")[0]
    except (ValueError, RecursionError, AttributeError):
        said = type(node).__name__
    return f"'{printable(said)[:60]}'"


# Docstring and comments


def _with_remarks(code: str, node: ast.FunctionDef, usual: str) -> str:
    """``code`` with the docstring of ``usual``, and of its comments none but those that ``usual`` has."""
    theirs = ast.parse(usual).body[0]
    assert isinstance(theirs, ast.FunctionDef)
    said = list(_docstring(theirs, usual.splitlines()))
    lines = code.split("\n")
    own = range(len(list(_docstring(node, lines))))
    if own and len(node.body) == 1:
        raise AnswerError("it has a docstring and nothing else")
    body = [line for at, line in enumerate(lines) if at - (node.body[0].lineno - 1) not in own]
    kept = _comments(usual)
    found = list(_without_comments("\n".join(body), kept))
    missing = set(kept) - set(_comments("\n".join(found)))
    if missing:
        raise AnswerError(f"the comment {printable(sorted(missing)[0])[:80]!r} is gone")
    return "\n".join([found[0], *said, *found[1:]]) + "\n"


def _docstring(node: ast.FunctionDef, lines: list[str]) -> Iterator[str]:
    if ast.get_docstring(node) is not None:
        if node.body[0].lineno == node.lineno or (
            len(node.body) > 1 and node.body[1].lineno == node.body[0].end_lineno
        ):
            raise AnswerError("its docstring does not stand in lines of its own")
        yield from lines[node.body[0].lineno - 1 : node.body[0].end_lineno]


def _tokens(code: str) -> Iterator[tokenize.TokenInfo]:
    try:
        yield from tokenize.generate_tokens(io.StringIO(code + "\n").readline)
    except (tokenize.TokenError, SyntaxError) as error:
        raise AnswerError(f"it is no Python: {printable(str(error))[:200]}") from None


def _comments(code: str) -> list[str]:
    return [each.string for each in _tokens(code) if each.type == tokenize.COMMENT]


def _without_comments(code: str, kept: list[str]) -> Iterator[str]:
    """The lines, without comments that are not in ``kept``; a line with nothing else goes."""
    lines = code.split("\n")
    ends = {
        each.start[0] - 1: each.start[1]
        for each in _tokens(code)
        if each.type == tokenize.COMMENT and each.string not in kept
    }
    for at, line in enumerate(lines):
        left = line[: ends[at]].rstrip() if at in ends else line
        if left or at not in ends:
            yield left
