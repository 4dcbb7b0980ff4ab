"""Values of C expressions during execution, and the places in memory that they are read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, TypeVar

from transpile.c.tree import Variable
from transpile.solvers.kernels.arithmetic import Arithmetic
from transpile.solvers.kernels.logic import FALSE, TRUE, Term, choose, conjunction, folded, is_false, negate

T = TypeVar("T")
MemorySpace: TypeAlias = Literal["global", "shared", "constant", "private", "none"]


@dataclass(frozen=True, slots=True)
class Base:
    """An object in memory: an array that a parameter points to, a variable of the device, or one of the thread."""

    name: str
    space: MemorySpace
    variable: Variable | None = field(default=None, compare=False)


NULL = Base("null", "none")


@dataclass(frozen=True, slots=True)
class Offset:
    """Bytes ``stride * index + displacement`` from the start of an object."""

    stride: int
    index: Term
    displacement: int = 0

    def scaled(self, arithmetic: Arithmetic, stride: int) -> Offset | None:
        """The same offset in steps of ``stride`` bytes, if it is in such."""
        if self.stride == stride:
            return self
        if self.stride % stride:
            return None
        whole, rest = divmod(self.displacement, stride)
        index = self.index * arithmetic.index(self.stride // stride) + arithmetic.index(whole)
        return Offset(stride, folded(index), rest)

    def plus(self, arithmetic: Arithmetic, steps: Term, size: int) -> Offset:
        """``steps`` elements of ``size`` bytes further on."""
        size = size or 1
        known = folded(self.index)
        if known.eq(arithmetic.index(0)):
            whole, rest = divmod(self.displacement, size)
            return Offset(size, folded(steps + arithmetic.index(whole)), rest)
        if steps.eq(arithmetic.index(0)):
            return self
        found = self.scaled(arithmetic, size)
        if found is not None:
            return replace(found, index=folded(found.index + steps))
        if size % self.stride == 0:
            step = folded(self.index + steps * arithmetic.index(size // self.stride))
            return Offset(self.stride, step, self.displacement)
        bytes_ = self.index * arithmetic.index(self.stride) + arithmetic.index(self.displacement)
        return Offset(1, folded(bytes_ + steps * arithmetic.index(size)))

    def into(self, displacement: int) -> Offset:
        """A member ``displacement`` bytes further on."""
        return replace(self, displacement=self.displacement + displacement)


@dataclass(frozen=True, slots=True)
class Address:
    base: Base
    offset: Offset
    path: tuple[str, ...] = ()
    """For a variable of the thread: the member, as it is kept."""


@dataclass(frozen=True, slots=True)
class PointerValue:
    """One of ``choices`` where its condition holds; None for an address that is not followed."""

    choices: tuple[tuple[Term, Address | None], ...]

    def moved(self, arithmetic: Arithmetic, steps: Term, size: int) -> PointerValue:
        def move(address: Address | None) -> Address | None:
            return address and replace(address, offset=address.offset.plus(arithmetic, steps, size), path=("?",))

        return PointerValue(tuple((condition, move(address)) for condition, address in self.choices))


UNFOLLOWED = PointerValue(((TRUE, None),))


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """A pointer to one of these functions; None for one that is not known."""

    choices: tuple[tuple[Term, str | None], ...]


@dataclass(frozen=True, slots=True)
class StructValue:
    """Members that are known, by their path; the others have unknown values."""

    members: Mapping[tuple[str, ...], Value]


Value: TypeAlias = Term | PointerValue | FunctionValue | StructValue


def select(condition: Term, yes: Value, no: Value) -> Value | None:
    """``condition ? yes : no``; None when the two are of different kinds."""
    match yes, no:
        case PointerValue(), PointerValue():
            return PointerValue(_merged(condition, yes.choices, no.choices))
        case FunctionValue(), FunctionValue():
            return FunctionValue(_merged(condition, yes.choices, no.choices))
        case StructValue(), StructValue():
            return StructValue(merged_members(condition, yes.members, no.members))
    kinds = (PointerValue, FunctionValue, StructValue)
    if isinstance(yes, kinds) or isinstance(no, kinds) or yes.sort() != no.sort():
        return None
    return choose(condition, yes, no)


def merged_members(
    condition: Term, yes: Mapping[tuple[str, ...], Value], no: Mapping[tuple[str, ...], Value]
) -> dict[tuple[str, ...], Value]:
    found: dict[tuple[str, ...], Value] = {}
    for path in yes.keys() & no.keys():
        value = select(condition, yes[path], no[path])
        if value is not None:
            found[path] = value
    return found


def _merged(
    condition: Term, yes: tuple[tuple[Term, T], ...], no: tuple[tuple[Term, T], ...]
) -> tuple[tuple[Term, T], ...]:
    if yes == no:
        return yes
    both = [(conjunction((condition, given)), target) for given, target in yes]
    both += [(conjunction((negate(condition), given)), target) for given, target in no]
    return tuple((given, target) for given, target in both if not is_false(given)) or ((FALSE, yes[0][1]),)
