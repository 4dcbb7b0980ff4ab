"""What the emitter writes for typical source instructions, and the spelling of everything else."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from block_machine import Case

from transpile.aarch64.abi import features, form
from transpile.aarch64.immediates import build, is_bitmask
from transpile.aarch64.peephole import pair
from transpile.aarch64.text import comment, directive
from transpile.native.micro import SP, Address, Code, Cond, Const, Micro, Reg, Symbol, Temp
from transpile.native.relation import FULL, LOW8, VECTOR, Form

RAX, RCX, RDI = Reg("rax", 8), Reg("rcx", 8), Reg("rdi", 8)
EAX, ECX = Reg("rax", 4), Reg("rcx", 4)
ALL = {"rax": 8, "rcx": 8, "rdi": 8}


def emitted(*micros: Micro, live: dict[str, int] | None = None, march: str = "", model: str = "relaxed") -> list[str]:
    case = Case(micros, ALL if live is None else live, march=march, memory_model=model)
    case.emit()
    return list(case.lines)


def branch(cc: str) -> Micro:
    return Micro(Code.BRANCH, 8, cond=Cond(cc, 0), target="taken", name="next")


def flags(kind: str, size: int, *args: Reg | Temp | Const) -> Micro:
    return Micro(Code.FLAGS, size, args=args, name=kind, id=0)


@pytest.mark.parametrize(
    ("micros", "lines"),
    [
        ([flags("sub", 4, EAX, ECX), branch("l")], ["cmp w8, w3", "b.lt taken"]),
        ([flags("sub", 4, EAX, Const(0, 4)), branch("e")], ["cbz w8, taken"]),
        ([flags("logic", 8, RAX), branch("ns")], ["tbz x8, #63, taken"]),
        ([flags("sub", 4, EAX, Const(2**32 - 5, 4)), branch("b")], ["cmn w8, #5", "b.lo taken"]),
        (
            [flags("sub", 8, RAX, RCX), Micro(Code.SUB, 8, RAX, (RAX, RCX)), branch("a")],
            ["subs x8, x8, x3", "b.hi taken"],
        ),
        (
            [Micro(Code.AND, 4, Temp(0, 4), (EAX, Const(8, 4))), flags("logic", 4, Temp(0, 4)), branch("ne")],
            ["tbnz w8, #3, taken"],
        ),
        (
            [Micro(Code.AND, 4, Temp(0, 4), (EAX, ECX)), flags("logic", 4, Temp(0, 4)), branch("e")],
            ["tst w8, w3", "b.eq taken"],
        ),
        (
            [Micro(Code.SUB, 4, EAX, (EAX, Const(1, 4))), flags("dec", 4, EAX), branch("g")],
            ["subs w8, w8, #1", "b.gt taken"],
        ),
        ([flags("sub", 1, Reg("rax", 1), Const(7, 1)), branch("a")], ["uxtb w16, w8", "cmp w16, #7", "b.hi taken"]),
        (
            [flags("sub", 2, Reg("rax", 2), Reg("rcx", 2)), branch("l")],
            ["sxth w16, w8", "cmp w16, w3, sxth", "b.lt taken"],
        ),
    ],
)
def test_comparisons_become_one_or_two_instructions(micros: list[Micro], lines: list[str]) -> None:
    assert emitted(*micros) == lines


@pytest.mark.parametrize(
    ("micro", "lines"),
    [
        (Micro(Code.LOAD, 4, EAX, address=Address(RDI, RCX, 4, 0)), ["ldr w8, [x0, x3, lsl #2]"]),
        (Micro(Code.LOAD, 1, EAX, address=Address(RDI, None, 1, -3), name="s"), ["ldrsb w8, [x0, #-3]"]),
        (Micro(Code.STORE, 8, args=(Const(0, 8),), address=Address(SP, None, 1, 24)), ["str xzr, [sp, #24]"]),
        (Micro(Code.LEA, 8, RAX, address=Address(RDI, RCX, 8, 0)), ["add x8, x0, x3, lsl #3"]),
        (Micro(Code.LEA, 4, EAX, address=Address(RDI, None, 1, -1)), ["sub w8, w0, #1"]),
        (
            Micro(Code.SYMADDR, 8, RAX, (Symbol("v", 8),)),
            ["adrp x8, v+8", "add x8, x8, :lo12:v+8"],
        ),
        (Micro(Code.SYMADDR, 8, RAX, (Symbol("v", 0, "got"),)), ["adrp x8, :got:v", "ldr x8, [x8, :got_lo12:v]"]),
        (
            Micro(Code.LOAD, 4, EAX, address=Address(symbol=Symbol("t", 0, "tpoff"), segment="fs")),
            [
                "mrs x16, tpidr_el0",
                "add x17, x16, :tprel_hi12:t, lsl #12",
                "add x17, x17, :tprel_lo12_nc:t",
                "ldr w8, [x17]",
            ],
        ),
        (Micro(Code.CLZ, 4, EAX, (ECX,)), ["clz w8, w3"]),
        (Micro(Code.COPY, 8, RAX, (Const(2**64 - 5, 8),)), ["mov x8, #-5"]),
    ],
)
def test_single_operations(micro: Micro, lines: list[str]) -> None:
    assert emitted(micro) == lines


def test_an_extended_index_is_part_of_the_address() -> None:
    extend = Micro(Code.SEXT, 8, RCX, (ECX,))
    load = Micro(Code.LOAD, 4, EAX, address=Address(RDI, RCX, 4, 0))
    assert emitted(extend, load, live={"rax": 8}) == ["ldr w8, [x0, w3, sxtw #2]"]


def test_quotient_and_remainder_share_a_division() -> None:
    args = (RAX, RCX)
    lines = emitted(Micro(Code.SREM, 8, Reg("rdx", 8), args), Micro(Code.SDIV, 8, RAX, args), live={"rax": 8, "rdx": 8})
    assert [line.split()[0] for line in lines] == ["sdiv", "msub", "mov"]


def test_a_cycle_of_moves_needs_one_more() -> None:
    swap = [Micro(Code.COPY, 8, Temp(0, 8), (RAX,)), Micro(Code.COPY, 8, RAX, (RCX,))]
    assert len(emitted(*swap, Micro(Code.COPY, 8, RCX, (Temp(0, 8),)))) == 3


LOAD = Micro(Code.LOAD, 4, EAX, address=Address(RDI, None, 1, 8))
STORE = Micro(Code.STORE, 4, args=(ECX,), address=Address(RDI, None, 1, 8))


def test_memory_order() -> None:
    assert emitted(LOAD, STORE) == ["ldr w8, [x0, #8]", "str w3, [x0, #8]"]
    fences = emitted(LOAD, STORE, model="tso")
    assert fences == ["ldr w8, [x0, #8]", "dmb ishld", "dmb ish", "str w3, [x0, #8]"]
    rcpc = emitted(LOAD, STORE, model="tso", march="armv8.3-a")
    assert rcpc == ["add x16, x0, #8", "ldapr w8, [x16]", "stlr w3, [x16]"]


@pytest.mark.parametrize(
    ("name", "mnemonic"),
    [("add", "ldaddal"), ("or", "ldsetal"), ("xor", "ldeoral"), ("xchg", "swpal"), ("and", "ldclral")],
)
def test_atomics_with_and_without_lse(name: str, mnemonic: str) -> None:
    micro = Micro(Code.ATOMIC, 4, EAX, (ECX,), Address(RDI), name=name)
    lse = emitted(micro, march="armv8.1-a")
    assert lse[-1] == "dmb ish" and lse[-2].split()[0] == mnemonic
    loop = [line.split()[0] for line in emitted(micro)]
    assert loop[-4:] == (["ldaxr", "stlxr", "cbnz", "dmb"] if name == "xchg" else [loop[-4], "stlxr", "cbnz", "dmb"])
    assert "ldaxr" in loop


def test_pairs_keep_the_order_of_stores() -> None:
    assert pair("ldr x1, [sp, #8]", "ldr x2, [sp, #16]") == "ldp x1, x2, [sp, #8]"
    assert pair("ldr x1, [sp, #16]", "ldr x2, [sp, #8]") == "ldp x2, x1, [sp, #8]"
    assert pair("str x1, [sp, #8]", "str xzr, [sp, #16]") == "stp x1, xzr, [sp, #8]"
    assert pair("str x1, [sp, #16]", "str x2, [sp, #8]") == ""
    assert pair("ldr x1, [x1]", "ldr x2, [x1, #8]") == ""
    assert pair("ldr x1, [x3, #4]", "ldr x2, [x3, #12]") == ""
    assert pair("ldr x1, [x3, #504]", "ldr x2, [x3, #512]") == "ldp x1, x2, [x3, #504]"
    assert pair("ldr x1, [x3, #512]", "ldr x2, [x3, #520]") == ""
    assert pair("ldr x1, [x3]", "ldr d2, [x3, #8]") == ""


def test_directives_assemble(tmp_path: Path) -> None:
    rows = [
        (".value", "3"), (".word", "5"), (".align", "16"), (".section", '.rodata.str1.1,"aMS",@progbits,1'),
        (".type", "f, @function"), (".comm", "a,4,4"), (".p2align", "4,,10"), (".long", "f-."), (".text", ""),
        (".section", '.note.gnu.property,"a"'), (".string", '"x # y"'),
    ]  # fmt: skip
    lines = [line for name, arguments in rows if (line := directive(name, arguments)) is not None]
    assert lines[:3] == [".hword 3", ".hword 5", ".balign 16"]
    assert directive(".cfi_startproc", "") is None and directive(".intel_syntax", "noprefix") is None
    source = tmp_path / "d.s"
    source.write_text("f:\n" + "\n".join(f"{line} {comment('why')}" for line in lines) + "\n")
    subprocess.run(["aarch64-linux-gnu-as", source, "-o", tmp_path / "d.o"], check=True)


def test_every_constant_is_built(tmp_path: Path) -> None:
    values = [0, 1, 0xFFFF, 0x10000, 0xFFFFFFFF, 0x12345678, 0xFFFF0000FFFF0000, 0x5555555555555555, 2**64 - 2, 1 << 63]
    assert all(len(build(value, 8)) <= 4 for value in values)
    assert build(0x5555555555555555, 8) == (("mov", "#0x5555555555555555"),)
    assert is_bitmask(0xFF00FF00, 4) and not is_bitmask(0xFF00FF01, 4) and not is_bitmask(0, 8)


def test_forms_and_features() -> None:
    assert (form("rax", 8), form("rax", 1), form("xmm0", 16), form("xmm0", 4)) == (FULL, LOW8, VECTOR, Form(32))
    assert features("") == frozenset() == features("armv8-a")
    assert features("armv8.1-a") == {"lse"} and features("-march=armv8-a+rcpc") == {"rcpc"}
    assert features("armv9-a") == features("armv8.4-a+sve") == {"lse", "rcpc"}
