"""Calling conventions and what the passes need to know of a source and of a target instruction set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from transpile.native.block import EmittedBlock, FunctionContext, LoweredBlock
from transpile.native.relation import Form, Place


@dataclass(frozen=True, slots=True)
class SourceAbi:
    """A source calling convention, registers by their full names.

    ``arguments`` and ``vector_arguments`` in passing order; ``variadic_count`` the register that holds the number of
    vector arguments of a variadic call (x86 ``al``), 8 bits of it.
    """

    stack_pointer: str
    registers: tuple[str, ...]
    vectors: tuple[str, ...]
    arguments: tuple[str, ...]
    vector_arguments: tuple[str, ...]
    results: tuple[str, ...]
    vector_results: tuple[str, ...]
    callee_saved: tuple[str, ...]
    variadic_count: str
    return_slot: int
    """Bytes that a call pushes: the source's stack pointer at entry is ``S - return_slot``."""


@dataclass(frozen=True, slots=True)
class TargetAbi:
    """Where a target keeps source state.

    ``homes``: source location -> register; ``scratch``: registers the emitter may use freely inside a block;
    ``flag_registers``: scratch registers that carry flag operands across edges; ``result``: the integer result
    register; ``split_vectors``: vector registers are kept as two 8-byte halves; ``high_candidates``: float registers
    that may hold upper halves when their own low half is unused.
    """

    name: str
    homes: Mapping[str, str]
    scratch: tuple[str, ...]
    flag_registers: tuple[str, ...]
    result: str
    second_result: str
    split_vectors: bool
    high_candidates: tuple[str, ...]
    form: Callable[[str, int], Form]
    """Form of a location (name, live low bytes) at an ordinary edge."""
    entry_form: Callable[[str, int], Form]
    """Form of an argument at function entry, where callers promise no extension of narrow values."""
    native_flags: bool = False
    """Flags that are live across an edge stay in the target's own flags where they can."""
    callee_saved: tuple[str, ...] = ()
    """Every register that a callee must preserve, whether or not it is a home."""
    link: str = ""
    """The register that holds the return address."""


class TargetIsa(Protocol):
    """A target room: its convention and its emitter."""

    abi: TargetAbi
    trap: str
    """An instruction that stops the program."""

    def emit_block(self, block: LoweredBlock, context: FunctionContext) -> EmittedBlock: ...

    def comment(self, text: str) -> str: ...

    def directive(self, name: str, arguments: str) -> str | None: ...


def register_place(name: str) -> Place:
    return Place(register=name)


def names(prefix: str, numbers: Sequence[int]) -> tuple[str, ...]:
    """``names("a", [0, 1])`` is ``("a0", "a1")``."""
    return tuple(f"{prefix}{n}" for n in numbers)
