"""The words an answer may use, by target: registers with their other names, keywords, and mnemonics that are refused.

Refused is what no translated block needs and what reaches out of the program: calls of the system, privileged
instructions, breakpoints, hints, and the control registers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from transpile.errors import UsageError
from transpile.native.abi import names


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``registers``: every spelling -> the one that is used here. ``system`` matches whole mnemonics.

    ``fixed``: registers of the platform, which no instruction may name first, where results stand; ``absent``: those
    that nothing may name.
    """

    registers: Mapping[str, str]
    keywords: frozenset[str]
    relocation: re.Pattern[str]
    system: re.Pattern[str]
    comment: re.Pattern[str]
    fixed: frozenset[str]
    absent: frozenset[str]
    calls: frozenset[str]
    """Mnemonics whose symbol may be spelled as one of the procedure linkage table."""


def _same(*found: str) -> dict[str, str]:
    return {name: name for name in found}


def _riscv_registers() -> dict[str, str]:
    integer = ("zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", *names("a", range(8)),
               *names("s", range(2, 12)), *names("t", range(3, 7)))  # fmt: skip
    floats = (*names("ft", range(8)), "fs0", "fs1", *names("fa", range(8)), *names("fs", range(2, 12)),
              *names("ft", range(8, 12)))  # fmt: skip
    numbered = {f"x{n}": name for n, name in enumerate(integer)} | {f"f{n}": name for n, name in enumerate(floats)}
    return _same(*integer, *floats) | numbered | {"fp": "s0"}


def _aarch64_registers() -> dict[str, str]:
    integer = (*names("x", range(31)), *names("w", range(31)), "xzr", "wzr", "sp", "wsp")
    scalars = [name for letter in "bhsdqv" for name in names(letter, range(32))]
    shapes = ("8b", "16b", "4h", "8h", "2s", "4s", "1d", "2d", "1q", "b", "h", "s", "d")
    vectors = [f"v{n}.{shape}" for n in range(32) for shape in shapes]
    return _same(*integer, *scalars, *vectors) | {"fp": "x29", "lr": "x30", "ip0": "x16", "ip1": "x17"}


_AARCH64_KEYWORDS = frozenset(
    ("eq", "ne", "cs", "hs", "cc", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al",
     "lsl", "lsr", "asr", "ror", "msl", "sxtb", "sxth", "sxtw", "sxtx", "uxtb", "uxth", "uxtw", "uxtx",
     "ish", "ishld", "ishst", "sy", "ld", "st", "osh", "oshld", "oshst", "nsh", "tpidr_el0")
)  # fmt: skip

VOCABULARIES: Mapping[str, Vocabulary] = {
    "riscv": Vocabulary(
        registers=_riscv_registers(),
        keywords=frozenset(("rne", "rtz", "rdn", "rup", "rmm", "dyn", "i", "o", "r", "w", "rw", "iorw")),
        relocation=re.compile(r"%(?:hi|lo|tprel_hi|tprel_lo|tprel_add)$"),
        system=re.compile(
            r"ecall|scall|(?:c\.)?ebreak|sbreak|[smuhd]ret|mnret|wfi|wrs\.\w+|csr\w+|fence\.i|[shi]?fence\.vma"
            r"|hfence\.\w+|sfence\.\w+(?:\.\w+)?|h[ls]vx?\.\w+|[sh]inval\.\w+|cbo\.\w+|(?:c\.)?unimp"
            r"|rd(?:cycle|time|instret)h?|f[rs]csr|f[rs]rmi?|f[rs]flagsi?|pause|auipc"
        ),
        comment=re.compile(r"#.*|//.*|;.*", re.S),
        fixed=frozenset(("tp",)),
        absent=frozenset(("gp",)),
        calls=frozenset(("call", "tail")),
    ),
    "aarch64": Vocabulary(
        registers=_aarch64_registers(),
        keywords=_AARCH64_KEYWORDS,
        relocation=re.compile(
            r":(?:lo12|got|got_lo12|gottprel|gottprel_lo12|gottprel_lo12_nc|tprel_hi12|tprel_lo12|tprel_lo12_nc"
            r"|pg_hi21):$"
        ),
        system=re.compile(
            r"svc|hvc|smc|hlt|brk|udf|msr|sysl?p?|at|dc|ic|tlbip?|eret\w*|drps|dcps\d|wfet?|wfit?|sevl?|hint|yield"
            r"|cfp|cpp|dvp|cosp|pac\w*|aut\w*|xpac\w*|bti|br[ka]a[az]?\w*|bl?ra\w+|reta\w+|ldra[ab]|irg|ldgm?|stz?gm?|st2g"
            r"|tcommit|tstart|tcancel|ttest|smstart|smstop|rprfm|esb|psb|tsb|csdb|isb|ssbb|pssbb|dgh|gcs\w+|msrr"
        ),
        comment=re.compile(r"//.*|;.*|(?:^|\s)@.*", re.S),
        fixed=frozenset(("tpidr_el0",)),
        absent=frozenset(("x18", "w18")),
        calls=frozenset(),
    ),
}


def vocabulary(target: str) -> Vocabulary:
    """The words of the target called ``target``."""
    if target not in VOCABULARIES:
        raise UsageError(f"no language model can be asked about the target '{target}'")
    return VOCABULARIES[target]
