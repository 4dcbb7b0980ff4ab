"""Whether a translation keeps x86's memory order (TSO), by the published mappings.

RISC-V (unprivileged ISA manual, appendix "Porting from x86-TSO"): ``l; fence r,rw`` and ``fence rw,w; s``. AArch64:
``ldr; dmb ishld`` or an acquire load, ``dmb ish; str`` or a release store. Accesses of one source instruction may come
in any order. Accesses relative to ``sp`` need none in a function whose frame no other thread can reach.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from transpile.native.block import TargetLine


@dataclass(frozen=True, slots=True)
class Rules:
    """Patterns over instruction text. ``ordered``: accesses that order themselves."""

    load: re.Pattern[str]
    store: re.Pattern[str]
    ordered: re.Pattern[str]
    after_load: re.Pattern[str]
    before_store: re.Pattern[str]
    link: re.Pattern[str]


RULES = {
    "riscv": Rules(
        load=re.compile(r"(l[bhwd]u?|fl[wd])\s"),
        store=re.compile(r"(s[bhwd]|fs[wd])\s"),
        ordered=re.compile(r"(amo|lr\.|sc\.)"),
        after_load=re.compile(r"fence\s+(r|rw|ir|iorw)\s*,\s*(rw|iorw)$|fence$"),
        before_store=re.compile(r"fence\s+(rw|iorw)\s*,\s*(w|rw|ow|iorw)$|fence$"),
        link=re.compile(r"[ls]d\s+ra\s*,"),
    ),
    "aarch64": Rules(
        load=re.compile(r"(ldr|ldur|ldp|ldnp)"),
        store=re.compile(r"(str|stur|stp|stnp)"),
        ordered=re.compile(r"(lda|stl|cas|swp|ldadd|ldclr|ldeor|ldset|ldxr|stxr|ldaxr)"),
        after_load=re.compile(r"dmb\s+(ish|ishld|sy|ld)$"),
        before_store=re.compile(r"dmb\s+(ish|sy)$"),
        link=re.compile(r"(ldr|str)\s+x30\s*,"),
    ),
}
_STACK = re.compile(r"[(\[]sp[,)\]]")


def unordered(isa: str, lines: Sequence[TargetLine], private_frame: bool) -> str:
    """The first instruction of ``lines`` that x86 would order and the target may not; empty if there is none."""
    rules = RULES[isa]
    loaded: TargetLine | None = None
    fenced = False
    stored: TargetLine | None = None
    for line in lines:
        text = line.text
        fence = bool(rules.after_load.match(text)), bool(rules.before_store.match(text))
        if any(fence):
            loaded = None if fence[0] else loaded
            fenced = fenced or fence[1]
            continue
        exempt = bool(rules.link.match(text)) or (private_frame and bool(_STACK.search(text)))
        if not text or exempt or rules.ordered.match(text):
            continue
        is_store = bool(rules.store.match(text))
        if not is_store and not rules.load.match(text):
            continue
        if loaded is not None and loaded.source_line != line.source_line:
            return loaded.text
        if is_store:
            if not fenced and (stored is None or stored.source_line != line.source_line):
                return text
            stored, fenced = line, False
        else:
            loaded = line
    return loaded.text if loaded is not None else ""
