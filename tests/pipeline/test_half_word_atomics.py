"""Atomic operations on 2 bytes, for a machine that has them for words: right within a word, a fault across two."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from transpile import tools
from transpile.core import verdict as says
from transpile.emulators import qemu
from transpile.options import Options
from transpile.pipeline import translate
from transpile.solvers.prove import ALIGNED

FUNCTIONS = {
    "add": "movl %esi, %eax\n\tlock xaddw %ax, (%rdi)",
    "swap": "movl %esi, %eax\n\txchgw %ax, (%rdi)",
    "same": "movl %edx, %eax\n\tlock cmpxchgw %si, (%rdi)",
    "other": "leal 1(%rdx), %eax\n\tlock cmpxchgw %si, (%rdi)",
    "both": "lock orw %si, (%rdi)\n\tmovl %edx, %eax",
}
SOURCE = "\t.text\n" + "".join(
    f"\t.globl {name}\n\t.type {name}, @function\n{name}:\n\t{text}\n\tret\n\t.size {name}, .-{name}\n"
    for name, text in FUNCTIONS.items()
)
MAIN = """#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef unsigned long function(void *, unsigned, unsigned);
extern function add, swap, same, other, both;
int main(int argc, char **argv)
{
    static function *const all[] = {add, swap, same, other, both};
    for (int f = 0; f < 5; f++) {
        static unsigned char b[16] __attribute__((aligned(8)));
        unsigned char *at = b + atoi(argv[1]);
        unsigned short old;
        for (int i = 0; i < 16; i++) b[i] = 255 - 17 * i;
        memcpy(&old, at, 2);
        printf("%lx ", all[f](at, 0xabcd, old) & 0xffff);
        for (int i = 0; i < 16; i++) printf("%02x", b[i]);
        puts("");
        fflush(stdout);
    }
    return 0;
}
"""
RULES = Options(lm="none", jobs=1)


def expected(at: int) -> str:
    rows = []
    for name in FUNCTIONS:
        held = bytearray(255 - 17 * i for i in range(16))
        old = int.from_bytes(held[at : at + 2], "little")
        new = {"add": old + 0xABCD, "swap": 0xABCD, "same": 0xABCD, "other": old, "both": old | 0xABCD}[name]
        held[at : at + 2] = (new & 0xFFFF).to_bytes(2, "little")
        rows.append(f"{old:x} {held.hex()}\n")
    return "".join(rows)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if any(tools.find(key, "riscv").path() is None for key in ("as", "cc", "qemu")):
        pytest.skip("the tools of RISC-V are not installed")
    folder = tmp_path_factory.mktemp("atomics")
    made = translate(SOURCE, "riscv", options=RULES)
    assert made.meets("tested")
    for block in made.blocks:
        assert isinstance(block.verdict, says.Tested)
        assert block.verdict.reason.endswith("an atomic access is not aligned, at which the target faults")
    (folder / "main.c").write_text(MAIN)
    (folder / "atomics.s").write_text(made.text)
    command = [*tools.command("cc", "riscv"), "-static", "main.c", "atomics.s", "-o", "program"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "program"


@pytest.mark.parametrize("at", [0, 1, 2, 4, 5, 6, 10])
def test_within_a_word_they_do_what_x86_does(program: Path, at: int) -> None:
    done = qemu.run(program, "riscv", [str(at)])
    assert (done.stdout.decode(), done.exit_code) == (expected(at), 0)


@pytest.mark.parametrize("at", [3, 7, 11])
def test_across_two_words_they_fault_before_anything_is_changed(program: Path, at: int) -> None:
    done = qemu.run(program, "riscv", [str(at)])
    assert (done.stdout, done.exit_code) == (b"", -signal.SIGBUS)


def test_proofs_of_wider_ones_say_that_they_are_aligned() -> None:
    source = "\t.globl f\n\t.type f, @function\nf:\n\tlock addl $1, (%rdi)\n\tret\n\t.size f, .-f\n"
    plain = source.replace("lock ", "")
    for to in ("riscv", "aarch64"):
        for text, granted in ((source, True), (plain, False)):
            (block,) = translate(text, to, options=RULES).blocks
            assert isinstance(block.verdict, says.Proved)
            assert (ALIGNED in block.verdict.assumptions) is granted
