"""One instantiated statement as blocks under the relation of its constraints, translated and proved.

The lines become a function of their own whose end is a block that needs the outputs, and the inputs as they came. What
the function needs at its entry must be operands; what it changes must be outputs or clobbers. Everything else is the
work of the assembly direction: the same liveness, relations, rules and checker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from transpile import pool
from transpile.blocks import translate_functions
from transpile.errors import TranspileError, UnsupportedError
from transpile.inline.reasons import Refusal
from transpile.native.abi import TargetAbi, TargetIsa
from transpile.native.arguments import Crossing
from transpile.native.block import EmittedBlock, FunctionContext, LoweredBlock
from transpile.native.effects import defs
from transpile.native.liveness import BlockLiveness, Demand, FunctionLiveness, bytes_mask, live_bytes
from transpile.native.micro import Code, Micro, Reg
from transpile.native.prepare import Prepared
from transpile.native.relation import Form, Relation
from transpile.options import Options
from transpile.planning import Body, Failure, FilePlan, plan_file
from transpile.store import ProofStore
from transpile.translation import BlockResult
from transpile.x86.abi import SYSTEM_V

NAME = "transpile_asm"
FALL = ".Lfall"
_STACK = frozenset({Code.SP_ADD, Code.SP_COPY, Code.ENTER, Code.LEAVE})
_LEAVES = frozenset({"call", "icall", "tail", "itail", "ijump", "ret"})


@dataclass(frozen=True, slots=True)
class Unit:
    """``inputs`` and ``outputs``: source register -> bytes that the operand has. ``gotos``: labels that stand for
    labels of C. ``clobbers``: registers that may be changed."""

    lines: tuple[str, ...]
    inputs: Mapping[str, int] = field(default_factory=dict)
    outputs: Mapping[str, int] = field(default_factory=dict)
    clobbers: frozenset[str] = frozenset()
    gotos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """``bodies``: (label, target lines) of each block that is emitted, in their order. ``entry`` and ``exits``: the
    relations at the statement's ends, ``needed`` the bytes of each source register that it reads."""

    results: tuple[BlockResult, ...]
    bodies: tuple[tuple[str, Body], ...]
    entry: Relation
    exits: tuple[Relation, ...]
    needed: Mapping[str, int]


@dataclass(slots=True)
class Room:
    """A target whose blocks hold inputs as they came: with anything above the bytes of the operand."""

    target: TargetIsa
    abi: TargetAbi
    trap: str

    def emit_block(self, block: LoweredBlock, context: FunctionContext) -> EmittedBlock:
        return self.target.emit_block(block, context)

    def comment(self, text: str) -> str:
        return self.target.comment(text)

    def directive(self, name: str, arguments: str) -> str | None:
        return self.target.directive(name, arguments)


def room_of(target: TargetIsa, untouched: frozenset[str]) -> Room:
    """``target`` with other forms for the locations ``untouched``."""
    abi = target.abi

    def form(name: str, live: int) -> Form:
        return (abi.entry_form if name.partition(".")[0] in untouched else abi.form)(name, live)

    return Room(target, replace(abi, form=form), target.trap)


def prove(unit: Unit, target: TargetIsa, options: Options, store: ProofStore) -> Done:
    """Translate and check ``unit``; raises Refusal."""
    room = room_of(target, frozenset(unit.inputs) - frozenset(unit.outputs))
    plan = _planned(unit, room, options)
    prepared = plan.prepared[NAME]
    if isinstance(prepared, Failure):
        raise Refusal("not handled", _without_function(prepared.reason))
    landings = _landings(prepared, (FALL, *unit.gotos))
    _refuse_leaving(prepared, landings)
    bare = _liveness(prepared, landings, unit.outputs)
    needed = _needs(bare[prepared.function.blocks[0].label], unit)
    _changes(prepared, unit)
    kept = dict(unit.outputs)
    for name, size in needed.items():
        kept[name] = max(size, kept.get(name, 0))
    if "rax" in kept or "rax" in unit.inputs:
        kept.setdefault("rdi", 8)
    prepared.crossings = {label: Crossing(kept) for label in landings}
    prepared.relied = {}
    prepared.liveness = _liveness(prepared, landings, kept)
    return _checked(plan, prepared, landings, needed, store)


def _planned(unit: Unit, room: Room, options: Options) -> FilePlan:
    ends = (FALL, *unit.gotos)
    landings = [line for label in ends for line in (f"{label}:", "\tret")]
    text = "\n".join([
        "\t.text", f"\t.type {NAME}, @function", f"{NAME}:", *(unit.lines or ("nop",)), *landings, "\t.section .rodata",
        *(f"\t.quad {label}" for label in ends), "",
    ])  # fmt: skip
    try:
        plan = plan_file(text, "<asm>", room, options)
    except TranspileError as error:
        raise Refusal("foreign" if _is_unknown(error) else "not handled", _first(error)) from error
    if [function.name for function in plan.program.functions] != [NAME]:
        raise Refusal("not handled", "it defines functions")
    return plan


def _is_unknown(error: TranspileError) -> bool:
    """Whether the assembly names what x86 does not have."""
    first = _first(error)
    return not isinstance(error, UnsupportedError) and first.startswith(("unknown instruction", "unknown register"))


def _first(error: TranspileError) -> str:
    return error.diagnostics[0].message


def _without_function(reason: str) -> str:
    return reason.replace(f"'{NAME}'", "the statement").removeprefix("unsupported: ")


def _refuse_leaving(prepared: Prepared, landings: Sequence[str]) -> None:
    """Raises Refusal for control that leaves the statement, and for what touches the stack."""
    for block in prepared.function.blocks:
        if block.label in landings:
            continue
        if block.ending.kind in _LEAVES:
            raise Refusal("not handled", f"it leaves the statement by '{block.insns[-1].text}'")
        if any(_uses_stack(micro) for micro in prepared.micros[block.label]):
            raise Refusal("not handled", "it uses the stack pointer")


def _uses_stack(micro: Micro) -> bool:
    address = micro.address
    values = (micro.dst, *micro.args, *(() if address is None else (address.base, address.index)))
    return micro.code in _STACK or any(isinstance(v, Reg) and v.name in ("rsp", "sp") for v in values)


def _landings(prepared: Prepared, ends: Sequence[str]) -> list[str]:
    blocks = prepared.function.by_label()
    return list(dict.fromkeys(blocks[label].label for label in ends))


def _liveness(prepared: Prepared, landings: Sequence[str], sizes: Mapping[str, int]) -> dict[str, BlockLiveness]:
    demand = Demand({name: bytes_mask(0, size) for name, size in sizes.items()})
    return FunctionLiveness(prepared.function, prepared.micros, SYSTEM_V, dict.fromkeys(landings, demand)).run()


def _needs(entry: BlockLiveness, unit: Unit) -> dict[str, int]:
    """The bytes that are read of each register; raises Refusal for what is no operand."""
    if entry.flags_entry:
        raise Refusal("not read", "it reads flags that it has not set")
    needed: dict[str, int] = {}
    for name, mask in entry.entry.items():
        size = live_bytes(mask)
        if name not in unit.inputs and name not in unit.outputs:
            raise Refusal("not read", f"it reads %{name}, which is no operand")
        if name not in unit.outputs and size > unit.inputs[name]:
            raise Refusal("not read", f"it reads {size} bytes of an operand in %{name} that has {unit.inputs[name]}")
        needed[name] = size
    return needed


def _changes(prepared: Prepared, unit: Unit) -> None:
    """Raises Refusal if something is changed that is neither output nor clobbered."""
    for micros in prepared.micros.values():
        for micro in micros:
            written = defs(micro)
            if written is None or written[0] in unit.outputs or written[0] in unit.clobbers:
                continue
            what = "its input in" if written[0] in unit.inputs else ""
            raise Refusal("not read", f"it changes {what} %{written[0]} without saying so".replace("  ", " "))


def _checked(
    plan: FilePlan, prepared: Prepared, landings: Sequence[str], needed: Mapping[str, int], store: ProofStore
) -> Done:
    lowered = plan.lower(NAME)
    if isinstance(lowered, Failure):
        raise Refusal("not handled", _without_function(lowered.reason))
    for checked in lowered.lowered.blocks:
        for label in checked.exits.keys() & set(landings):
            checked.exits[label] = replace(checked.exits[label], ranges={})
    plan.adopted[NAME] = lowered
    (done,) = translate_functions(plan, [NAME], store, pool.silent, {})
    blocks = {block.source.label: block for block in lowered.lowered.blocks}
    order = [block.label for block in prepared.function.blocks if block.label not in landings]
    results = {result.label: result for result in done.result.blocks}
    entry = blocks[prepared.function.blocks[0].label].entry
    return Done(
        tuple(results[label] for label in order),
        tuple((label, done.bodies[label]) for label in order),
        entry,
        tuple(blocks[label].entry for label in landings),
        needed,
    )
