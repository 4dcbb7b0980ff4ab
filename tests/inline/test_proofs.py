"""Wrong translations are refuted, and operands that must not share a register do not."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from transpile.inline import Reason, port, proving
from transpile.inline.printing import effects
from transpile.inline.proving import Room
from transpile.native.abi import TargetIsa
from transpile.native.block import EmittedBlock, FunctionContext, LoweredBlock, TargetLine
from transpile.tools import command

from .test_programs import built, needs_tools

STATEMENTS = {
    "add with carry": 'asm("addq %2, %0\\n\\tadcq $0, %1" : "+r"(a), "+r"(b) : "r"(c) : "cc");',
    "multiply": 'asm("mulq %3" : "=a"(a), "=d"(b) : "0"(b), "r"(c) : "cc");',
    "swap bytes": 'asm("bswapq %0" : "+r"(a));',
    "shift": 'asm("shldq $7, %1, %0" : "+r"(a) : "r"(b) : "cc");',
    "compare and swap": 'asm("lock cmpxchgq %2, %1" : "+a"(a), "+m"(*p) : "r"(b) : "memory");',
    "flag": 'asm("cmpq %2, %1" : "=@cca"(n) : "r"(a), "r"(b));',
}
ADD = 'asm("addq %1, %0" : "+r"(a) : "r"(b) : "cc");'
LEA = 'asm("leaq (%1,%2), %0" : "=&r"(a) : "r"(a), "r"(b));'
SWAPS = (
    ("slli ", "srli "), ("extr ", "orr "), ("lsl ", "lsr "),
    ("add ", "sub "), ("adds ", "subs "), ("mulhu ", "mul "), ("umulh ", "mul "), ("sltu ", "slt "), ("rev ", "rbit "),
    ("and ", "or "), ("clz ", "cls "), ("hs", "hi"), ("hi", "hs"), ("bnez ", "beqz "),
    ("cbnz ", "cbz "), ("bne ", "beq "), ("b.ne ", "b.eq "), ("sc.d", "sc.w"), ("eq", "ne"), ("mulhu ", "mulh "),
)  # fmt: skip


def mutated(monkeypatch: pytest.MonkeyPatch, change: Callable[[list[TargetLine]], list[TargetLine]]) -> None:
    """Let the emitters' lines go through ``change``."""
    plain = proving.room_of

    class Wrong(Room):
        def emit_block(self, block: LoweredBlock, context: FunctionContext) -> EmittedBlock:
            emitted = super().emit_block(block, context)
            return EmittedBlock(change(emitted.lines)) if "transpile_asm" in block.label else emitted

    def room_of(target: TargetIsa, untouched: frozenset[str]) -> Room:
        room = plain(target, untouched)
        return Wrong(room.target, room.abi, room.trap)

    monkeypatch.setattr(proving, "room_of", room_of)


def replaced_once(old: str, new: str, changed: list[str], lines: list[TargetLine]) -> list[TargetLine]:
    """``new`` for the first ``old``; the line that had it goes to ``changed``."""
    for at, line in enumerate(lines):
        if re.search(rf"(?<![\w.]){re.escape(old)}", line.text) and not changed:
            changed.append(line.text)
            return [*lines[:at], TargetLine(line.text.replace(old, new, 1)), *lines[at + 1 :]]
    return lines


@pytest.mark.parametrize("target", ["riscv", "aarch64"])
@pytest.mark.parametrize("name", STATEMENTS)
def test_mutants_are_refused(name: str, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"void f(unsigned long a, unsigned long b, unsigned long c, long *p, int n) {{ {STATEMENTS[name]} }}"
    assert port(text, "a.c", [target]).changed
    tried = 0
    for old, new in SWAPS:
        changed: list[str] = []

        with monkeypatch.context() as patch:
            mutated(patch, partial(replaced_once, old, new, changed))
            out = port(text, "a.c", [target])
        if changed:
            tried += 1
            assert isinstance(out.statements[0].result, Reason), (old, new, changed)
            assert out.text == text
    assert tried >= 1


def test_a_line_too_few_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"void f(unsigned long a, unsigned long b, unsigned long c) {{ {STATEMENTS['add with carry']} }}"
    mutated(monkeypatch, lambda lines: lines[:-1])
    out = port(text, "a.c", ["riscv"])
    assert isinstance(out.statements[0].result, Reason)


def test_a_changed_input_gets_a_variable_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The translation uses the register of an input and puts the value back: still no input of the statement."""
    text = f"void f(unsigned long a, unsigned long b) {{ {ADD} }}"
    again = [TargetLine("addi a1, a1, 1"), TargetLine("addi a1, a1, -1")]
    mutated(monkeypatch, lambda lines: [*lines, *again])
    out = port(text, "a.c", ["riscv"])
    assert "unsigned long transpile_in0 = (unsigned long)(b);" in out.text
    assert '"+r" (transpile_in0)' in out.text


def test_effects_follow_the_semantics() -> None:
    found = effects("riscv", ["li t3, 0x12345", "add a0, a1, t3", "sd a0, 8(a2)", "beqz a0, .Lx"])
    assert found.reads == (set(), {"a1", "t3"}, {"a0", "a2"}, {"a0"})
    assert found.writes == ({"t3"}, {"a0"}, set(), set())
    assert effects("aarch64", ["cmp x0, x1"]).flags
    assert not effects("aarch64", ["add v0.4s, v1.4s, v2.4s"]).flags


EARLY = """
#include <stdio.h>
__attribute__((noinline)) unsigned long f(unsigned long a, unsigned long b)
{
    unsigned long r;
    __asm__("leaq 7(%1), %0\\n\\timulq %0, %0\\n\\txorq %2, %0\\n\\tsubq %1, %0" : "=&r"(r) : "r"(a), "r"(b) : "cc");
    return r;
}
int main(void)
{
    printf("%lx %lx\\n", f(12345, 678), f(1ul << 40, 99));
    return 0;
}
"""


@needs_tools
@pytest.mark.parametrize("target", ["riscv", "aarch64"])
def test_without_its_early_clobber_the_program_is_wrong(target: str, tmp_path: Path) -> None:
    out = port(EARLY, "early.c", [target])
    assert out.changed
    translation = out.text[out.text.index("#elif") : out.text.index("#else")]
    assert '"=&r" (r)' in translation
    source = tmp_path / "early.c"

    def result(text: str, compiler: list[str], runner: list[str]) -> bytes:
        source.write_text(text)
        return built([*compiler, "-O2", str(source)], tmp_path / "program", runner)

    native = result(EARLY, command("cc"), [])
    cross = [*command("cc", target), "-static"]
    assert result(out.text, cross, command("qemu", target)) == native
    assert result(out.text.replace('"=&r" (r)', '"=r" (r)'), cross, command("qemu", target)) != native


def test_an_output_that_is_written_last_needs_no_early_clobber() -> None:
    text = f"void f(unsigned long a, unsigned long b) {{ {LEA} }}"
    assert '"=r" (a)' in port(text, "a.c", ["riscv"]).text
