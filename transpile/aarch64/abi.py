"""Where x86-64 state lives on AArch64 (AAPCS64), and which registers the emitter may use beside it.

Argument registers line up, so that translated and native code call each other freely. x18 belongs to the platform.
"""

from __future__ import annotations

from transpile.native.abi import TargetAbi, names
from transpile.native.relation import FULL, LOW8, LOW16, LOW32, VECTOR, Form

INTEGER_HOMES: dict[str, str] = {
    "rdi": "x0",
    "rsi": "x1",
    "rdx": "x2",
    "rcx": "x3",
    "r8": "x4",
    "r9": "x5",
    "rax": "x8",
    "r10": "x9",
    "r11": "x10",
    "rbx": "x19",
    "rbp": "x20",
    "r12": "x21",
    "r13": "x22",
    "r14": "x23",
    "r15": "x24",
}
VECTOR_HOMES: dict[str, str] = {f"xmm{n}": f"v{n if n < 8 else n + 8}" for n in range(16)}
SCRATCH = ("x16", "x17", "x6", "x7", "x11", "x12", "x13", "x14", "x15")
VECTOR_SCRATCH = names("v", range(24, 32))
CALLER_SAVED = frozenset(range(18))
"""Integer registers that a callee may change."""
NATIVE: dict[str, str] = {"ret0": "x0", "ret1": "x1", "fret0": "v0", "fret1": "v1"}
"""Where AAPCS64 returns results."""

_INTEGER_FORMS = {1: LOW8, 2: LOW16, 3: LOW32, 4: LOW32}


def form(name: str, live: int) -> Form:
    """How a location is held at an edge between blocks when its low ``live`` bytes matter."""
    if name.startswith("xmm"):
        return VECTOR if live > 8 else Form(64) if live > 4 else Form(32)
    return _INTEGER_FORMS.get(live, FULL)


AAPCS64 = TargetAbi(
    name="aarch64",
    homes=INTEGER_HOMES | VECTOR_HOMES,
    scratch=SCRATCH,
    flag_registers=("x6", "x7"),
    result="x0",
    second_result="x1",
    split_vectors=False,
    high_candidates=(),
    form=form,
    entry_form=form,
    native_flags=True,
    callee_saved=names("x", range(19, 30)),
    link="x30",
)


def features(march: str) -> frozenset[str]:
    """Of ``lse`` (atomic instructions) and ``rcpc`` (``ldapr``), those that ``-march=`` value has."""
    base, *asked = march.replace("-march=", "").split("+")
    found: set[str] = set()
    if base.startswith("armv9"):
        found |= {"lse", "rcpc"}
    elif base.startswith("armv8."):
        minor = base[6:].split("-")[0]
        level = int(minor) if minor.isdigit() else 0
        found |= {name for name, needs in (("lse", 1), ("rcpc", 3)) if level >= needs}
    for name in asked:
        found = found - {name[2:]} if name.startswith("no") else found | ({name} & {"lse", "rcpc"})
    return frozenset(found)
