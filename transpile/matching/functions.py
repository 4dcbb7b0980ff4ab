"""Which functions and constants of a CUDA unit are those of the C unit, and what kinds of functions there are.

A function is the same if its types are, and its body operation by operation, with all that it calls. A function of the
C library is, as long as neither unit defines it. A constant is the same if its type and its value are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from transpile.c.tree import (
    AddressOf,
    Call,
    CallThrough,
    Declare,
    Dereference,
    DoWhile,
    Expression,
    For,
    Index,
    Member,
    Name,
    Node,
    Variable,
    While,
)
from transpile.c.types import Pointer
from transpile.c.unit import Function, Unit
from transpile.c.walking import targets, variables, walk
from transpile.kernels.unit import CudaUnit, space
from transpile.loops.libc import COPY, FILL, FRESH, HARMLESS, PURE
from transpile.matching.bodies import Names, match_expressions, match_statements, same_type
from transpile.matching.runtime import RESERVED
from transpile.matching.values import points

Side: TypeAlias = Literal["host", "device"]
_TO_SYMBOL = ("cudaMemcpyToSymbol", "cudaGetSymbolAddress")
_ENDING = frozenset(("exit", "abort", "fprintf"))
LIBRARY = PURE | COPY | FILL | FRESH | HARMLESS | {"realloc", "printf", "fprintf", "exit", "abort"}
"""Functions that touch nothing but what they are given."""


@dataclass(slots=True)
class Shared:
    """What both units have in common, for code of the host or of the device."""

    ours: Unit
    theirs: CudaUnit
    side: Side
    _partners: dict[str, str | None] = field(default_factory=dict)

    def functions(self, bodies: Iterable[Node]) -> dict[str, str]:
        """Of the functions that ``bodies`` of the CUDA side call, those that are the C functions of their names."""
        called = {node.name for body in bodies for node in walk(body) if isinstance(node, Call)}
        return {name: mine for name in sorted(called) if (mine := self.partner(name)) is not None}

    def constants(self) -> dict[Variable, Variable]:
        """Variables of the CUDA side and the constants of the C side that they are."""
        found: dict[Variable, Variable] = {}
        written = any(_calls(function, _TO_SYMBOL) for function in self.theirs.unit.functions)
        ours = {one.variable.name: one for one in self.ours.globals}
        for yours in self.theirs.globals:
            mine = ours.get(yours.variable.name)
            if mine and _is_constant(mine) and self._readable(yours, written) and _equal(mine, yours, found):
                found[yours.variable] = mine.variable
        return found

    def partner(self, name: str) -> str | None:
        """The C function that the CUDA function ``name`` is: mostly one of the same name."""
        if name not in self._partners:
            self._partners[name] = None
            self._partners[name] = self._found(name)
        return self._partners[name]

    def names(self, ours: Function, theirs: Function) -> Names | None:
        """What names mean within two functions; None if their types differ."""
        mine, yours = ours.type, theirs.type
        pairs = list(zip((mine.result, *mine.parameters), (yours.result, *yours.parameters), strict=False))
        if len(mine.parameters) != len(yours.parameters) or mine.variadic or yours.variadic:
            return None
        if not all(same_type(one, other) for one, other in pairs):
            return None
        names = Names(functions=self.functions([theirs.body]))
        for constant, meant in self.constants().items():
            names.pair(constant, meant, theirs.span)
        for one, other in zip(ours.parameters, theirs.parameters, strict=True):
            names.pair(other, one, other.span or theirs.span)
        return names

    def bodies_match(self, ours: Function, theirs: Function) -> bool:
        names = self.names(ours, theirs)
        return names is not None and match_statements([ours.body], [theirs.body], names) is None

    def _found(self, name: str) -> str | None:
        mine = sorted(self.ours.functions, key=lambda function: function.name != name)
        yours = [function for function in self.theirs.unit.functions if function.name == name]
        if not yours:
            defined = any(function.name == name for function in mine)
            return name if not defined and self._of_library(name) else None
        if len(yours) != 1 or not self._runs_here(yours[0]):
            return None
        return next((function.name for function in mine if self._agree(function, yours[0])), None)

    def _agree(self, ours: Function, theirs: Function) -> bool:
        """Functions that call themselves agree if they do as long as these calls agree; the device's stack is too small
        for any depth of them."""
        if self.side == "device":
            return self.bodies_match(ours, theirs)
        before = dict(self._partners)
        self._partners[theirs.name] = ours.name
        if not self.bodies_match(ours, theirs):
            self._partners = before
            return False
        return True

    def _of_library(self, name: str) -> bool:
        if self.side == "device" and name not in PURE:
            return False
        declared = [unit.prototypes.get(name) for unit in (self.ours, self.theirs.unit)]
        if all(prototype is None for prototype in declared):
            return name in PURE
        return all(prototype is not None and prototype.system for prototype in declared)

    def _runs_here(self, function: Function) -> bool:
        on_device = "device" in function.variable.attributes
        return on_device if self.side == "device" else not on_device or "host" in function.variable.attributes

    def _readable(self, declaration: Declare, written: bool) -> bool:
        where = space(declaration.variable)
        if where == "constant":
            return self.side == "device" and not written
        return declaration.variable.const and (where == "host" or (where == "device" and self.side == "device"))


def _is_constant(declaration: Declare) -> bool:
    variable = declaration.variable
    return variable.const and not variable.volatile and not points(variable.type) and declaration.initial is not None


def _equal(ours: Declare, theirs: Declare, constants: Mapping[Variable, Variable]) -> bool:
    names = Names()
    for constant, meant in constants.items():
        names.pair(constant, meant, theirs.span)
    match ours.initial, theirs.initial:
        case ((Expression() as mine), (Expression() as yours)):
            alike = same_type(ours.variable.type, theirs.variable.type) and not theirs.variable.volatile
            return alike and match_expressions(mine, yours, names) is None
    return False


def computing(unit: Unit) -> dict[str, Function]:
    """Functions that do nothing but compute a value from numbers, or end the program with a message."""
    found: dict[str, Function] = {}
    before = -1
    while len(found) > before:
        before = len(found)
        for function in unit.functions:
            if function.name not in RESERVED and _computes(function, found.keys() | PURE | _ENDING):
                found[function.name] = function
    return found


def _computes(function: Function, known: Iterable[str]) -> bool:
    names = set(known)
    own = {node.variable for node in walk(function.body) if isinstance(node, Declare)} | set(function.parameters)
    if any(variable.storage not in ("automatic", "parameter") for variable in own):
        return False
    if any(not (isinstance(target, Name) and target.variable in own) for target in targets(function.body)):
        return False
    printed = {id(below) for node in walk(function.body) if _is_call(node, _ENDING) for below in walk(node)}
    for node in walk(function.body):
        if id(node) in printed and not isinstance(node, Call):
            continue
        if isinstance(node, Index | Dereference | Member | AddressOf | CallThrough | For | While | DoWhile):
            return False
        if isinstance(node, Call) and node.name not in names | {"cudaGetErrorString"}:
            return False
        if isinstance(node, Name) and node.variable not in own and not node.variable.const:
            return False
    return True


def quiet(unit: Unit) -> frozenset[str]:
    """Functions that touch no memory but what they are given, and keep nothing of it."""
    found = frozenset(function.name for function in unit.functions)
    while loud := {one.name for one in unit.functions if one.name in found and not _is_quiet(one, LIBRARY | found)}:
        found -= loud
    return found


def _is_quiet(function: Function, known: frozenset[str]) -> bool:
    for node in walk(function.body):
        if isinstance(node, CallThrough) or (isinstance(node, Call) and node.name not in known):
            return False
    outside = [one for one in variables(function.body) if one.storage not in ("automatic", "parameter")]
    return all(one.const and not isinstance(one.type, Pointer) for one in outside)


def _calls(function: Function, names: Iterable[str]) -> bool:
    wanted = set(names)
    return any(_is_call(node, wanted) for node in walk(function.body))


def _is_call(node: Node, names: Iterable[str]) -> bool:
    return isinstance(node, Call) and node.name in names
