"""Directives and comments as GNU as for AArch64 wants them.

On x86 ``.word`` and ``.value`` are 2 bytes and ``.align`` counts bytes; here ``.word`` is 4 bytes, ``.value`` unknown
and ``.align`` a power of two.
"""

from __future__ import annotations

_RENAMED = {".value": ".hword", ".word": ".hword", ".align": ".balign", ".dc.l": ".long"}
_DROPPED = frozenset(
    (
        ".addrsig", ".addrsig_sym", ".nop", ".nops", ".bundle_align_mode", ".bundle_lock", ".bundle_unlock", ".arch",
        ".intel_syntax", ".att_syntax", ".intel_mnemonic", ".att_mnemonic", ".code64", ".code32", ".code16",
    )
)  # fmt: skip
_PROPERTY = ".note.gnu.property"


def comment(text: str) -> str:
    return f"// {text}" if text else "//"


def directive(name: str, arguments: str) -> str | None:
    """The directive to write; None when it means nothing here."""
    if name in _DROPPED or name.startswith(".cfi_"):
        return None
    if name == ".section" and arguments.split(",")[0].strip().strip('"') == _PROPERTY:
        # Processor properties of x86 (CET) must not reach an AArch64 link: an excluded section takes them.
        return '.section .discard.property,"e",@progbits'
    return f"{_RENAMED.get(name, name)} {arguments}".rstrip()
