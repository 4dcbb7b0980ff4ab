"""Calls: of the baselines' own functions, of methods, and of what the standard library computes without a loop."""

from __future__ import annotations

from tree_sitter import Node

from pareval import algorithms, complexes, sequences
from pareval.cpp_types import COMPLEX, DOUBLE, FLOAT, INT, Scalar, Type, spelled, type_of
from pareval.state import CONDITIONAL, UNARY, Choice, Lowering, Sequence, Signature, Value
from pareval.syntax import method, named, part, refuse, text

_OF_MATH = frozenset({
    "sqrt", "cbrt", "pow", "exp", "log", "log2", "log10", "sin", "cos", "tan", "atan", "atan2", "hypot", "floor",
    "ceil", "fabs", "fmin", "fmax", "round", "fmod",
})  # fmt: skip
_LIMITS = {
    ("int", "max"): "INT_MAX", ("int", "min"): "INT_MIN", ("int", "lowest"): "INT_MIN",
    ("double", "max"): "DBL_MAX", ("double", "min"): "DBL_MIN", ("double", "lowest"): "-DBL_MAX",
    ("float", "max"): "FLT_MAX", ("float", "min"): "FLT_MIN", ("float", "lowest"): "-FLT_MAX",
    ("size_t", "max"): "SIZE_MAX",
}  # fmt: skip


def call(f: Lowering, node: Node) -> Value:
    function = part(node, "function")
    arguments = named(part(node, "arguments"))
    if function.type == "field_expression":
        return _method(f, node, arguments)
    name = text(function).removeprefix("std::")
    own = f.find(name) if function.type == "identifier" else None
    if isinstance(own, Signature):
        return _own(f, node, own, arguments)
    if name.startswith("static_cast<"):
        return _static_cast(f, node, function, arguments)
    if name.startswith("numeric_limits<"):
        return _limit(node, name)
    if name == "complex<double>":
        return complexes.made(f.unit, *complex_parts(f, node, arguments))
    found = algorithms.valued(f, node, name, arguments)
    if found is not None:
        return found
    return _computed(f, node, name, [plain(f, argument) for argument in arguments])


def plain(f: Lowering, node: Node) -> Value:
    """The value of an argument, which needs no parentheses."""
    while node.type == "parenthesized_expression":
        node = named(node)[0]
    return f.expression(f, node)


def complex_parts(f: Lowering, node: Node, arguments: list[Node]) -> tuple[str, str]:
    """The real and the imaginary part in ``std::complex<double>(…)``."""
    match [plain(f, argument) for argument in arguments]:
        case []:
            return "0", "0"
        case [real] if real.type != COMPLEX:
            return real.text, "0"
        case [real, imaginary] if COMPLEX not in (real.type, imaginary.type):
            return real.text, imaginary.text
    raise refuse(node, "the parts of a complex number")


def _static_cast(f: Lowering, node: Node, function: Node, arguments: list[Node]) -> Value:
    inner = part(function, "name") if function.type == "qualified_identifier" else function
    kind = type_of(named(part(inner, "arguments"))[0], f.unit.records)
    value = plain(f, arguments[0])
    if not isinstance(kind, Scalar) or not isinstance(value.type, Scalar):
        raise refuse(node, "a cast of this type")
    return Value(f"({spelled(kind)}){value.at(UNARY)}", kind, UNARY)


def _limit(node: Node, name: str) -> Value:
    kind, _, which = name.removeprefix("numeric_limits<").partition(">::")
    limit = _LIMITS.get((kind, which))
    if limit is None:
        raise refuse(node, "this limit")
    return Value(limit, Scalar(kind), UNARY if limit.startswith("-") else 16)


def _own(f: Lowering, node: Node, function: Signature, arguments: list[Node]) -> Value:
    if len(arguments) != len(function.parameters):
        raise refuse(node, "the number of arguments")
    given = []
    rows = zip(arguments, function.references, function.passes_size, strict=True)
    for argument, reference, passes_size in rows:
        sequence = f.find(text(argument)) if argument.type == "identifier" else None
        if isinstance(sequence, Sequence):
            given += [sequence.pointer, sequence.size] if passes_size else [sequence.pointer]
        else:
            value = plain(f, argument)
            given.append(_address(value.text) if reference else value.text)
    return Value(f"{function.name}({', '.join(given)})", function.returns)


def _address(shown: str) -> str:
    return shown.removeprefix("*") if shown.startswith("*") else f"&{shown}"


def _method(f: Lowering, node: Node, arguments: list[Node]) -> Value:
    called = method(node)
    sequence = f.find(called[0]) if called else None
    if called and isinstance(sequence, Sequence):
        return sequences.queried(node, sequence, called[1])
    function = part(node, "function")
    value, name = f.expression(f, part(function, "argument")), text(part(function, "field"))
    if complexes.is_complex(value.type) and name in ("real", "imag"):
        return complexes.field(value, {"real": "re", "imag": "im"}[name])
    raise refuse(node, "this method")


def _computed(f: Lowering, node: Node, name: str, values: list[Value]) -> Value:
    kinds = [value.type for value in values]
    match name, values:
        case ("abs" | "norm" | "conj" | "real" | "imag", [value]) if value.type == COMPLEX:
            return _of_complex(f, node, name, value)
        case ("abs", [value]):
            return Value(f"{_absolute(node, value.type)}({value.text})", value.type)
        case ("polar", [radius, angle]):
            return complexes.call(f.unit, "complex_polar", radius.text, angle.text)
        case ("max", [first, second]):
            return chosen(f"{first.at(10)} < {second.at(10)}", second, first)
        case ("min", [first, second]):
            return chosen(f"{second.at(10)} < {first.at(10)}", second, first)
    if name not in _OF_MATH:
        raise refuse(node, "this function is not known")
    single = all(kind == FLOAT for kind in kinds)
    shown = ", ".join(value.text for value in values)
    return Value(f"{name}{'f' if single else ''}({shown})", FLOAT if single else DOUBLE)


def chosen(condition: str, first: Value, second: Value) -> Value:
    """``condition ? first : second``."""
    shown = f"{condition} ? {first.at(CONDITIONAL + 1)} : {second.at(CONDITIONAL)}"
    return Value(shown, first.type, CONDITIONAL, Choice(condition, first.text, second.text))


def _of_complex(f: Lowering, node: Node, name: str, value: Value) -> Value:
    match name:
        case "abs":
            return complexes.magnitude(value)
        case "conj":
            return complexes.call(f.unit, "complex_conjugate", value.text)
        case "real" | "imag":
            return complexes.field(value, {"real": "re", "imag": "im"}[name])
    raise refuse(node, "this function of a complex number")


def _absolute(node: Node, kind: Type) -> str:
    known = {DOUBLE: "fabs", FLOAT: "fabsf", INT: "abs", Scalar("long"): "labs"}
    if kind not in known:
        raise refuse(node, "an absolute value of this type")
    return known[kind]
