"""Relations in words, for reports and ``transpile explain``; nothing reads them back."""

from __future__ import annotations

from transpile.native.relation import EdgeFlags, Form, Frame, Place, Range, Relation


def described(relation: Relation) -> dict[str, str]:
    """Source location -> how the target holds it, in the relation's order; then ``frame`` and ``flags``.

    ``{"rax": "t0 (32 sext)", "rbp": "s0; is S - 16", "frame": "source sp = S - 24; target sp = S - 16; …"}``
    """
    words = {name: held(place, form) for name, (place, form) in relation.places.items()}
    for name, offset in relation.offsets.items():
        words[name] = joined(words.get(name, ""), f"is {from_entry(offset)}")
    for name, known in relation.ranges.items():
        if name in words and known != Range():
            words[name] = joined(words[name], bounds(known))
    words["frame"] = frame(relation.frame)
    if relation.flags is not None:
        words["flags"] = flags(relation.flags)
    return words


def joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def held(place: Place, form: Form) -> str:
    return f"{place} ({form})"


def bounds(known: Range) -> str:
    below = f"below 2^{known.unsigned}" if known.unsigned < 64 else ""
    extended = f"sign extension of its low {known.signed} bits" if known.signed < 64 else ""
    return joined(below, extended)


def from_entry(offset: int) -> str:
    """``S + offset``, S being the target's stack pointer at the function's entry."""
    return "S" if offset == 0 else f"S {'-' if offset < 0 else '+'} {abs(offset)}"


def frame(edge: Frame) -> str:
    if edge.dynamic:
        stack = f"source sp = target sp + {edge.gap}"
    else:
        stack = f"source sp = {from_entry(-8 - edge.depth)}; target sp = {from_entry(-edge.reserved)}"
    where = "its register" if edge.ra == "register" else "its stack slot"
    return f"{stack}; return address in {where}"


def flags(edge: EdgeFlags) -> str:
    """Only those of ``ozscp`` that are live, and the comparison they come from."""
    width = f"{edge.kind}{edge.size * 8}"
    if edge.nzcv:
        return f"{edge.live} of {width}, in NZCV as after {edge.nzcv}"
    return f"{edge.live} of {width}({', '.join(edge.places)})"
