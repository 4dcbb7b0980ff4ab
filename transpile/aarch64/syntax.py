"""AArch64 assembly as the canonical form takes it apart (Arm ARM, C1.2: structure of the assembler language)."""

from __future__ import annotations

from transpile.aarch64.abi import SCRATCH, VECTOR_SCRATCH
from transpile.native.canonical.syntax import Opened, Operand, Parsed, fill

KEYWORDS = frozenset(
    ("eq", "ne", "cs", "hs", "cc", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv",
     "lsl", "lsr", "asr", "ror", "sxtb", "sxth", "sxtw", "sxtx", "uxtb", "uxth", "uxtw", "uxtx", "msl", "ish", "ishld",
     "ishst", "sy", "tpidr_el0", "nzcv", "fpcr", ".b", ".h", ".s", ".d", ".16b", ".8b", ".8h", ".4h", ".4s", ".2s",
     ".2d", ".1d", "e", "b", "h", "s", "d")
)  # fmt: skip
SILENT = (
    "str",
    "stp",
    "stur",
    "stlr",
    "cmp",
    "cmn",
    "tst",
    "fcmp",
    "ccmp",
    "ccmn",
    "b.",
    "cb",
    "tb",
    "brk",
    "dmb",
    "prfm",
    "nop",
    "svc",
    "hlt",
)
SILENT_WORDS = frozenset(("b", "bl", "blr", "br", "ret"))
LEAVING = ("b.", "cb", "tb", "brk", "dmb", "svc", "hlt")
ACCESSES = ("ld", "st", "prfm", "cas", "swp")
FLAGS = ("cmp", "cmn", "tst", "fcmp", "ccm", "cs", "cin", "cneg", "b.")
FLAG_WORDS = frozenset(
    ("adds", "subs", "ands", "bics", "negs", "adc", "adcs", "sbc", "sbcs", "ngc", "ngcs", "fcsel", "fccmp")
)
TIED = ("movk", "bfi", "bfxil", "bfm", "ins", "fmla", "fmls", "mla", "mls", "sli", "sri", "bsl", "bit", "bif", "umlal",
        "smlal", "tbx", "sadalp", "uadalp", "saba", "uaba", "ssra", "usra", "fcvtn2", "xtn2", "fcvtxn2", "sqxtn2",
        "uqxtn2", "sqxtun2", "shrn2", "bfc")  # fmt: skip
PAIRS = ("ldp", "ldpsw", "ldxp", "ldaxp")
SHAPES = frozenset("wxbhsdqv")


class Aarch64Syntax:
    """The row of A64."""

    constant = frozenset(("zero", "sp", "x30"))
    link = "x30"
    copies = ("mov {x}, {x}", "mov {w}, {w}", "sxtw {x}, {w}")

    def register(self, word: str) -> tuple[str, str] | None:
        if word in ("sp", "wsp"):
            return ("x" if word == "sp" else "w"), "sp"
        if word in ("wzr", "xzr"):
            return word[0], "zero"
        letter, number = word[:1], word[1:].partition(".")[0]
        if letter not in SHAPES or not number.isdigit() or int(number) > 31 or len(number) > 2:
            return None
        if "." in word:
            return letter + word[1 + len(number) :].replace(".", "_"), f"v{number}"
        return letter, (f"x{number}" if letter in "wx" else f"v{number}")

    def spell(self, shape: str, name: str) -> str | None:
        letter, _, arrangement = shape.partition("_")
        if letter not in SHAPES:
            return None
        if name == "sp":
            return "sp" if letter == "x" else "wsp" if letter == "w" else None
        if name == "zero":
            return f"{letter}zr" if letter in "wx" else None
        if (letter in "wx") != (name[0] == "x"):
            return None
        return letter + name[1:] + (f".{arrangement}" if arrangement else "")

    def keyword(self, word: str) -> bool:
        return word in KEYWORDS

    def written(self, template: str, operands: tuple[Operand, ...]) -> tuple[tuple[int, ...], bool]:
        mnemonic, _, rest = template.partition(" ")
        bases: tuple[int, ...] = ()
        if "]!" in rest or "]," in rest:
            before = rest.split("[")[0].count("{")
            bases = (before,)
        if mnemonic in SILENT_WORDS or mnemonic.startswith(SILENT) or not operands or operands[0].kind != "reg":
            return bases, bool(bases)
        writes = (0, 1) if mnemonic in PAIRS else (0,)
        lane = "[" in rest.split(",")[0]
        return (*writes, *bases), mnemonic in TIED or lane or bool(bases)

    def touches_memory(self, template: str) -> bool:
        return template.startswith(ACCESSES) and "[" in template

    def touches_flags(self, template: str) -> bool:
        mnemonic = template.partition(" ")[0]
        return mnemonic.startswith(FLAGS) or mnemonic in FLAG_WORDS or "nzcv" in template or "fpcr" in template

    def leaves(self, template: str) -> bool:
        mnemonic = template.partition(" ")[0]
        return mnemonic in SILENT_WORDS or mnemonic.startswith(LEAVING)

    def opened(self, line: Parsed, operand: int, symbol: str) -> Opened:
        texts = [one.text if one.kind != "reg" else self.spell(one.shape, one.text) or "" for one in line.operands]
        texts[operand] = f":lo12:{symbol}"
        return Opened(fill(line.template, texts), range(4096))

    def scratch(self, vector: bool) -> tuple[str, ...]:
        return VECTOR_SCRATCH if vector else SCRATCH

    def vector(self, shape: str) -> bool:
        return shape[0] not in "wx"

    def is_vector(self, name: str) -> bool:
        return name[0] == "v"


SYNTAX = Aarch64Syntax()
