"""Every instruction form that the x86 tests know, alone and in random blocks, on Unicorn against its meaning."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import forms
import pytest
from differential import Differ
from image import Case, Image, make_case
from states import INTEGERS

from transpile.asm.source import parse
from transpile.errors import UnsupportedError
from transpile.native.block import FunctionContext, LoweredBlock
from transpile.native.effects import defs, uses
from transpile.native.micro import Code, Micro
from transpile.native.relation import BOXED, FULL, LOW8, LOW16, LOW32, S32, EdgeFlags, Form, Place, Range
from transpile.riscv.abi import HOMES
from transpile.riscv.values import EmitError
from transpile.x86.decode import decode
from transpile.x86.micro import Fresh, translate
from transpile.x86.micro.packed import BINARY, SHIFTS, UNARY

READERS = tuple(f"set{cc} %r10b" for cc in ("o", "b", "e", "be", "s", "p", "l", "le", "no", "ae", "ne", "a", "ge", "g"))
HIGH = {f"xmm{n}.hi": Place(f"fs{n}") if n < 2 else Place(slot=8 * n) for n in range(4)}
PLACES = HOMES | HIGH
NAMES = tuple(n for n in INTEGERS if n != "variadic_count") + tuple(f"xmm{n}" for n in range(4))
WHOLE = {name: 16 if name.startswith("xmm") else 8 for name in NAMES}


def micros_of(texts: Iterable[str]) -> list[Micro]:
    fresh = Fresh()
    return [m for text in texts for m in translate(decode(parse(f"\t{text}\n", "t.s").statements[0]), fresh)]


def split(live: dict[str, int]) -> dict[str, int]:
    """Bytes by relation location from byte masks."""
    out: dict[str, int] = {}
    for name, mask in live.items():
        if not name.startswith("xmm"):
            out[name] = mask.bit_length()
            continue
        if mask & 0xFF:
            out[name + ".lo"] = (mask & 0xFF).bit_length()
        if mask >> 8:
            out[name + ".hi"] = (mask >> 8).bit_length()
    return {name: size for name, size in out.items() if size}


def liveness(micros: Sequence[Micro], at_exit: dict[str, int]) -> list[dict[str, int]]:
    """Live byte masks before each micro-operation, and after the last."""
    live = dict(at_exit)
    found = [dict(live)]
    for micro in reversed(micros):
        written = defs(micro)
        if written is not None:
            name, low, high = written
            live[name] = live.get(name, 0) & ~((1 << high) - (1 << low))
        for name, low, high in uses(micro):
            live[name] = live.get(name, 0) | (1 << high) - (1 << low)
        found.append({name: mask for name, mask in live.items() if mask})
        live = dict(found[-1])
    return found[::-1]


def form_for(name: str, size: int, rng: random.Random) -> Form:
    if name.startswith("xmm"):
        return FULL if size > 4 or name.endswith(".hi") else rng.choice((BOXED, Form(32)))
    return {1: LOW8, 2: LOW16}.get(size) or (rng.choice((S32, LOW32)) if size <= 4 else FULL)


def block(micros: list[Micro], at_exit: dict[str, int], rng: random.Random, label: str) -> LoweredBlock:
    masks = liveness(micros, at_exit)
    split_masks = [split(mask) for mask in masks]
    entry = {name: (PLACES[name], form_for(name, size, rng)) for name, size in split_masks[0].items() if name != "sp"}
    leaving = {name: (PLACES[name], form_for(name, size, rng)) for name, size in split_masks[-1].items()}
    narrow = {n: Range(rng.choice((8, 31, 32)), 64) for n in entry if "." not in n and rng.randrange(6) == 0}
    # A value that is held in fewer bits than the exit shows must be known above them.
    widened = {n: (p, FULL if leaving.get(n, (p, f))[1].bits > f.bits else f) for n, (p, f) in entry.items()}
    flags = None
    if any(m.cond is not None and m.cond.flags == -1 for m in micros):
        flags = EdgeFlags(
            rng.choice(("sub", "add")), rng.choice((1, 2, 4, 8)), ("a6", rng.choice(("a7", "#5"))), "ozscp"
        )
    return LoweredBlock(label, micros, widened, leaving, narrow, split_masks[1:], flags, next_label="next")


def some_live(rng: random.Random) -> dict[str, int]:
    chosen = {}
    for name, size in WHOLE.items():
        width = rng.choice((0, 1, 2, 4, size, size)) if size == 8 else rng.choice((0, 4, 8, 16, 16))
        if width:
            chosen[name] = (1 << width) - 1
    return chosen


def everything() -> dict[str, int]:
    return {name: (1 << size) - 1 for name, size in WHOLE.items()}


def failures(listed: list[list[str]], rounds: int, seed: int, march: str = "") -> list[str]:
    rng = random.Random(seed)
    context = FunctionContext("f", PLACES, march=march)
    cases: list[Case] = []
    found: list[str] = []
    for number, texts in enumerate(listed):
        try:
            micros = micros_of(texts)
        except UnsupportedError:
            continue
        if any(m.code in (Code.BRANCH, Code.JUMP) for m in micros) or "rsp" in repr(micros):
            continue
        micros = [m for m in micros if not (m.code is Code.FLAGS and m.name == "none")]
        for variant, live in enumerate((everything(), some_live(rng))):
            made = block(micros, live, rng, f".B{number}_{variant}")
            try:
                cases.append(make_case(made, context, "; ".join(texts) + f" #{variant}"))
            except EmitError as error:
                found.append(f"{'; '.join(texts)} #{variant}: {error}")
    while cases:
        part, cases = cases[:600], cases[600:]
        differ = Differ(Image(part))
        found += [message for case in part if (message := differ.check(case, rng, rounds)[1])]
    return found


GROUPS = {
    "integer": forms.integer(),
    "scalar": forms.scalar(),
    "packed": forms.packed(list(BINARY), list(UNARY), list(SHIFTS)),
}


@pytest.mark.parametrize("group", GROUPS)
def test_forms(group: str) -> None:
    rng = random.Random(group)
    listed = [[form, rng.choice(READERS)] if group == "integer" else [form] for form in GROUPS[group]]
    assert failures(listed, 4, 1) == []


def test_random_blocks() -> None:
    rng = random.Random(2)
    texts = [t for group in GROUPS.values() for t in group if not t.startswith(("j", "div", "idiv", "call", "ret"))]
    listed = [[rng.choice(texts) for _ in range(4)] + [rng.choice(READERS)] for _ in range(400)]
    assert failures(listed, 3, 3) == []


def test_integer_blocks_keep_the_registers_apart() -> None:
    rng = random.Random(4)
    texts = [t for t in GROUPS["integer"] if not t.startswith(("j", "div", "idiv", "call", "ret", "lock", "xchg"))]
    moves = [f"mov %{a},%{b}" for a in ("rax", "rcx", "rdx", "rdi") for b in ("rax", "rsi", "rdx", "r8") if a != b]
    listed = [[rng.choice(moves) if rng.randrange(2) else rng.choice(texts) for _ in range(8)] for _ in range(300)]
    assert failures(listed, 3, 5) == []
