"""How many elements a vector can get, as an expression that holds when its function starts."""

from __future__ import annotations

from tree_sitter import Node

from pareval.cpp_types import SIZE, Scalar
from pareval.state import POSTFIX, PRODUCT, Lowering, Sequence, Value
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


def filled(f: Lowering, declaration: Node, name: str) -> tuple[str, str] | None:
    """Where one loop appends one element per turn to a vector that was empty, and nothing else changes it: the place of
    the element in a turn, and the number of elements."""
    uses = [n for n in walk(f.body) if n.type == "identifier" and text(n) == name][1:]
    calls = [n for n in walk(f.body) if n.type == "call_expression" and (method(n) or ("", ""))[0] == name]
    methods = [(method(call) or ("", ""))[1] for call in calls]
    if methods[:1] != ["push_back"] or set(methods[1:]) & {*_ADDING, "pop_back", "clear", "resize", "assign"}:
        return None
    around = [above for above in ancestors(calls[0]) if above.type != "compound_statement"]
    if [above.type for above in around[:2]] != ["expression_statement", "for_statement"]:
        return None
    loop = around[1]
    early = any(n.type in ("break_statement", "continue_statement", "return_statement") for n in walk(loop))
    if early or loop.parent != declaration.parent or any(use.start_byte < loop.end_byte for use in uses[1:]):
        return None
    turns, start = _turns(f, loop), part(part(part(loop, "initializer"), "declarator"), "value")
    if turns is None or turns.type not in (SIZE, Scalar("unsigned int")):
        return None
    i, size = declared_name(part(part(loop, "initializer"), "declarator")), turns.at(POSTFIX)
    if start.type == "number_literal":
        return (i, size) if text(start) == "0" else None
    return f"{size} - 1 - {i}", size


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
    """``n`` for ``for (i = 0; i < n; i++)``, which may start later, and for ``for (i = n - 1; i >= 0; i--)``."""
    start, condition = part(loop, "initializer"), part(loop, "condition")
    if condition.type != "binary_expression" or start.type != "declaration":
        return None
    name = declared_name(part(start, "declarator"))
    if text(part(condition, "left")) != name or part(start, "declarator").type != "init_declarator":
        return None
    first, update = part(part(start, "declarator"), "value"), "".join(text(part(loop, "update")).split())
    operator, limit = text(part(condition, "operator")), part(condition, "right")
    if name in assigned_names(part(loop, "body")):
        return None
    if operator == "<" and first.type == "number_literal" and update in _upward(name):
        return at_start(f, limit)
    down = (
        first.type == "binary_expression" and text(part(first, "operator")) == "-" and text(part(first, "right")) == "1"
    )
    if operator == ">=" and text(limit) == "0" and down and update in (f"{name}--", f"--{name}"):
        return at_start(f, part(first, "left"))
    return None


def _upward(name: str) -> tuple[str, ...]:
    return (f"{name}++", f"++{name}", f"{name}+=1")
