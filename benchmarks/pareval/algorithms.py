"""Algorithms of the standard library as loops."""

from __future__ import annotations

from tree_sitter import Node

from pareval.cpp_types import AUTO, BOOL, SIZE, Scalar, Type, declaration
from pareval.lambdas import applied, functor, negated, stored
from pareval.sequences import loop, span
from pareval.state import ASSIGNMENT, POSTFIX, Lowering, Sequence, Value
from pareval.syntax import method, named, part, refuse, text

_FOLDS = ("reduce", "accumulate")
_RESULTS = {"+": "sum", "*": "product"}


def assign(f: Lowering, target: Value, value: Value) -> None:
    """``target = value;``, as an ``if`` where one of two values is already there."""
    choice = value.choice
    if value.text == target.text:
        return
    if choice and choice.other == target.text:
        with f.block(f"if ({choice.condition})"):
            f.emit(f"{target.text} = {choice.chosen};")
    elif choice and choice.chosen == target.text:
        with f.block(f"if ({negated(choice.condition)})"):
            f.emit(f"{target.text} = {choice.other};")
    else:
        f.emit(f"{target.text} = {value.at(ASSIGNMENT)};")


def valued(
    f: Lowering, node: Node, name: str, arguments: list[Node], result: str = "", kind: Type = AUTO
) -> Value | None:
    """The value of a call of an algorithm that gives a number, None for another call. ``result`` is the variable that
    gets it, if there is one, and ``kind`` its type."""
    if name not in _FOLDS or len(arguments) < 2:
        return None
    _certainly(f, node)
    first, last, *more = arguments
    sequence = span(f, first, last)
    operation = more[1] if len(more) > 1 else None
    start = f.expression(f, more[0]) if more else Value("0", sequence.element)
    operator = functor(f, operation, [start, Value("", sequence.element)], "+")
    given = result if start.type == kind else ""
    variable = Value(given or f.fresh(_RESULTS.get(operator, "result")), start.type)
    f.emit(f"{declaration(start.type, variable.text)} = {start.at(ASSIGNMENT)};")
    i = f.index(node)
    with f.block(loop(i, sequence.size)):
        _fold(f, node, operation, variable, _at(sequence, i))
    return variable


def _certainly(f: Lowering, node: Node) -> None:
    if not f.certain:
        raise refuse(node, "an algorithm that is not always run")


def _at(sequence: Sequence, index: str) -> Value:
    return Value(f"{sequence.pointer}[{index}]", sequence.element, POSTFIX)


def _fold(f: Lowering, node: Node, operation: Node | None, result: Value, element: Value) -> None:
    """``result = operation(result, element);``"""
    operator = functor(f, operation, [result, element], "+")
    if operator in _RESULTS and isinstance(result.type, Scalar):
        f.emit(f"{result.text} {operator}= {element.text};")
        return
    _apply(f, node, operation, [result, element], result)


def _apply(f: Lowering, node: Node, operation: Node | None, values: list[Value], target: Value) -> None:
    """``target = operation(values);``"""
    value = applied(f, node, operation, values, "+")
    if value is not None:
        assign(f, target, value)
    elif operation is not None:
        stored(f, operation, values, lambda found: assign(f, target, found))


def membership(f: Lowering, node: Node, result: str = "") -> Value | None:
    """The value of ``std::find(x.begin(), x.end(), value) != x.end()``, None for another comparison."""
    if node.type != "binary_expression" or text(part(node, "operator")) not in ("==", "!="):
        return None
    left, right = part(node, "left"), part(node, "right")
    if left.type != "call_expression" or text(part(left, "function")) != "std::find":
        return None
    ended = method(right) if right.type == "call_expression" else None
    arguments = named(part(left, "arguments"))
    if len(arguments) != 3:
        raise refuse(node, "the number of arguments")
    first, last, sought = arguments
    if ended is None or last.type != "call_expression" or ended != method(last) or text(part(node, "operator")) == "==":
        raise refuse(node, "a search that is not compared with the end")
    _certainly(f, node)
    sequence, value = span(f, first, last), f.expression(f, sought)
    found, i = result or f.fresh("found"), f.index(node)
    f.emit(f"bool {found} = false;")
    with f.block(loop(i, sequence.size)), f.block(f"if ({_at(sequence, i).text} == {value.at(POSTFIX)})"):
        f.emit(f"{found} = true;")
        f.emit("break;")
    return Value(found, BOOL)


def run(f: Lowering, node: Node) -> bool:
    """Lower a statement that calls an algorithm; whether it is one."""
    if node.type != "call_expression":
        return False
    name, arguments = text(part(node, "function")).removeprefix("std::"), named(part(node, "arguments"))
    match name, arguments:
        case "transform", [first, last, *more]:
            _transform(f, node, span(f, first, last), more)
        case "inclusive_scan", [first, last, to, *more]:
            _scan(f, node, span(f, first, last), span(f, to), more)
        case "iota", [first, last, start]:
            _iota(f, node, span(f, first, last), f.expression(f, start))
        case "fill", [first, last, value]:
            _each(f, node, span(f, first, last), f.expression(f, value))
        case "sort", [first, last, *more]:
            _sort(f, node, span(f, first, last), more[0] if more else None)
        case "swap", [left, right]:
            _swap(f, f.expression(f, left), f.expression(f, right))
        case _:
            return False
    return True


def _each(f: Lowering, node: Node, sequence: Sequence, value: Value) -> None:
    i = f.index(node)
    with f.block(loop(i, sequence.size)):
        assign(f, _at(sequence, i), value)


def _transform(f: Lowering, node: Node, source: Sequence, more: list[Node]) -> None:
    *others, to, operation = more
    sources = [source, *(span(f, other) for other in others)]
    target, i = span(f, to), f.index(node)
    with f.block(loop(i, source.size)):
        _apply(f, node, operation, [_at(each, i) for each in sources], _at(target, i))


def _scan(f: Lowering, node: Node, source: Sequence, target: Sequence, more: list[Node]) -> None:
    operation = more[0] if more else None
    if operation is not None and len(more) < 2:
        raise refuse(node, "a scan that starts with its first element")
    start = f.expression(f, more[1]) if len(more) > 1 else Value("0", source.element)
    operator = functor(f, operation, [start, Value("", source.element)], "+")
    result = Value(f.fresh(_RESULTS.get(operator, "result")), start.type)
    f.emit(f"{declaration(start.type, result.text)} = {start.at(ASSIGNMENT)};")
    i = f.index(node)
    with f.block(loop(i, source.size)):
        _fold(f, node, operation, result, _at(source, i))
        f.emit(f"{_at(target, i).text} = {result.text};")


def _iota(f: Lowering, node: Node, sequence: Sequence, start: Value) -> None:
    i = f.index(node)
    with f.block(loop(i, sequence.size)):
        f.emit(f"{sequence.pointer}[{i}] = {i if start.text == '0' else f'{start.at(12)} + {i}'};")


def _sort(f: Lowering, node: Node, sequence: Sequence, order: Node | None) -> None:
    """By insertion: the order of equal elements, which std::sort leaves open, stays."""
    i = f.index(node)
    with f.block(loop(i, sequence.size, first=1)), f.bound({i: Value(i, SIZE)}):
        j, key = f.index(node), Value(f.fresh("key"), sequence.element)
        f.emit(f"{declaration(key.type, key.text)} = {sequence.pointer}[{i}];")
        f.emit(f"size_t {j} = {i};")
        less = applied(f, node, order, [key, _at(sequence, f"{j} - 1")], "<")
        if less is None:
            raise refuse(node, "an order that takes more than an expression")
        with f.block(f"while ({j} > 0 && {less.at(5)})"):
            f.emit(f"{sequence.pointer}[{j}] = {sequence.pointer}[{j} - 1];")
            f.emit(f"{j}--;")
        f.emit(f"{sequence.pointer}[{j}] = {key.text};")


def _swap(f: Lowering, left: Value, right: Value) -> None:
    kept = f.fresh("kept")
    f.emit(f"{declaration(left.type, kept)} = {left.text};")
    f.emit(f"{left.text} = {right.text};")
    f.emit(f"{right.text} = {kept};")
