"""Whatever the input is: results or a TranspileError, and what is refused is named with its place."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

import transpile
from transpile.errors import SourceErrors, ToolError, UsageError
from transpile.options import Options

OPTIONS = Options(jobs=1)
FUNCTION = "\t.text\n\t.globl f\n\t.type f, @function\nf:\n{}\tret\n"


def translate(source: str, options: Options = OPTIONS) -> transpile.Translation:
    return transpile.translate(source, "riscv", file="in.s", options=options)


@pytest.mark.parametrize(
    "source", ["", "\n\n", "# only a comment\n", "\t.data\nx:\t.long 1\n", "\t.text\n", "\t.text\nlabel:\n", "x = 1\n"]
)
def test_files_without_functions_are_translated(source: str) -> None:
    translation = translate(source)
    assert translation.meets("proved")
    assert translation.functions == ()
    assert translation.text.startswith("# transpile ")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("\0\1\2\xff garbage {}", "in.s:1"),
        ("\x7fELF\2\1\1\0", "in.s:1"),
        ("int main(void) { return 0; }\n", "in.s:1:"),
        ("f(x);\n", "in.s:1:1"),
        (FUNCTION.format("\tfrobnicate %eax\n"), "in.s:5:2: unknown instruction 'frobnicate'"),
        (FUNCTION.format("\t.frobnicate 1\n"), "in.s:5:2: unknown directive '.frobnicate'"),
        (FUNCTION.format("\tmovl %eax\n"), "in.s:5"),
        (FUNCTION.format("\tmovl %eax,\n"), "in.s:5"),
        (FUNCTION.format('\t.ascii "abc\n'), "in.s:5"),
        ("\tmovl %eax, %ebx\nf:\n\tret\n", "in.s:1:2: code before the first function"),
        ("\t.data\nf:\tret\n", "in.s:2:4: an instruction outside an executable section"),
        ("\t.macro m\n\tm\n\t.endm\n\tm\n", "in.s:"),
        ("\t.macro m\n\tnop\n", "in.s:1"),
        ("\t.if 1\n\tnop\n", "in.s:1"),
        (FUNCTION.format("\t.byte 0xf3, 0x90\n"), "in.s:5:2: data in the middle of code"),
        (FUNCTION.format("\tmovl $" + "1" * 100_000_000 + ", %eax\n"), "in.s:5:1: line too long"),
    ],
    ids=lambda value: value[:20] if len(value) < 1000 else "long line",
)
def test_what_cannot_be_read_is_told_with_its_place(source: str, words: str) -> None:
    with pytest.raises(SourceErrors) as caught:
        translate(source)
    assert words in str(caught.value)
    assert caught.value.exit_code == 2


def test_all_errors_of_a_file_are_told_in_order() -> None:
    source = FUNCTION.format("\tone %eax\n\tmovl %eax, %ebx\n\ttwo\n\t.three\n\tmovl %zax, %eax\n")
    with pytest.raises(SourceErrors) as caught:
        translate(source)
    assert [error.span.line for error in caught.value.errors] in ([5, 7, 8, 9], [8])


@pytest.mark.parametrize(
    "line", ["fldl (%rdi)", "fsin", "vaddps %ymm0, %ymm1, %ymm2", "vzeroupper", "syscall", "rdtsc", "xgetbv", "wbinvd"]
)
def test_instructions_outside_the_model_are_refused_by_name(line: str) -> None:
    mnemonic = line.split()[0]
    source = FUNCTION.format(f"\tmovl %edi, %eax\n\t{line}\n")
    translation = translate(source)
    (diagnostic,) = translation.diagnostics
    assert not translation.meets("any")
    assert translation.verdicts["proved"] == 0
    assert str(diagnostic.span) == "in.s:6:2"
    assert mnemonic.rstrip("l") in diagnostic.message
    assert diagnostic.render().splitlines()[2].index("^") == diagnostic.render().splitlines()[1].index(mnemonic)


def test_exception_handlers_are_refused() -> None:
    translation = translate(FUNCTION.format("\t.cfi_lsda 0x1b, .LLSDA0\n\tmovl %edi, %eax\n"))
    (diagnostic,) = translation.diagnostics
    assert (str(diagnostic.span), diagnostic.message) == ("in.s:5:2", "exception handlers are not translated")
    assert not translation.meets("any")


TWO = (
    "\t.text\n\t.globl f\n\t.type f, @function\nf:\n\trdtsc\n\trdtsc\n\tret\n"
    "\t.globl g\n\t.type g, @function\ng:\n\tleal 1(%rdi), %eax\n\tret\n"
)


def test_an_unsupported_instruction_costs_its_function_only() -> None:
    translation = translate(TWO)
    f, g = translation.functions
    assert {block.verdict.word for block in f.blocks} == {"undecided"}
    assert {block.verdict.word for block in g.blocks} == {"proved"}
    assert not any(block.trapped for block in f.blocks)
    assert "rdtsc" in f.blocks[0].reason


def test_with_allow_untranslated_it_traps_there() -> None:
    translation = translate(TWO, Options(jobs=1, allow_untranslated=True))
    f, _ = translation.functions
    assert all(block.trapped for block in f.blocks)
    assert "f:\n\tebreak\n" in translation.text
    assert not translation.meets("any")


def test_require_any_never_lets_a_missing_translation_through() -> None:
    assert not translate(TWO, Options(jobs=1, require="any")).meets("any")


@pytest.mark.parametrize("call", ["translate", "check", "explain"])
def test_a_missing_assembler_is_named_with_its_package(
    call: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    source = FUNCTION.format("\tmovl %edi, %eax\n")
    with pytest.raises(ToolError) as caught:
        if call == "translate":
            translate(source)
        elif call == "check":
            transpile.check(source, "", "riscv", options=OPTIONS)
        else:
            transpile.explain(source, "f", "riscv", options=OPTIONS)
    assert "binutils" in caught.value.hint


def test_unknown_targets_are_refused() -> None:
    with pytest.raises(UsageError, match="unknown target 'mips'"):
        transpile.translate("", "mips")


REAL = (Path(__file__).parents[1] / "golden/sources/intel.s").read_text()


@pytest.mark.parametrize("part", range(1, 12))
def test_truncated_files(part: int) -> None:
    with suppress(SourceErrors):
        for block in translate(REAL[: len(REAL) * part // 12]).blocks:
            assert "internal error" not in block.reason
