"""The C++ function that a ParEval driver calls, which lends its vectors to the function of C."""

from __future__ import annotations

from collections.abc import Iterator

from pareval.cpp_types import COMPLEX, VOID, Fixed, Record, Text, Type, Vector, definition, spelled
from pareval.functions import Function, Parameter
from pareval.lowering import Lowered

_COMPLEX = """\
inline void bridge_put(Complex &to, std::complex<double> const &from) { to = {from.real(), from.imag()}; }
inline void bridge_get(std::vector<std::complex<double>> &to, size_t index, Complex const &from) {
    to[index] = {from.re, from.im};
}"""
_LINKAGE = """\
namespace with_c_linkage {{
extern "C" __attribute__((weak)) {declaration};
}}
__attribute__((weak)) {declaration};
"""


def renamed(lowered: Lowered) -> list[Record]:
    """Structures with strings, which are others in C: in C++ they get another name."""
    return [record for record in lowered.records if any(isinstance(kind, Text) for _, kind in record.fields)]


def other_name(record: Record) -> str:
    return f"{record.name}_of_cpp"


def wrapper(lowered: Lowered, defined: frozenset[str]) -> str:
    """The text of the function. ``defined`` are the structures that C++ has already."""
    function, texts = lowered.function, renamed(lowered)
    parts = [f"#undef {record.name}" for record in texts]
    missing = [r for r in lowered.records if r in texts or r.name not in defined]
    parts += map(definition, missing)
    parts += [_COMPLEX] if COMPLEX in lowered.records else []
    parts += map(_put_record, texts)
    parts.append(_LINKAGE.format(declaration=function.declaration))
    head = _parameters(lowered, texts)
    parts.append(f"{spelled(function.returns)} {lowered.entry}({head});")
    parts += map(_compared, (r for r in lowered.records if r not in texts and r != COMPLEX))
    parts.append(f"{spelled(function.returns)} {function.name}({head}) {{")
    parts += [f"    {line}" for line in _body(lowered)]
    parts.append("}")
    parts += [f"#define {record.name} {other_name(record)}" for record in texts]
    return "\n".join(parts)


def _put_record(record: Record) -> str:
    puts = "".join(f" bridge_put(to.{name}, from.{name});" for name, _ in record.fields)
    head = f"inline void bridge_put({record.name} &to, {other_name(record)} const &from)"
    return f"{head} {{{puts} }}"


def _compared(record: Record) -> str:
    rows = " || ".join(f"bridge_differs(a.{name}, b.{name})" for name, _ in record.fields)
    return f"inline bool bridge_differs({record.name} const &a, {record.name} const &b) {{ return {rows}; }}"


def _parameters(lowered: Lowered, texts: list[Record]) -> str:
    return ", ".join(
        f"{_cpp(p.type, texts)} {'const ' if p.constant else ''}{'&' if p.reference else ''}{p.name}"
        for p in lowered.function.parameters
    )


def _cpp(kind: Type, texts: list[Record]) -> str:
    match kind:
        case Vector(element):
            return f"std::vector<{_cpp(element, texts)}>"
        case Fixed(element, extent):
            return f"std::array<{_cpp(element, texts)}, {extent}>"
        case Text():
            return "std::string"
        case Record() if kind == COMPLEX:
            return "std::complex<double>"
        case Record() if kind in texts:
            return other_name(kind)
    return spelled(kind)


def _body(lowered: Lowered) -> Iterator[str]:
    function = lowered.function
    arrays = [p for p in function.parameters if isinstance(p.type, Vector | Fixed)]
    results = [p for p in function.parameters if p.reference and not p.constant]
    vectors = [p for p in arrays if isinstance(p.type, Vector)]
    returned = function.returns != VOID
    for p in results:
        yield f"auto {p.name}_expected = {p.name};"
    wanted = (f"{p.name}_expected" if p in results else p.name for p in function.parameters)
    yield f"{'const auto bridged_expected = ' if returned else ''}{lowered.entry}({', '.join(wanted)});"
    for p in vectors:
        yield f"size_t {p.name}_size = {p.name}.size();"
    for p in vectors:
        if p.required:
            yield f"{p.name}.resize({p.required});"
            yield f"{p.name}_size = {p.name}.size();"
    for p in arrays:
        yield f"size_t {p.name}_room = {_room(p)};"
        yield f"bridge::Lent<{_element(p)}> {p.name}_lent({p.name}, {p.name}_room{', false' if p.overwritten else ''});"
    yield from _called(function)
    for p in arrays:
        yield from _returned(p)
    for p in results:
        yield f"bridge::must_be_equal({p.name}, {p.name}_expected, \"'{p.name}'\");"
    if returned:
        yield 'bridge::must_be_equal(bridged_result, bridged_expected, "the returned value");'
        yield "return bridged_result;"


def _called(function: Function) -> Iterator[str]:
    name = function.name
    known = f"static_cast<decltype(&with_c_linkage::{name})>(::{name})"
    yield f"const auto bridged_call = with_c_linkage::{name} ? with_c_linkage::{name} : {known};"
    yield f'if (!bridged_call) cuda_emulator::missing("{function.declaration}");'
    result = "const auto bridged_result = " if function.returns != VOID else ""
    yield f"{result}bridged_call({', '.join(_given(function.parameters))});"


def _element(parameter: Parameter) -> str:
    kind = parameter.type.element if isinstance(parameter.type, Vector | Fixed) else parameter.type
    return "const char *" if isinstance(kind, Text) else spelled(kind)


def _room(parameter: Parameter) -> str:
    bounds = [f"{parameter.name}.size()", *(f"size_t({bound})" for bound in parameter.capacities)]
    return f"std::max({{{', '.join(bounds)}}})"


def _given(parameters: tuple[Parameter, ...]) -> Iterator[str]:
    for p in parameters:
        if isinstance(p.type, Vector):
            yield f"{p.name}_lent"
            yield f"&{p.name}_size" if p.capacities else f"{p.name}_size"
        elif isinstance(p.type, Fixed):
            yield f"{p.name}_lent"
        else:
            yield f"&{p.name}" if p.reference and not p.constant else p.name


def _returned(parameter: Parameter) -> Iterator[str]:
    name = parameter.name
    if parameter.constant:
        yield f"{name}_lent.must_be_unchanged();"
        return
    if parameter.capacities:
        yield f'if ({name}_size > {name}_room) bridge::fault = "the result is longer than it can be";'
        yield f"{name}.resize(std::min({name}_size, {name}_room));"
    yield f"{name}_lent.give_back({name});"
