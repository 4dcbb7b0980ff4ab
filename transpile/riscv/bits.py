"""Bit counting and byte swapping; one instruction each with Zbb, else short sequences."""

from __future__ import annotations

from transpile.riscv.emitter import Emitter
from transpile.riscv.values import Content


def byte_swap(e: Emitter, a: Content, size: int, to: str | None) -> Content:
    if e.zbb:
        if size == 8:
            return e.seq(("rev8", a.number), ("rev8 {d}, {0}",), (a,), 64, 64, to)
        return e.seq(("rev8w", a.number), ("rev8 {d}, {0}", "srai {d}, {d}, 32"), (a,), 64, 32, to)
    code: tuple[str, ...]
    if size == 4:
        code = (
            "slliw {d}, {0}, 24",
            "srliw {t0}, {0}, 24",
            "or {d}, {d}, {t0}",
            "srli {t0}, {0}, 8",
            "and {t0}, {t0}, {1}",
            "or {d}, {d}, {t0}",
            "and {t0}, {0}, {1}",
            "slli {t0}, {t0}, 8",
            "or {d}, {d}, {t0}",
        )
        return e.long(("bswap", 4, a.number), code, (a, e.constant(0xFF00)), 64, 32, to, scratch=1)
    bytes_, halves = e.constant(0x00FF00FF00FF00FF), e.constant(0x0000FFFF0000FFFF)
    code = (
        *swap_lanes("{0}", "{1}", 8),
        *swap_lanes("{d}", "{2}", 16),
        "slli {t0}, {d}, 32",
        "srli {d}, {d}, 32",
        "or {d}, {d}, {t0}",
    )
    return e.long(("bswap", 8, a.number), code, (a, bytes_, halves), 64, 64, to, scratch=1)


def swap_lanes(source: str, mask: str, shift: int) -> tuple[str, ...]:
    """Exchange neighbouring lanes of ``shift`` bits; ``mask`` selects the even ones."""
    return (
        f"srli {{t0}}, {source}, {shift}",
        f"and {{d}}, {source}, {mask}",
        f"and {{t0}}, {{t0}}, {mask}",
        f"slli {{d}}, {{d}}, {shift}",
        "or {d}, {d}, {t0}",
    )


def leading_zeros(e: Emitter, a: Content, size: int, to: str | None) -> Content:
    """``a`` is zero-extended; by halving."""
    if e.zbb:
        mnemonic = "clz" if size == 8 else "clzw"
        return e.seq((mnemonic, a.number), (mnemonic + " {d}, {0}",), (a,), 7, 64, to)
    code = ["mv {t0}, {0}", f"li {{d}}, {8 * size}"]
    width = 4 * size
    labels = []
    while width:
        label = e.new_label()
        labels.append(label)
        code += [f"srli {{t1}}, {{t0}}, {width}", f"beqz {{t1}}, {label}", f"addi {{d}}, {{d}}, -{width}",
                 "mv {t0}, {t1}", label + ":"]  # fmt: skip
        width //= 2
    code.append("sub {d}, {d}, {t0}")
    return e.long(("clz", size, a.number), tuple(code), (a,), 7, 64, to, scratch=2)


def trailing_zeros(e: Emitter, a: Content, size: int, to: str | None) -> Content:
    if e.zbb:
        mnemonic = "ctz" if size == 8 else "ctzw"
        return e.seq((mnemonic, a.number), (mnemonic + " {d}, {0}",), (a,), 7, 64, to)
    a = e.zext(a, 8 * size)
    code = ["mv {t0}, {0}", "li {d}, 0"]
    width = 4 * size
    while width:
        label = e.new_label()
        code += [f"slli {{t1}}, {{t0}}, {64 - width}", f"bnez {{t1}}, {label}", f"addi {{d}}, {{d}}, {width}",
                 f"srli {{t0}}, {{t0}}, {width}", label + ":"]  # fmt: skip
        width //= 2
    code += ["seqz {t0}, {t0}", "add {d}, {d}, {t0}"]
    return e.long(("ctz", size, a.number), tuple(code), (a,), 7, 64, to, scratch=2)


def population(e: Emitter, a: Content, size: int, to: str | None) -> Content:
    """``a`` is zero-extended."""
    if e.zbb:
        mnemonic = "cpop" if size == 8 else "cpopw"
        return e.seq((mnemonic, a.number), (mnemonic + " {d}, {0}",), (a,), 7, 64, to)
    ones = (1 << 8 * size) - 1
    masks = (ones // 3, ones // 5, ones // 17, ones // 255)
    w = "" if size == 8 else "w"
    code = (
        "srli {d}, {0}, 1",
        f"li {{t0}}, {masks[0]}",
        "and {d}, {d}, {t0}",
        "sub {d}, {0}, {d}",
        f"li {{t0}}, {masks[1]}",
        "srli {t1}, {d}, 2",
        "and {d}, {d}, {t0}",
        "and {t1}, {t1}, {t0}",
        "add {d}, {d}, {t1}",
        "srli {t1}, {d}, 4",
        "add {d}, {d}, {t1}",
        f"li {{t0}}, {masks[2]}",
        "and {d}, {d}, {t0}",
        f"li {{t0}}, {masks[3]}",
        f"mul{w} {{d}}, {{d}}, {{t0}}",
        f"srli{w} {{d}}, {{d}}, {8 * size - 8}",
    )
    return e.long(("popcnt", size, a.number), code, (a,), 7, 64, to, scratch=2)


def odd_parity(e: Emitter, a: Content) -> Content:
    """1 if the low byte of ``a`` has an odd number of ones."""
    content = e.zext(a, 8)
    for shift in (4, 2, 1):
        content = e.logic("xor", content, e.shift("srli", content, shift))
    return e.logic("and", content, e.constant(1))
