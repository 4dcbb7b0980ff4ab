"""The directives that gcc and clang emit for x86-64 ELF, by what a writer of other assembly must do with them.

On x86, ``.align`` counts bytes and ``.word`` is 2 bytes wide; elsewhere ``.align`` may be a power of two and ``.word``
4 bytes, so ``Directive.size`` says the width of one datum as x86 means it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class DirectiveClass(Enum):
    SECTION = "section"
    SYMBOL = "symbol"
    DATA = "data"
    ALIGN = "align"
    DEBUG = "debug"
    MACRO = "macro"
    """Handled while reading: never in the statements of a SourceFile."""
    SYNTAX = "syntax"
    """Says how x86 text is spelled; has no meaning for other targets."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Directive:
    """``size`` is the width in bytes of one datum (0: none, or as the argument says); ``string`` takes strings."""

    name: str
    kind: DirectiveClass
    size: int = 0
    string: bool = False


_SECTION = "text data bss section pushsection popsection previous subsection"
_SYMBOL = """globl global local weak hidden protected internal type size set equ equiv eqv comm lcomm common symver
    weakref desc largecomm tls_common alias lazy_reference no_dead_strip"""
_WIDTHS = {
    1: "byte",
    2: "2byte short value word hword",
    4: "4byte long int float single dc.l",
    8: "8byte quad double",
    10: "tfloat",
    16: "octa",
}
_SIZED_BY_ARGUMENT = "zero skip space fill uleb128 sleb128 incbin org reloc ds.b"
_STRINGS = "ascii asciz string"
_ALIGN = "align balign balignw balignl p2align p2alignw p2alignl"
_DEBUG = """file loc loc_mark_labels ident line ln stabs stabn version linefile
    cfi_startproc cfi_endproc cfi_sections cfi_personality cfi_personality_id cfi_lsda cfi_def_cfa
    cfi_def_cfa_register cfi_def_cfa_offset cfi_adjust_cfa_offset cfi_offset cfi_val_offset cfi_rel_offset cfi_register
    cfi_restore cfi_undefined cfi_same_value cfi_remember_state cfi_restore_state cfi_return_column cfi_signal_frame
    cfi_window_save cfi_escape cfi_val_encoded_addr cfi_fde_data cfi_inline_lsda cfi_b_key_frame
    cfi_llvm_def_aspace_cfa"""
_MACRO = """macro endm endmacro exitm purgem rept irp irpc endr altmacro noaltmacro include if elseif else endif ifdef
    ifndef ifnotdef ifb ifnb ifc ifnc ifeqs ifnes ifeq ifne ifgt ifge iflt ifle error err warning print abort end"""
_SYNTAX = "intel_syntax att_syntax intel_mnemonic att_mnemonic code64 code32 code16 code16gcc arch"
_OTHER = """addrsig addrsig_sym gnu_attribute title sbttl list nolist eject psize appfile nop nops bundle_align_mode
    bundle_lock bundle_unlock cv_file cv_loc pseudoprobe stack_size func endfunc sym"""


def _rows() -> dict[str, Directive]:
    rows: dict[str, Directive] = {}

    def add(names: str, kind: DirectiveClass, size: int = 0, string: bool = False) -> None:
        for name in names.split():
            rows["." + name] = Directive("." + name, kind, size, string)

    for names, kind in (
        (_SECTION, DirectiveClass.SECTION),
        (_SYMBOL, DirectiveClass.SYMBOL),
        (_SIZED_BY_ARGUMENT, DirectiveClass.DATA),
        (_ALIGN, DirectiveClass.ALIGN),
        (_DEBUG, DirectiveClass.DEBUG),
        (_MACRO, DirectiveClass.MACRO),
        (_SYNTAX, DirectiveClass.SYNTAX),
        (_OTHER, DirectiveClass.OTHER),
    ):
        add(names, kind)
    for size, names in _WIDTHS.items():
        add(names, DirectiveClass.DATA, size)
    add(_STRINGS, DirectiveClass.DATA, 1, string=True)
    return rows


DIRECTIVES: dict[str, Directive] = _rows()


@dataclass(frozen=True, slots=True)
class Section:
    """A section as the source names it; ``arguments`` is everything after the name, as first written."""

    name: str
    executable: bool
    arguments: str = ""


TEXT = Section(".text", True)
DEFAULTS = {".text": TEXT, ".data": Section(".data", False), ".bss": Section(".bss", False)}
_CODE = re.compile(r"\.(text|init|fini|plt)(\.|$)")
_NAME = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^\s,]+)\s*(?:,\s*(.*))?$', re.S)
_FLAGS = re.compile(r'\s*"([^"]*)"')
STACK_LIMIT = 1024


class SectionTracker:
    """Which section the next statement goes to. Raises ValueError with a message on a misuse."""

    def __init__(self) -> None:
        self.current = TEXT
        self._previous: Section | None = None
        self._stack: list[tuple[Section, Section | None]] = []
        self._known = dict(DEFAULTS)

    def apply(self, name: str, args: str) -> None:
        if name in DEFAULTS:
            self._enter(DEFAULTS[name])
        elif name == ".section":
            self._enter(self._named(args))
        elif name == ".pushsection":
            if len(self._stack) >= STACK_LIMIT:
                raise ValueError(f".pushsection nested deeper than {STACK_LIMIT}")
            self._stack.append((self.current, self._previous))
            self._enter(self._named(args))
        elif name == ".popsection":
            if not self._stack:
                raise ValueError(".popsection without a matching .pushsection")
            self.current, self._previous = self._stack.pop()
        elif name == ".previous":
            if self._previous is None:
                raise ValueError(".previous without a section before this one")
            self._enter(self._previous)

    def _enter(self, section: Section) -> None:
        self._previous, self.current = self.current, section

    def _named(self, args: str) -> Section:
        match = _NAME.match(args)
        if not match:
            raise ValueError("a section name is missing")
        name, rest = match[1].strip('"'), match[2] or ""
        known = self._known.get(name)
        if known is not None:
            return known
        flags = _FLAGS.match(rest)
        executable = "x" in flags[1] if flags else bool(_CODE.match(name))
        section = self._known[name] = Section(name, executable, rest.strip())
        return section
