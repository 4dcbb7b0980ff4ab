"""Blocks run side by side: right translations pass, wrong ones are refuted with a witness, models are replayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from transpile.asm.source import Kind, parse
from transpile.core import verdict as v
from transpile.core.verdict import Refuted, Undecided
from transpile.emulators import differential
from transpile.emulators.differential import Differential, replay
from transpile.emulators.flags import source_flags
from transpile.emulators.states import State
from transpile.native.relation import BOXED, FULL, S32, EdgeFlags, Form, Frame, Place, Range, Relation
from transpile.solvers import terms as t
from transpile.solvers.edge_flags import flag_terms
from transpile.solvers.encode_target import encode_target
from transpile.solvers.encode_x86 import encode_x86
from transpile.solvers.machine import Machine
from transpile.solvers.prove import Case, Convention
from transpile.x86.decode import decode

RISCV = Convention("riscv", "sp", "ra", ("s6", "s7"))
AARCH64 = Convention("aarch64", "sp", "x30", ("x25", "x26"))
HOMES = {
    "riscv": {"rax": "t0", "rdi": "a0", "rsi": "a1", "rdx": "a2", "rcx": "a3", "rbx": "s1", "xmm0.lo": "fa0",
              "xmm1.lo": "fa1"},
    "aarch64": {"rax": "x8", "rdi": "x0", "rsi": "x1", "rdx": "x2", "rcx": "x3", "rbx": "x19", "xmm0": "v0",
                "xmm1": "v1"},
}  # fmt: skip


def relation(isa: str, forms: Mapping[str, Form], frame: Frame | None = None, **more: object) -> Relation:
    places = {name: (Place(HOMES[isa][name]), form) for name, form in forms.items()}
    return Relation(frame or Frame(), places, **more)  # type: ignore[arg-type]


def case(isa: str, source: str, target: str, entry: Relation, exits: Mapping[str, Relation]) -> Case:
    statements = parse("\n".join(part.strip() for part in source.split(";")) + "\n", "test").statements
    insns = [decode(s) for s in statements if s.kind is Kind.INSTRUCTION]
    texts = [part.strip() for part in target.split(";") if part.strip()]
    labels = {name: name for name in (*exits, ".Lnext", ".Lhere") if name not in ("ret", "call", "tail")}
    return Case(encode_x86(insns), encode_target(isa, texts), entry, exits, labels, ".Lhere", ".Lnext", ".Lnext")


def verdict(problem: Case, isa: str, runs: int = 64) -> object:
    return differential.test_block(problem, RISCV if isa == "riscv" else AARCH64, runs, 7, "not proved")


ADD = relation("riscv", {"rdi": FULL, "rsi": FULL, "rax": FULL})
ADD_ARM = relation("aarch64", {"rdi": FULL, "rsi": FULL, "rax": FULL})


@pytest.mark.parametrize(
    ("isa", "source", "target", "right"),
    [
        ("riscv", "leaq (%rdi,%rsi), %rax", "add t0, a0, a1", True),
        ("riscv", "leaq (%rdi,%rsi), %rax", "sub t0, a0, a1", False),
        ("riscv", "leaq (%rdi,%rsi), %rax", "addw t0, a0, a1", False),
        ("riscv", "movq (%rdi,%rsi,8), %rax", "slli t3, a1, 3; add t3, t3, a0; ld t0, 0(t3)", True),
        ("riscv", "movq (%rdi,%rsi,8), %rax", "slli t3, a1, 3; add t3, t3, a0; ld t0, 8(t3)", False),
        ("riscv", "movl %esi, 4(%rdi)", "sw a1, 4(a0)", True),
        ("riscv", "movl %esi, 4(%rdi)", "sd a1, 4(a0)", False),
        ("riscv", "movl %esi, 4(%rdi)", "", False),
        ("riscv", "movb $1, (%rdi); movb $2, (%rsi)", "li t3, 2; sb t3, 0(a1); li t3, 1; sb t3, 0(a0)", False),
        ("riscv", "movq table+8(%rip), %rax", "ld t0, table+8", True),
        ("riscv", "movq table+8(%rip), %rax", "ld t0, table", False),
        ("riscv", "leaq table(%rip), %rax", "lla t0, table", True),
        ("riscv", "movq table@GOTPCREL(%rip), %rax", "lla t0, table", True),
        ("riscv", "movq %fs:counter@tpoff, %rax", "lui t3, %tprel_hi(counter); add t3, t3, tp, %tprel_add(counter);"
         "ld t0, %tprel_lo(counter)(t3)", True),
        ("riscv", "movl $7, table(,%rdi,4)", "la t3, table; slli t4, a0, 2; add t3, t3, t4; li t4, 7; sw t4, 0(t3)",
         True),
        ("riscv", "addq $1, %rax", "addi t0, t0, 1; li s6, 3", False),
        ("aarch64", "leaq (%rdi,%rsi), %rax", "add x8, x0, x1", True),
        ("aarch64", "leaq (%rdi,%rsi), %rax", "add w8, w0, w1", False),
        ("aarch64", "movq table@GOTPCREL(%rip), %rax",
         "adrp x8, :got:table; ldr x8, [x8, :got_lo12:table]", True),
        ("aarch64", "movq table+8(%rip), %rax", "adrp x16, table+8; ldr x8, [x16, :lo12:table+8]", True),
        ("aarch64", "movq %fs:counter@tpoff, %rax", "mrs x16, tpidr_el0; add x16, x16, :tprel_hi12:counter, lsl 12;"
         "add x16, x16, :tprel_lo12_nc:counter; ldr x8, [x16]", True),
        ("aarch64", "lock xaddq %rax, (%rdi)", "mov x16, x8; ldaddal x16, x8, [x0]", True),
    ],
)  # fmt: skip
def test_straight_code(isa: str, source: str, target: str, right: bool) -> None:
    shared = ADD if isa == "riscv" else ADD_ARM
    found = verdict(case(isa, source, target, shared, {".Lnext": shared}), isa)
    assert isinstance(found, v.Tested if right else Refuted), found


def test_a_witness_names_the_state_and_what_differs() -> None:
    found = verdict(case("riscv", "addl %esi, %edi", "addw a0, a0, a1", ADD, {".Lnext": ADD}), "riscv")
    assert isinstance(found, Refuted)
    assert {"rdi", "rsi", "S"} <= found.witness.keys()
    assert found.differs[0].startswith("rdi: 0x")
    total = found.witness["rdi"] + found.witness["rsi"] & 0xFFFF_FFFF
    assert total >> 31, "the low half is the same unless the result is negative"


def test_a_form_says_what_is_compared() -> None:
    narrow = relation("riscv", {"rdi": S32, "rsi": S32, "rax": FULL})
    right = case("riscv", "addl %esi, %edi", "addw a0, a0, a1", narrow, {".Lnext": narrow})
    assert isinstance(verdict(right, "riscv"), v.Tested)
    wrong = case("riscv", "addl %esi, %edi", "add a0, a0, a1", narrow, {".Lnext": narrow})
    assert isinstance(verdict(wrong, "riscv"), Refuted)


def test_ranges_hold_at_entry_and_are_checked_at_exits() -> None:
    entry = relation("riscv", {"rdi": FULL, "rax": FULL}, ranges={"rdi": Range(8, 64)})
    leaves = relation("riscv", {"rax": FULL}, ranges={"rax": Range(9, 64)})
    good = case("riscv", "leaq (%rdi,%rdi), %rax", "sh1add t0, a0, zero", entry, {".Lnext": leaves})
    assert isinstance(verdict(replace(good, target=encode_target("riscv", ["slli t0, a0, 1"])), "riscv"), v.Tested)
    tight = relation("riscv", {"rax": FULL}, ranges={"rax": Range(8, 64)})
    found = verdict(case("riscv", "leaq (%rdi,%rdi), %rax", "slli t0, a0, 1", entry, {".Lnext": tight}), "riscv")
    assert isinstance(found, Refuted) and found.differs[0].startswith("range of rax")


@pytest.mark.parametrize(
    ("target", "right"), [("beq a0, a1, .Lyes", True), ("bne a0, a1, .Lyes", False), ("", False), ("j .Lyes", False)]
)
def test_ways_out(target: str, right: bool) -> None:
    problem = case("riscv", "cmpq %rsi, %rdi; je .Lyes", target, ADD, {".Lnext": ADD, ".Lyes": ADD})
    assert isinstance(verdict(problem, "riscv"), v.Tested if right else Refuted)


FRAMED = Frame(depth=8, reserved=32, ra="slot")


@pytest.mark.parametrize(
    ("isa", "target", "right"),
    [
        ("riscv", "call work", True),
        ("riscv", "call other", False),
        ("riscv", "tail work", False),
        ("riscv", "addi sp, sp, -16; call work", False),
        ("aarch64", "bl work", True),
        ("aarch64", "b work", False),
    ],
)
def test_calls(isa: str, target: str, right: bool) -> None:
    entry = relation(isa, {"rdi": FULL}, FRAMED)
    problem = case(isa, "call work", target, entry, {"call": relation(isa, {"rdi": FULL}, FRAMED)})
    assert isinstance(verdict(problem, isa), v.Tested if right else Refuted)


@pytest.mark.parametrize(
    ("target", "right"),
    [
        ("mv a0, t0; ld ra, 24(sp); addi sp, sp, 32; ret", True),
        ("mv a0, t0; ld ra, 24(sp); addi sp, sp, 16; ret", False),
        ("mv a0, t0; addi sp, sp, 32; ret", False),
        ("ld ra, 24(sp); addi sp, sp, 32; ret", False),
    ],
)
def test_returns(target: str, right: bool) -> None:
    entry = relation("riscv", {"rax": FULL}, FRAMED)
    leaves = Relation(Frame(), {"rax": (Place("a0"), FULL)})
    problem = case("riscv", "addq $8, %rsp; ret", target, entry, {"ret": leaves})
    assert isinstance(verdict(problem, "riscv"), v.Tested if right else Refuted)


def test_private_slots_hold_values_and_may_change() -> None:
    frame = Frame(depth=40, reserved=64, ra="slot", size=64)
    entry = Relation(frame, {"rdi": (Place("a0"), FULL), "rbx": (Place(slot=8), FULL)})
    leaves = Relation(frame, {"rdi": (Place(slot=16), FULL), "rbx": (Place(slot=8), FULL)})
    right = "ld t3, 8(sp); add t3, t3, a0; sd t3, 8(sp); sd a0, 16(sp)"
    problem = replace(case("riscv", "addq %rdi, %rbx", right, entry, {".Lnext": leaves}), slots=frozenset((8, 16)))
    assert isinstance(verdict(problem, "riscv"), v.Tested)
    wrong = replace(problem, target=encode_target("riscv", right.replace("16", "32").split("; ")))
    assert isinstance(verdict(wrong, "riscv"), Refuted)


def test_floats_are_equal_as_numbers() -> None:
    entry = relation("riscv", {"xmm0.lo": FULL, "xmm1.lo": FULL})
    right = case("riscv", "divsd %xmm1, %xmm0", "fdiv.d fa0, fa0, fa1", entry, {".Lnext": entry})
    assert isinstance(verdict(right, "riscv", 300), v.Tested)
    wrong = case("riscv", "minsd %xmm1, %xmm0", "fmin.d fa0, fa0, fa1", entry, {".Lnext": entry})
    assert isinstance(verdict(wrong, "riscv", 300), Refuted)
    single = relation("riscv", {"xmm0.lo": BOXED, "xmm1.lo": BOXED})
    boxed = case("riscv", "addss %xmm1, %xmm0", "fadd.s fa0, fa0, fa1", single, {".Lnext": single})
    assert isinstance(verdict(boxed, "riscv", 300), v.Tested)


def test_the_bits_of_a_nan_may_go_anywhere() -> None:
    entry = relation("riscv", {"xmm0.lo": FULL, "xmm1.lo": FULL, "rdi": FULL, "rax": FULL})
    source = "divsd %xmm1, %xmm0; movsd %xmm0, (%rdi); movl 4(%rdi), %eax"
    right = case("riscv", source, "fdiv.d fa0, fa0, fa1; fsd fa0, 0(a0); lwu t0, 4(a0)", entry, {".Lnext": entry})
    assert isinstance(verdict(right, "riscv", 300), v.Tested)


def test_faults_and_undefined_results_of_the_source_do_not_count() -> None:
    shared = relation("riscv", {"rdi": FULL, "rax": FULL, "rdx": FULL})
    division = case("riscv", "divq %rdi", "remu t3, t0, a0; divu t0, t0, a0; mv a2, t3", shared, {".Lnext": shared})
    entry = relation("riscv", {"rdi": FULL, "rax": FULL, "rdx": FULL}, ranges={"rdx": Range(0, 64)})
    assert isinstance(verdict(replace(division, entry=entry), "riscv"), v.Tested)
    scan = case("aarch64", "bsfq %rdi, %rax", "rbit x8, x0; clz x8, x8", ADD_ARM, {".Lnext": ADD_ARM})
    assert isinstance(verdict(scan, "aarch64"), v.Tested)


def test_what_cannot_run_is_undecided() -> None:
    problem = case("riscv", "leaq (%rdi,%rdi), %rax", "sh1add t0, a0, zero", ADD, {".Lnext": ADD})
    found = verdict(problem, "riscv")
    assert isinstance(found, Undecided) and "does not know" in found.reason
    fault = case("riscv", "movq 0, %rax", "ld t0, 0(zero)", ADD, {".Lnext": ADD})
    found = verdict(fault, "riscv")
    assert isinstance(found, Undecided) and found.reason.startswith("only 0 of 64")


@pytest.mark.parametrize("isa", ["riscv", "aarch64"])
def test_traps_meet_traps(isa: str) -> None:
    shared = relation(isa, {"rdi": FULL})
    stop = "ebreak" if isa == "riscv" else "brk 1"
    assert isinstance(verdict(case(isa, "ud2", stop, shared, {}), isa), v.Tested)
    assert isinstance(verdict(case(isa, "ud2", "nop", shared, {}), isa), Refuted)


FLAG_EDGES = [
    EdgeFlags("sub", 4, ("a6", "a7"), "ozscp"),
    EdgeFlags("sub", 8, ("a6", "#-5"), "ozscp"),
    EdgeFlags("sub", 1, ("a6", "a7"), "ozscp"),
    EdgeFlags("add", 8, ("a6", "a7"), "ozscp"),
    EdgeFlags("logic", 4, ("a6",), "ozscp"),
    EdgeFlags("inc", 2, ("a6",), "ozsp"),
    EdgeFlags("dec", 8, ("a6",), "ozsp"),
    EdgeFlags("zero", 4, ("a6",), "z"),
    EdgeFlags("carry", 1, ("a6",), "c"),
    EdgeFlags("nzcv", 8, (), "ozsc", "sub"),
    EdgeFlags("nzcv", 8, (), "ozsc", "add"),
    EdgeFlags("nzcv", 8, (), "zcp", "fcmp"),
]


@pytest.mark.parametrize("flags", FLAG_EDGES, ids=lambda f: f"{f.kind}{f.nzcv}{f.size}")
@pytest.mark.parametrize("a", [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF_FFFF_FFFB, 1 << 63])
@pytest.mark.parametrize("b", [0, 1, 0x80, 0xFFFF_FFFF_8000_0000, 1 << 63])
def test_flags_mean_what_the_prover_says(flags: EdgeFlags, a: int, b: int) -> None:
    isa = "aarch64" if flags.kind == "nzcv" else "riscv"
    registers = {"a6": a, "a7": b, "NG": a & 1, "ZR": a >> 3 & 1, "CY": b >> 7 & 1, "OV": b & 1}
    machine = Machine(isa)
    for name, value in registers.items():
        machine.set(name, t.const(value, 1 if name.isupper() else 64))
    expected = {name: term.value for name, term in flag_terms(flags, machine).items()}
    assert source_flags(flags, registers) == expected


@pytest.mark.parametrize(("target", "right"), [("blt a6, a7, .Lyes", True), ("bge a7, a6, .Lyes", False)])
def test_flags_cross_edges(target: str, right: bool) -> None:
    entry = replace(ADD, flags=EdgeFlags("sub", 8, ("a6", "a7"), "osz"))
    problem = case("riscv", "jl .Lyes", target, entry, {".Lnext": ADD, ".Lyes": ADD})
    assert isinstance(verdict(problem, "riscv"), v.Tested if right else Refuted)


def test_flags_are_checked_at_exits() -> None:
    leaves = replace(ADD, flags=EdgeFlags("sub", 8, ("a6", "a7"), "osz"))
    right = case("riscv", "cmpq %rsi, %rdi", "mv a6, a0; mv a7, a1", ADD, {".Lnext": leaves})
    assert isinstance(verdict(right, "riscv"), v.Tested)
    wrong = case("riscv", "cmpq %rsi, %rdi", "mv a6, a1; mv a7, a0", ADD, {".Lnext": leaves})
    assert isinstance(verdict(wrong, "riscv"), Refuted)


@dataclass
class FakeModel:
    env: dict[str, int]
    memory: dict[tuple[int, int], int] = field(default_factory=dict)


def test_a_model_is_believed_only_if_the_machines_differ() -> None:
    wrong = case("riscv", "addl %esi, %edi", "addw a0, a0, a1", ADD, {".Lnext": ADD})
    model = FakeModel({"x86:rdi": 0x7FFF_FFFF, "x86:rsi": 1, "S": 0x7000_0000})
    found = replay(wrong, RISCV, model, 0)
    assert found is not None
    assert found.witness["rdi"] == 0x7FFF_FFFF and found.witness["S"] == 0x7000_0000
    assert replay(wrong, RISCV, FakeModel({"x86:rdi": 1, "x86:rsi": 1}), 0) is None


def test_a_model_brings_its_memory() -> None:
    wrong = case("riscv", "movl (%rdi), %eax", "lw t0, 0(a0)", ADD, {".Lnext": ADD})
    memory = {(0, 0x9000_0000 + i): byte for i, byte in enumerate(b"\0\0\0\x80")}
    found = replay(wrong, RISCV, FakeModel({"x86:rdi": 0x9000_0000}, memory), 0)
    assert found is not None and found.differs == ("rax: 0x80000000 against 0xffffffff80000000 in t0 (64)",)


def test_many_cases_share_an_assembler_run_and_one_bad_case_does_not_spoil_it() -> None:
    right = case("riscv", "leaq (%rdi,%rsi), %rax", "add t0, a0, a1", ADD, {".Lnext": ADD})
    far = case("riscv", "leaq far(%rip), %rax", "lla t0, far+0x7fffffff", ADD, {".Lnext": ADD})
    found = Differential(RISCV).test([right, far, right], 8, 0, ["a", "b", "c"])
    assert [type(one) for one in found] == [v.Tested, Undecided, v.Tested]
    assert found[2] == v.Tested(8, 0, "c")


def test_of_memory_that_is_given_twice_the_last_counts_in_both_machines_and_in_the_comparison() -> None:
    state = State(0, 0, {}, {}, {0x1000: bytes(8), 0x1003: b"\xff" * 8})
    assert [state.byte(at) for at in (0x1002, 0x1003, 0x100A, 0x100B)] == [0, 255, 255, None]
