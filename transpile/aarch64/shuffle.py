"""Lane permutations: one NEON instruction where one exists, else a copy and single lane moves."""

from __future__ import annotations

from transpile.aarch64.state import State
from transpile.aarch64.vectors import finish_vector
from transpile.native.micro import Micro

_ARRANGEMENT = {1: "16b", 2: "8h", 4: "4s", 8: "2d"}
_LANE = {1: "b", 2: "h", 4: "s", 8: "d"}


def shuffle(state: State, m: Micro) -> None:
    """``m.labels``: for each lane the lane it comes from, counted through a, then b."""
    dst = m.dst
    assert dst is not None
    vals = [state.value(v) for v in m.args]
    order = tuple(int(x) for x in m.labels)
    lane = m.lane
    count = len(order)
    if len(vals) == 1 or vals[0] is vals[-1]:
        order = tuple(x % count for x in order)
    if order == tuple(range(count)):
        state.assign(dst, vals[0])
        return
    regs = [state.use(v) for v in vals]
    a, b = regs[0], regs[-1]
    while lane < 8 and all(x % 2 == 0 and y == x + 1 for x, y in zip(order[::2], order[1::2], strict=True)):
        order = tuple(x // 2 for x in order[::2])
        lane, count = 2 * lane, count // 2
    text = single(order, lane, a, b)
    if text:
        target = state.result(dst)
        state.emit(text.format(f"v{target}"))
    else:
        target = move_lanes(state, m, order, lane, a, b)
    finish_vector(state, dst, target)


def single(order: tuple[int, ...], lane: int, a: int, b: int) -> str:
    """One instruction with ``{}`` for the destination, or nothing."""
    count = len(order)
    t = _ARRANGEMENT[lane]
    if len(set(order)) == 1:
        source = a if order[0] < count else b
        return f"dup {{}}.{t}, v{source}.{_LANE[lane]}[{order[0] % count}]"
    for first, second in ((a, b), (b, a), (a, a), (b, b)):
        wanted = renumbered(order, count, first, second, a, b)
        if wanted is None:
            continue
        for mnemonic, pattern in patterns(count):
            if matches(wanted, pattern, count, first == second):
                return f"{mnemonic} {{}}.{t}, v{first}.{t}, v{second}.{t}"
        start = wanted[0]
        rotation = [(start + i) % (2 * count) for i in range(count)]
        if start < count and matches(wanted, rotation, count, first == second):
            return f"ext {{}}.16b, v{first}.16b, v{second}.16b, #{start * lane}"
    if lane < 8 and (a == b or all(x < count for x in order)):
        for group in (8, 4):
            per = group // lane
            if per > 1 and list(order) == [i // per * per + per - 1 - i % per for i in range(count)]:
                return f"rev{8 * group} {{}}.{t}, v{a}.{t}"
    return ""


def renumbered(order: tuple[int, ...], count: int, first: int, second: int, a: int, b: int) -> list[int] | None:
    """``order`` counted through ``first``, then ``second``; None if it needs a register that is neither."""
    wanted = []
    for x in order:
        reg = a if x < count else b
        if reg == first:
            wanted.append(x % count)
        elif reg == second:
            wanted.append(x % count + count)
        else:
            return None
    return wanted


def patterns(count: int) -> list[tuple[str, list[int]]]:
    half = range(count // 2)
    return [
        ("zip1", [x for i in half for x in (i, count + i)]),
        ("zip2", [x for i in half for x in (count // 2 + i, count + count // 2 + i)]),
        ("uzp1", [2 * i for i in range(count)]),
        ("uzp2", [2 * i + 1 for i in range(count)]),
        ("trn1", [x for i in half for x in (2 * i, count + 2 * i)]),
        ("trn2", [x for i in half for x in (2 * i + 1, count + 2 * i + 1)]),
    ]


def matches(wanted: list[int], pattern: list[int], count: int, same: bool) -> bool:
    if same:
        return [w % count for w in wanted] == [p % count for p in pattern]
    return wanted == pattern


def move_lanes(state: State, m: Micro, order: tuple[int, ...], lane: int, a: int, b: int) -> int:
    """Start from the operand with more lanes in place (or from a broadcast) and move the others."""
    assert m.dst is not None
    count = len(order)
    t, letter = _ARRANGEMENT[lane], _LANE[lane]
    target = state.result(m.dst, early=True)
    in_a = sum(x == i for i, x in enumerate(order))
    in_b = sum(x == i + count for i, x in enumerate(order))
    common = max(set(order), key=order.count)
    if order.count(common) > max(in_a, in_b):
        source, kept = (a if common < count else b), [x == common for x in order]
        state.emit(f"dup v{target}.{t}, v{source}.{letter}[{common % count}]")
    else:
        source, offset = (a, 0) if in_a >= in_b else (b, count)
        kept = [x == i + offset for i, x in enumerate(order)]
        state.emit(f"mov v{target}.16b, v{source}.16b")
    for i, x in enumerate(order):
        if not kept[i]:
            state.emit(f"mov v{target}.{letter}[{i}], v{a if x < count else b}.{letter}[{x % count}]")
    return target
