"""Source flags that are live across an edge, as functions of what the target holds there."""

from __future__ import annotations

from transpile.native.relation import EdgeFlags
from transpile.solvers import terms as t
from transpile.solvers.case import Mismatch
from transpile.solvers.machine import Machine
from transpile.solvers.terms import Term


def _sign_extended(name: str, size: int, target: Machine) -> Term:
    """The operand that an edge's flags were made from, ``size`` bytes wide."""
    if name.startswith("#"):
        return t.const(int(name[1:]) & (1 << 8 * size) - 1, 8 * size)
    return t.extract(target.get(name), 0, 8 * size)


def assume_flags(flags: EdgeFlags, source: Machine, target: Machine) -> None:
    if flags.nzcv == "fcmp":
        _set_comparison(target)
    if flags.kind != "nzcv":
        for position, place in enumerate(flags.places):
            if not place.startswith("#"):
                narrow = t.var(f"flag:{position}", 8 * flags.size)
                wide = narrow if place.startswith(("f", "v")) else t.sext(narrow, 64)
                if wide.width < 64:
                    wide = t.concat(t.const((1 << (64 - wide.width)) - 1, 64 - wide.width), wide)
                target.set(place + (".lo" if place.startswith("v") else ""), wide)
    for letter, value in flag_terms(flags, target).items():
        source.set(letter, value)


def flag_terms(flags: EdgeFlags, target: Machine) -> dict[str, Term]:
    """What the source's flags are, as a function of the target's state, for the flags that are live."""
    if flags.kind == "nzcv":
        values = _from_nzcv(flags.nzcv, target)
    else:
        values = _from_operands(flags, target)
    names = {"o": "OF", "z": "ZF", "s": "SF", "c": "CF", "p": "PF"}
    return {names[c]: values[c] for c in flags.live}


def _nzcv(target: Machine) -> list[Term]:
    return [target.get(name) for name in ("NG", "ZR", "CY", "OV")]


def _set_comparison(target: Machine) -> None:
    """NZCV as one of the four outcomes of a floating-point comparison (Arm ARM, FPCompare)."""
    high, low = t.var("flag:high", 1), t.var("flag:low", 1)
    less = t.bnot(t.bor(high, low))
    equal = t.band(t.bnot(high), low)
    unordered = t.band(high, low)
    for name, value in zip(("NG", "ZR", "CY", "OV"), (less, equal, t.bnot(less), unordered), strict=True):
        target.set(name, value)


def is_comparison(target: Machine) -> Term:
    n, z, c, v = _nzcv(target)
    return t.band(t.eq(c, t.bnot(n)), t.bnot(t.bor(t.band(z, v), t.bor(t.band(n, z), t.band(n, v)))))


def _from_nzcv(kind: str, target: Machine) -> dict[str, Term]:
    n, z, c, v = _nzcv(target)
    if kind == "fcmp":
        zero = t.const(0, 1)
        return {"o": zero, "s": zero, "z": t.bor(z, v), "p": v, "c": t.bxor(n, v)}
    return {"o": v, "s": n, "z": z, "c": t.bnot(c) if kind == "sub" else c}


def _from_operands(flags: EdgeFlags, target: Machine) -> dict[str, Term]:
    width = 8 * flags.size
    kind = flags.kind
    places = [p + ".lo" if p.startswith("v") else p for p in flags.places]
    args = [_sign_extended(p, flags.size, target) for p in places]
    zero = t.const(0, width)
    no = t.const(0, 1)
    if kind == "fcmp":
        a, b = args
        unordered = t.bor(t.float_is_nan(a), t.float_is_nan(b))
        return {
            "z": t.bor(unordered, t.float_eq(a, b)), "p": unordered, "c": t.bor(unordered, t.float_lt(a, b)),
            "o": no, "s": no,
        }  # fmt: skip
    if kind in ("sub", "add"):
        a, b = args
        result = t.sub(a, b) if kind == "sub" else t.add(a, b)
        carry = t.ult(a, b) if kind == "sub" else t.carry(a, b)
        overflow = t.sborrow(a, b) if kind == "sub" else t.scarry(a, b)
        return _result_flags(result, carry, overflow)
    if kind in ("logic", "result", "inc", "dec"):
        result = args[0]
        extreme = t.const(1 << (width - 1), width) if kind == "inc" else t.const((1 << (width - 1)) - 1, width)
        overflow = t.eq(result, extreme) if kind in ("inc", "dec") else no
        return _result_flags(result, no, overflow)
    if kind == "zero":
        return {"z": t.eq(args[0], zero)}
    if kind == "carry":
        return {"c": t.extract(args[0], 0, 1)}
    raise Mismatch(f"flags of '{kind}' cross an edge")


def _result_flags(result: Term, carry: Term, overflow: Term) -> dict[str, Term]:
    width = result.width
    parity = t.extract(t.popcount(t.extract(result, 0, 8), 8), 0, 1)
    return {
        "z": t.eq(result, t.const(0, width)), "s": t.extract(result, width - 1, 1), "c": carry, "o": overflow,
        "p": t.bnot(parity),
    }  # fmt: skip
