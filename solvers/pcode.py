"""SLEIGH p-code in the lean form that the machine executes.

An operand of an operation is one of

- ``(CONST, value, bits)``
- ``(ADDRESS, symbol, bits)``: the low bits of the address of a symbol
- ``(WHOLE, key, bits)``: a register or temporary that is read and written as a whole
- ``(PART, key, low bit, bits, all bits)``: a part of one
- ``(MANY, parts, bits)``: several of them, lowest first (a 16-byte register has two 8-byte halves)
- ``(MEMORY, address or symbol, bytes)``: memory at a constant address

Registers are named by containers of 8 bytes (``rax``, ``xmm0.lo``, ``xmm0.hi``, ``a0``, ``v3.hi``) and of one bit for
flags (``CF``, ``NG``). An ISA may give its own operations for an instruction, before or instead of SLEIGH's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import pypcode

BASE = 0x1000
"""Every instruction is lifted at this address."""

CONST, WHOLE, PART, MANY, MEMORY, ADDRESS = range(6)

_OPCODES = {name: int(code.value) for name, code in pypcode.OpCode.__members__.items()}
COPY = _OPCODES["COPY"]
LOAD = _OPCODES["LOAD"]
STORE = _OPCODES["STORE"]
BRANCH = _OPCODES["BRANCH"]
CBRANCH = _OPCODES["CBRANCH"]
BRANCHIND = _OPCODES["BRANCHIND"]
CALL = _OPCODES["CALL"]
CALLIND = _OPCODES["CALLIND"]
CALLOTHER = _OPCODES["CALLOTHER"]
RETURN = _OPCODES["RETURN"]
IMARK = _OPCODES["IMARK"]
_FLOATS = frozenset(number for name, number in _OPCODES.items() if name.startswith("FLOAT_"))


def opcode(name: str) -> int:
    """The number of a p-code operation (``INT_ADD`` …)."""
    return _OPCODES[name]


def operation_name(code: int) -> str:
    """For messages."""
    return next((name for name, number in _OPCODES.items() if number == code), str(code))


COMPUTE = 1000  # outputs = function(*inputs), terms to a term or a tuple of them
UNDEFINED = 1001  # output becomes a fresh unknown
TRAP = 1002
MARK = 1003  # an ordering event, named by ``extra``: "atomic", "plain", "fence:…"
OPAQUE = 1004  # named by ``extra``; the machine reports it

CONTROL = frozenset((BRANCH, CBRANCH, BRANCHIND, CALL, CALLIND, RETURN, TRAP))
_EFFECTS = CONTROL | {LOAD, STORE, MARK, OPAQUE, CALLOTHER}

CONSTANT, REGISTER, UNIQUE, RAM, SYMBOL = "const", "register", "unique", "ram", "symbol"
Varnode: TypeAlias = tuple[str, Any, int]
"""Space, offset (value for constants, ``Symbol`` in the space SYMBOL), bytes."""
Operand: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class RawOp:
    """A p-code operation before compilation; ``outs`` has more than one element only for COMPUTE."""

    code: int
    outs: tuple[Varnode, ...] = ()
    ins: tuple[Varnode, ...] = ()
    extra: Any = None


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction as SLEIGH sees it, for an override to look at."""

    address: int
    code: bytes
    mnemonic: str
    body: str
    ops: tuple[RawOp, ...]

    @property
    def word(self) -> int:
        return int.from_bytes(self.code, "little")


@dataclass(frozen=True, slots=True)
class Op:
    """``uses`` and ``defines`` are (key, mask of bytes). ``extra`` of a branch: an operation index (a target inside
    the program), ``-1`` (the instruction itself) or ``None`` (elsewhere: the step says where)."""

    code: int
    outs: tuple[Operand, ...]
    ins: tuple[Operand, ...]
    extra: Any
    uses: tuple[tuple[str, int], ...]
    defines: tuple[tuple[str, int], ...]
    effect: bool


@dataclass(frozen=True, slots=True)
class Program:
    """The operations of a byte string; ``targets`` are the indices that branches inside it go to, ``results`` the
    registers it may write."""

    ops: tuple[Op, ...]
    targets: frozenset[int] = frozenset()
    results: frozenset[str] = frozenset()


class Unliftable(Exception):
    """SLEIGH has no p-code for these bytes."""


Decode: TypeAlias = Callable[[bytes], Sequence[RawOp] | None]
Override: TypeAlias = Callable[["Isa", Instruction], Sequence[RawOp] | None]


@dataclass(slots=True)
class Isa:
    """What lifting needs to know of an ISA. ``names``: 8-byte aligned register offset -> container;
    ``flags``: register offset -> flag; ``zero``: offsets of registers that read as zero; ``unit``: bytes of every
    instruction, 0 if they differ. ``decode`` is asked before SLEIGH is, ``override`` sees what SLEIGH said."""

    name: str
    context: pypcode.Context
    names: Mapping[int, str]
    flags: Mapping[int, str]
    zero: frozenset[int]
    unit: int
    decode: Decode
    override: Override
    registers: Mapping[str, Varnode] = field(default_factory=dict)
    programs: dict[bytes, Program] = field(default_factory=dict)

    def register(self, name: str) -> Varnode:
        return self.registers[name]


def instructions(machine: Isa, code: bytes) -> list[Instruction]:
    """The instructions of ``code`` with their final operations; raises Unliftable."""
    if not machine.unit:
        return _translated(machine, code, BASE)
    result = []
    for start in range(0, len(code), machine.unit):
        piece = code[start : start + machine.unit]
        own = machine.decode(piece)
        if own is None:
            result += _translated(machine, piece, BASE + start)
        else:
            result.append(Instruction(BASE + start, piece, "", "", tuple(own)))
    return result


def _translated(machine: Isa, code: bytes, address: int) -> list[Instruction]:
    try:
        listing = machine.context.disassemble(code, address).instructions
        ops = machine.context.translate(code, address).ops
    except (pypcode.BadDataError, pypcode.UnimplError) as error:
        raise Unliftable(f"{code.hex()}: {error}") from error
    groups: list[list[RawOp]] = []
    for op in ops:
        if op.opcode is pypcode.OpCode.IMARK:
            groups.append([])
        else:
            groups[-1].append(_raw(op))
    result = []
    for text, group in zip(listing, groups, strict=True):
        start = text.addr.offset - address
        piece = code[start : start + text.length]
        instruction = Instruction(text.addr.offset, piece, text.mnem, text.body, tuple(group))
        own = machine.override(machine, instruction)
        result.append(instruction if own is None else replace(instruction, ops=tuple(own)))
    if sum(len(i.code) for i in result) != len(code):
        raise Unliftable(code.hex())
    return result


def _raw(op: Any) -> RawOp:
    code = int(op.opcode.value)
    ins = tuple((v.space.name, v.offset, v.size) for v in op.inputs)
    outs = ((op.output.space.name, op.output.offset, op.output.size),) if op.output is not None else ()
    extra = None
    if code == CALLOTHER:
        extra, ins = op.inputs[0].getUserDefinedOpName(), ins[1:]
    elif code in (LOAD, STORE):
        if op.inputs[0].getSpaceFromConst().name != RAM:
            code, extra = OPAQUE, f"{op.inputs[0].getSpaceFromConst().name} access"
        ins = ins[1:]
    elif code in _FLOATS and any(v[2] not in (1, 4, 8) for v in (*outs, *ins)):
        code, extra = OPAQUE, "80-bit or half-precision floating point"
    return RawOp(code, outs, ins, extra)


def compile_program(machine: Isa, listing: Iterable[Instruction]) -> Program:
    """Resolve operands and branch targets of a run of instructions."""
    raw: list[tuple[Instruction, RawOp]] = []
    starts: dict[int, int] = {}
    for instruction in listing:
        starts[instruction.address] = len(raw)
        raw.extend((instruction, op) for op in instruction.ops)
        starts[instruction.address + len(instruction.code)] = len(raw)
    clusters = _clusters(op for _, op in raw)
    ops: list[Op] = []
    targets: set[int] = set()
    for index, (instruction, op) in enumerate(raw):
        extra, ins = op.extra, op.ins
        if op.code in (BRANCH, CBRANCH):
            extra, ins = _target(op, index, instruction, starts), ins[1:]
            if extra is not None and extra >= 0:
                targets.add(extra)
                if extra <= index:
                    op = RawOp(OPAQUE, (), (), f"the loop in {instruction.mnemonic.lower()}")
                    extra, ins = op.extra, ()
        elif op.code == CALL:
            ins = ()
        ops.append(_compile(machine, op, ins, extra, clusters))
    results = frozenset(key for op in ops for key, _ in op.defines if key[0] != "$")
    return Program(tuple(ops), frozenset(targets), results)


def _target(op: RawOp, index: int, instruction: Instruction, starts: Mapping[int, int]) -> int | None:
    space, offset, _ = op.ins[0]
    if space == CONSTANT:
        relative: int = offset - (1 << 32) if offset >= 1 << 31 and offset < 1 << 32 else offset
        if relative >= 1 << 63:
            relative -= 1 << 64
        return index + relative
    if offset == instruction.address:
        return -1
    return starts.get(offset)


def _compile(
    machine: Isa, op: RawOp, ins: Sequence[Varnode], extra: Any, clusters: Mapping[int, tuple[int, int]]
) -> Op:
    outs = tuple(_operand(machine, v, clusters) for v in op.outs if not (v[0] == REGISTER and v[1] in machine.zero))
    operands = tuple(_operand(machine, v, clusters) for v in ins)
    effect = op.code in _EFFECTS or any(o[0] == MEMORY for o in outs)
    if op.outs and not outs and not effect:
        return Op(COPY, (), (), None, (), (), False)
    uses = tuple(mask for o in operands for mask in _masks(o))
    return Op(op.code, outs, operands, extra, uses, tuple(m for o in outs for m in _masks(o)), effect)


def _clusters(ops: Iterable[RawOp]) -> dict[int, tuple[int, int]]:
    """Offset of each temporary -> the span of temporaries that overlap it."""
    spans = sorted({(v[1], v[1] + v[2]) for op in ops for v in (*op.outs, *op.ins) if v[0] == UNIQUE})
    result: dict[int, tuple[int, int]] = {}
    i = 0
    while i < len(spans):
        low, high = spans[i]
        j = i + 1
        while j < len(spans) and spans[j][0] < high:
            high = max(high, spans[j][1])
            j += 1
        for k in range(i, j):
            result[spans[k][0]] = (low, high)
        i = j
    return result


def _operand(machine: Isa, varnode: Varnode, clusters: Mapping[int, tuple[int, int]]) -> Operand:
    space, offset, size = varnode
    if space == CONSTANT:
        return CONST, offset & ((1 << 8 * size) - 1), 8 * size
    if space == SYMBOL:
        return ADDRESS, offset, 8 * size
    if space == RAM:
        return MEMORY, offset, size
    if space == UNIQUE:
        low, high = clusters[offset]
        return _part(f"${low:x}", 8 * (offset - low), 8 * size, 8 * (high - low))
    if space != REGISTER:
        raise Unliftable(f"operand in space {space}")
    if offset in machine.zero:
        return CONST, 0, 8 * size
    if size == 1 and offset in machine.flags:
        return WHOLE, machine.flags[offset], 1
    parts = []
    at = offset
    while at < offset + size:
        start = at & ~7
        end = min(start + 8, offset + size)
        name = machine.names.get(start) or f"r{start:x}"
        parts.append(_part(name, 8 * (at - start), 8 * (end - at), 64))
        at = end
    return parts[0] if len(parts) == 1 else (MANY, tuple(parts), 8 * size)


def _part(key: str, low: int, bits: int, total: int) -> Operand:
    return (WHOLE, key, bits) if bits == total else (PART, key, low, bits, total)


def _masks(operand: Operand) -> list[tuple[str, int]]:
    kind = operand[0]
    if kind == WHOLE:
        return [(operand[1], (1 << (operand[2] + 7) // 8) - 1)]
    if kind == PART:
        _, key, low, bits, _ = operand
        return [(key, ((1 << bits // 8) - 1) << low // 8)]
    if kind == MANY:
        return [mask for part in operand[1] for mask in _masks(part)]
    return []


def operand_bits(operand: Operand) -> int:
    """The width of an operand."""
    kind = operand[0]
    bits: int = 8 * operand[2] if kind == MEMORY else operand[3] if kind == PART else operand[2]
    return bits
