"""Every instruction that is read, as rows: canonical name, operand patterns, operand sizes, spellings.

A pattern is a list of slots in Intel order, separated by commas; ``|`` separates alternatives, ``-`` is no operand.
Slot letters: ``x`` xmm register, ``r`` general register, ``m`` memory, ``i`` immediate of the operand size, ``b``
immediate of 8 bits, ``w`` immediate of up to 64 bits, ``l`` label, ``c`` the register cl, ``e`` register or memory
narrower than the operand size. A number after ``r`` or ``m`` is a fixed size in bytes (``m0``: no data is accessed);
without one it is the operand size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from transpile.native.micro import CONDITIONS

X, R, M, I, B, L, C, E, W = (1 << n for n in range(9))
_LETTERS = {"x": X, "r": R, "m": M, "i": I, "b": B, "l": L, "c": C, "e": E, "w": W}
ATT_SUFFIX = {"b": 1, "w": 2, "l": 4, "q": 8}
INTEL_SUFFIX = {"b": 1, "w": 2, "d": 4, "q": 8}


@dataclass(frozen=True, slots=True)
class Slot:
    """Where an operand may stand: allowed classes; fixed sizes, None for the operand size."""

    classes: int
    register: int | None = None
    memory: int | None = None


Pattern = tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One instruction with its patterns.

    ``sizes`` are the operand sizes allowed (empty: the patterns fix everything); ``size`` is the Insn.size of rows
    without operand sizes (0: that of the first operand), or the default where operands do not tell. ``finish`` names a
    normalisation in ``transpile.x86.decode``; ``predicate`` is appended as an immediate (``cmpltsd`` is ``cmpsd`` 1).
    """

    mnemonic: str
    patterns: tuple[Pattern, ...]
    sizes: frozenset[int] = frozenset()
    size: int = 0
    finish: str = ""
    predicate: int | None = None
    branch: bool = False


Spelling = tuple[tuple[Form, int], ...]
"""The forms one spelling may mean, each with the operand size its suffix says (0: none)."""

_SLOT = re.compile(r"([a-z])(\d*)")


def _pattern(text: str) -> Pattern:
    slots = []
    for part in text.split(",") if text != "-" else ():
        classes, register, memory = 0, None, None
        for letter, number in _SLOT.findall(part):
            classes |= _LETTERS[letter]
            if number and letter == "r":
                register = int(number)
            elif number:
                memory = int(number)
        slots.append(Slot(classes, register, memory))
    return tuple(slots)


def patterns(text: str) -> tuple[Pattern, ...]:
    return tuple(map(_pattern, text.split("|")))


# name: pattern, operand sizes as AT&T suffixes, finish, default size
_INTEGER: tuple[tuple[str, str, str, str, int], ...] = (
    ("mov", "rm,ri|r,m|r,w", "bwlq", "", 0),
    ("add or adc sbb and sub xor cmp", "rm,ri|r,m", "bwlq", "", 0),
    ("test", "rm,ri|r,m", "bwlq", "commute", 0),
    ("xchg", "rm,r|r,m", "bwlq", "", 0),
    ("xadd cmpxchg", "rm,r", "bwlq", "", 0),
    ("not neg inc dec mul div idiv", "rm", "bwlq", "", 0),
    ("imul", "rm", "bwlq", "", 0),
    ("imul", "r,rm|r,rm,i|r,i", "wlq", "imul", 0),
    ("lea", "r,m0", "wlq", "", 0),
    ("push", "rm|i", "wq", "", 8),
    ("pop", "rm", "wq", "", 8),
    ("rol ror rcl rcr shl shr sar", "rm,cb|rm", "bwlq", "shift", 0),
    ("shld shrd", "rm,r,cb|rm,r", "wlq", "shiftd", 0),
    ("bt bts btr btc", "rm,rb", "wlq", "", 0),
    ("bsf bsr popcnt lzcnt tzcnt", "r,rm", "wlq", "", 0),
    ("bswap", "r", "lq", "", 0),
    ("movbe", "r,m|m,r", "wlq", "", 0),
    ("movnti", "m,r", "lq", "", 0),
    ("andn pdep pext", "r,r,rm", "lq", "", 0),
    ("bextr bzhi sarx shlx shrx", "r,rm,r", "lq", "", 0),
    ("blsi blsr blsmsk", "r,rm", "lq", "", 0),
    ("mulx", "r,r,rm", "lq", "", 0),
    ("adcx adox", "r,rm", "lq", "", 0),
    ("rorx", "r,rm,b", "lq", "", 0),
    ("nop", "rm", "wlq", "", 0),
)
# name: operand size
_PLAIN = {
    "nop": 0, "cbw": 2, "cwde": 4, "cdqe": 8, "cwd": 2, "cdq": 4, "cqo": 8, "leave": 8, "ud2": 0, "hlt": 0, "int3": 0,
    "pause": 0, "mfence": 0, "lfence": 0, "sfence": 0, "endbr64": 0, "cld": 0, "std": 0, "clc": 0, "stc": 0, "cmc": 0,
    "lahf": 0, "sahf": 0, "pushf": 8, "popf": 8,
}  # fmt: skip
_STRINGS = ("movs", "stos", "lods", "scas", "cmps")
_CC_ALIASES = {
    "b": "c nae", "ae": "nc nb", "e": "z", "ne": "nz", "be": "na", "a": "nbe", "p": "pe", "np": "po", "l": "nge",
    "ge": "nl", "le": "ng", "g": "nle",
}  # fmt: skip

# name: pattern, Insn.size
_SSE: tuple[tuple[str, str, int], ...] = (
    ("addss subss mulss divss minss maxss sqrtss rcpss rsqrtss ucomiss comiss", "x,xm4", 4),
    ("addsd subsd mulsd divsd minsd maxsd sqrtsd ucomisd comisd", "x,xm8", 8),
    ("cmpss", "x,xm4,b", 4),
    ("cmpsd", "x,xm8,b", 8),
    ("roundss", "x,xm4,b", 4),
    ("roundsd", "x,xm8,b", 8),
    ("movss", "x,x|x,m4|m4,x", 4),
    ("movsd", "x,x|x,m8|m8,x", 8),
    ("movlps movhps movlpd movhpd", "x,m8|m8,x", 8),
    ("movaps movapd movups movupd movdqa movdqu", "x,xm16|m16,x", 16),
    ("movntps movntpd movntdq", "m16,x", 16),
    ("movntdqa lddqu", "x,m16", 16),
    ("movhlps movlhps maskmovdqu", "x,x", 16),
    ("movddup cvtps2pd cvtdq2pd pmovsxbw pmovsxwd pmovsxdq pmovzxbw pmovzxwd pmovzxdq", "x,xm8", 16),
    ("pmovsxbd pmovsxwq pmovzxbd pmovzxwq", "x,xm4", 16),
    ("pmovsxbq pmovzxbq", "x,xm2", 16),
    (
        """addps subps mulps divps minps maxps sqrtps rcpps rsqrtps andps andnps orps xorps addpd subpd mulpd divpd
        minpd maxpd sqrtpd andpd andnpd orpd xorpd haddps haddpd hsubps hsubpd addsubps addsubpd movsldup movshdup
        unpcklps unpckhps unpcklpd unpckhpd cvtdq2ps cvtps2dq cvttps2dq cvtpd2dq cvttpd2dq cvtpd2ps
        paddb paddw paddd paddq psubb psubw psubd psubq paddsb paddsw paddusb paddusw psubsb psubsw psubusb psubusw
        pmullw pmulhw pmulhuw pmuludq pmaddwd psadbw pavgb pavgw pminub pmaxub pminsw pmaxsw
        pcmpeqb pcmpeqw pcmpeqd pcmpgtb pcmpgtw pcmpgtd pand pandn por pxor
        punpcklbw punpcklwd punpckldq punpcklqdq punpckhbw punpckhwd punpckhdq punpckhqdq packsswb packssdw packuswb
        pshufb pabsb pabsw pabsd psignb psignw psignd phaddw phaddd phaddsw phsubw phsubd phsubsw pmaddubsw pmulhrsw
        pcmpeqq pcmpgtq packusdw pmuldq pmulld pminsb pminsd pminud pminuw pmaxsb pmaxsd pmaxud pmaxuw ptest
        phminposuw aesenc aesenclast aesdec aesdeclast aesimc""",
        "x,xm16",
        16,
    ),
    ("psllw pslld psllq psrlw psrld psrlq psraw psrad", "x,xm16|x,b", 16),
    ("pslldq psrldq", "x,b", 16),
    (
        """pshufd pshuflw pshufhw shufps shufpd cmpps cmppd palignr pblendw blendps blendpd dpps dppd mpsadbw roundps
        roundpd pclmulqdq aeskeygenassist pcmpistri pcmpistrm pcmpestri pcmpestrm""",
        "x,xm16,b",
        16,
    ),
    ("insertps", "x,xm4,b", 16),
    ("pinsrd", "x,r4m4,b", 16),
    ("pextrd extractps", "r4m4,x,b", 16),
    ("pinsrq", "x,r8m8,b", 16),
    ("pextrq", "r8m8,x,b", 16),
    ("cvtss2sd", "x,xm4", 8),
    ("cvtsd2ss", "x,xm8", 4),
    ("ldmxcsr stmxcsr", "m4", 4),
    ("cmpxchg8b", "m8", 8),
    ("cmpxchg16b", "m16", 16),
    ("prefetcht0 prefetcht1 prefetcht2 prefetchnta prefetchw prefetch clflush clflushopt clwb", "m0", 0),
)
# rows whose 64-bit general register means its low half
_NARROW = {
    "movmskps movmskpd pmovmskb": "r4,x|r8,x",
    "pinsrw": "x,r4m2,b|x,r8,b",
    "pextrw": "r4,x,b|r8,x,b|m2,x,b",
    "pinsrb": "x,r4m1,b|x,r8,b",
    "pextrb": "r4m1,x,b|r8,x,b",
}
PREDICATES = ("eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord")

ATT: dict[str, Spelling] = {}
INTEL: dict[str, Spelling] = {}
CANONICAL: dict[str, list[Form]] = {}
SUFFIXED: set[str] = set()
"""Canonical mnemonics that take an AT&T operand-size suffix."""


def _spell(table: dict[str, Spelling], name: str, form: Form, suffix: int = 0) -> None:
    table[name] = (*table.get(name, ()), (form, suffix))


def _both(name: str, form: Form) -> None:
    _spell(ATT, name, form)
    _spell(INTEL, name, form)
    CANONICAL.setdefault(form.mnemonic, []).append(form)


def _suffixed(name: str, form: Form, suffixes: str) -> None:
    _both(name, form)
    for suffix in suffixes:
        _spell(ATT, name + suffix, form, ATT_SUFFIX[suffix])


def _integer_rows() -> None:
    for names, pattern, suffixes, finish, default in _INTEGER:
        sizes = frozenset(ATT_SUFFIX[s] for s in suffixes)
        for name in names.split():
            form = Form(name, patterns(pattern), sizes, default, finish)
            _suffixed(name, form, suffixes)
            SUFFIXED.add(name)
            if name == "shl":
                _suffixed("sal", form, suffixes)
    for name in ("push", "pop"):
        _spell(INTEL, name + "w", INTEL[name][0][0], 2)
    _suffixed("movabs", Form("mov", patterns("r,w"), frozenset({8})), "q")
    _suffixed("movabs", Form("mov", patterns("r,m|m,r"), frozenset({1, 2, 4, 8})), "bwlq")
    _both("crc32", Form("crc32", patterns("r4,r1|r4,r2|r4,r4|r8,r1|r8,r8"), size=4))
    for suffix, size in ATT_SUFFIX.items():
        to = {1: "r4,r1m1|r8,r1m1", 8: "r8,r8m8"}.get(size, f"r4,r{size}m{size}")
        narrow = Form("crc32", patterns(to), size=4)
        _spell(ATT, "crc32" + suffix, narrow)


def _extension_rows() -> None:
    for name in ("movzx", "movsx"):
        _both(name, Form(name, patterns("r,e"), frozenset({2, 4, 8})))
        letter = name[:4]
        for source, size in (("b", 1), ("w", 2)):
            narrow = Form(name, patterns(f"r,r{size}m{size}"), frozenset({2, 4, 8} - {size}))
            _spell(ATT, letter + source, narrow)
            for suffix in "wlq":
                if ATT_SUFFIX[suffix] > size:
                    _spell(ATT, letter + source + suffix, narrow, ATT_SUFFIX[suffix])
    wide = Form("movsx", patterns("r8,r4m4"), size=8)
    for name in ("movslq", "movsl", "movsxd"):
        _spell(ATT, name, wide)
    _spell(INTEL, "movsxd", wide)


def _control_rows() -> None:
    for name in ("jmp", "call"):
        form = Form(name, patterns("l|r8m8"), size=8, branch=True)
        _both(name, form)
        _spell(ATT, name + "q", form)
    for name in ("loop", "loope", "loopne", "jrcxz", "jecxz"):
        _both(name, Form(name, patterns("l"), branch=True))
    ret = Form("ret", patterns("-|i"), size=8)
    _both("ret", ret)
    _spell(ATT, "retq", ret)
    for cc in CONDITIONS:
        jump = Form("j" + cc, patterns("l"), branch=True)
        byte = Form("set" + cc, patterns("r1m1"), size=1)
        move = Form("cmov" + cc, patterns("r,rm"), frozenset({2, 4, 8}))
        for spelled in (cc, *_CC_ALIASES.get(cc, "").split()):
            _both("j" + spelled, jump)
            _both("set" + spelled, byte)
            _both("cmov" + spelled, move)
    for cc in CONDITIONS:
        move = ATT["cmov" + cc][0][0]
        for spelled in (cc, *_CC_ALIASES.get(cc, "").split()):
            for suffix in "wlq":
                _spell(ATT, "cmov" + spelled + suffix, move, ATT_SUFFIX[suffix])


def _plain_rows() -> None:
    spelled = {"cbw": "cbtw", "cwde": "cwtl", "cdqe": "cltq", "cwd": "cwtd", "cdq": "cltd", "cqo": "cqto"}
    for name, size in _PLAIN.items():
        form = Form(name, patterns("-"), size=size)
        _both(name, form)
        if name in spelled:
            _spell(ATT, spelled[name], form)
    for name in ("leave", "pushf", "popf"):
        _spell(ATT, name + "q", ATT[name][0][0])
    for name in ("pushf", "popf"):
        _spell(INTEL, name + "q", ATT[name][0][0])
    for name in _STRINGS:
        explicit = Form(
            name, patterns("m,m" if name in ("movs", "cmps") else "m,r|r,m"), frozenset({1, 2, 4, 8}), 0, "string"
        )
        SUFFIXED.add(name)
        for table, suffixes in ((ATT, ATT_SUFFIX), (INTEL, INTEL_SUFFIX)):
            _spell(table, name, explicit)
            for suffix, size in suffixes.items():
                _spell(table, name + suffix, Form(name, patterns("-"), size=size))
                _spell(table, name + suffix, explicit, size)
        for suffix, size in INTEL_SUFFIX.items():
            if suffix == "d" and name == "movs":
                _spell(ATT, name + suffix, Form(name, patterns("-"), size=size))
        CANONICAL.setdefault(name, []).append(explicit)


def _sse_rows() -> None:
    for names, pattern, size in _SSE:
        for name in names.split():
            _both(name, Form(name, patterns(pattern), size=size))
    for names, pattern in _NARROW.items():
        for name in names.split():
            _both(name, Form(name, patterns(pattern), size=16, finish="narrow"))
    for name in ("blendvps", "blendvpd", "pblendvb"):
        _both(name, Form(name, patterns("x,xm16|x,xm16,x"), size=16, finish="blend"))
    for kind in ("ss", "sd", "ps", "pd"):
        full = ATT["cmp" + kind][-1][0]
        two = tuple(p[:2] for p in full.patterns)
        for number, predicate in enumerate(PREDICATES):
            _both(f"cmp{predicate}{kind}", Form("cmp" + kind, two, size=full.size, predicate=number))
    _both("movd", Form("movd", patterns("x,r4m4|r4m4,x"), size=4))
    _both("movd", Form("movq", patterns("x,r8|r8,x"), size=8))
    _both("movq", Form("movq", patterns("x,xm8|m8,x|x,r8|r8,x"), size=8))
    for kind, size in (("ss", 4), ("sd", 8)):
        to_float = f"cvtsi2{kind}"
        _both(to_float, Form(to_float, patterns("x,r4m4|x,r8m8"), size=size))
        _spell(ATT, to_float + "l", Form(to_float, patterns("x,r4m4"), size=size))
        _spell(ATT, to_float + "q", Form(to_float, patterns("x,r8m8"), size=size))
        for name in (f"cvt{kind}2si", f"cvtt{kind}2si"):
            _both(name, Form(name, patterns(f"r4,xm{size}|r8,xm{size}")))
            _spell(ATT, name + "l", Form(name, patterns(f"r4,xm{size}")))
            _spell(ATT, name + "q", Form(name, patterns(f"r8,xm{size}")))


for _fill in (_integer_rows, _extension_rows, _control_rows, _plain_rows, _sse_rows):
    _fill()


def known(mnemonic: str) -> bool:
    """Whether ``mnemonic`` is the canonical name of an instruction that is read."""
    return mnemonic in CANONICAL
