"""The function under test: its parameters with all that is known about them, or why it cannot be tried.

A wrapper with C linkage and a name of ours stands behind each text, so that any linkage will do and the compiler
refuses a CUDA function with another signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from transpile.c.printing import text
from transpile.c.spelling import declaration, no_extent, parts, type_text
from transpile.c.tree import (
    Binary,
    Call,
    Cast,
    Constant,
    DoWhile,
    Expression,
    For,
    Index,
    Member,
    Name,
    Variable,
    While,
)
from transpile.c.types import Array, Bool, CType, Float, Integer, Pointer, Reference, Struct, Void
from transpile.c.unit import Function as CFunction
from transpile.c.unit import Unit
from transpile.c.walking import targets, variables, walk
from transpile.emulators.cuda.build import build_preprocessed
from transpile.emulators.cuda.harness import Parameter, Signature
from transpile.emulators.cuda.run import Program
from transpile.errors import UsageError
from transpile.trials.elements import Element, Leaf, Unsuited, element_of, scalar_leaf
from transpile.trials.facts import PLAIN, Access, Facts, Role, RowPointers, Shape, Sizes, Subscripts
from transpile.trials.formulas import read_formulas
from transpile.trials.roles import roles

_MAIN = re.compile(r"\bmain\s*\(")
ENTRY = "transpile_trial"
"""The wrapper that the harness calls."""


@dataclass(frozen=True, slots=True)
class ScalarParameter:
    """``values`` are the only ones it may take, if there are any."""

    name: str
    leaf: Leaf
    values: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ArrayParameter:
    """``bound`` is the formula that the role holds, if any. ``restrict`` and ``constant`` as declared."""

    name: str
    element: Element
    extent: Expression
    access: Access
    role: Role
    bound: Expression | None
    restrict: bool
    constant: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """``dimensions`` and ``counts`` are the integers that decide how large things are: the former in extents of arrays
    or as arrays of sizes, the latter only in bounds of loops. ``result`` is None for void. ``exact``: sums and products
    of small whole numbers come out the same in any order."""

    unit: Unit
    function: CFunction
    scalars: tuple[ScalarParameter, ...]
    arrays: tuple[ArrayParameter, ...]
    requires: tuple[Expression, ...]
    dimensions: tuple[str, ...]
    counts: tuple[str, ...]
    result: Leaf | None
    exact: bool
    distinct: bool

    @property
    def signature(self) -> Signature:
        """Of the wrapper."""
        array_names = {array.name for array in self.arrays}
        declared = tuple(
            Parameter(v.name, "void", ("0",)) if v.name in array_names else Parameter(v.name, _cplusplus(v.type))
            for v in map(_given, self.function.parameters)
        )
        return Signature(ENTRY, declared, _cplusplus(self.function.result))

    @property
    def prototype(self) -> str:
        """What a CUDA text has to define, in C++."""
        given = ", ".join(_declared(v.type, v.name) for v in self.function.parameters)
        return f"{_cplusplus(self.function.result)} {self.function.name}({given})"

    @property
    def c_text(self) -> str:
        """The unit behind the preprocessor, with the wrapper."""
        given = ", ".join(declaration(_plain_c(_given(v)), text) for v in self.function.parameters) or "void"
        linkage = 'extern "C" ' if self.unit.cplusplus else ""
        head = f"{linkage}{type_text(_without_macros(self.function.result))} {ENTRY}({given})"
        written = self._beside_main(self.unit.origin.text)
        return "\n".join([written, f"{head} {self._call(self.function.name)}", ""])

    def reference(self, rig: str, folder: Path) -> Program:
        """The C function with the harness ``rig``, built in ``folder``."""
        standard = self.unit.origin.options.standard
        return build_preprocessed(self.c_text, rig, folder, self.unit.cplusplus, standard)

    def cuda_text(self, written: str) -> str:
        """``written`` with the wrapper in a line of its own behind it."""
        result = _cplusplus(self.function.result)
        types = [_cplusplus(variable.type) for variable in self.function.parameters]
        given = ", ".join(_declared(v.type, v.name) for v in map(_given, self.function.parameters))
        callee = f"static_cast<{result} (*)({', '.join(types)})>(&{self.function.name})"
        return f'{self._beside_main(written)}\nextern "C" {result} {ENTRY}({given}) {self._call(callee)}\n'

    def _beside_main(self, text: str) -> str:
        """``text`` with another name for ``main``, which the harness has, too."""
        return text if self.function.name == "main" else _MAIN.sub("transpile_main(", text)

    def _call(self, callee: str) -> str:
        arguments = ", ".join(variable.name for variable in self.function.parameters)
        return f"{{ {'' if self.result is None else 'return '}{callee}({arguments}); }}"


def subject(unit: Unit, name: str, facts: Facts) -> Subject:
    """Raises Unsuited with a reason when no trial is possible, UsageError when the facts are not about the function."""
    try:
        function = unit.function(name)
    except KeyError:
        raise UsageError(f"there is no function '{name}' in {unit.file}") from None
    _refuse_state(unit, function)
    arrays = _arrays(unit, function, facts)
    values = {scalar.name: scalar.values for scalar in facts.scalars}
    _check_values(function, values)
    scalars = tuple(
        ScalarParameter(v.name, _scalar(v), values.pop(v.name, ()))
        for v in map(_given, function.parameters)
        if not isinstance(v.type, Pointer)
    )
    if values:
        raise UsageError(f"'{name}' has no scalar parameter '{next(iter(values))}'")
    dimensions, counts = _sizes(unit, function, scalars, arrays)
    return Subject(
        unit,
        function,
        scalars,
        arrays,
        tuple(read_formulas(unit, function, facts.requires)),
        dimensions,
        counts,
        None if isinstance(function.result, Void) else _leaf(function.result, "the result"),
        _exact(unit, function),
        facts.distinct,
    )


def _check_values(function: CFunction, values: Mapping[str, Sequence[float]]) -> None:
    for variable in function.parameters:
        held = values.get(variable.name, ())
        if held and not isinstance(variable.type, Pointer):
            leaf = _scalar(variable)
            least, most = leaf.range
            if not leaf.floating and not all(float(v).is_integer() and least <= v <= most for v in held):
                raise UsageError(f"'{variable.name}' cannot have these values")


def _arrays(unit: Unit, function: CFunction, facts: Facts) -> tuple[ArrayParameter, ...]:
    shapes = {shape.name: shape for shape in facts.shapes}
    pointers = [v for v in function.parameters if isinstance(v.type, Pointer)]
    if unknown := shapes.keys() - {v.name for v in pointers}:
        raise UsageError(f"'{function.name}' has no array parameter '{min(unknown)}'")
    for variable in pointers:
        if variable.name not in shapes:
            raise Unsuited(f"nothing is known about the size of '{variable.name}'")
    chosen = [shapes[variable.name] for variable in pointers]
    extents = read_formulas(unit, function, [shape.extent for shape in chosen])
    inferred = roles(function, dict(zip((shape.name for shape in chosen), extents, strict=True)))
    found = [
        _array(unit, v, s, e, s.role or inferred[s.name]) for v, s, e in zip(pointers, chosen, extents, strict=True)
    ]
    bounds = read_formulas(unit, function, [b for array in found if (b := _bound(array.role)) is not None])
    remaining = iter(bounds)
    return tuple(replace(a, bound=next(remaining)) if _bound(a.role) is not None else a for a in found)


def _array(unit: Unit, variable: Variable, shape: Shape, extent: Expression, role: Role) -> ArrayParameter:
    type = variable.type
    assert isinstance(type, Pointer)
    try:
        element = element_of(unit, type.to)
    except Unsuited as error:
        raise Unsuited(f"'{variable.name}' points to {error}") from None
    if role != PLAIN and (len(element.leaves) > 1 or element.leaves[0].floating):
        role = PLAIN
    return ArrayParameter(variable.name, element, extent, shape.access, role, None, type.restrict, type.const)


def _bound(role: Role) -> Expression | str | None:
    match role:
        case Subscripts(limit):
            return limit
        case RowPointers(total):
            return total
    return None


def _given(parameter: Variable) -> Variable:
    """What the wrapper takes for ``parameter``: the value that a reference to a constant is made of."""
    if isinstance(parameter.declared, Reference) and parameter.declared.const:
        return replace(parameter, type=parameter.declared.to, declared=parameter.declared.to)
    return parameter


def _scalar(variable: Variable) -> Leaf:
    return _leaf(variable.type, f"'{variable.name}'")


def _leaf(type: CType, what: str) -> Leaf:
    try:
        return scalar_leaf(type)
    except Unsuited as error:
        raise Unsuited(f"{what} has {error}") from None


def _sizes(
    unit: Unit, function: CFunction, scalars: Sequence[ScalarParameter], arrays: Sequence[ArrayParameter]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Integers in extents or read from memory as sizes, and those that only bound loops."""
    whole = [scalar.name for scalar in scalars if not scalar.leaf.floating and not scalar.values]
    read = [array.name for array in arrays if isinstance(array.role, Sizes)]
    formulas = [a.extent for a in arrays] + [b for a in arrays for b in a.element.bounds]
    in_extents = {v.name for formula in formulas for v in variables(formula)}
    in_loops = {
        v.name
        for loop in walk(function.body)
        if isinstance(loop, For | While | DoWhile) and loop.condition is not None
        for v in variables(loop.condition)
        if v.storage == "parameter"
    }
    return (
        (*(name for name in whole if name in in_extents), *read),
        tuple(name for name in whole if name in in_loops and name not in in_extents),
    )


def reached(unit: Unit, function: CFunction) -> Iterator[CFunction]:
    """``function`` and those of the unit that it calls, each once."""
    known = {f.name: f for f in unit.functions}
    waiting, seen = [function], {function.name}
    while waiting:
        found = waiting.pop()
        yield found
        called = dict.fromkeys(n.name for n in walk(found.body) if isinstance(n, Call))
        waiting += [known[name] for name in called if name in known and name not in seen]
        seen |= called.keys()


def _refuse_state(unit: Unit, function: CFunction) -> None:
    """What a call leaves behind in variables that no output shows is not compared, so such functions are refused."""
    for one in reached(unit, function):
        for target in targets(one.body):
            variable = _written(target)
            if variable is not None and variable.storage in ("global", "static"):
                raise Unsuited(f"'{one.name}' writes '{variable.name}', which outlives the call and is not compared")


def _written(target: Expression) -> Variable | None:
    while isinstance(target, Index | Member | Cast):
        target = target.operand if isinstance(target, Cast) else target.base
    return target.variable if isinstance(target, Name) and not isinstance(target.type, Pointer) else None


_KEEPING = frozenset({"fabs", "fabsf", "fmax", "fmaxf", "fmin", "fminf", "assert", "abs"})
"""Functions that make small whole numbers of small whole numbers."""


def _exact(unit: Unit, function: CFunction) -> bool:
    own = {f.name for f in unit.functions}
    for one in reached(unit, function):
        for node in walk(one.body):
            match node:
                case Binary(operator="/", type=Float()):
                    return False
                case Constant(value=float(number)) if not (number * 1024).is_integer():
                    return False
                case Call(name=name) if name not in own | _KEEPING:
                    return False
    return True


def _plain_c(parameter: Variable) -> Variable:
    return replace(parameter, type=_without_macros(parameter.type), declared=_without_macros(parameter.declared))


def _without_macros(type: CType) -> CType:
    """``type`` as it can be written behind the preprocessor, where ``bool`` of <stdbool.h> is ``_Bool``."""
    match type:
        case Bool():
            return Bool() if type.alias == "bool" else type
        case Pointer(to) if not type.alias:
            return replace(type, to=_without_macros(to))
        case Array(of) if not type.alias:
            return replace(type, of=_without_macros(of))
    return type


def _cplusplus(type: CType) -> str:
    return _declared(type, "")


def _declared(type: CType, name: str) -> str:
    """``name`` declared as what ``type`` is in C++, whatever typedef it was written with."""
    base, inner = parts(_plain(type), name, no_extent)
    return f"{base} {inner}".rstrip()


def _plain(type: CType) -> CType:
    match type:
        case Bool():
            return Bool(alias="bool")
        case Pointer(to, const, _, volatile):
            flat, dynamic = to, False
            while isinstance(flat, Array):
                dynamic |= flat.length is None
                flat = flat.of
            # Arrays whose bounds vary do not exist in C++: their elements are passed.
            return Pointer(_plain(flat if dynamic else to), const, False, volatile)
        case Array(of, length):
            return Array(_plain(of), length)
        case Integer(alias=alias) if alias.startswith("enum "):
            return replace(type, alias=alias)
        case Void() | Integer() | Float() | Struct():
            return replace(type, alias="")
    return type
