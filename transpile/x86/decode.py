"""Instruction statements to ``Insn``: mnemonic, operand sizes and prefixes made canonical, for both syntaxes.

``decode`` raises SourceError for what is not x86-64 assembly, and UnsupportedError, naming the instruction, for what is
but is not read. It never guesses an operand size that the assembler would not.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from transpile.asm.expressions import shorten
from transpile.asm.source import MAX_ERRORS, PREFIXES, Kind, Statement
from transpile.errors import SourceError, SourceErrors, Span, UnsupportedError
from transpile.x86 import att, intel
from transpile.x86.families import unsupported
from transpile.x86.insn import ImmOp, Insn, MemOp, Operand, RegOp
from transpile.x86.mnemonics import ATT, INTEL, B, C, E, Form, I, L, M, Pattern, R, Spelling, W, X
from transpile.x86.operands import BadOperand, split_operands, without_characters

MAX_TEXT = 4096
_CACHE_LIMIT = 1 << 15
_NO_CONSTANTS: Mapping[str, int] = {}
_PREFIXES = {"repz": "repe", "repnz": "repne", "rex.w": "rex64"}
_COMPARING = ("scas", "cmps")

_Shape = tuple[str, int, tuple[Operand, ...], tuple[str, ...], bool]
"""All of an Insn that does not depend on where it stands."""
_cache: dict[tuple[str, str], _Shape] = {}


def decode(statement: Statement, constants: Mapping[str, int] = _NO_CONSTANTS) -> Insn:
    """``statement`` (an instruction) as an Insn; ``constants`` are absolute symbols (SourceFile.constants)."""
    key = (statement.text, statement.syntax)
    shape = None if constants else _cache.get(key)
    if shape is None:
        try:
            shape = _shape(statement, constants)
        except BadOperand as error:
            raise _located(statement, error) from None
        if not constants:
            if len(_cache) >= _CACHE_LIMIT:
                _cache.clear()
            _cache[key] = shape
    return Insn(*shape, statement.line, statement.column, statement.text)


def decode_all(statements: Iterable[Statement], constants: Mapping[str, int] = _NO_CONSTANTS) -> list[Insn]:
    """The instructions among ``statements``; raises SourceErrors with what cannot be read, MAX_ERRORS at most."""
    insns: list[Insn] = []
    errors: list[SourceError] = []
    for statement in statements:
        if statement.kind is Kind.INSTRUCTION:
            try:
                insns.append(decode(statement, constants))
            except SourceError as error:
                errors.append(error)
                if len(errors) >= MAX_ERRORS:
                    break
    if errors:
        raise SourceErrors(errors)
    return insns


_ENCODING = re.compile(r"\.(s|d8|d32)$")
"""Suffixes that choose between encodings of one instruction (the assembler's manual, "i386-Mnemonics")."""


def _shape(statement: Statement, constants: Mapping[str, int]) -> _Shape:
    if len(statement.text) > MAX_TEXT:
        raise BadOperand(f"instruction longer than {MAX_TEXT} characters")
    name, args, prefixes = _prefixes(statement.name, statement.args)
    intel_syntax = statement.syntax == "intel"
    table = INTEL if intel_syntax else ATT
    spelling = table.get(name)
    if spelling is None:
        name = name.lower()
        spelling = table.get(name) or table.get(_ENCODING.sub("", name))
        if spelling is None:
            raise _unknown(name, table)
    parse = intel.operand if intel_syntax else att.operand
    branch = spelling[0][0].branch
    operands: list[Operand] = []
    indirect = False
    for text in split_operands(without_characters(args)):
        operand, starred = parse(text, branch, constants)
        operands.append(operand)
        indirect |= starred
    if not intel_syntax:
        operands.reverse()
    if branch and operands and isinstance(operands[0], RegOp):
        indirect = True
    form, size, matched = _chosen(name, spelling, operands, args)
    if branch and isinstance(matched[0], MemOp) and not indirect:
        raise BadOperand(f"'{name}' through memory", args, "write '*' before the operand")
    return _canonical(form, size, matched, prefixes, indirect)


def _prefixes(name: str, args: str) -> tuple[str, str, list[str]]:
    """The mnemonic, its operands, and the prefixes before it."""
    prefixes: list[str] = []
    while name in PREFIXES or name.lower() in PREFIXES:
        lower = name.lower()
        if (canonical := _PREFIXES.get(lower, lower)) not in prefixes:
            prefixes.append(canonical)
        parts = args.split(None, 1)
        if not parts:
            raise BadOperand(f"prefix '{name}' without an instruction", name)
        name, args = parts[0], parts[1] if len(parts) > 1 else ""
    return name, args, prefixes


def _unknown(name: str, table: Mapping[str, Spelling]) -> BadOperand:
    found = unsupported(name)
    if found:
        return BadOperand(f"'{name}' is not translated: {found[0]}", name, found[1], unsupported=True)
    other = ATT if table is INTEL else INTEL
    if name in other:
        syntax = "AT&T" if other is ATT else "Intel"
        hint = f"it is {syntax} syntax: put '.{'att' if other is ATT else 'intel'}_syntax' before it"
    else:
        alike = [known for known in table if known[0] == name[0] and abs(len(known) - len(name)) < 3]
        close = difflib.get_close_matches(name, alike, 1)
        hint = f"did you mean '{close[0]}'?" if close else ""
    return BadOperand(f"unknown instruction '{shorten(name)}'", name, hint)


def _chosen(name: str, spelling: Spelling, operands: Sequence[Operand], args: str) -> tuple[Form, int, list[Operand]]:
    """The form that fits ``operands``, with its operand size and the operands sized."""
    ambiguous = False
    for form, suffix in spelling:
        for pattern in form.patterns:
            if len(pattern) != len(operands):
                continue
            size = _size(form, pattern, operands, suffix)
            if size is None:
                continue
            if size == 0 and form.sizes:
                ambiguous = True
                continue
            return form, size, _sized(pattern, operands, size)
    if ambiguous:
        hint = f"write {name}b, {name}w, {name}l or {name}q, or BYTE/WORD/DWORD/QWORD PTR in Intel syntax"
        raise BadOperand(f"the operand size of '{name}' is not known", name, hint)
    raise BadOperand(f"wrong operands for '{name}'", args or name, _arity(name, spelling, len(operands)))


def _arity(name: str, spelling: Spelling, given: int) -> str:
    counts = sorted({len(pattern) for form, _ in spelling for pattern in form.patterns})
    if given in counts:
        return ""
    return f"'{name}' takes {' or '.join(map(str, counts))} operands, not {given}"


def _size(form: Form, pattern: Pattern, operands: Sequence[Operand], suffix: int) -> int | None:
    """The operand size (0: not told by the operands); None if ``operands`` do not fit."""
    size = suffix
    sizes = form.sizes
    for slot, operand in zip(pattern, operands, strict=True):
        classes = slot.classes
        if type(operand) is RegOp:
            if operand.size == 16:
                if not classes & X:
                    return None
            elif classes & R:
                if slot.register is None:
                    if size and operand.size != size:
                        return None
                    size = operand.size
                elif operand.size != slot.register:
                    return None
            elif not (classes & E or (classes & C and operand.name == "rcx" and operand.size == 1)):
                return None
        elif type(operand) is MemOp:
            if not classes & (M | E):
                return None
            if operand.size and not classes & E:
                if slot.memory is None:
                    if size and size != operand.size:
                        return None
                    size = operand.size
                elif slot.memory and operand.size != slot.memory:
                    return None
        elif type(operand) is ImmOp:
            if not classes & (I | B | W):
                return None
        elif not classes & L:
            return None
    if sizes:
        size = size or form.size
        if size and size not in sizes:
            return None
        if not _narrower(form, pattern, operands, size):
            return None
    return size if _immediates_fit(pattern, operands, size) else None


def _immediates_fit(pattern: Pattern, operands: Sequence[Operand], size: int) -> bool:
    for slot, operand in zip(pattern, operands, strict=True):
        if type(operand) is ImmOp and operand.symbol is None and not _fits(operand.value, slot.classes, size):
            return False
    return True


def _fits(value: int, classes: int, size: int) -> bool:
    """Whether the encoding has room for ``value``, sign-extended or (but for size 8) unsigned."""
    if classes & W and size == 8:
        return True
    bits = 8 if classes & B else 8 * (size or 2)
    limit = 1 << bits
    if bits == 64:
        bits, limit = 32, 1 << 31
    return -(1 << bits - 1) <= value < limit or value >= (1 << 64) - (1 << bits - 1)


def _narrower(form: Form, pattern: Pattern, operands: Sequence[Operand], size: int) -> bool:
    """Operands in ``e`` slots have a size, below the operand size; there is no movzx from 4 bytes."""
    limit = min(size, 4) if form.mnemonic == "movzx" else size
    for slot, operand in zip(pattern, operands, strict=True):
        if slot.classes & E and isinstance(operand, RegOp | MemOp) and not 0 < operand.size < limit:
            return False
    return True


def _sized(pattern: Pattern, operands: Sequence[Operand], size: int) -> list[Operand]:
    result = list(operands)
    for position, operand in enumerate(operands):
        if type(operand) is MemOp and not pattern[position].classes & E:
            fixed = pattern[position].memory
            wanted = size if fixed is None else fixed
            if operand.size != wanted:
                result[position] = MemOp(
                    wanted, operand.base, operand.index, operand.scale, operand.disp, operand.symbol,
                    operand.segment, operand.address_size,
                )  # fmt: skip
    return result


def _canonical(form: Form, size: int, operands: list[Operand], prefixes: list[str], indirect: bool) -> _Shape:
    mnemonic = form.mnemonic
    if form.finish:
        operands = _FINISH[form.finish](operands, size)
    if form.predicate is not None:
        operands.append(ImmOp(form.predicate))
    if not form.sizes:
        size = form.size or (operands[0].size if operands and isinstance(operands[0], RegOp | MemOp) else size)
    if mnemonic != "nop":
        operands = [_flat(operand) for operand in operands]
        prefixes = [p for p in prefixes if p not in ("cs", "ds", "es", "ss")]
    if prefixes:
        if mnemonic not in _COMPARING:
            prefixes = ["rep" if p == "repe" else p for p in prefixes]
            if mnemonic == "nop" and not operands and prefixes == ["rep"]:
                mnemonic, prefixes = "pause", []
        else:
            prefixes = ["repe" if p == "rep" else p for p in prefixes]
        _check_prefixes(mnemonic, prefixes, operands)
    return mnemonic, size, tuple(operands), tuple(prefixes), indirect


_LOCKABLE = frozenset(
    {"add", "adc", "and", "btc", "btr", "bts", "cmpxchg", "cmpxchg8b", "cmpxchg16b", "dec", "inc", "neg", "not",
     "or", "sbb", "sub", "xor", "xadd", "xchg"}
)  # fmt: skip


def _check_prefixes(mnemonic: str, prefixes: list[str], operands: list[Operand]) -> None:
    if "lock" in prefixes:
        memory = [isinstance(operand, MemOp) for operand in operands]
        if mnemonic not in _LOCKABLE or not (any(memory) if mnemonic == "xchg" else memory[0]):
            raise BadOperand(f"'lock' cannot stand before '{mnemonic}' here", "lock")
    for prefix in prefixes:
        if prefix in ("fs", "gs") and mnemonic != "nop":
            raise BadOperand(f"segment prefix '{prefix}' on its own", prefix, f"write %{prefix}: in the operand", True)
        if prefix in ("addr32", "data32", "rex", "xacquire", "xrelease"):
            raise BadOperand(f"prefix '{prefix}' is not translated", prefix, unsupported=True)


def _flat(operand: Operand) -> Operand:
    """Segments other than fs and gs start at 0 in 64-bit mode (SDM vol. 1, 3.3.4)."""
    if type(operand) is MemOp and operand.segment in ("cs", "ds", "es", "ss"):
        return replace(operand, segment="")
    return operand


def _finish_imul(operands: list[Operand], size: int) -> list[Operand]:
    if len(operands) == 2 and isinstance(operands[1], ImmOp):
        return [operands[0], operands[0], operands[1]]
    return operands


def _finish_shift(operands: list[Operand], size: int) -> list[Operand]:
    return operands if len(operands) == 2 else [*operands, ImmOp(1)]


def _finish_double_shift(operands: list[Operand], size: int) -> list[Operand]:
    return operands if len(operands) == 3 else [*operands, RegOp("rcx", 1)]


def _finish_commute(operands: list[Operand], size: int) -> list[Operand]:
    """``test`` with memory has it first in the encoding."""
    return operands[::-1] if isinstance(operands[1], MemOp) else operands


def _finish_blend(operands: list[Operand], size: int) -> list[Operand]:
    """The mask of SSE4.1 blends is xmm0, written or not."""
    if operands[2:] not in ([], [RegOp("xmm0", 16)]):
        raise BadOperand("the mask must be xmm0")
    return [*operands[:2], RegOp("xmm0", 16)]


def _finish_narrow(operands: list[Operand], size: int) -> list[Operand]:
    """``pmovmskb %xmm0, %rax`` is encoded, and does the same, as with ``%eax``."""
    return [RegOp(op.name, 4) if isinstance(op, RegOp) and op.size == 8 else op for op in operands]


def _finish_string(operands: list[Operand], size: int) -> list[Operand]:
    """Explicit operands of string instructions only repeat what is implied."""
    for operand in operands:
        if isinstance(operand, MemOp):
            plain = operand.base in ("rsi", "rdi") and not (operand.disp or operand.symbol or operand.index)
            if not plain or operand.segment in ("fs", "gs") or operand.address_size != 8:
                raise BadOperand("string instruction with an unusual operand", unsupported=True)
        elif operand != RegOp("rax", size):
            raise BadOperand("string instruction with an unusual operand", unsupported=True)
    return []


_FINISH: dict[str, Callable[[list[Operand], int], list[Operand]]] = {
    "imul": _finish_imul,
    "shift": _finish_shift,
    "shiftd": _finish_double_shift,
    "blend": _finish_blend,
    "narrow": _finish_narrow,
    "commute": _finish_commute,
    "string": _finish_string,
}


def _located(statement: Statement, error: BadOperand) -> SourceError:
    """``error`` at the column of the fragment it is about."""
    offset = statement.text.find(error.fragment) if error.fragment else 0
    column = statement.column + max(offset, 0)
    length = len(error.fragment) if error.fragment and offset >= 0 else len(statement.text)
    span = Span(statement.file, statement.line, column, max(length, 1), statement.line_text)
    hint = error.hint or _syntax_hint(statement)
    if error.unsupported:
        mnemonic = statement.text.split(None, 1)[0].lower() if statement.text else ""
        return UnsupportedError(span, error.message, hint, mnemonic)
    return SourceError(span, error.message, hint)


_INTEL_MARK = re.compile(
    r"\[|\bptr\b|(?<![%\w.$@])(?:[re]?[abcd]x|[re][sd]i|[re][sb]p|xmm\d+|r\d+[dwb]?)(?![\w.$@(])", re.I
)


def _syntax_hint(statement: Statement) -> str:
    if statement.syntax == "att" and _INTEL_MARK.search(statement.args[:MAX_TEXT]):
        return "this looks like Intel syntax: put '.intel_syntax noprefix' before it"
    if statement.syntax == "intel" and ("%" in statement.args or "$" in statement.args):
        return "this looks like AT&T syntax: put '.att_syntax' before it"
    return ""
