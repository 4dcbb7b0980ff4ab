"""The checker: right translations of single blocks are proved, and each kind of wrong one is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from transpile.asm.source import Kind, parse
from transpile.core.verdict import Proved, Undecided
from transpile.native.relation import BOXED, FULL, LOW8, LOW32, S32, EdgeFlags, Form, Frame, Place, Range, Relation
from transpile.solvers import terms
from transpile.solvers.case import Case, Convention
from transpile.solvers.encode_target import encode_target
from transpile.solvers.encode_x86 import encode_x86
from transpile.solvers.prove import ASSUMPTIONS, Outcome, prove
from transpile.x86.decode import decode

CONVENTIONS = {
    "riscv": Convention("riscv", "sp", "ra", ("s6", "s7")),
    "aarch64": Convention("aarch64", "sp", "x30", ("x25", "x26")),
}
HOMES = {
    "riscv": {
        "rax": "t0", "rdi": "a0", "rsi": "a1", "rdx": "a2", "rcx": "a3", "rbx": "s1", "rbp": "s0", "xmm0.lo": "fa0",
        "xmm1.lo": "fa1",
    },
    "aarch64": {
        "rax": "x8", "rdi": "x0", "rsi": "x1", "rdx": "x2", "rcx": "x3", "rbx": "x19", "rbp": "x20", "xmm0": "v0",
        "xmm1": "v1",
    },
}  # fmt: skip
RLIMIT = 400_000
CALLING = Frame(depth=24, reserved=32, ra="slot", size=32)


def relation(isa: str, forms: Mapping[str, Form], frame: Frame | None = None, **more: object) -> Relation:
    places = {name: (Place(HOMES[isa][name]), form) for name, form in forms.items()}
    return Relation(frame or Frame(), places, **more)  # type: ignore[arg-type]


def case(isa: str, source: str, target: str, entry: Relation, exits: Mapping[str, Relation]) -> Case:
    terms.reset()
    statements = parse("\n".join(part.strip() for part in source.split(";")) + "\n", "test").statements
    insns = [decode(s) for s in statements if s.kind is Kind.INSTRUCTION]
    texts = [part.strip() for part in target.split(";") if part.strip()]
    labels = {name: name for name in (*exits, ".Lnext", ".Lhere") if name not in ("ret", "call", "tail")}
    return Case(encode_x86(insns), encode_target(isa, texts), entry, exits, labels, ".Lhere", ".Lnext", ".Lnext")


def outcome(problem: Case, isa: str) -> Outcome:
    return prove(problem, CONVENTIONS[isa], RLIMIT)


def proved(problem: Case, isa: str) -> bool:
    return isinstance(outcome(problem, isa).verdict, Proved)


def why_not(problem: Case, isa: str) -> str:
    verdict = outcome(problem, isa).verdict
    assert isinstance(verdict, Undecided), verdict
    return verdict.reason


WHOLE = {isa: relation(isa, dict.fromkeys(("rdi", "rsi", "rax"), FULL)) for isa in HOMES}
STORE = "movq %rsi, 8(%rdi)"


def test_a_proof_names_its_assumptions() -> None:
    found = outcome(case("riscv", STORE, "sd a1, 8(a0)", WHOLE["riscv"], {".Lnext": WHOLE["riscv"]}), "riscv")
    assert found.verdict == Proved(ASSUMPTIONS)


@pytest.mark.parametrize(
    ("isa", "source", "target"),
    [
        ("riscv", "", ""),
        ("riscv", "leaq 5(%rdi,%rsi,4), %rax", "slli t0, a1, 2; add t0, t0, a0; addi t0, t0, 5"),
        ("riscv", "movl (%rdi), %eax; incl %eax", "lw t0, 0(a0); addi t0, t0, 1; slli t0, t0, 32; srli t0, t0, 32"),
        ("riscv", "xchgq %rdi, %rsi", "mv t3, a0; mv a0, a1; mv a1, t3"),
        ("riscv", "imulq %rsi, %rdi; notq %rdi", "mul a0, a0, a1; xori a0, a0, -1"),
        ("aarch64", "leaq 5(%rdi,%rsi,4), %rax", "add x8, x0, x1, lsl 2; add x8, x8, 5"),
        ("aarch64", "movl (%rdi), %eax; addl %esi, %eax", "ldr w8, [x0]; add w8, w8, w1"),
        ("aarch64", "cmpq %rsi, %rdi; cmovbq %rdi, %rsi", "cmp x0, x1; csel x1, x0, x1, lo"),
        ("aarch64", "movzbl %dil, %eax; bswapq %rsi", "and x8, x0, 255; rev x1, x1"),
    ],
)  # fmt: skip
def test_right_translations_are_proved(isa: str, source: str, target: str) -> None:
    assert proved(case(isa, source, target, WHOLE[isa], {".Lnext": WHOLE[isa]}), isa)


@pytest.mark.parametrize(
    ("isa", "source", "target", "reason"),
    [
        ("riscv", STORE, "", "stores"),
        ("riscv", STORE, "sd a1, 8(a0); sd a1, 8(a0)", "stores"),
        ("riscv", STORE, "sw a1, 8(a0)", "store 1 is"),
        ("riscv", STORE, "sd a1, 16(a0)", "address of store 1"),
        ("riscv", STORE, "sd a0, 8(a0)", "value of store 1"),
        ("riscv", STORE, "sd a1, 8(a0); addi a0, a0, 1", "rdi"),
        ("riscv", STORE, "sd a1, 8(a0); addi s6, s6, 8", "s6 preserved"),
        ("riscv", STORE, "sd a1, 8(a0); addi sp, sp, -16", "target stack pointer"),
        ("riscv", STORE, "sd a1, 8(a0); li ra, 0", "return address"),
        ("riscv", "leaq (%rdi,%rsi), %rax", "addw t0, a0, a1", "rax"),
        ("riscv", "movb $1, (%rdi); movb $2, (%rsi)", "li t3, 2; li t4, 1; sb t3, 0(a1); sb t4, 0(a0)", "store"),
        ("aarch64", STORE, "str w1, [x0, 8]", "store 1 is"),
        ("aarch64", STORE, "str x1, [x0], 8", "address of store 1"),
        ("aarch64", STORE, "str x1, [x0, 8]; mov x25, x0", "x25 preserved"),
        ("aarch64", "leaq (%rdi,%rsi), %rax", "add w8, w0, w1", "rax"),
        ("aarch64", "cmpq %rsi, %rdi; cmovbq %rdi, %rsi", "cmp x0, x1; csel x1, x0, x1, lt", "rsi"),
    ],
)  # fmt: skip
def test_wrong_translations_are_not_proved(isa: str, source: str, target: str, reason: str) -> None:
    assert reason in why_not(case(isa, source, target, WHOLE[isa], {".Lnext": WHOLE[isa]}), isa)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("bltu a0, a1, .Lyes", ""),
        ("blt a0, a1, .Lyes", "condition of exit"),
        ("bgeu a0, a1, .Lyes", "condition of exit"),
        ("bltu a0, a1, .Lother", "absence of exit"),
        ("", "absence of exit"),
        ("j .Lyes", "absence of exit"),
        ("bltu a0, a1, .Lyes; ret", "absence of exit"),
    ],
)
def test_ways_out(target: str, reason: str) -> None:
    shared = WHOLE["riscv"]
    problem = case("riscv", "cmpq %rsi, %rdi; jb .Lyes", target, shared, {".Lnext": shared, ".Lyes": shared})
    assert (reason in why_not(problem, "riscv")) if reason else proved(problem, "riscv")


@pytest.mark.parametrize(
    ("isa", "form", "target", "right"),
    [
        ("riscv", S32, "addw t0, a0, a1", True),
        ("riscv", S32, "add t0, a0, a1", False),
        ("riscv", LOW32, "add t0, a0, a1", True),
        ("riscv", FULL, "addw t0, a0, a1", False),
        ("riscv", LOW8, "add t0, a0, a1", True),
        ("aarch64", FULL, "add w8, w0, w1", True),
        ("aarch64", S32, "add w8, w0, w1", False),
    ],
)
def test_forms_say_what_must_be_equal(isa: str, form: Form, target: str, right: bool) -> None:
    entry = relation(isa, {"rdi": LOW32, "rsi": LOW32})
    problem = case(isa, "leal (%rdi,%rsi), %eax", target, entry, {".Lnext": relation(isa, {"rax": form})})
    assert proved(problem, isa) is right


def test_single_precision_is_boxed() -> None:
    entry = relation("riscv", {"xmm0.lo": BOXED, "rdi": FULL})
    source = "movss (%rdi), %xmm0"
    assert proved(case("riscv", source, "flw fa0, 0(a0)", entry, {".Lnext": entry}), "riscv")
    assert not proved(case("riscv", source, "fld fa0, 0(a0)", entry, {".Lnext": entry}), "riscv")


def test_ranges_are_assumed_and_shown() -> None:
    entry = relation("riscv", {"rdi": S32}, ranges={"rdi": Range(31, 32)})
    leaves = relation("riscv", {"rax": FULL}, ranges={"rax": Range(32, 64)})
    problem = case("riscv", "leaq (%rdi,%rdi), %rax", "slli t0, a0, 1", entry, {".Lnext": leaves})
    assert proved(problem, "riscv")
    assert not proved(replace(problem, entry=relation("riscv", {"rdi": S32})), "riscv")
    tight = relation("riscv", {"rax": FULL}, ranges={"rax": Range(31, 64)})
    assert "range of rax" in why_not(replace(problem, exits={".Lnext": tight}), "riscv")


def test_frame_registers_are_known() -> None:
    frame = Frame(depth=24, reserved=32, ra="slot", size=32)
    entry = relation("riscv", {"rbp": FULL, "rdi": FULL}, frame, offsets={"rbp": -16})
    right = case("riscv", "movq %rdi, -8(%rbp)", "sd a0, 8(sp)", entry, {".Lnext": entry})
    assert proved(right, "riscv")
    assert not proved(replace(right, target=encode_target("riscv", ["sd a0, 0(sp)"])), "riscv")
    moved = case("riscv", "addq $8, %rbp", "addi s0, s0, 8", entry, {".Lnext": entry})
    assert "rbp in the frame" in why_not(moved, "riscv")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("mv a0, t0; ld ra, 24(sp); addi sp, sp, 32; ret", ""),
        ("ld ra, 24(sp); addi sp, sp, 32; ret", "rax"),
        ("mv a0, t0; addi sp, sp, 32; ret", "target of ret"),
        ("mv a0, t0; ld ra, 24(sp); addi sp, sp, 16; ret", "target stack pointer at return"),
        ("mv a0, t0; ld ra, 16(sp); addi sp, sp, 32; ret", "target of ret"),
        ("mv a0, t0; ld ra, 24(sp); addi sp, sp, 32; jr t0", "exits differ"),
    ],
)
def test_returns(target: str, reason: str) -> None:
    entry = relation("riscv", {"rax": FULL}, CALLING)
    leaves = Relation(Frame(), {"rax": (Place("a0"), FULL)})
    problem = case("riscv", "addq $24, %rsp; ret", target, entry, {"ret": leaves})
    assert (reason in why_not(problem, "riscv")) if reason else proved(problem, "riscv")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("call work", ""),
        ("call other", "exits differ"),
        ("tail work", "exits differ"),
        ("addi sp, sp, -16; call work", "stack pointer"),
        ("addi a0, a0, 1; call work", "rdi"),
        ("sd zero, 24(sp); call work", "return address"),
        ("call work; mv a0, a1", "stands behind a call"),
    ],
)
def test_calls(target: str, reason: str) -> None:
    entry = relation("riscv", {"rdi": FULL}, CALLING)
    problem = case("riscv", "call work", target, entry, {"call": entry})
    assert (reason in why_not(problem, "riscv")) if reason else proved(problem, "riscv")


def test_flags_across_edges() -> None:
    flags = EdgeFlags("sub", 8, ("a6", "a7"), "zcos")
    leaves = relation("riscv", {"rdi": FULL}, flags=flags)
    source = "cmpq %rsi, %rdi"
    assert proved(case("riscv", source, "mv a6, a0; mv a7, a1", WHOLE["riscv"], {".Lnext": leaves}), "riscv")
    assert not proved(case("riscv", source, "mv a6, a1; mv a7, a0", WHOLE["riscv"], {".Lnext": leaves}), "riscv")
    entry = relation("riscv", {"rdi": FULL}, flags=flags)
    exits = {".Lnext": relation("riscv", {}), ".Lyes": relation("riscv", {})}
    assert proved(case("riscv", "jle .Lyes", "ble a6, a7, .Lyes", entry, exits), "riscv")
    assert not proved(case("riscv", "jle .Lyes", "bleu a6, a7, .Lyes", entry, exits), "riscv")


def test_flags_in_nzcv() -> None:
    leaves = relation("aarch64", {"rdi": FULL}, flags=EdgeFlags("nzcv", 8, (), "zcos", "sub"))
    shared = {".Lnext": leaves}
    assert proved(case("aarch64", "cmpq %rsi, %rdi", "cmp x0, x1", WHOLE["aarch64"], shared), "aarch64")
    assert not proved(case("aarch64", "cmpq %rsi, %rdi", "cmp w0, w1", WHOLE["aarch64"], shared), "aarch64")
    assert not proved(case("aarch64", "cmpq %rsi, %rdi", "cmn x0, x1", WHOLE["aarch64"], shared), "aarch64")


def test_registers_without_a_value_may_hold_anything_until_they_are_written() -> None:
    entry = relation("riscv", {"rdi": FULL})
    leaves = relation("riscv", {"rdi": FULL, "rcx": FULL})
    untouched = case("riscv", "addq $1, %rdi", "addi a0, a0, 1", entry, {".Lnext": leaves})
    assert "rcx" in why_not(untouched, "riscv")
    assert proved(replace(untouched, undefined=frozenset(("rcx",))), "riscv")
    written = case("riscv", "movq %rdi, %rcx", "addi a3, a0, 1", entry, {".Lnext": leaves})
    assert "rcx" in why_not(replace(written, undefined=frozenset(("rcx",))), "riscv")


def test_private_slots_hold_values_and_are_no_memory_of_the_source() -> None:
    frame = Frame(depth=56, reserved=64, ra="slot", size=64)
    entry = Relation(frame, {"rdi": (Place("a0"), FULL), "rbx": (Place(slot=8), FULL)})
    leaves = Relation(frame, {"rdi": (Place(slot=16), FULL), "rbx": (Place(slot=8), FULL)})
    target = "ld t3, 8(sp); add t3, t3, a0; sd t3, 8(sp); sd a0, 16(sp)"
    right = case("riscv", "addq %rdi, %rbx", target, entry, {".Lnext": leaves})
    assert proved(replace(right, slots=frozenset((8, 16))), "riscv")
    assert not proved(replace(right, slots=frozenset((8,))), "riscv"), "a store that the source does not make"
    other = encode_target("riscv", target.replace("16(sp)", "24(sp)").split("; "))
    assert not proved(replace(right, target=other, slots=frozenset((8, 16, 24))), "riscv")


def test_memory_that_the_source_does_not_read_is_not_read() -> None:
    shared = {".Lnext": WHOLE["riscv"]}
    problem = case("riscv", "movq %rdi, %rax", "ld t3, 0(a1); mv t0, a0", WHOLE["riscv"], shared)
    assert not proved(problem, "riscv")


def test_work_is_bounded() -> None:
    entry = relation("riscv", dict.fromkeys(("rdi", "rsi", "rdx"), FULL))
    source = "imulq %rsi, %rdi; imulq %rdx, %rdi; imulq %rdi, %rdi"
    target = "mul t3, a1, a2; mul t3, t3, t3; mul a0, a0, a0; addi a0, a0, 1; mul a0, a0, t3"
    problem = case("riscv", source, target, entry, {".Lnext": entry})
    found = prove(problem, CONVENTIONS["riscv"], 1000)
    assert isinstance(found.verdict, Undecided)
