"""The PACKED micro-operations on Python integers, lane by lane."""

from __future__ import annotations

from collections.abc import Callable

import micro_interpreter as scalar

from transpile.native.micro import Const, Micro


def lanes(value: int, size: int, total: int = 16) -> list[int]:
    return [value >> (8 * size * i) & ((1 << (8 * size)) - 1) for i in range(total // size)]


def join(values: list[int], size: int) -> int:
    mask = (1 << (8 * size)) - 1
    return sum((v & mask) << (8 * size * i) for i, v in enumerate(values))


def clamp(value: int, low: int, high: int) -> int:
    return min(max(value, low), high)


def saturate(value: int, size: int, signed: bool) -> int:
    bits = 8 * size
    return clamp(value, -(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else clamp(value, 0, (1 << bits) - 1)


def compares(predicate: int, a: int, b: int, size: int) -> bool:
    found = scalar.float_compare(a, b, size)
    basic = {
        0: found == "z",
        1: found == "c",
        2: found in ("z", "c"),
        3: found == "zpc",
    }
    return basic[predicate & 3] != (predicate >= 4)


LANEWISE: dict[str, Callable[[int, int, int], int]] = {
    "and": lambda a, b, n: a & b,
    "or": lambda a, b, n: a | b,
    "xor": lambda a, b, n: a ^ b,
    "andn": lambda a, b, n: ~a & b,
    "add": lambda a, b, n: a + b,
    "sub": lambda a, b, n: a - b,
    "adds": lambda a, b, n: saturate(scalar.signed(a, n) + scalar.signed(b, n), n, True),
    "addus": lambda a, b, n: saturate(a + b, n, False),
    "subs": lambda a, b, n: saturate(scalar.signed(a, n) - scalar.signed(b, n), n, True),
    "subus": lambda a, b, n: saturate(a - b, n, False),
    "mullo": lambda a, b, n: a * b,
    "mulhs": lambda a, b, n: scalar.signed(a, n) * scalar.signed(b, n) >> (8 * n),
    "mulhu": lambda a, b, n: a * b >> (8 * n),
    "muludq": lambda a, b, n: (a & 0xFFFFFFFF) * (b & 0xFFFFFFFF),
    "avg": lambda a, b, n: (a + b + 1) >> 1,
    "minu": lambda a, b, n: min(a, b),
    "maxu": lambda a, b, n: max(a, b),
    "mins": lambda a, b, n: min(scalar.signed(a, n), scalar.signed(b, n)),
    "maxs": lambda a, b, n: max(scalar.signed(a, n), scalar.signed(b, n)),
    "cmpeq": lambda a, b, n: -(a == b),
    "cmpgt": lambda a, b, n: -(scalar.signed(a, n) > scalar.signed(b, n)),
    "fadd": lambda a, b, n: scalar.float_operation("add", a, b, n),
    "fsub": lambda a, b, n: scalar.float_operation("sub", a, b, n),
    "fmul": lambda a, b, n: scalar.float_operation("mul", a, b, n),
    "fdiv": lambda a, b, n: scalar.float_operation("div", a, b, n),
    "fmin": lambda a, b, n: scalar.float_operation("min", a, b, n),
    "fmax": lambda a, b, n: scalar.float_operation("max", a, b, n),
}


def shift_lane(name: str, value: int, count: int, size: int) -> int:
    bits = 8 * size
    if name == "sar":
        return scalar.signed(value, size) >> min(count, bits - 1)
    if count >= bits:
        return 0
    return value << count if name == "shl" else value >> count


def convert(name: str, value: int) -> int:
    """The conversions between lanes of different kinds."""
    four, eight = lanes(value, 4), lanes(value, 8)
    nearest = name.endswith("r")
    if name == "i2f":
        return join([scalar.integer_to_float(scalar.signed(v, 4), 4) for v in four], 4)
    if name == "i2d":
        return join([scalar.integer_to_float(scalar.signed(v, 4), 8) for v in four[:2]], 8)
    if name.startswith("f2i"):
        return join([scalar.float_to_integer(v, 4, 4, nearest) for v in four], 4)
    if name.startswith("d2i"):
        return join([scalar.float_to_integer(v, 8, 4, nearest) for v in eight], 4)
    if name == "d2f":
        return join([scalar.convert_float(v, 8, 4) for v in eight], 4)
    assert name == "f2d", name
    return join([scalar.convert_float(v, 4, 8) for v in four[:2]], 8)


def pairwise(name: str, a: int, b: int, n: int) -> int:
    """Operations whose lanes of the result are made of several lanes."""
    x, y = lanes(a, n), lanes(b, n)
    half = len(x) // 2
    if name == "maddwd":
        products = [scalar.signed(i, 2) * scalar.signed(j, 2) for i, j in zip(x, y, strict=True)]
        return join([products[i] + products[i + 1] for i in range(0, 8, 2)], 4)
    if name == "sad":
        distances = [abs(i - j) for i, j in zip(x, y, strict=True)]
        return join([sum(distances[:8]), sum(distances[8:])], 8)
    if name in ("pack_ss", "pack_us"):
        return join([saturate(scalar.signed(v, n), n // 2, name == "pack_ss") for v in x + y], n // 2)
    start = 0 if name == "unpack_low" else half
    assert name.startswith("unpack"), name
    return join([v for i in range(start, start + half) for v in (x[i], y[i])], n)


def packed(m: Micro, args: list[int]) -> int:
    """The value that ``m`` gives to its destination."""
    name, n = m.name, m.lane
    a = args[0]
    b = args[1] if len(args) > 1 else 0
    if name in LANEWISE:
        return join([LANEWISE[name](i, j, n) for i, j in zip(lanes(a, n), lanes(b, n), strict=True)], n)
    if name in ("shl", "shr", "sar"):
        count = b if isinstance(m.args[1], Const) else b & scalar.mask(8)
        return join([shift_lane(name, v, count, n) for v in lanes(a, n)], n)
    if name == "bytes_left":
        return a << (8 * min(b, 16)) & scalar.mask(16)
    if name == "bytes_right":
        return a >> (8 * min(b, 16))
    if name == "shuffle":
        both = lanes(a, n) + lanes(b, n)
        return join([both[int(label)] for label in m.labels], n)
    if name == "insert":
        values = lanes(a, n)
        values[args[2]] = b
        return join(values, n)
    if name == "extract":
        return lanes(a, n)[b]
    if name == "movmask":
        return sum((v >> (8 * n - 1)) << i for i, v in enumerate(lanes(a, n)))
    if name == "fsqrt":
        return join([scalar.square_root(v, n) for v in lanes(a, n)], n)
    if name in ("fcmp", "fcmp_scalar"):
        total = n if name == "fcmp_scalar" else 16
        pairs = zip(lanes(a, n, total), lanes(b, n, total), strict=True)
        return join([-compares(args[2], i, j, n) for i, j in pairs], n)
    if name in ("i2f", "i2d", "f2i", "f2ir", "d2i", "d2ir", "d2f", "f2d"):
        return convert(name, a)
    return pairwise(name, a, b, n)
