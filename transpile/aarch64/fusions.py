"""Two A64 instructions that one can do (Arm ARM, C6.2), for the search for cheaper bodies."""

from __future__ import annotations

from collections.abc import Iterator

from transpile.native.canonical.fusion import Fusion, form

SHIFTABLE = ("add", "sub", "and", "orr", "eor", "bic", "orn", "eon")
COMMUTES = ("add", "and", "orr", "eor")
NEGATED = {"and": "bic", "orr": "orn", "eor": "eon"}
LOADS = (("ldr", "x"), ("ldr", "w"), ("str", "x"), ("str", "w"), ("ldrb", "w"), ("strb", "w"), ("ldrh", "w"),
         ("strh", "w"), ("ldrsw", "x"), ("ldrsb", "w"), ("ldrsh", "w"), ("ldrsb", "x"), ("ldrsh", "x"))  # fmt: skip
SCALES = {"ldr x": 3, "str x": 3, "ldr w": 2, "str w": 2, "ldrh w": 1, "strh w": 1, "ldrsw x": 2, "ldrsh w": 1,
          "ldrsh x": 1}  # fmt: skip


def fusions() -> Iterator[Fusion]:
    """All of them."""
    for r in "xw":
        yield from _products(r)
        yield from _shifted(r)
        yield from _negated(r)
    yield from _extended()
    yield from _pairs()


def _products(r: str) -> Iterator[Fusion]:
    mul, three, four = form(f"mul {r}, {r}, {r}"), f"{r}, {r}, {r}", f"{r}, {r}, {r}, {r}"
    yield Fusion(
        (mul, "t", "a", "b"), (form(f"add {three}"), "d", "t", "c"), (form(f"madd {four}"), "d", "a", "b", "c")
    )
    yield Fusion(
        (mul, "t", "a", "b"), (form(f"add {three}"), "d", "c", "t"), (form(f"madd {four}"), "d", "a", "b", "c")
    )
    yield Fusion(
        (mul, "t", "a", "b"), (form(f"sub {three}"), "d", "c", "t"), (form(f"msub {four}"), "d", "a", "b", "c")
    )
    yield Fusion((mul, "t", "a", "b"), (form(f"neg {r}, {r}"), "d", "t"), (form(f"mneg {three}"), "d", "a", "b"))


def _shifted(r: str) -> Iterator[Fusion]:
    for shift in ("lsl", "lsr", "asr"):
        first = (form(f"{shift} {r}, {r}, #i"), "t", "a", "n")
        for name in SHIFTABLE:
            result = form(f"{name} {r}, {r}, {r}, {shift} #i")
            yield Fusion(first, (form(f"{name} {r}, {r}, {r}"), "d", "b", "t"), (result, "d", "b", "a", "n"))
            if name in COMMUTES:
                yield Fusion(first, (form(f"{name} {r}, {r}, {r}"), "d", "t", "b"), (result, "d", "b", "a", "n"))
        for name in ("cmp", "cmn", "tst"):
            result = form(f"{name} {r}, {r}, {shift} #i")
            yield Fusion(first, (form(f"{name} {r}, {r}"), "b", "t"), (result, "b", "a", "n"))
        for name in ("neg", "mvn"):
            yield Fusion(
                first, (form(f"{name} {r}, {r}"), "d", "t"), (form(f"{name} {r}, {r}, {shift} #i"), "d", "a", "n")
            )


def _negated(r: str) -> Iterator[Fusion]:
    for name, other in NEGATED.items():
        result = (form(f"{other} {r}, {r}, {r}"), "d", "b", "a")
        for operands in (("d", "b", "t"), ("d", "t", "b")):
            yield Fusion((form(f"mvn {r}, {r}"), "t", "a"), (form(f"{name} {r}, {r}, {r}"), *operands), result)
    for name, other in (("add", "sub"), ("sub", "add")):
        second = (form(f"{name} {r}, {r}, {r}"), "d", "b", "t")
        yield Fusion((form(f"neg {r}, {r}"), "t", "a"), second, (form(f"{other} {r}, {r}, {r}"), "d", "b", "a"))


def _extended() -> Iterator[Fusion]:
    """Extensions inside additions and addresses."""
    for extend, first in (("sxtw", form("sxtw x, w")), ("uxtw", form("mov w, w"))):
        for name in ("add", "sub"):
            result = form(f"{name} x, x, w, {extend}")
            yield Fusion((first, "t", "a"), (form(f"{name} x, x, x"), "d", "b", "t"), (result, "d", "b", "a"))
            if name == "add":
                yield Fusion((first, "t", "a"), (form("add x, x, x"), "d", "t", "b"), (result, "d", "b", "a"))
            shifted = (form(f"{name} x, x, x, lsl #i"), "d", "b", "t", "n")
            yield Fusion((first, "t", "a"), shifted, (form(f"{name} x, x, w, {extend} #i"), "d", "b", "a", "n"))
        yield Fusion((first, "t", "a"), (form("cmp x, x"), "b", "t"), (form(f"cmp x, w, {extend}"), "b", "a"))
        for name, r in LOADS:
            plain = (form(f"{name} {r}, [x, x]"), "d", "b", "t")
            yield Fusion((first, "t", "a"), plain, (form(f"{name} {r}, [x, w, {extend}]"), "d", "b", "a"))
            scale = SCALES.get(f"{name} {r}")
            if scale is not None:
                scaled = (form(f"{name} {r}, [x, x, lsl #i]"), "d", "b", "t", "n")
                yield Fusion((first, "t", "a"), scaled, (form(f"{name} {r}, [x, w, {extend} #i]"), "d", "b", "a", "n"))
    for name, r in LOADS:
        direct = (form(f"{name} {r}, [x]"), "d", "t")
        yield Fusion((form("add x, x, x"), "t", "a", "b"), direct, (form(f"{name} {r}, [x, x]"), "d", "a", "b"))
        shifted_sum = (form("add x, x, x, lsl #i"), "t", "a", "b", "n")
        yield Fusion(shifted_sum, direct, (form(f"{name} {r}, [x, x, lsl #i]"), "d", "a", "b", "n"))
        moved = (form(f"{name} {r}, [x, #i]"), "d", "t", "#0")
        yield Fusion((form("add x, x, #i"), "t", "a", "n"), direct, (form(f"{name} {r}, [x, #i]"), "d", "a", "n"))
        yield Fusion((form("add x, x, x"), "t", "a", "b"), moved, (form(f"{name} {r}, [x, x]"), "d", "a", "b"))


def _pairs() -> Iterator[Fusion]:
    """Two accesses beside each other."""
    for name, both in (("ldr", "ldp"), ("str", "stp")):
        for r in "xwdq":
            zero, offset = form(f"{name} {r}, [x]"), form(f"{name} {r}, [x, #i]")
            result, first = form(f"{both} {r}, {r}, [x, #i]"), form(f"{both} {r}, {r}, [x]")
            yield Fusion((offset, "a", "p", "n"), (offset, "b", "p", "m"), (result, "a", "b", "p", "n"))
            yield Fusion((offset, "a", "p", "n"), (offset, "b", "p", "m"), (result, "b", "a", "p", "m"))
            yield Fusion((zero, "a", "p"), (offset, "b", "p", "m"), (first, "a", "b", "p"))
            yield Fusion((offset, "a", "p", "n"), (zero, "b", "p"), (first, "b", "a", "p"))
