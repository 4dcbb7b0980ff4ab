"""Several instructions in a row: flags from different instructions, known registers, repeated strings, symbols."""

from __future__ import annotations

import random

import forms
import pytest
from micro_interpreter import State
from test_micro import Emulator, differences, insn
from x86_machine import DATA, state

from transpile.asm.assembler import assemble
from transpile.errors import UnsupportedError
from transpile.native.micro import Address, Code, Const, Micro, Reg, Symbol
from transpile.x86.micro import Fresh, is_repeated, translate, translate_rep

READERS = [f"set{cc} %r8b" for cc in ("o", "b", "e", "be", "s", "p", "l", "le", "a", "g", "ge")]
READERS += ["adcq %rcx,%rax", "sbbl %ecx,%edx", "cmovbel %ecx,%eax", "rclq %rdx", "lahf", "cmovgq %rdx,%rcx"]
WRITERS = [
    *(
        "incl %eax",
        "decq %rcx",
        "btl $3,%eax",
        "shlq $1,%rax",
        "sarl $5,%edx",
        "roll %ecx",
        "rorq $7,%rax",
        "stc",
        "cmc",
    ),
    *("cmpq %rcx,%rax", "testl %eax,%edx", "addb %cl,%al", "imulq %rcx,%rdx", "negl %ecx", "bsfl %ecx,%edx", "sahf"),
    *("shll %cl,%edx", "ucomisd %xmm1,%xmm0", "mull %ecx", "xorl %eax,%eax", "lock xaddl %ecx,8(%rbx)", "clc"),
    *("tzcntl %eax,%ecx", "popcntl %eax,%edx", "movq %rcx,%rax", "leaq (%rax,%rdx),%rcx", "shrdq $4,%rcx,%rax"),
]


def block(texts: list[str], fresh: Fresh) -> list[Micro]:
    return [micro for text in texts for micro in translate(insn(text), fresh)]


def test_flags_reach_their_readers_in_random_blocks() -> None:
    rng = random.Random(5)
    emulator = Emulator()
    assemble("x86-att", READERS + WRITERS)
    compared = 0
    for _ in range(800):
        texts = [rng.choice(WRITERS if rng.randrange(3) else READERS) for _ in range(6)]
        fresh = Fresh()
        try:
            micros = block(texts, fresh)
        except UnsupportedError as error:
            assert "undefined" in error.message
            continue
        before = state(rng)
        after = emulator.run(b"".join(assemble("x86-att", texts)), before, len(texts))
        assert after is not None
        if "lahf" in texts:  # AF is not modelled
            continue
        assert differences("", micros, fresh, before, after) == [], texts
        compared += 1
    assert compared > 300


def test_random_blocks_of_all_forms() -> None:
    rng = random.Random(6)
    emulator = Emulator()
    listed = [form for form in forms.integer() if not form.startswith(("j", "div", "idiv")) and "rsp" not in form]
    code = dict(zip(listed, assemble("x86-att", listed), strict=True))
    compared = 0
    for _ in range(500):
        texts = rng.choices(listed, k=5)
        before = state(rng)
        fresh = Fresh()
        try:
            micros = block(texts, fresh)
            after = emulator.run(b"".join(code[text] for text in texts), before, len(texts))
            if after is None:
                continue
            assert differences("", micros, fresh, before, after) == [], texts
        except (UnsupportedError, KeyError):
            continue
        compared += 1
    assert compared > 200


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        (["cqto", "idivq %rcx"], [Code.SAR, Code.SREM, Code.SDIV]),
        (["cltd", "idivl %ecx"], [Code.SAR, Code.SREM, Code.SDIV]),
        (["xorl %edx,%edx", "divq %rcx"], [Code.COPY, Code.UREM, Code.UDIV]),
        (["movl $0,%edx", "movq %rcx,%rax", "divq 8(%rbx)"], [Code.COPY, Code.COPY, Code.LOAD, Code.UREM, Code.UDIV]),
        (["movq %rax,%rdx", "sarq $63,%rdx", "idivq %rcx"], [Code.COPY, Code.COPY, Code.SAR, Code.SREM, Code.SDIV]),
        (["xorl %ecx,%ecx", "movl %ecx,%edx", "divl %edi"], [Code.COPY, Code.COPY, Code.UREM, Code.UDIV]),
    ],
)
def test_division_with_a_known_upper_half_is_single(texts: list[str], codes: list[Code]) -> None:
    micros = block(texts, Fresh())
    assert [m.code for m in micros if m.code is not Code.FLAGS] == codes


@pytest.mark.parametrize(
    "texts",
    [
        ["idivq %rcx"],
        ["divq %rcx"],
        ["cqto", "addq $1,%rax", "idivq %rcx"],
        ["xorl %edx,%edx", "movb $1,%dl", "divq %rcx"],
        ["cltd", "idivq %rcx"],
        ["xorl %edx,%edx", "call f", "divq %rcx"],
    ],
)
def test_division_of_an_unknown_128_bit_dividend_is_refused(texts: list[str]) -> None:
    with pytest.raises(UnsupportedError, match="128-bit dividend") as caught:
        block(texts, Fresh())
    assert caught.value.mnemonic.endswith("div")


@pytest.mark.parametrize(
    "text",
    [
        "rep stosq",
        "rep stosb",
        "rep movsb",
        "rep movsl",
        "repe cmpsb",
        "repne cmpsw",
        "repne scasb",
        "repe scasl",
        "rep lodsb",
    ],
)
def test_repeated_strings(text: str) -> None:
    rng = random.Random(text)
    emulator = Emulator()
    code = assemble("x86-att", [text])[0]
    for _ in range(20):
        before = state(rng)
        before.registers["rcx"] = rng.randrange(6)
        before.registers["rax"] = before.memory[0x140] if rng.randrange(2) else 0
        after = emulator.run(code, before, 0)
        assert after is not None
        got = State(dict(before.registers), before.flags, {DATA + i: byte for i, byte in enumerate(before.memory)})
        where: str | None = "again"
        while where == "again":
            fresh = Fresh()
            got.temps = {}
            where = got.run(translate_rep(insn(text), fresh, "again", "next"))
            got.made = {-1: got.made.get(fresh.last_flags, got.made[-1])}
        assert where == "next"
        assert {n: v for n, v in after.registers.items() if got.registers[n] != v} == {}
        assert bytes(got.memory[DATA + i] for i in range(len(after.memory))) == after.memory
        assert "".join(flag for flag in "cpzso" if got.made[-1][flag]) == after.flags


def only(text: str) -> Micro:
    micros = translate(insn(text), Fresh())
    assert len(micros) == 1
    return micros[0]


@pytest.mark.parametrize(
    ("text", "code", "value"),
    [
        ("leaq f+4(%rip), %rax", Code.SYMADDR, Symbol("f", 4)),
        ("movl $f, %eax", Code.SYMADDR, Symbol("f")),
        ("movq f@GOTPCREL(%rip), %rax", Code.SYMADDR, Symbol("f", 0, "got")),
        ("movq v@gottpoff(%rip), %rax", Code.SYMADDR, Symbol("v", 0, "gottpoff")),
    ],
)
def test_symbol_addresses(text: str, code: Code, value: Symbol) -> None:
    micro = only(text)
    assert (micro.code, micro.dst, micro.args) == (code, Reg("rax", 8), (value,))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("movq f(%rip), %rax", Address(symbol=Symbol("f"))),
        ("movq f(,%rcx,8), %rax", Address(index=Reg("rcx", 8), scale=8, symbol=Symbol("f"))),
        ("movq %fs:40, %rax", Address(symbol=Symbol("__stack_chk_guard"))),
        ("movq %fs:v@tpoff, %rax", Address(symbol=Symbol("v", 0, "tpoff"), segment="fs")),
        ("movq %fs:v@tpoff+8, %rax", Address(symbol=Symbol("v", 8, "tpoff"), segment="fs")),
        ("movq -8(%rbp,%rax,2), %rax", Address(Reg("rbp", 8), Reg("rax", 8), 2, -8)),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    micro = only(text)
    assert (micro.code, micro.dst, micro.address) == (Code.LOAD, Reg("rax", 8), address)


def test_thread_pointer() -> None:
    assert only("movq %fs:0, %rax").code is Code.TLSBASE
    fresh = Fresh()
    micros = block(["movq v@gottpoff(%rip), %rax", "movl %fs:(%rax), %ecx"], fresh)
    assert [m.code for m in micros] == [Code.SYMADDR, Code.TLSBASE, Code.LOAD]
    address = micros[2].address
    assert address is not None
    assert (address.base, address.index, address.segment) == (micros[1].dst, Reg("rax", 8), "")


@pytest.mark.parametrize(
    ("text", "code", "target"),
    [
        ("jmp away", Code.JUMP, "away"),
        ("jmp f@PLT", Code.TAIL, "f"),
        ("call f@PLT", Code.CALL, "f"),
        ("call f", Code.CALL, "f"),
        ("call *f@GOTPCREL(%rip)", Code.CALL, "f"),
        ("jmp *f@GOTPCREL(%rip)", Code.TAIL, "f"),
        ("jmp *%rax", Code.IJUMP, ""),
        ("call *%rax", Code.ICALL, ""),
        ("ret", Code.RET, ""),
        ("ud2", Code.TRAP, ""),
    ],
)
def test_transfers(text: str, code: Code, target: str) -> None:
    micro = only(text)
    assert (micro.code, micro.target) == (code, target)
    assert micro.args == ((Reg("rax", 8),) if code in (Code.IJUMP, Code.ICALL) else ())


def test_calls_and_jumps_through_memory_load_first() -> None:
    assert [m.code for m in translate(insn("call *8(%rax)"), Fresh())] == [Code.LOAD, Code.ICALL]
    assert [m.code for m in translate(insn("jmp *.L4(,%rax,8)"), Fresh())] == [Code.LOAD, Code.IJUMP]


def test_push_and_pop_are_plain_accesses() -> None:
    rsp = Reg("rsp", 8)
    push, down = translate(insn("pushq %rbx"), Fresh())
    assert (push.code, push.address, push.args) == (Code.STORE, Address(rsp, disp=-8), (Reg("rbx", 8),))
    assert (down.code, down.dst, down.args) == (Code.SUB, rsp, (rsp, Const(8, 8)))
    pop, up = translate(insn("popq %rbx"), Fresh())
    assert (pop.code, pop.address, pop.dst) == (Code.LOAD, Address(rsp), Reg("rbx", 8))
    assert (up.code, up.dst, up.args) == (Code.ADD, rsp, (rsp, Const(8, 8)))


@pytest.mark.parametrize(
    "text",
    [
        *("std", "popf", "ret $8", "pushw %ax", "rcll %cl,%eax", "lock negl (%rbx)", "lock adcl $1,(%rbx)"),
        *("movl %gs:8, %eax", "movq %fs:16, %rax", "cmpxchg16b (%rbx)", "pshufb %xmm1,%xmm0", "haddpd %xmm1,%xmm0"),
        *("ldmxcsr (%rbx)", "rsqrtss %xmm1,%xmm0", "maskmovdqu %xmm1,%xmm0", "call f+4", "movl f@GOTPCREL(%rip), %eax"),
        *("cmpps $9,%xmm1,%xmm0", "pdepq %rax,%rcx,%rdx", "leaq v@tlsgd(%rip), %rdi", "aesenc %xmm1,%xmm0"),
    ],
)
def test_what_is_not_translated_is_refused_by_name(text: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        translate(insn(text), Fresh(file="a.s"))
    assert caught.value.mnemonic in text
    assert caught.value.span.file == "a.s"


def test_repeated_strings_do_not_stand_inside_a_block() -> None:
    assert is_repeated(insn("rep stosq")) and not is_repeated(insn("stosq")) and not is_repeated(insn("rep ret"))
    with pytest.raises(UnsupportedError):
        translate(insn("rep stosq"), Fresh())
