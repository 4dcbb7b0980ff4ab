"""Vectors and queues as arrays: where they come from, and how they change."""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from pareval import complexes
from pareval.capacities import at_start, bound, filled
from pareval.cpp_types import BOOL, COMPLEX, SIZE, Queue, Record, Scalar, Type, Vector, spelled
from pareval.operators import converted
from pareval.state import EQUALITY, POSTFIX, PRODUCT, UNARY, Lowering, Sequence, Value
from pareval.syntax import method, named, part, refuse, text, walk

FIRST_CAPACITY = 16


def declare(f: Lowering, node: Node, kind: Vector | Queue, name: str, value: Node | None) -> None:
    """``std::vector<T> name…;``."""
    if value is not None and value.type == "identifier":
        _copy(f, name, whole(f, value))
        return
    if value is not None and value.type == "call_expression":
        value = part(value, "arguments")
    if value is None or not named(value):
        _declare_empty(f, node, kind, name)
        return
    count, *fill = named(value)
    if isinstance(kind.element, Vector):
        _declare_rows(f, node, kind.element, name, count, fill)
        return
    size = _size(f, name, count)
    _allocate(f, name, kind.element, size)
    f.bind(name, Sequence(name, kind.element, size))
    if fill or not _overwritten(f, node, name, size):
        _fill(f, name, kind.element, size, fill[0] if fill else None, value)


def _copy(f: Lowering, name: str, source: Sequence) -> None:
    size = source.size
    if source.counter:
        size = f"{name}_size"
        f.emit(f"const size_t {size} = {source.size};")
    _allocate(f, name, source.element, size)
    f.bind(name, Sequence(name, source.element, size))
    _each(f, size, lambda i: f"{name}[{i}] = {source.pointer}[{i}];")


def _declare_rows(f: Lowering, node: Node, row: Vector, name: str, count: Node, fill: list[Node]) -> None:
    """``std::vector<std::vector<T>> name(n, std::vector<T>(m, 0))``: rows of one length in one array."""
    if len(fill) != 1 or fill[0].type != "call_expression" or isinstance(row.element, Vector):
        raise refuse(node, "rows whose length is not given")
    length, *inner = named(part(fill[0], "arguments"))
    rows, columns = at_start(f, count), at_start(f, length)
    if rows is None or columns is None:
        raise refuse(node, "a number of rows that changes")
    size = f"{rows.at(PRODUCT)} * {columns.at(PRODUCT + 1)}"
    _allocate(f, name, row.element, size)
    f.bind(name, Sequence(name, row.element, rows.at(POSTFIX), columns=columns.at(POSTFIX)))
    _fill(f, name, row.element, size, inner[0] if inner else None, node)


def _declare_empty(f: Lowering, node: Node, kind: Vector | Queue, name: str) -> None:
    changes = {called[1] for n in walk(f.body) if n.type == "call_expression" and (called := method(n))
               and called[0] == name}  # fmt: skip
    if not changes & {"push_back", "push", "insert"}:
        f.bind(name, Sequence(name, kind.element, ""))
        return
    once = filled(f, node, name) if isinstance(kind, Vector) else None
    if once:
        _allocate(f, name, kind.element, once[1])
        f.bind(name, Sequence(name, kind.element, once[1], slot=once[0]))
        return
    capacity, size = bound(f, name), f"{name}_size"
    sequence = Sequence(name, kind.element, size, counter=True, capacity=capacity)
    if not capacity:
        f.emit(f"size_t {name}_capacity = {FIRST_CAPACITY};")
    _allocate(f, name, kind.element, capacity or f"{name}_capacity")
    f.emit(f"size_t {size} = 0;")
    if isinstance(kind, Queue):
        sequence.head = f"{name}_head"
        f.emit(f"size_t {sequence.head} = 0;")
    f.bind(name, sequence)


def _allocate(f: Lowering, name: str, element: Type, count: str) -> None:
    if isinstance(element, Record):
        f.unit.use(element)
    f.emit(f"{spelled(element)} *{name} = malloc({_factor(count)} * sizeof({spelled(element)}));")
    f.owned[-1].append(name)


def _factor(count: str) -> str:
    """``count`` where it is multiplied."""
    return f"({count})" if re.search(r" [-+] ", count) and not count.startswith("(") else count


def _size(f: Lowering, name: str, count: Node) -> str:
    value = at_start(f, count)
    if value is not None:
        return value.at(POSTFIX)
    f.emit(f"const size_t {name}_size = {f.expression(f, count).text};")
    return f"{name}_size"


def _fill(f: Lowering, name: str, element: Type, size: str, fill: Node | None, node: Node) -> None:
    value = converted(f, f.expression(f, fill), element).text if fill else default(f, element, node)
    _each(f, size, lambda i: f"{name}[{i}] = {value};", node)


def _overwritten(f: Lowering, node: Node, name: str, size: str) -> bool:
    """Whether the next statement gives every element of a vector a value."""
    after = node.next_named_sibling
    if after is None or after.type != "expression_statement" or named(after)[0].type != "call_expression":
        return False
    algorithm, arguments = text(part(named(after)[0], "function")), named(part(named(after)[0], "arguments"))
    begins = [argument for argument in arguments if text(argument) == f"{name}.begin()"]
    match algorithm:
        case "std::iota":
            return begins[:1] == arguments[:1]
        case "std::transform" | "std::inclusive_scan":
            others = [other for other in arguments if other not in begins and text(other).endswith(".begin()")]
            return len(begins) == 1 and bool(others) and all(span(f, other).size == size for other in others[:1])
    return False


def default(f: Lowering, element: Type, node: Node) -> str:
    """What a new element is."""
    if element == COMPLEX:
        return complexes.made(f.unit, "0", "0").text
    if element == BOOL:
        return "false"
    if not isinstance(element, Scalar):
        raise refuse(node, "elements of this type that nobody gives a value")
    return "0"


def _each(f: Lowering, size: str, line: Callable[[str], str], *nodes: Node) -> None:
    """A loop over all elements."""
    i = f.index(*nodes)
    with f.block(loop(i, size)):
        f.emit(line(i))


def loop(index: str, size: str, first: int = 0) -> str:
    return f"for (size_t {index} = {first}; {index} < {bare(size)}; {index}++)"


def bare(shown: str) -> str:
    """Without brackets around all of it."""
    inner = shown[1:-1]
    closed = inner.count("(") == inner.count(")") and inner.find(")") >= inner.find("(")
    return inner if shown.startswith("(") and shown.endswith(")") and closed else shown


def whole(f: Lowering, node: Node) -> Sequence:
    """The sequence that ``node`` names."""
    found = f.find(text(node)) if node.type == "identifier" else None
    if not isinstance(found, Sequence) or not found.size:
        raise refuse(node, "this is no vector")
    return found


def queried(node: Node, sequence: Sequence, name: str) -> Value:
    """What a method that changes nothing gives."""
    first = sequence.head or "0"
    if not sequence.size:
        raise refuse(node, "a vector without elements")
    match name:
        case "size" if not sequence.head:
            return Value(sequence.size, SIZE, UNARY if sequence.size.startswith("*") else POSTFIX)
        case "empty":
            return Value(f"{sequence.size} == {first}", BOOL, EQUALITY)
        case "front":
            return Value(f"{sequence.pointer}[{first}]", sequence.element, POSTFIX)
        case "back":
            return Value(f"{sequence.pointer}[{sequence.size} - 1]", sequence.element, POSTFIX)
    raise refuse(node, "this method")


def changed(f: Lowering, node: Node) -> bool:
    """Lower a statement that changes a sequence; whether it is one."""
    if node.type == "assignment_expression":
        return _assigned(f, node)
    called = method(node) if node.type == "call_expression" else None
    sequence = f.find(called[0]) if called else None
    if called is None or not isinstance(sequence, Sequence):
        return False
    arguments = named(part(node, "arguments"))
    match called[1], arguments:
        case "push_back" | "push", [element]:
            _push(f, sequence, _element(f, sequence, element))
        case "pop_back", []:
            f.emit(f"{sequence.size}--;")
        case "pop", [] if sequence.head:
            f.emit(f"{sequence.head}++;")
        case "clear", [] if sequence.counter:
            f.emit(f"{sequence.size} = 0;")
        case "insert", [_, first, last]:
            _append(f, node, sequence, first, last)
        case "resize" | "assign", [count, *fill]:
            _resize(f, node, called, sequence, count, fill)
        case "reserve", [_]:
            pass
        case _:
            raise refuse(node, "this method")
    return True


def _element(f: Lowering, sequence: Sequence, node: Node) -> str:
    if node.type != "initializer_list" or not isinstance(sequence.element, Record):
        return converted(f, f.expression(f, node), sequence.element).text
    f.unit.use(sequence.element)
    return f"({sequence.element.name}){{{', '.join(f.expression(f, member).text for member in named(node))}}}"


def _push(f: Lowering, sequence: Sequence, element: str) -> None:
    if sequence.slot:
        f.emit(f"{sequence.pointer}[{sequence.slot}] = {element};")
        return
    if not sequence.counter:
        raise refuse(f.body, f"'{sequence.pointer}' grows")
    if not sequence.capacity:
        name = sequence.pointer
        with f.block(f"if ({sequence.size} == {name}_capacity)"):
            f.emit(f"{name}_capacity *= 2;")
            f.emit(f"{name} = realloc({name}, {name}_capacity * sizeof({spelled(sequence.element)}));")
    f.emit(f"{sequence.pointer}[{_next(sequence)}] = {element};")


def _next(sequence: Sequence) -> str:
    return f"({sequence.size})++" if sequence.size.startswith("*") else f"{sequence.size}++"


def _append(f: Lowering, node: Node, sequence: Sequence, first: Node, last: Node) -> None:
    source = span(f, first, last)
    i = f.index(node)
    with f.block(loop(i, source.size)):
        _push(f, sequence, f"{source.pointer}[{i}]")


def span(f: Lowering, first: Node, last: Node | None = None) -> Sequence:
    """The sequence from ``x.begin()`` to ``x.end()``; ``last`` is None where an algorithm takes no end."""
    ends = [method(node) if node.type == "call_expression" else None for node in (first, last) if node is not None]
    match ends:
        case [(name, "begin" | "cbegin")] | [(name, "begin" | "cbegin"), (_, "end" | "cend")]:
            sequence = f.find(name)
            same = len(ends) == 1 or ends[0][0] == ends[-1][0]  # type: ignore[index]
            if same and isinstance(sequence, Sequence) and sequence.size and not sequence.columns:
                return sequence
    raise refuse(first, "this is not all of a vector")


def _resize(
    f: Lowering, node: Node, called: tuple[str, str], sequence: Sequence, count: Node, fill: list[Node]
) -> None:
    """``x.resize(n)``, ``x.assign(n, value)``: of a local vector that is empty so far, or of a parameter once."""
    name, how = called
    if not sequence.size:
        if name not in f.scopes[-1]:
            raise refuse(node, "a vector that is resized in a part of its scope")
        sequence.size = _size(f, name, count)
        _allocate(f, name, sequence.element, sequence.size)
        above = node.parent
        if fill or above is None or not _overwritten(f, above, name, sequence.size):
            _fill(f, name, sequence.element, sequence.size, fill[0] if fill else None, node)
        return
    size = at_start(f, count)
    if size is None or sequence.required != "?":
        raise refuse(node, "a size that changes")
    sequence.required = size.text
    if how == "assign":
        sequence.overwritten = True
        _fill(f, name, sequence.element, size.text, fill[0], node)
    elif fill and f.expression(f, fill[0]).text != default(f, sequence.element, node):
        raise refuse(node, "elements that are added with a value")


def _assigned(f: Lowering, node: Node) -> bool:
    """``x = y`` of vectors."""
    left, right = part(node, "left"), part(node, "right")
    sequence = f.find(text(left)) if left.type == "identifier" else None
    if not isinstance(sequence, Sequence):
        return False
    source = whole(f, right)
    if sequence.required == "?":
        if source.counter:
            raise refuse(node, "a size that changes")
        sequence.required, sequence.overwritten = source.size, True
    elif sequence.counter and sequence.size.startswith("*"):
        sequence.copies.append(source.capacity or source.size)
    else:
        raise refuse(node, "a vector that is replaced")
    _each(f, source.size, lambda i: f"{sequence.pointer}[{i}] = {source.pointer}[{i}];", node)
    if sequence.counter:
        f.emit(f"{sequence.size} = {source.size};")
    return True
