"""The source's flags from numbers in the target's registers: the concrete reading of ``EdgeFlags``."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from transpile.native.relation import EdgeFlags

FLAG_OF = {"o": "OF", "z": "ZF", "s": "SF", "c": "CF", "p": "PF"}
_FLOATS = {4: "<f", 8: "<d"}


class UnknownFlags(Exception):
    """A kind of flags that has no concrete reading."""


def source_flags(flags: EdgeFlags, target: Mapping[str, int]) -> dict[str, int]:
    """The live flags of the source, given the target's registers."""
    values = _from_nzcv(flags.nzcv, target) if flags.kind == "nzcv" else _from_operands(flags, target)
    missing = [c for c in flags.live if c not in values]
    if missing:
        raise UnknownFlags(f"{''.join(missing)} of '{flags.kind}'")
    return {FLAG_OF[c]: values[c] for c in flags.live}


def _from_nzcv(kind: str, target: Mapping[str, int]) -> dict[str, int]:
    n, z, c, v = (target[name] for name in ("NG", "ZR", "CY", "OV"))
    if kind == "fcmp":
        return {"o": 0, "s": 0, "z": z | v, "p": v, "c": n ^ v}
    return {"o": v, "s": n, "z": z, "c": 1 - c if kind == "sub" else c}


def operand(place: str, size: int, target: Mapping[str, int]) -> int:
    """The ``size`` bytes that a place of ``EdgeFlags`` stands for."""
    mask = (1 << 8 * size) - 1
    if place.startswith("#"):
        return int(place[1:]) & mask
    return target[place + ".lo" if place.startswith("v") else place] & mask


def _from_operands(flags: EdgeFlags, target: Mapping[str, int]) -> dict[str, int]:
    width = 8 * flags.size
    args = [operand(place, flags.size, target) for place in flags.places]
    match flags.kind:
        case "fcmp":
            return _compared(*(_float(a, flags.size) for a in args))
        case "sub" | "add":
            return _sum_flags(args[0], args[1], width, flags.kind == "sub")
        case "logic" | "result" | "inc" | "dec":
            found = _result_flags(args[0], width)
            if flags.kind == "logic":
                return found | {"c": 0, "o": 0}
            extreme = {"inc": 1 << width - 1, "dec": (1 << width - 1) - 1}.get(flags.kind)
            return found if extreme is None else found | {"o": int(args[0] == extreme)}
        case "zero":
            return {"z": int(args[0] == 0)}
        case "carry":
            return {"c": args[0] & 1}
        case kind:
            raise UnknownFlags(f"flags of '{kind}'")


def _result_flags(result: int, width: int) -> dict[str, int]:
    return {"z": int(result == 0), "s": result >> width - 1, "p": 1 - (result & 0xFF).bit_count() % 2}


def _sum_flags(a: int, b: int, width: int, subtract: bool) -> dict[str, int]:
    mask = (1 << width) - 1
    result = (a - b if subtract else a + b) & mask
    other = b ^ mask if subtract else b
    overflow = ~(a ^ other) & (a ^ result)
    carry = a < b if subtract else a + b > mask
    return _result_flags(result, width) | {"c": int(carry), "o": overflow >> width - 1 & 1}


def _float(bits: int, size: int) -> float:
    (value,) = struct.unpack(_FLOATS[size], bits.to_bytes(size, "little"))
    return float(value)


def _compared(a: float, b: float) -> dict[str, int]:
    unordered = a != a or b != b
    return {"z": int(unordered or a == b), "p": int(unordered), "c": int(unordered or a < b), "o": 0, "s": 0}
