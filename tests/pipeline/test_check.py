"""What stands in an existing output is never believed."""

from __future__ import annotations

from pathlib import Path

import pytest

import transpile
from transpile.checking import items
from transpile.errors import UsageError
from transpile.options import Options

GOLDEN = Path(__file__).parents[1] / "golden"
OPTIONS = Options(jobs=1)
SOURCE = (GOLDEN / "sources/data.s").read_text()
OUTPUT = (GOLDEN / "riscv/data.s").read_text()
ARM = (GOLDEN / "aarch64/data.s").read_text()


def check(output: str, to: str | None = None) -> transpile.Translation:
    return transpile.check(SOURCE, output, to, output_file="out.s", options=OPTIONS)


def test_layout_and_comments_do_not_matter() -> None:
    changed = OUTPUT.replace("\tret\n", "\t  ret   # a comment; nop\n\n").replace(":\n", ": # here\n")
    changed = changed.replace("\n\t.globl\tget\n", "\n  .globl   get\n")
    assert check(changed).meets("proved")


def test_another_proved_translation_is_as_good() -> None:
    changed = OUTPUT.replace("\tslli\tt3, a0, 3\n", "\tnop\n\tslli\tt3, a0, 3\n")
    assert changed != OUTPUT
    assert check(changed).meets("proved")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\t.zero\t64", "\t.zero\t32"),
        ("\t.zero\t3", ""),
        ("\t.hidden\tget", ""),
        ("\t.comm\tshared,16,8", "\t.comm\tshared,8,8"),
        ("\t.balign\t32", "\t.balign\t16"),
        ('quote \\"', 'quote \\" '),
        ("\t.section\t.note", "\t.section\t.text2\n\tnop\n\t.section\t.note"),
        ("\t.text\n", "\t.text\n\t.macro ret\n\tnop\n\t.endm\n"),
        ("\t.text\n", "\t.text\n\thidden = table\n"),
        ("\tret\n", "\thidden = table\n\tret\n"),
        ("\tret\n", "\tnop; ebreak\n\tret\n"),
        ("\tret\n", "\tnop /* a */\n\tret\n"),
        ("\tret\n", ".Lnew:\n\tret\n"),
        ("\tret\n", ".Ltp_get_0:\n\tret\n"),
        ("\tret\n", ".Lt_x:\n\tj\t.Lt_x\n\tret\n"),
        ("\tret\n", "1:\n\tj\t1b\n\tret\n"),
        ("\tret\n", "\t.option\trvc\n\tret\n"),
        ("\tret\n", "\tebreak\n"),
        ("\tret\n", ""),
        ("get:\n", "get:\n\tnop\nget2:\n"),
        ("again:\n", ""),
        (
            '\tret\n\t.size\tagain, .-again\n\t.section\t.init_array,"aw"\n',
            '\t.size\tagain, .-again\n\t.section\t.init_array,"aw"\n\tret\n',
        ),
        ('\t.ident\t"by hand"\n', ""),
    ],
)
def test_a_difference_is_found(old: str, new: str) -> None:
    assert old in OUTPUT
    checked = check(OUTPUT.replace(old, new, 1))
    assert not checked.meets("proved")


def test_a_difference_is_told_with_its_line_in_the_output() -> None:
    checked = check(OUTPUT.replace("\t.zero\t64", "\t.zero\t32"))
    line = OUTPUT.splitlines().index("\t.zero\t64") + 1
    (diagnostic,) = checked.diagnostics
    assert str(diagnostic.span) == f"out.s:{line}:1"
    assert diagnostic.message == "expected '.zero 64', not '.zero 32'"


def test_a_wrong_instruction_is_told_with_its_block() -> None:
    checked = check(OUTPUT.replace("slli\tt3, a0, 3", "slli\tt3, a0, 2"))
    assert [block.label for _, block in checked.failing("proved")] == ["get"]
    assert not checked.diagnostics


def test_truncated_outputs_never_pass() -> None:
    for length in range(0, len(OUTPUT) - 1, 61):
        assert not check(OUTPUT[:length], "riscv").meets("any")


def test_the_target_is_read_from_the_first_line() -> None:
    assert check(OUTPUT).target == "riscv"
    assert check(ARM).target == "aarch64"
    assert not check(ARM, "riscv").meets("any")
    with pytest.raises(UsageError, match="does not begin with a line that names its target"):
        check(OUTPUT.partition("\n")[2])
    with pytest.raises(UsageError, match="another version"):
        check("# transpile 0.0.1 riscv\n" + OUTPUT.partition("\n")[2])


def test_statements_of_an_output() -> None:
    lines = ["a: b:\tadd\ta0,  a1 # c", '\t.string\t"x  # y"  # z', "", "\t# only"]
    assert [(item.kind, item.text, item.line) for item in items(lines, "#")] == [
        ("label", "a:", 1),
        ("label", "b:", 1),
        ("code", "add a0, a1", 1),
        ("directive", '.string "x  # y"', 2),
    ]
