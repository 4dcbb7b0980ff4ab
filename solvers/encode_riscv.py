"""RISC-V texts: pseudo instructions that name symbols mean what the psABI promises, the rest is assembled.

The forms with a meaning of their own: ``la lla la.tls.ie``, loads and stores of a symbol, ``%hi %lo %tprel_hi
%tprel_add %tprel_lo``, ``call tail j``.
"""

from __future__ import annotations

import re

from transpile.solvers import pcode as l
from transpile.solvers import terms as t
from transpile.solvers.encoding import Parsed, symbol
from transpile.solvers.overrides_riscv_float import box
from transpile.solvers.pcode import SYMBOL, UNIQUE, RawOp, Unliftable, Varnode
from transpile.solvers.riscv_fields import compute, fr, x

_NAMES = {
    **{f"x{i}": i for i in range(32)},
    **{name: i for i, name in enumerate(["zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1"])},
    **{f"a{i}": 10 + i for i in range(8)},
    **{f"s{i}": 16 + i for i in range(2, 12)},
    **{f"t{i}": 25 + i for i in range(3, 7)},
    "fp": 8,
}
_FLOAT_NAMES = {
    **{f"f{i}": i for i in range(32)},
    **{f"ft{i}": i for i in range(8)},
    **{f"fs{i}": 8 + i for i in range(2)},
    **{f"fa{i}": 10 + i for i in range(8)},
    **{f"fs{i}": 16 + i for i in range(2, 12)},
    **{f"ft{i}": 20 + i for i in range(8, 12)},
}
_SYMBOL = r"([A-Za-z_.$][\w.$@]*)\s*([+-]\s*\w+)?"
_ADDRESS = re.compile(rf"(la|lla|la\.tls\.ie)\s+(\w+)\s*,\s*{_SYMBOL}$")
_LOAD = re.compile(rf"(l[bhwd]u?)\s+(\w+)\s*,\s*{_SYMBOL}$")
_STORE = re.compile(rf"(s[bhwd]|fl[wd]|fs[wd])\s+(\w+)\s*,\s*{_SYMBOL}\s*,\s*(\w+)$")
_UPPER = re.compile(rf"lui\s+(\w+)\s*,\s*%(hi|tprel_hi)\({_SYMBOL}\)$")
_TLS_ADD = re.compile(rf"add\s+(\w+)\s*,\s*(\w+)\s*,\s*tp\s*,\s*%tprel_add\({_SYMBOL}\)$")
_LOW = re.compile(rf"%(lo|tprel_lo)\({_SYMBOL}\)")
_CALL = re.compile(r"(call|tail|j)\s+([A-Za-z_.$][\w.$@]*)$")
_BRANCH = re.compile(r"(b\w+\s+[\w\s,]+,)\s*([A-Za-z_.$][\w.$]*)$")
_RELATIVE = re.compile(r"(auipc|jal)\b")
_LOW_PLACEHOLDER = 0x7F0
PAUSE = ".insn i 15, 0, zero, zero, 16"
"""The hint PAUSE, ``fence w, 0``: it orders nothing."""
_SIZES = {"b": 1, "h": 2, "w": 4, "d": 8}
_VALUE: Varnode = (UNIQUE, 0xF0000200, 8)


def _integer(name: str) -> int:
    number = _NAMES.get(name)
    if number is None:
        raise Unliftable(f"no register {name}")
    return number


def _float(name: str) -> int:
    number = _FLOAT_NAMES.get(name)
    if number is None:
        raise Unliftable(f"no floating-point register {name}")
    return number


def parse(text: str) -> Parsed:
    """Take one text apart; raises Unliftable."""
    if text == PAUSE:
        return Parsed(text, ops=[])
    if match := _CALL.match(text):
        return _jump(*match.groups())
    if match := _ADDRESS.match(text):
        kind, register, name, addend = match.groups()
        where = symbol(name, addend, "tpoff" if kind == "la.tls.ie" else "")
        return Parsed(text, ops=[RawOp(l.COPY, (x(_integer(register)),), ((SYMBOL, where, 8),))])
    if match := _LOAD.match(text):
        return Parsed(text, ops=_load(*match.groups()))
    if match := _STORE.match(text):
        return Parsed(text, ops=_access(*match.groups()))
    if match := _UPPER.match(text):
        register, part, name, addend = match.groups()
        where = symbol(name, addend, ("tpoff" if part == "tprel_hi" else "") + "/signed_high")
        return Parsed(text, ops=[RawOp(l.COPY, (x(_integer(register)),), ((SYMBOL, where, 8),))])
    if match := _TLS_ADD.match(text):
        return Parsed(f"add {match[1]}, {match[2]}, tp")
    if match := _LOW.search(text):
        where = symbol(match[2], match[3], ("tpoff" if match[1] == "tprel_lo" else "") + "/signed_low12")
        plain = text[: match.start()] + str(_LOW_PLACEHOLDER) + text[match.end() :]
        return Parsed(plain, {_LOW_PLACEHOLDER: where})
    if (match := _BRANCH.match(text)) and match[2] not in _NAMES:
        return Parsed(f"{match[1]} .+0x400", target=match[2])
    if _RELATIVE.match(text) or "%" in text:
        raise Unliftable("an address relative to the instruction")
    return Parsed(text)


def _jump(kind: str, name: str) -> Parsed:
    if kind == "call":
        return Parsed(kind, target=name.partition("@")[0], ops=[RawOp(l.CALL)])
    return Parsed(kind, target=name.partition("@")[0], ops=[RawOp(l.BRANCH, (), (_ELSEWHERE,))])


_ELSEWHERE: Varnode = (l.RAM, l.BASE + 0x400, 8)


def _load(mnemonic: str, register: str, name: str, addend: str | None) -> list[RawOp]:
    size = _SIZES[mnemonic[1]]
    value = (UNIQUE, _VALUE[1], size)
    extend = t.zext if mnemonic.endswith("u") else t.sext
    return [
        RawOp(l.LOAD, (value,), ((SYMBOL, symbol(name, addend), 8),)),
        *compute(x(_integer(register)), lambda a: extend(a, 64), value),
    ]


def _access(mnemonic: str, register: str, name: str, addend: str | None, scratch: str) -> list[RawOp]:
    """A store, or a floating-point load or store, of a symbol; the scratch register is left with some address."""
    address: Varnode = (SYMBOL, symbol(name, addend), 8)
    clobber = RawOp(l.UNDEFINED, (x(_integer(scratch)),))
    if mnemonic[0] == "s":
        return [RawOp(l.STORE, (), (address, x(_integer(register), _SIZES[mnemonic[1]]))), clobber]
    size = _SIZES[mnemonic[2]]
    if mnemonic[1] == "s":
        return [RawOp(l.STORE, (), (address, fr(_float(register), size))), clobber]
    value = (UNIQUE, _VALUE[1], size)
    return [RawOp(l.LOAD, (value,), (address,)), *compute(fr(_float(register)), box, value), clobber]
