"""Edges between blocks: values in unusual places, and flags that cross in NZCV or as operands."""

from __future__ import annotations

import random

import pytest
from block_machine import Case, Cpu, differences, emit_and_assemble
from test_random_blocks import FREE, Maker, live_out

from transpile.native.effects import CONDITION_FLAGS
from transpile.native.micro import CONDITIONS, Code, Cond, Const, Micro, Reg, Temp, Value
from transpile.native.relation import EdgeFlags, Place, Range

REGISTERS = tuple(f"x{n}" for n in (0, 1, 2, 3, 4, 5, 8, 9, 10, 21, 22, 23, 24))


def permuted(rng: random.Random) -> dict[str, Place]:
    return dict(zip(FREE, map(Place, rng.sample(REGISTERS, len(FREE))), strict=True))


def run(cases: list[Case], seed: int, runs: int = 6) -> None:
    rng, cpu = random.Random(seed), Cpu()
    for case, code in zip(cases, emit_and_assemble(cases), strict=True):
        for _ in range(runs):
            found = differences(cpu, case, code, rng)
            assert not found, "\n".join([*found, *(str(m) for m in case.micros), *case.lines])


def test_values_change_places_all_at_once() -> None:
    rng = random.Random(1)
    cases = []
    for number in range(80):
        live = live_out(rng, FREE, (1, 4, 8))
        micros = Maker(rng).block(rng.randrange(4)) if number % 2 else []
        for name in (m.dst.name for m in micros if isinstance(m.dst, Reg)):
            live.pop(name, None) if rng.random() < 0.2 else None
        cases.append(Case(micros, live | {"rbx": 8, "rbp": 8}, places=permuted(rng), came=permuted(rng)))
    run(cases, 2, 3)


def test_what_is_known_at_entry_is_used() -> None:
    rng = random.Random(3)
    cases = []
    for _ in range(80):
        ranges = {n: Range(rng.choice((1, 7, 8, 15, 16, 31, 32)), 64) for n in FREE if rng.random() < 0.6}
        live = live_out(rng, FREE, (1, 2, 4, 8)) | {"rbx": 8, "rbp": 8}
        cases.append(Case(Maker(rng).block(rng.randrange(1, 7)), live, ranges=ranges))
    run(cases, 4, 4)


@pytest.mark.parametrize("kind", ["sub", "add", "logic", "fcmp"])
def test_flags_arrive_in_nzcv(kind: str) -> None:
    """With operations in between that use NZCV themselves."""
    flags = EdgeFlags("nzcv", 4, (), "ozsc", kind)
    cases = []
    for cc in CONDITIONS:
        if "p" in CONDITION_FLAGS[cc] and kind != "fcmp":
            continue
        if kind == "logic" and set(CONDITION_FLAGS[cc]) & set("oc"):
            continue
        branch = Micro(Code.BRANCH, 8, cond=Cond(cc, -1), target="taken", name="next")
        cases.append(Case([branch], {}, flags))
        setcc = Micro(Code.SETCC, 1, Reg("rax", 1), cond=Cond(cc, -1))
        between: list[Micro] = [
            Micro(Code.FLAGS, 4, args=(Reg("rcx", 4), Reg("rdx", 4)), name="sub", id=0, imm=1),
            Micro(Code.SETCC, 1, Temp(0, 1), cond=Cond("b", 0)),
            Micro(Code.ZEXT, 4, Reg("rsi", 4), (Temp(0, 1),)),
        ]
        cases.append(Case([*between, setcc, branch], {"rax": 8, "rsi": 8}, flags))
        select = Micro(Code.SELECT, 8, Reg("rdi", 8), (Reg("rsi", 8), Const(0, 8)), cond=Cond(cc, -1))
        cases.append(Case([setcc, select], {"rax": 1, "rdi": 8}, flags))
    run(cases, 5, 6)


@pytest.mark.parametrize("size", [1, 2, 4, 8])
@pytest.mark.parametrize("places", [("x6", "x7"), ("x6", "#5"), ("x6", "#-3")])
def test_flags_arrive_as_operands(size: int, places: tuple[str, ...]) -> None:
    cases = []
    for kind in ("sub", "add"):
        for cc in CONDITIONS:
            branch = Micro(Code.BRANCH, 8, cond=Cond(cc, -1), target="taken", name="next")
            cases.append(Case([branch], {"rax": 8}, EdgeFlags(kind, size, places, "ozscp")))
    run(cases, 6, 5)


def flag_makers(rng: random.Random) -> list[tuple[str, list[Micro], str]]:
    size = rng.choice((4, 8))
    a, b = Reg("rcx", size), Reg("rdx", size)
    temp = Temp(0, size)
    second: Value = b if rng.random() < 0.6 else Const(rng.choice((0, 1, 77, 0x7FFFFFFF)), size)
    return [
        ("sub", [Micro(Code.FLAGS, size, args=(a, second), name="sub", id=0, live="ozsc")], "ozsc"),
        ("add", [Micro(Code.FLAGS, size, args=(a, second), name="add", id=0, live="ozsc")], "ozsc"),
        (
            "logic",
            [
                Micro(Code.AND, size, temp, (a, second)),
                Micro(Code.FLAGS, size, args=(temp,), name="logic", id=0, live="ozsc"),
            ],
            "ozsc",
        ),
        (
            "add",
            [
                Micro(Code.ADD, size, a, (a, Const(1, size))),
                Micro(Code.FLAGS, size, args=(a,), name="inc", id=0, live="ozs"),
            ],
            "ozs",
        ),
        (
            "sub",
            [
                Micro(Code.SUB, size, a, (a, Const(1, size))),
                Micro(Code.FLAGS, size, args=(a,), name="dec", id=0, live="ozs"),
            ],
            "ozs",
        ),
        (
            "logic",
            [
                Micro(Code.OR, size, temp, (a, b)),
                Micro(Code.FLAGS, size, args=(temp,), name="result", id=0, live="zs"),
            ],
            "zs",
        ),
    ]


def test_flags_leave_in_nzcv() -> None:
    rng = random.Random(7)
    cases = []
    for _ in range(60):
        nzcv, micros, live = rng.choice(flag_makers(rng))
        after = [Micro(Code.ADD, 8, Reg("rcx", 8), (Reg("rcx", 8), Const(9, 8)))] if rng.random() < 0.5 else []
        cc = rng.choice([cc for cc in CONDITIONS if set(CONDITION_FLAGS[cc]) <= set(live)])
        branch = [Micro(Code.BRANCH, 8, cond=Cond(cc, 0), target="taken", name="next")] if rng.random() < 0.6 else []
        out = EdgeFlags("nzcv", 4, (), live, nzcv)
        cases.append(Case([*micros, *after, *branch], {"rcx": 8, "rdx": 8}, None, out, places=permuted(rng)))
    run(cases, 8, 5)


def test_flags_leave_as_operands() -> None:
    rng = random.Random(9)
    cases = []
    for _ in range(60):
        size = rng.choice((1, 2, 4, 8))
        constant = rng.random() < 0.5
        second: Value = Const(5, size) if constant else Reg("rdx", size)
        kind = rng.choice(("sub", "add"))
        micros = [Micro(Code.FLAGS, size, args=(Reg("rcx", size), second), name=kind, id=0, live="ozsc")]
        if rng.random() < 0.5:
            micros.append(Micro(Code.XOR, 8, Reg("rcx", 8), (Reg("rcx", 8), Reg("rax", 8))))
        if rng.random() < 0.5:
            micros.append(Micro(Code.BRANCH, 8, cond=Cond("l", 0), target="taken", name="next"))
        out = EdgeFlags(kind, size, ("x6", "#5" if constant else "x7"), "ozsc")
        cases.append(Case(micros, {"rcx": 8, "rdx": 8, "rax": 8}, None, out))
    run(cases, 10, 5)
