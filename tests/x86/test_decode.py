"""Decoding: operands and mnemonics of both syntaxes, and what is said about what is not read."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.asm.source import Kind, parse
from transpile.errors import SourceError, UnsupportedError
from transpile.native.micro import Symbol
from transpile.x86.decode import decode, decode_all
from transpile.x86.insn import ImmOp, Insn, LabelOp, MemOp, Operand, RegOp
from transpile.x86.mnemonics import known
from transpile.x86.printer import att_text


def one(text: str, intel: bool = False, **constants: int) -> Insn:
    source = parse((".intel_syntax noprefix\n" if intel else "") + text + "\n", "t.s")
    return replace(decode(source.statements[-1], constants), line=0, column=0, text="")


def memory(text: str) -> MemOp:
    operand = one(f"movl {text}, %eax").operands[1]
    assert isinstance(operand, MemOp)
    return operand


EAX, RAX, XMM1 = RegOp("rax", 4), RegOp("rax", 8), RegOp("xmm1", 16)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8(%rbp)", MemOp(4, "rbp", disp=8)),
        ("(%rax,%rcx,4)", MemOp(4, "rax", "rcx", 4)),
        ("-0x10(,%r9,8)", MemOp(4, "", "r9", 8, -16)),
        ("(%eax)", MemOp(4, "rax", address_size=4)),
        ("foo", MemOp(4, symbol=Symbol("foo"))),
        ("foo+4(%rip)", MemOp(4, "rip", symbol=Symbol("foo", 4))),
        ("2+foo-1(%rip)", MemOp(4, "rip", symbol=Symbol("foo", 1))),
        ("foo@GOTPCREL(%rip)", MemOp(4, "rip", symbol=Symbol("foo", 0, "got"))),
        ("%fs:40", MemOp(4, disp=40, segment="fs")),
        ("%fs:foo@tpoff+4", MemOp(4, symbol=Symbol("foo", 4, "tpoff"), segment="fs")),
        ("%fs:(,%rax)", MemOp(4, "", "rax", segment="fs")),
        ("foo@gottpoff(%rip)", MemOp(4, "rip", symbol=Symbol("foo", 0, "gottpoff"))),
        ("foo@tlsgd(%rip)", MemOp(4, "rip", symbol=Symbol("foo", 0, "tlsgd"))),
        ("%ds:(%rax)", MemOp(4, "rax")),
        ('"a b"(%rip)', MemOp(4, "rip", symbol=Symbol('"a b"'))),
        ("0xfffffffffffffff8(%rax)", MemOp(4, "rax", disp=-8)),
        ("(4*2)+1(%rax)", MemOp(4, "rax", disp=9)),
        ("x(%rax)", MemOp(4, "rax", symbol=Symbol("x"))),
    ],
)
def test_att_memory(text: str, expected: MemOp) -> None:
    assert memory(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DWORD PTR [rax+rcx*4-8]", MemOp(4, "rax", "rcx", 4, -8)),
        ("DWORD PTR [4*rcx+rax]", MemOp(4, "rax", "rcx", 4)),
        ("[rax+rsp]", MemOp(4, "rsp", "rax")),
        ("DWORD PTR sym[rip+8]", MemOp(4, "rip", symbol=Symbol("sym", 8))),
        ("dword ptr [rip + sym-4]", MemOp(4, "rip", symbol=Symbol("sym", -4))),
        ("DWORD PTR .L4[0+rax*8]", MemOp(4, "", "rax", 8, 0, Symbol(".L4"))),
        ("[DWORD PTR foo@GOTPCREL[rip]]", MemOp(4, "rip", symbol=Symbol("foo", 0, "got"))),
        ("DWORD PTR fs:40", MemOp(4, disp=40, segment="fs")),
        ("DWORD PTR fs:foo@tpoff", MemOp(4, symbol=Symbol("foo", 0, "tpoff"), segment="fs")),
        ("DWORD PTR fs:[rax+4]", MemOp(4, "rax", disp=4, segment="fs")),
        ("sym", MemOp(4, symbol=Symbol("sym"))),
        ("OFFSET FLAT:sym+2", ImmOp(0, Symbol("sym", 2))),
        ("-5", ImmOp(-5)),
        ("0ffh", ImmOp(255)),
    ],
)
def test_intel_operands(text: str, expected: Operand) -> None:
    assert one(f"mov eax, {text}", intel=True).operands[1] == expected


@pytest.mark.parametrize(
    ("att", "intel", "expected"),
    [
        ("movl $-1, %eax", "mov eax, -1", Insn("mov", 4, (EAX, ImmOp(-1)))),
        ("mov $'a, %al", "mov al, 'a'", Insn("mov", 1, (RegOp("rax", 1), ImmOp(97)))),
        ("movq $sym+4, %rax", "mov rax, OFFSET FLAT:sym+4", Insn("mov", 8, (RAX, ImmOp(0, Symbol("sym", 4))))),
        ("movabsq $81985529216486895, %rax", "movabs rax, 81985529216486895",
         Insn("mov", 8, (RAX, ImmOp(0x123456789ABCDEF)))),
        ("movzbl %ah, %eax", "movzx eax, ah", Insn("movzx", 4, (EAX, RegOp("rax", 1, True)))),
        ("movzb (%rcx), %eax", "movzx eax, BYTE PTR [rcx]", Insn("movzx", 4, (EAX, MemOp(1, "rcx")))),
        ("movslq (%rcx), %rax", "movsx rax, DWORD PTR [rcx]", Insn("movsx", 8, (RAX, MemOp(4, "rcx")))),
        ("movsbl %cl, %eax", "movsx eax, cl", Insn("movsx", 4, (EAX, RegOp("rcx", 1)))),
        ("cltq", "cdqe", Insn("cdqe", 8, ())),
        ("salq %rax", "sal rax", Insn("shl", 8, (RAX, ImmOp(1)))),
        ("shrl %cl, %eax", "shr eax, cl", Insn("shr", 4, (EAX, RegOp("rcx", 1)))),
        ("imull $3, %eax", "imul eax, 3", Insn("imul", 4, (EAX, EAX, ImmOp(3)))),
        ("imull $3, (%rcx), %eax", "imul eax, DWORD PTR [rcx], 3", Insn("imul", 4, (EAX, MemOp(4, "rcx"), ImmOp(3)))),
        ("testl (%rcx), %eax", "test eax, DWORD PTR [rcx]", Insn("test", 4, (MemOp(4, "rcx"), EAX))),
        ("leal 1(%rax), %eax", "lea eax, [rax+1]", Insn("lea", 4, (EAX, MemOp(0, "rax", disp=1)))),
        ("setnz (%rax)", "setnz BYTE PTR [rax]", Insn("setne", 1, (MemOp(1, "rax"),))),
        ("cmovnleq %rax, %rax", "cmovnle rax, rax", Insn("cmovg", 8, (RAX, RAX))),
        ("jnae .L2+1", "jnae .L2+1", Insn("jb", 0, (LabelOp(".L2", 1),))),
        ("call foo@PLT", "call foo@PLT", Insn("call", 8, (LabelOp("foo", 0, True),))),
        ("jmp *%rax", "jmp rax", Insn("jmp", 8, (RAX,), (), True)),
        ("notrack jmp *.L4(,%rax,8)", "notrack jmp [QWORD PTR .L4[0+rax*8]]",
         Insn("jmp", 8, (MemOp(8, "", "rax", 8, 0, Symbol(".L4")),), ("notrack",), True)),
        ("pushq $5", "push 5", Insn("push", 8, (ImmOp(5),))),
        ("pop %rax", "pop rax", Insn("pop", 8, (RAX,))),
        ("rep movsq", "rep movsq", Insn("movs", 8, (), ("rep",))),
        ("rep stosl %eax, %es:(%rdi)", "rep stos DWORD PTR es:[rdi], eax", Insn("stos", 4, (), ("rep",))),
        ("repz cmpsb", "repe cmpsb", Insn("cmps", 1, (), ("repe",))),
        ("repnz scasb", "repne scasb", Insn("scas", 1, (), ("repne",))),
        ("repz ret", "rep ret", Insn("ret", 8, (), ("rep",))),
        ("rep nop", "pause", Insn("pause", 0, ())),
        ("lock xaddl %eax, (%rcx)", "lock xadd DWORD PTR [rcx], eax",
         Insn("xadd", 4, (MemOp(4, "rcx"), EAX), ("lock",))),
        ("data16 cs nopw 0L(%rax,%rax,1)", "data16 cs nop WORD PTR [rax+rax]",
         Insn("nop", 2, (MemOp(2, "rax", "rax"),), ("data16", "cs"))),
        ("movsd (%rax), %xmm1", "movsd xmm1, QWORD PTR [rax]", Insn("movsd", 8, (XMM1, MemOp(8, "rax")))),
        ("movsd", "movsd", Insn("movs", 4, ())),
        ("cmpltsd %xmm1, %xmm1", "cmpltsd xmm1, xmm1", Insn("cmpsd", 8, (XMM1, XMM1, ImmOp(1)))),
        ("cmpsd $6, %xmm1, %xmm1", "cmpsd xmm1, xmm1, 6", Insn("cmpsd", 8, (XMM1, XMM1, ImmOp(6)))),
        ("movq %rax, %xmm1", "movq xmm1, rax", Insn("movq", 8, (XMM1, RAX))),
        ("movd %rax, %xmm1", "movd xmm1, rax", Insn("movq", 8, (XMM1, RAX))),
        ("cvtsi2sdq (%rax), %xmm1", "cvtsi2sd xmm1, QWORD PTR [rax]", Insn("cvtsi2sd", 8, (XMM1, MemOp(8, "rax")))),
        ("cvttsd2siq %xmm1, %rax", "cvttsd2si rax, xmm1", Insn("cvttsd2si", 8, (RAX, XMM1))),
        ("cvtss2sd (%rax), %xmm1", "cvtss2sd xmm1, DWORD PTR [rax]", Insn("cvtss2sd", 8, (XMM1, MemOp(4, "rax")))),
        ("pmovmskb %xmm1, %rax", "pmovmskb rax, xmm1", Insn("pmovmskb", 16, (EAX, XMM1))),
    ],
)  # fmt: skip
def test_both_syntaxes(att: str, intel: str, expected: Insn) -> None:
    assert one(att) == expected
    assert one(intel, intel=True) == expected


@pytest.mark.parametrize("suffix", [".s", ".d8", ".d32"])
def test_a_suffix_that_chooses_an_encoding_changes_nothing(suffix: str) -> None:
    assert one(f"jnz{suffix} there") == one("jnz there")
    assert one(f"movq{suffix} %rax, %rcx") == one("movq %rax, %rcx")


def test_place_text_and_constants() -> None:
    statement = parse("a:  movl $N*2, %eax # c\n", "t.s").statements[1]
    insn = decode(statement, {"N": 21})
    assert (insn.line, insn.column, insn.text) == (1, 5, "movl $N*2, %eax")
    assert insn.operands[1] == ImmOp(42)
    assert one("MOVL %EAX, %EAX") == Insn("mov", 4, (EAX, EAX))
    assert known("cmovge") and not known("movl") and not known("vaddps")


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("fldt 8(%rsp)", "x87", 1),
        ("vaddps %ymm0, %ymm1, %ymm2", "AVX", 1),
        ("movq %mm0, %rax", "MMX", 7),
        ("kmovw %k1, %eax", "AVX-512", 1),
        ("syscall", "operating system", 1),
        ("cpuid", "processor", 1),
        ("rdtsc", "counter", 1),
        ("inb %dx, %al", "privileged", 1),
        ("movq %cr0, %rax", "control", 7),
        ("movl %ds, %eax", "segment", 7),
        ("movl $foo@SIZE, %eax", "@SIZE", 1),
        ("movl $a-b, %eax", "'a-b'", 7),
        ("jmp .+4", "'.'", 5),
        ("jmp 0x1000", "absolute", 5),
        ("{evex} nop", "encodings", 1),
        ("lods %fs:(%rsi), %al", "unusual", 1),
    ],
)
def test_unsupported(text: str, message: str, column: int) -> None:
    with pytest.raises(UnsupportedError, match=message) as caught:
        one(text)
    assert caught.value.mnemonic == text.split()[0]
    assert caught.value.span.column == column


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mvol %eax, %eax", "unknown instruction 'mvol'"),
        ("movl %eaxx, %eax", "unknown register 'eaxx'"),
        ("movl %eax", "wrong operands for 'movl'"),
        ("movl %eax, %rcx", "wrong operands"),
        ("movl $1, $2", "wrong operands"),
        ("movl $0x1ffffffff, %eax", "wrong operands"),
        ("addq $0x80000000, %rax", "wrong operands"),
        ("movb $300, %al", "wrong operands"),
        ("incl", "wrong operands"),
        ("inc (%rax)", "operand size of 'inc' is not known"),
        ("movzx (%rax), %eax", "wrong operands|operand size"),
        ("movl (%rax,%rcx,3), %eax", "'3' is not a scale"),
        ("movl (%rax,%rsp), %eax", "not a valid address"),
        ("movl (%rax,%ecx), %eax", "not a valid address"),
        ("movl (%ax), %eax", "cannot be part of an address"),
        ("movl 4(%rax, %eax", "brackets do not match"),
        ("movl ,%eax", "operand is missing"),
        ("movl $, %eax", "operand is missing|cannot read"),
        ("jmp foo(%rip)", "through memory"),
        ("movl *%eax, %eax", "marks the target"),
        ("lock movl %eax, (%rax)", "'lock' cannot stand"),
        ("lock addl %eax, %ecx", "'lock' cannot stand"),
        ("lock", "without an instruction"),
        ("movl $0x1ffffffffffffffff, %eax", "does not fit 64 bits"),
    ],
)
def test_faults(text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        one(text)
    assert not isinstance(caught.value, UnsupportedError)


def test_hints() -> None:
    with pytest.raises(SourceError) as caught:
        one("mov eax, DWORD PTR [rax]")
    assert ".intel_syntax noprefix" in caught.value.hint
    with pytest.raises(SourceError) as caught:
        one("movl eax, 1", intel=True)
    assert "AT&T syntax" in caught.value.hint
    with pytest.raises(SourceError) as caught:
        one("mvol %eax, %eax")
    assert "movl" in caught.value.hint


C_SOURCE = """
#include <stdatomic.h>
#include <stdint.h>
_Thread_local int tls; extern _Thread_local long outer; extern int there[]; _Atomic long counter;
int pick(int x) { switch (x) { case 0: return 5; case 1: return there[3]; case 2: return tls; case 3: return outer;
  case 4: return 77; case 5: return 9; } return atomic_fetch_add(&counter, 3); }
double mean(const float *a, int n) 
{ double s = 0; for (int i = 0; i < n; i++) s += a[i] > 0 ? a[i] : -a[i]; return s / n; }
long mix(signed char a, unsigned char b, short c, unsigned short d, int e, double f, float g)
{ return a * b + c / (d | 1) - (e >> 3) + (long)f + (int)g + __builtin_ctz(e | 1) + (f < g) + (uint64_t)f; }
void add(unsigned char *a, short *b, int n) { for (int i = 0; i < n; i++) b[i] = a[i] - b[i]; }
__int128 wide(__int128 a, int n) { return a << n; } int call(int (**p)(int), int i) { return p[i](i) + 1; }
unsigned swap(unsigned x) { return __builtin_bswap32(x) + (x << 7 | x >> 25); } void stop(void) { __builtin_trap(); }
uint64_t big(void) { return 0xdeadbeefcafebabe; } void fill(long *p) { for (int i = 0; i < 40; i++) p[i] = 0; }
"""
FLAGS = [
    "-O0",
    "-O2",
    "-O3 -fPIC",
    "-Os -g",
    "-O2 -fno-plt -fcf-protection=full",
    "-O3 -march=x86-64-v2 -mbmi2 -mlzcnt",
]


def compiled(folder: Path, flags: str, syntax: str) -> Path:
    source, target = folder / "t.c", folder / f"{syntax}.s"
    source.write_text(C_SOURCE)
    command = ["gcc", *flags.split(), f"-masm={syntax}", "-S", str(source), "-o", str(target)]
    subprocess.run(command, check=True)
    return target


def object_bytes(text: str, folder: Path) -> bytes:
    (folder / "a.s").write_text(text)
    subprocess.run(["as", "-o", str(folder / "a.o"), str(folder / "a.s")], check=True)
    return (folder / "a.o").read_bytes()


@pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
@pytest.mark.parametrize("flags", FLAGS)
def test_compiled_code_decodes_to_the_same_bytes(flags: str, tmp_path: Path) -> None:
    """Printing what was decoded assembles to the very same object; both syntaxes decode alike."""
    att, intel = compiled(tmp_path, flags, "att"), compiled(tmp_path, flags, "intel")
    source = parse(att.read_text(), "att.s")
    reprinted = [
        att_text(decode(s)) if s.kind is Kind.INSTRUCTION else s.text
        for s in source.statements
        if s.kind is not Kind.BLANK
    ]
    if "tlsgd" not in att.read_text():
        assert object_bytes("\n".join(reprinted) + "\n", tmp_path) == object_bytes(att.read_text(), tmp_path)
    other = decode_all(parse(intel.read_text(), "intel.s").statements)
    bare = [replace(insn, line=0, column=0, text="") for insn in decode_all(source.statements)]
    assert bare == [replace(insn, line=0, column=0, text="") for insn in other]
