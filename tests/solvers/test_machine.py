"""The symbolic machine: state, memory, guards, exits and symbols."""

from __future__ import annotations

import pytest

from transpile.asm.assembler import AssemblyError, assemble
from transpile.asm.source import Kind, parse
from transpile.native.micro import Symbol
from transpile.solvers import terms as t
from transpile.solvers.encode_target import encode_target
from transpile.solvers.encode_x86 import encode_x86
from transpile.solvers.encoding import EncodingError
from transpile.solvers.machine import Machine
from transpile.solvers.symbols import symbol_term
from transpile.x86.decode import decode
from transpile.x86.insn import ImmOp, Insn, MemOp, RegOp


def x86(text: str, live: set[str] | None = None, machine: Machine | None = None) -> Machine:
    machine = machine or Machine("x86")
    statements = parse(text + "\n", "test.s").statements
    machine.run(encode_x86([decode(s) for s in statements if s.kind is Kind.INSTRUCTION]), live)
    return machine


def target(isa: str, *texts: str, machine: Machine | None = None) -> Machine:
    machine = machine or Machine(isa)
    machine.run(encode_target(isa, texts))
    return machine


def sym(name: str, addend: int = 0) -> t.Term:
    return symbol_term(Symbol(name, addend))


def reg(isa: str, name: str) -> t.Term:
    return t.var(f"{isa}:{name}", 64)


# Assembling


def test_all_faulty_instructions_are_named() -> None:
    with pytest.raises(AssemblyError) as caught:
        assemble("riscv", ["add a0, a1, a2", "foo", "add a0", '.incbin "x"', "nop; nop"])
    assert sorted(caught.value.messages) == [1, 2, 3, 4]
    assert assemble("riscv", ["add a0, a1, a2"]) == [bytes.fromhex("3385c500")]


def test_encoding_errors_name_the_position() -> None:
    with pytest.raises(EncodingError) as caught:
        encode_target("riscv", ["nop", "frobnicate a0", "auipc a0, 1"])
    assert sorted(caught.value.messages) == [1, 2]


# Registers and flags


def test_narrow_writes() -> None:
    m = x86("movb $7, %ah\n movl %ecx, %ebx\n movw $1, %dx")
    rax, rdx = reg("x86", "rax"), reg("x86", "rdx")
    assert m.get("rax") is t.concat(t.extract(rax, 16, 48), t.concat(t.const(7, 8), t.extract(rax, 0, 8)))
    assert m.get("rbx") is t.zext(t.extract(reg("x86", "rcx"), 0, 32), 64)
    assert t.extract(m.get("rdx"), 16, 48) is t.extract(rdx, 16, 48)


def test_dead_flags_are_not_computed() -> None:
    m = x86("addq %rbx, %rax\n addq %rcx, %rax", {"rax", "ZF"})
    assert "CF" not in m.registers
    assert m.get("ZF") is t.eq(m.get("rax"), t.const(0, 64))


def test_flags_of_a_shift_by_zero_are_kept_and_undefined_ones_are_fresh() -> None:
    m = x86("shll %cl, %eax\n imull %ebx, %edx")
    assert m.get("ZF").op == "var" and m.get("ZF").name.startswith("undef:x86:")
    m = x86("shll %cl, %eax")
    assert t.evaluate(m.get("CF"), {"x86:rcx": 32, "x86:rax": 3, "x86:CF": 1}) == 1


def test_vector_halves() -> None:
    m = x86("pand %xmm1, %xmm0\n movsd (%rdi), %xmm2")
    assert m.get("xmm0.lo") is t.band(reg("x86", "xmm0.lo"), reg("x86", "xmm1.lo"))
    assert m.get("xmm2.hi") is t.const(0, 64)


# Symbols


def test_symbol_addresses_agree_between_isas() -> None:
    source = x86("leaq foo+8(%rip), %rax\n movq bar@GOTPCREL(%rip), %rcx\n movl $baz, %edx\n movl arr(,%rsi,4), %edi")
    assert source.get("rax") is sym("foo", 8)
    assert source.get("rcx") is sym("bar")
    assert source.get("rdx") is sym("baz")
    assert source.get("rdi").args[0].args[0] is t.add(sym("arr"), t.mul(reg("x86", "rsi"), t.const(4, 64)))
    riscv = target("riscv", "la a0, foo+8", "lui a1, %hi(bar)", "addi a1, a1, %lo(bar)")
    assert riscv.get("a0") is source.get("rax")
    assert riscv.get("a1") is source.get("rcx")
    arm = target(
        "aarch64", "adrp x0, foo+8", "add x0, x0, :lo12:foo+8", "adrp x1, :got:bar", "ldr x1, [x1, :got_lo12:bar]"
    )
    assert arm.get("x0") is source.get("rax")
    assert arm.get("x1") is source.get("rcx")


def test_thread_local_storage() -> None:
    expected = t.add(t.var("tp", 64), symbol_term(Symbol("v", 0, "tpoff")))
    a = x86("movq %fs:0, %rax\n leaq v@tpoff(%rax), %rax").get("rax")
    b = target("riscv", "lui a0, %tprel_hi(v)", "add a0, a0, tp, %tprel_add(v)", "addi a0, a0, %tprel_lo(v)").get("a0")
    c = target(
        "aarch64", "mrs x0, tpidr_el0", "add x0, x0, :tprel_hi12:v, lsl #12", "add x0, x0, :tprel_lo12_nc:v"
    ).get("x0")
    assert a is b is c is expected
    assert target("riscv", "la.tls.ie a0, v", "add a0, a0, tp").get("a0") is expected


def test_canary() -> None:
    loaded = x86("movq %fs:40, %rax").get("rax")
    assert loaded is t.load(0, sym("__stack_chk_guard"), 8)
    assert target("riscv", "ld a0, __stack_chk_guard").get("a0") is loaded


def test_placeholders_avoid_literal_immediates() -> None:
    insn = Insn("mov", 4, (MemOp(4, base="rip", symbol=Symbol("s")), ImmOp(0x50000000)))
    machine = Machine("x86")
    machine.run(encode_x86([insn]))
    (store,) = machine.log
    assert store.address is sym("s") and store.value is t.const(0x50000000, 32)


def test_an_address_relative_to_the_code_is_refused() -> None:
    with pytest.raises(EncodingError):
        encode_x86([Insn("lea", 8, (RegOp("rax", 8), MemOp(0, base="rip", disp=5)))])
    with pytest.raises(EncodingError):
        encode_target("aarch64", ["ldr x0, foo"])


# Memory


def test_loads_see_earlier_stores() -> None:
    m = x86("movq %rax, (%rdi)\n movl 4(%rdi), %ecx\n movq 8(%rdi), %rdx\n movb $1, 3(%rdi)\n movl (%rdi), %ebx")
    rax = reg("x86", "rax")
    assert m.get("rcx") is t.zext(t.extract(rax, 32, 32), 64)
    assert m.get("rdx") is t.load(0, t.add(reg("x86", "rdi"), t.const(8, 64)), 8)
    assert t.extract(m.get("rbx"), 0, 32) is t.concat(t.const(1, 8), t.extract(rax, 0, 24))


def test_a_store_through_an_unknown_pointer_hides_what_was_there() -> None:
    m = x86("movq %rax, (%rdi)\n movq %rbx, (%rsi)\n movq (%rdi), %rcx")
    assert m.get("rcx") is t.load(2, reg("x86", "rdi"), 8)
    assert [s.nbytes for s in m.log] == [8, 8]


def test_wide_accesses_are_two() -> None:
    m = target("aarch64", "ldr q0, [x0]", "str q0, [x1]")
    assert [(s.nbytes, s.value) for s in m.log] == [(8, m.get("v0.lo")), (8, m.get("v0.hi"))]


def test_private_cells_never_reach_the_log() -> None:
    m = Machine("riscv")
    m.base = t.var("S", 64)
    m.cells = {-8: t.var("RA", 64), -16: t.const(0, 64)}
    m.set("sp", t.sub(m.base, t.const(32, 64)))
    target("riscv", "sd a0, 16(sp)", "sw a1, 20(sp)", "ld a2, 16(sp)", "ld ra, 24(sp)", "ret", machine=m)
    assert not m.log and m.unsupported is None
    assert m.get("a2") is t.concat(t.extract(reg("riscv", "a1"), 0, 32), t.extract(reg("riscv", "a0"), 0, 32))
    assert m.exits[0].kind == "ret" and m.exits[0].target is t.var("RA", 64)


def test_an_access_across_the_edge_of_a_cell_is_refused() -> None:
    m = Machine("riscv")
    m.base = m.get("sp")
    m.cells = {0: t.const(0, 64)}
    target("riscv", "ld a0, 4(sp)", machine=m)
    assert m.unsupported is not None


# Control


def test_branches_inside_a_block_merge() -> None:
    m = target("riscv", "li a0, 1", "beqz a1, .Lx", "li a0, 2", "sd a0, 0(a2)", ".Lx:", "ret")
    zero = t.eq(reg("riscv", "a1"), t.const(0, 64))
    assert m.get("a0") is t.ite(zero, t.const(1, 64), t.const(2, 64))
    assert [e.kind for e in m.exits] == ["ret"] and m.exits[0].guard is t.TRUE
    assert m.log[0].guard is t.bnot(zero) and m.log[0].value is t.const(2, 64)


def test_exits_share_one_final_state() -> None:
    m = target("riscv", "beqz a1, .Lfar", "li a0, 2", "j f")
    zero = t.eq(reg("riscv", "a1"), t.const(0, 64))
    assert [(e.kind, e.target, e.guard) for e in m.exits] == [("label", ".Lfar", zero), ("tail", "f", t.bnot(zero))]
    assert m.get("a0") is t.ite(zero, reg("riscv", "a0"), t.const(2, 64))


@pytest.mark.parametrize(
    ("isa", "text", "kind", "goal"),
    [
        ("x86", "jmp .L1", "label", ".L1"),
        ("x86", "jmp f@PLT", "tail", "f"),
        ("x86", "call f@PLT", "call", "f"),
        ("x86", "call *%rax", "icall", "rax"),
        ("x86", "jmp *%rax", "ijump", "rax"),
        ("x86", "ud2", "trap", ""),
        ("riscv", "call f", "call", "f"),
        ("riscv", "tail f", "tail", "f"),
        ("riscv", "jalr a0", "icall", "a0"),
        ("riscv", "jr a0", "ijump", "a0"),
        ("riscv", "ebreak", "trap", ""),
        ("aarch64", "bl f", "call", "f"),
        ("aarch64", "b f", "tail", "f"),
        ("aarch64", "b .L1", "label", ".L1"),
        ("aarch64", "blr x1", "icall", "x1"),
        ("aarch64", "ret", "ret", "x30"),
    ],
)
def test_ways_out(isa: str, text: str, kind: str, goal: str) -> None:
    m = x86(text) if isa == "x86" else target(isa, text)
    (leaving,) = m.exits
    expected = reg(isa, goal) if isinstance(leaving.target, t.Term) else goal
    assert (leaving.kind, leaving.target, leaving.guard) == (kind, expected, t.TRUE)
    assert not m.log


def test_a_repeated_string_instruction_leaves_to_itself() -> None:
    m = x86("rep stosq")
    assert [(e.kind, e.target) for e in m.exits] == [("label", "self"), ("next", "")]
    assert m.get("rcx") is t.ite(m.exits[1].guard, reg("x86", "rcx"), t.sub(reg("x86", "rcx"), t.const(1, 64)))


def test_names_that_are_labels() -> None:
    m = Machine("x86", labels={"again"})
    x86("jmp again", machine=m)
    assert m.exits[0].kind == "label"


def test_a_loop_is_refused() -> None:
    assert target("riscv", ".Lx:", "addi a0, a0, -1", "bnez a0, .Lx").unsupported is not None


def test_retry_loops_succeed_at_once() -> None:
    m = target("riscv", ".Lx:", "lr.w.aqrl a0, (a1)", "add a2, a0, a3", "sc.w.rl a4, a2, (a1)", "bnez a4, .Lx")
    assert m.unsupported is None and [e.kind for e in m.exits] == ["next"]
    assert m.log[0].kind == "atomic"
    m = target("aarch64", ".Lx:", "ldaxr w0, [x1]", "add w2, w0, w3", "stlxr w4, w2, [x1]", "cbnz w4, .Lx")
    assert m.unsupported is None and m.log[0].kind == "atomic"
    assert x86("lock addl %eax, (%rdi)").log[0].kind == "atomic"


def test_fences_are_entries_without_bytes() -> None:
    m = target("riscv", "sd a0, 0(a1)", "fence rw, rw", "ld a2, 0(a1)")
    assert [(s.kind, s.nbytes) for s in m.log] == [("plain", 8), ("fence:full", 0)]
    assert m.get("a2") is reg("riscv", "a0")


def test_opaque_instructions_are_named() -> None:
    assert "pdep" in str(x86("pdepl %eax, %ecx, %edx").unsupported)


# Floating point


def test_scalar_arithmetic_is_shared() -> None:
    a, b = t.var("a", 64), t.var("b", 64)
    x = Machine("x86")
    x.set("xmm0.lo", a), x.set("xmm1.lo", b)
    r = Machine("riscv")
    r.set("fa0", a), r.set("fa1", b)
    v = Machine("aarch64")
    v.set("v0.lo", a), v.set("v1.lo", b)
    x86("divsd %xmm1, %xmm0", machine=x)
    target("riscv", "fdiv.d fa0, fa0, fa1", machine=r)
    target("aarch64", "fdiv d0, d0, d1", machine=v)
    assert x.get("xmm0.lo") is r.get("fa0") is v.get("v0.lo") is t.apply("fdiv64", 64, a, b)


def test_single_precision_is_boxed() -> None:
    m = Machine("riscv")
    low = t.var("x", 32)
    m.set("fa1", t.concat(t.const(0xFFFFFFFF, 32), low))
    target("riscv", "fsqrt.s fa0, fa1", machine=m)
    assert m.get("fa0") is t.concat(t.const(0xFFFFFFFF, 32), t.apply("fsqrt32", 32, low))


def test_packed_operations_agree_between_x86_and_aarch64() -> None:
    pairs = [
        ("paddsw", "sqadd v0.8h, v0.8h, v1.8h"),
        ("pavgb", "urhadd v0.16b, v0.16b, v1.16b"),
        ("pcmpgtd", "cmgt v0.4s, v0.4s, v1.4s"),
        ("punpcklbw", "zip1 v0.16b, v0.16b, v1.16b"),
        ("mulps", "fmul v0.4s, v0.4s, v1.4s"),
        ("pminub", "umin v0.16b, v0.16b, v1.16b"),
    ]
    for left, right in pairs:
        x, v = Machine("x86"), Machine("aarch64")
        for number in (0, 1):
            for half in ("lo", "hi"):
                value = t.var(f"{number}{half}", 64)
                x.set(f"xmm{number}.{half}", value)
                v.set(f"v{number}.{half}", value)
        x86(f"{left} %xmm1, %xmm0", machine=x)
        target("aarch64", right, machine=v)
        assert x.get("xmm0.lo") is v.get("v0.lo"), left
        assert x.get("xmm0.hi") is v.get("v0.hi"), left


def test_programs_survive_a_reset_of_the_terms() -> None:
    first = x86("leaq 3(%rax), %rbx").get("rbx")
    shown = repr(first)
    t.reset()
    assert repr(x86("leaq 3(%rax), %rbx").get("rbx")) == shown
