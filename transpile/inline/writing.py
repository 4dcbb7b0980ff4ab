"""Text of the ported source: a target's statement in C, and the ``#if`` around a statement or a macro.

Inside a macro there can be no ``#if``, so the definition is there once for each architecture. The original text is
never changed. What widths a translation is for is checked by the C compiler.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transpile.inline.printing import Printed

X86_CONDITION = "defined(__x86_64__) || defined(__i386__)"
CONDITIONS = {
    "riscv": "defined(__riscv) && __riscv_xlen == 64",
    "aarch64": "defined(__aarch64__)",
}
UNUSED = "__attribute__((__unused__))"


@dataclass(frozen=True, slots=True)
class Variant:
    """One translation and the condition on ``sizeof`` under which it is right; empty: always."""

    printed: Printed
    condition: str


def statement_text(
    keyword: str, qualifiers: Sequence[str], labels: Sequence[str], variants: Sequence[Variant], comment: str
) -> str:
    """What stands in the place of the statement for one target, without a semicolon at its end."""
    pieces = [_asm(keyword, qualifiers, labels, variant.printed) for variant in variants]
    if len(variants) == 1 and not variants[0].condition and not variants[0].printed.declarations:
        return f"/* {comment} */\n{pieces[0]}"
    lines = [f"do {{ /* {comment} */"]
    if all(variant.condition for variant in variants):
        every = " || ".join(f"({variant.condition})" for variant in variants) if len(variants) > 1 else ""
        lines.append(f"    typedef char transpile_widths[({every or variants[0].condition}) ? 1 : -1] {UNUSED};")
    for at, (variant, piece) in enumerate(zip(variants, pieces, strict=True)):
        opened = len(variants) > 1
        if opened:
            lines.append(f"    {'else ' if at else ''}if ({variant.condition}) {{")
        pad = "        " if opened else "    "
        lines += [pad + declaration for declaration in variant.printed.declarations]
        lines += [pad + line for line in f"{piece};".split("\n")]
        if opened:
            lines.append("    }")
    return "\n".join([*lines, "} while (0)"])


def _asm(keyword: str, qualifiers: Sequence[str], labels: Sequence[str], printed: Printed) -> str:
    head = " ".join([keyword, *qualifiers])
    template = [f'"{_quoted(line)}\\n\\t"' for line in printed.lines]
    template = template or ['""']
    template[-1] = template[-1].removesuffix('\\n\\t"') + '"' if printed.lines else template[-1]
    sections = [", ".join(printed.outputs), ", ".join(printed.inputs), ", ".join(f'"{c}"' for c in printed.clobbers)]
    if labels:
        sections.append(", ".join(labels))
    while len(sections) > 1 and not sections[-1]:
        sections.pop()
    tail = [f"    : {section}".rstrip() for section in sections]
    return "\n".join([f"{head} ({template[0]}", *(f"    {line}" for line in template[1:]), *tail]) + ")"


def _quoted(line: str) -> str:
    return line.replace("\\", "\\\\").replace('"', '\\"')


def guarded(original: str, translations: Mapping[str, str], missing: str) -> str:
    """``original`` for x86 and the translations for their targets; ``missing``: what ``#error`` says elsewhere."""
    lines = [f"#if {X86_CONDITION}", original]
    for target, text in translations.items():
        lines += [f"#elif {CONDITIONS[target]}", text]
    return "\n".join([*lines, "#else", f'#error "{missing}"', "#endif"])


def in_macro(text: str) -> str:
    """``text`` as a part of a macro's body: one logical line."""
    return text.replace("\n", " \\\n")
