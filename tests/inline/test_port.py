"""What ``port`` says and writes: refusals by kind, widths, guards, macros, substitutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile.errors import UsageError
from transpile.inline import Ported, Reason, port
from transpile.tools import command
from transpile.translation import BlockResult

from .test_programs import built, needs_tools


def ported(text: str, target: str = "riscv", **more: bool) -> Ported:
    return port(text, "a.c", [target], **more)


def reason(text: str, target: str = "riscv") -> Reason:
    result = ported(f"void f(long x, int n, char *p) {{ {text} }}", target).statements[0].result
    assert isinstance(result, Reason), result
    return result


def proved(text: str, target: str = "riscv") -> tuple[BlockResult, str]:
    out = ported(text, target)
    (outcome,) = out.statements
    assert isinstance(outcome.result, BlockResult), outcome.result
    assert outcome.result.verdict.word == "proved"
    return outcome.result, out.text


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ('asm("" : "+r"(x) : : "memory");', "portable", "no instructions"),
        ('asm("cpuid" : "+a"(n) : : "rbx", "rcx", "rdx");', "no equal", "'cpuid'"),
        ('asm volatile("syscall" : "=a"(x) : "a"(x) : "rcx", "r11");', "no equal", "'syscall'"),
        ('asm volatile("mov %%cr3, %0" : "=r"(x));', "no equal", "control register"),
        ('asm volatile("wrmsr" : : "c"(n), "a"(n), "d"(n));', "no equal", "privileged"),
        ('asm("dmb ish" : : : "memory");', "foreign", "'dmb'"),
        ('asm("add %0, %0" : "+r"(x) : : "r0");', "foreign", "'r0'"),
        ('asm("fldl %0" : : "m"(x));', "not handled", "x87"),
        ('asm("vpaddd %%ymm0, %%ymm1, %%ymm2" : : : "ymm2");', "not handled", "AVX"),
        ('asm("addq %%rbx, %0" : "+r"(x));', "not read", "reads %rbx"),
        ('asm("adcq $0, %0" : "+r"(x));', "not read", "flags"),
        ('asm("movq %0, %%rcx" : : "r"(x));', "not read", "changes %rcx"),
        ('asm("incq %0" : : "r"(x));', "not read", "changes its input"),
        ('asm("movq %q1, %0" : "=r"(x) : "r"(n));', "not read", "reads 8 bytes"),
        ('asm("push %0\\n\\tpop %%rcx" : : "r"(x) : "rcx");', "not handled", "stack"),
        ('asm("ret" : : : "memory");', "not handled", "leaves"),
        ('asm("1: incq %0\\n.section x\\n.quad 1b\\n.previous" : "+r"(x));', "not handled", "'.section'"),
        ('asm("here: incq %0" : "+r"(x));', "not handled", "'here'"),
        ('asm("movq a1(%%rip), %0" : "=r"(x));', "not handled", "'a1'"),
        ('__m128 v; asm("paddd %0, %0" : "+x"(v));', "not handled", "16 bytes"),
        ('asm("call g" : : : "memory");', "not handled", "leaves"),
        ('asm("addq %1, %0" : "+r"(x) : "i"(SIZE));', "not read", "constant"),
        ('asm("addq %4, %0" : "+r"(x));', "not read", "names no operand"),
        ('asm("addq %1, %0" : "+r"(x) : "A"(x));', "not handled", "pair"),
        ('asm(PREFIX "addq $1, %0" : "+r"(x));', "not read", "'PREFIX'"),
        ('__asm { mov eax, 1 }', "not handled", "Microsoft"),
        ('register long r asm("r10") = x;', "not handled", "bound to a register"),
    ],
)  # fmt: skip
def test_refusals(text: str, kind: str, words: str) -> None:
    told = reason(text)
    assert (told.kind, words in told.text) == (kind, True), str(told)


def test_a_refused_statement_stays_as_it_is() -> None:
    text = 'void f(int n) { asm("cpuid" : "+a"(n) : : "rbx", "rcx", "rdx"); }\n'
    assert ported(text).text == text
    assert not ported(text).changed


def test_widths_come_from_declarations_and_are_checked_by_the_compiler() -> None:
    _, text = proved('void f(unsigned x) { asm("bswap %0" : "+r"(x)); }')
    assert "[(sizeof(x) == 4) ? 1 : -1]" in text
    assert "if (sizeof" not in text


def test_unknown_widths_are_proved_one_by_one_and_chosen_by_sizeof() -> None:
    result, text = proved('void f(word_t x) { asm("bswap %0" : "+r"(x)); }', "aarch64")
    assert "[((sizeof(x) == 8) || (sizeof(x) == 4)) ? 1 : -1]" in text
    assert "if (sizeof(x) == 8) {" in text and "else if (sizeof(x) == 4) {" in text
    assert result.source_text == ("bswap %rdi", "bswap %edi")
    assert result.target_text == ("rev x0, x0", "rev w0, w0")


def test_a_width_that_the_declaration_denies_is_left_to_the_compiler() -> None:
    _, text = proved('void f(long x, int n) { asm("movq %1, %0" : "=r"(x) : "r"(n)); }')
    assert "sizeof(n) == 8" in text


@pytest.mark.parametrize(
    "other",
    [
        "void g(int x) { h(x); }\n",
        "void g(int x);\n",
        "void g(void) { int x; { } }\n",
        'struct T { int x; /* { */ const char *s = "{"; };\n',
    ],
)
def test_declarations_that_hold_no_longer_say_nothing(other: str) -> None:
    _, text = proved(other + 'struct S { void f() { asm("bswap %0" : "+r"(x)); } word_t x; };')
    assert "if (sizeof(x) == 8) {" in text and "else if (sizeof(x) == 4) {" in text
    _, text = proved(other + 'void f(long x) { for (int i = 0; i < 2; i++) { asm("bswap %0" : "+r"(x)); } }')
    assert "[(sizeof(x) == 8) ? 1 : -1]" in text


def test_what_a_macro_is_given_may_have_any_width() -> None:
    _, text = proved('int x;\n#define SWAP(x) asm("bswap %0" : "+r"(x))\n')
    assert "if (sizeof(x) == 8) {" in text and "else if (sizeof(x) == 4) {" in text


def test_typedefs_of_the_file_count() -> None:
    _, text = proved('typedef unsigned long limb;\nvoid f(limb x) { asm("bswap %0" : "+r"(x)); }')
    assert "[(sizeof(x) == 8) ? 1 : -1]" in text


def test_the_original_is_kept_and_elsewhere_there_is_an_error() -> None:
    original = 'asm volatile("bswap %0" : "+r"(x));'
    _, text = proved(f"void f(unsigned x)\n{{\n    {original}\n}}\n")
    lines = text.split("\n")
    assert lines[2:4] == ["#if defined(__x86_64__) || defined(__i386__)", f"    {original}"]
    assert lines[4] == "#elif defined(__riscv) && __riscv_xlen == 64"
    assert lines[-6].startswith("#error") or "#error" in text
    assert text.index("#else") < text.index("#error") < text.index("#endif")


def test_a_macro_is_defined_once_for_each_architecture() -> None:
    definition = '#define SWAP(x) \\\n    asm("bswapq %0" : "+r"(x))'
    _, text = proved(f"{definition}\nint y;\n")
    assert text.startswith(f"#if defined(__x86_64__) || defined(__i386__)\n{definition}\n#elif")
    assert text.count("#define SWAP(x)") == 2
    assert text.endswith("#endif\nint y;\n")


def test_a_macro_with_a_statement_that_cannot_be_ported_stays() -> None:
    text = '#define BOTH(x) do { asm("bswapq %0" : "+r"(x)); asm("hlt"); } while (0)\n'
    out = ported(text)
    assert [isinstance(o.result, BlockResult) for o in out.statements] == [True, False]
    assert out.text == text


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("#ifdef __x86_64__", "guarded"),
        ("#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))", "guarded"),
        ("#if !defined(__riscv)", "guarded"),
        ("#if defined(__aarch64__)", "foreign"),
        ("#ifndef __x86_64__", "foreign"),
    ],
)
def test_guards_that_the_target_cannot_meet(condition: str, kind: str) -> None:
    text = f'void f(long x) {{\n{condition}\nasm("bswapq %0" : "+r"(x));\n#endif\n}}'
    out = ported(text)
    result = out.statements[0].result
    assert isinstance(result, Reason) and result.kind == kind
    assert out.text == text


@pytest.mark.parametrize("condition", ["#ifdef __GNUC__", "#if USE_ASM && defined(X)", "#if __GNUC__ >= 4 || 0"])
def test_guards_that_leave_the_target_open(condition: str) -> None:
    proved(f'void f(long x) {{\n{condition}\nasm("bswapq %0" : "+r"(x));\n#endif\n}}')


def test_a_counter_is_substituted_and_called_that() -> None:
    text = 'void f(unsigned lo, unsigned hi) { asm volatile("rdtsc" : "=a"(lo), "=d"(hi)); }'
    for target, word in (("riscv", "rdtime"), ("aarch64", "cntvct_el0")):
        out = ported(text, target)
        result = out.statements[0].result
        assert isinstance(result, BlockResult)
        assert result.verdict.word == "undecided" and "not equal" in result.reason
        assert word in out.text and "not equal" in out.text
    assert ported(text, substitutes=False).text == text


DIVIDE = """
#include <stdio.h>
int main(void)
{
    unsigned long q, r, hi = 0x1234, lo = 0xfedcba9876543210, by = 0x9abcdef012345;
    for (int i = 0; i < 20; i++) {
        __asm__("divq %4" : "=a"(q), "=d"(r) : "0"(lo), "1"(hi), "rm"(by) : "cc");
        printf("%lx %lx\\n", q, r);
        unsigned q4, r4;
        __asm__("divl %[by]" : "=a"(q4), "=d"(r4) : "a"((unsigned)lo), "d"((unsigned)r % 77), [by] "r"(77u + i));
        printf("%x %x\\n", q4, r4);
        lo ^= q * 0x9e3779b97f4a7c15;
        hi = r % by;
    }
    return 0;
}
"""


@needs_tools
@pytest.mark.parametrize("target", ["riscv", "aarch64"])
def test_a_division_of_128_bits_is_that_of_c(target: str, tmp_path: Path) -> None:
    out = ported(DIVIDE, target)
    result = out.statements[0].result
    assert isinstance(result, BlockResult) and "not proved" in result.reason
    (tmp_path / "original.c").write_text(DIVIDE)
    (tmp_path / "ported.c").write_text(out.text)
    native = built([*command("cc"), str(tmp_path / "original.c")], tmp_path / "native", [])
    cross = [*command("cc", target), "-static", str(tmp_path / "ported.c")]
    assert built(cross, tmp_path / "cross", command("qemu", target)) == native


def test_a_lock_prefix_that_some_branch_leaves_out_is_there() -> None:
    text = '#if UP\n#define LOCK ""\n#else\n#define LOCK "lock; "\n#endif\n'
    result, _ = proved(text + 'void f(int *p) { asm(LOCK "incl %0" : "+m"(*p)); }')
    assert result.source_text == ("lock incl (%rdi)",)


STAND_INS = """
unsigned long now(void)
{
    unsigned lo, hi;
    __asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
    return (unsigned long)hi << 32 | lo;
}
unsigned long whole(unsigned *processor)
{
    unsigned long t;
    __asm__ volatile("rdtscp; shlq $32, %%rdx; orq %%rdx, %0" : "=a"(t), "=c"(*processor) : : "rdx");
    return t;
}
#define TRAP() __asm__("int3")
int main(void)
{
    unsigned p, v = now() + whole(&p) == 0;
    if (v == 2) TRAP();
    return 0;
}
"""


@needs_tools
@pytest.mark.parametrize("target", ["riscv", "aarch64"])
def test_substitutes_compile_and_run(target: str, tmp_path: Path) -> None:
    out = ported(STAND_INS, target)
    assert all(isinstance(o.result, BlockResult) for o in out.statements), out.statements
    (tmp_path / "ported.c").write_text(out.text)
    compiler = [*command("cc", target), "-Wall", "-Werror", "-static", str(tmp_path / "ported.c")]
    assert built(compiler, tmp_path / "program", command("qemu", target)) == b""


def test_a_line_with_very_many_operands_is_refused_at_once() -> None:
    operands = ", ".join(f'"r"(t{n})' for n in range(12))
    told = reason(f'asm("addq {", ".join(f"%{n}" for n in range(12))}" : : {operands});')
    assert told.text == "a line has more operands than an instruction"


def test_targets_are_known() -> None:
    with pytest.raises(UsageError):
        port("", "a.c", ["vax"])


def test_a_memory_operand_keeps_its_constraint_and_its_address_is_an_input() -> None:
    _, text = proved('void f(long *p) { asm("incq %0" : "+m"(*p) : : "cc"); }')
    assert ': "+m" (*p)' in text and ': "r" (&(*p))' in text


@pytest.mark.parametrize("template", ["pause", "rep; nop", "rep\\n\\tnop"])
def test_a_pause_stays_a_hint(template: str) -> None:
    for target, hint in (("riscv", ".insn i 15, 0, zero, zero, 16"), ("aarch64", "yield")):
        _, text = proved(f'void f(void) {{ asm volatile("{template}" ::: "memory"); }}', target)
        assert f'asm volatile ("{hint}"' in text
