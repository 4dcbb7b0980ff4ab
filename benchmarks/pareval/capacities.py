"""How many elements a vector can get, as an expression that holds when its function starts."""

from __future__ import annotations

from tree_sitter import Node

from pareval.cpp_types import SIZE
from pareval.state import PRODUCT, Lowering, Sequence, Value
from pareval.syntax import ancestors, assigned_names, declared_name, identifiers, method, named, part, text, walk

_ADDING = ("push_back", "push", "insert")


def at_start(f: Lowering, node: Node) -> Value | None:
    """The value of an expression in terms of the parameters; None where it may have another one at the start."""
    changed = assigned_names(f.body)
    bindings = {}
    for name in identifiers(node):
        binding = f.find(name)
        if name in f.initial:
            bindings[name] = f.initial[name]
        elif isinstance(binding, Sequence) and not binding.counter:
            continue
        elif name in changed or name not in f.scopes[0] or not isinstance(binding, Value):
            return None
    if any(n.type in ("call_expression", "subscript_expression") and not _is_size(n) for n in walk(node)):
        return None
    with f.bound({**bindings}):
        return f.expression(f, node)


def _is_size(node: Node) -> bool:
    called = method(node) if node.type == "call_expression" else None
    return called is not None and called[1] == "size"


def bound(f: Lowering, name: str) -> str:
    """An upper bound of the elements that are ever put into the vector ``name``; empty when there is none."""
    total: list[str] = []
    constant = 0
    for node in walk(f.body):
        called = method(node) if node.type == "call_expression" else None
        if not called or called[0] != name or called[1] not in _ADDING:
            continue
        times = _times(f, node)
        if times is None:
            return ""
        if called[1] == "insert":
            inserted = _inserted(f, node)
            if inserted is None:
                return ""
            times.append(inserted)
        constant += not times
        total += [" * ".join(value.at(PRODUCT) for value in times)] if times else []
    total += [str(constant)] if constant else []
    shown = " + ".join(total)
    return shown if len(total) < 2 and "*" not in shown else f"({shown})"


def _inserted(f: Lowering, node: Node) -> Value | None:
    """The bound of ``x`` in ``v.insert(v.end(), x.begin(), x.end())``."""
    arguments = [method(argument) for argument in named(part(node, "arguments")) if argument.type == "call_expression"]
    match arguments:
        case [(_, "end"), (first, "begin"), (last, "end")] if first == last:
            sequence = f.find(first)
            size = (sequence.capacity or sequence.size) if isinstance(sequence, Sequence) else bound(f, first)
            return Value(size, SIZE) if size else None
    return None


def _times(f: Lowering, node: Node) -> list[Value] | None:
    """How often each loop around ``node`` turns."""
    found = []
    for above in ancestors(node):
        if above.type == "for_statement":
            turns = _turns(f, above)
        elif above.type == "for_range_loop":
            sequence = f.find(text(part(above, "right")))
            fixed = isinstance(sequence, Sequence) and not sequence.counter
            turns = Value(sequence.size, SIZE) if fixed and isinstance(sequence, Sequence) else None
        elif above.type in ("while_statement", "do_statement", "lambda_expression"):
            turns = None
        else:
            continue
        if turns is None:
            return None
        found.append(turns)
    return found


def _turns(f: Lowering, loop: Node) -> Value | None:
    """``n`` for ``for (i = …; i < n; i++)``, where ``i`` is not negative, and for ``for (i = n - 1; i >= 0; i--)``."""
    start, condition = part(loop, "initializer"), part(loop, "condition")
    if condition.type != "binary_expression" or start.type != "declaration":
        return None
    name = declared_name(part(start, "declarator"))
    if text(part(condition, "left")) != name or part(start, "declarator").type != "init_declarator":
        return None
    first, update = part(part(start, "declarator"), "value"), "".join(text(part(loop, "update")).split())
    operator, limit = text(part(condition, "operator")), part(condition, "right")
    if operator == "<" and first.type in ("number_literal", "identifier") and update in _upward(name):
        return at_start(f, limit)
    down = (
        first.type == "binary_expression" and text(part(first, "operator")) == "-" and text(part(first, "right")) == "1"
    )
    if operator == ">=" and text(limit) == "0" and down and update in (f"{name}--", f"--{name}"):
        return at_start(f, part(first, "left"))
    return None


def _upward(name: str) -> tuple[str, ...]:
    return (f"{name}++", f"++{name}", f"{name}+=1")
