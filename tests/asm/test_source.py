"""Reading assembler text: statements, sections, labels, comments, macros, and what is said about faults."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from transpile.asm.directives import DIRECTIVES, DirectiveClass
from transpile.asm.preprocess import preprocess
from transpile.asm.source import MAX_ERRORS, Kind, SourceFile, Statement, parse, parse_bytes
from transpile.errors import SourceErrors


def statements(text: str) -> list[Statement]:
    return [s for s in parse(text, "t.s").statements if s.kind is not Kind.BLANK]


def texts(text: str) -> list[str]:
    return [s.text for s in statements(text)]


def refused(text: str) -> list[str]:
    with pytest.raises(SourceErrors) as caught:
        parse(text, "t.s")
    return [f"{e.span.line}:{e.span.column}: {e.message}" for e in caught.value.errors]


def test_kinds_places_and_comments() -> None:
    found = parse("# top\nmain:\tmovl $1, %eax # one\n\n\t.long 1, 2\n", "t.s").statements
    assert [(s.kind, s.name, s.args, s.comment, s.line, s.column) for s in found] == [
        (Kind.BLANK, "", "", "# top", 1, 1),
        (Kind.LABEL, "main", "", "", 2, 1),
        (Kind.INSTRUCTION, "movl", "$1, %eax", "# one", 2, 7),
        (Kind.BLANK, "", "", "", 3, 1),
        (Kind.DIRECTIVE, ".long", "1, 2", "", 4, 2),
    ]
    assert found[2].line_text == "main:\tmovl $1, %eax # one"


def test_separators_strings_and_block_comments() -> None:
    text = 'a: b: nop; .string "x;#/*\\"" /* c1 */; ret # c2\n/* one\n two */ leave\n'
    found = parse(text, "t.s").statements
    assert [s.text for s in found] == ["a:", "b:", "nop", '.string "x;#/*\\""', "ret", "", "leave"]
    assert found[4].comment == "/* c1 */ # c2"
    assert (found[5].comment, found[6].comment, found[6].line) == ("/* one", "two */", 3)


def test_line_ends_and_undecodable_bytes() -> None:
    assert texts("nop\r\nret\r\n") == ["nop", "ret"]
    found = parse_bytes(b'l\xffx: .string "\xfe" # \xfd\n', "t.s").statements
    joined = "".join(s.text + s.comment for s in found)
    assert joined.encode("utf-8", "surrogateescape") == b'l\xffx:.string "\xfe"# \xfd'


def test_assignments_are_set() -> None:
    source = parse("a = 4\n.set b, a*2\nc = sym\nd=1\nd=2\n", "t.s")
    assert [(s.name, s.args) for s in source.statements][:2] == [(".set", "a, 4"), (".set", "b, a*2")]
    assert source.constants == {"a": 4, "b": 8}


def test_sections_are_followed() -> None:
    text = """
        .section .rodata.str1.1,"aMS",@progbits,1
        .long 1
        .text
        .pushsection .init.x, "ax"
        .long 2
        .popsection
        .long 3
        .data
        .previous
        .long 4
        .section .text.unlikely
        .long 5
    """
    found = {s.args: (s.section.name, s.section.executable) for s in statements(text) if s.name == ".long"}
    assert found == {
        "1": (".rodata.str1.1", False),
        "2": (".init.x", True),
        "3": (".text", True),
        "4": (".text", True),
        "5": (".text.unlikely", True),
    }


def test_numeric_labels_become_unique() -> None:
    text = '1: jmp 1b\njmp 1f\n.string "1f"\n1: lea 1b(%rip), %rax\nmov $1b, %eax\nmov $0x1f, %eax\n'
    assert texts(text) == [
        ".Ln_1_1:",
        "jmp .Ln_1_1",
        "jmp .Ln_1_2",
        '.string "1f"',
        ".Ln_1_2:",
        "lea .Ln_1_2(%rip), %rax",
        "mov $.Ln_1_2, %eax",
        "mov $0x1f, %eax",
    ]
    assert texts(".Ln_1_1: 1: jmp 1b\n")[1] == ".Ln1_1_1:"
    assert refused("1:\njmp 2f\njmp 3b\n") == [
        "3:1: '3b' refers to a label '3:' that does not precede it",
        "2:1: '2f' refers to a label '2:' that does not follow",
    ]


def test_lone_prefixes_join_the_next_instruction() -> None:
    assert texts("lock; incl (%rax)\nrep # c\n stosb\nrep; a: nop\n") == [
        "lock incl (%rax)",
        "rep stosb",
        "rep",
        "a:",
        "nop",
    ]


def test_tls_padding_is_dropped() -> None:
    text = ".byte 0x66\nleaq x@tlsgd(%rip), %rdi\n.value 0x6666\nrex64\ncall __tls_get_addr@PLT\n.byte 0x66\n"
    assert texts(text) == ["leaq x@tlsgd(%rip), %rdi", "rex64 call __tls_get_addr@PLT", ".byte 0x66"]


def test_syntax_is_tracked() -> None:
    found = statements("nop\n.intel_syntax noprefix\nnop\n.att_syntax prefix\nnop\n")
    assert [s.syntax for s in found if s.kind is Kind.INSTRUCTION] == ["att", "intel", "att"]


def test_macros() -> None:
    text = """
        .macro add2 a, b=5, rest:vararg
        addq $\\b, \\a
        .ifnb \\rest
        movq \\rest
        .endif
        l\\@_\\()x: nop
        .endm
        add2 %rax
        add2 b=7 a=%rbx
        add2 %rcx, 1, %rdx, 8(%rsi,%rdi)
    """
    assert texts(text) == [
        "addq $5, %rax", "l0_x:", "nop",
        "addq $7, %rbx", "l1_x:", "nop",
        "addq $1, %rcx", "movq %rdx,8(%rsi,%rdi)", "l2_x:", "nop",
    ]  # fmt: skip
    assert {s.line for s in statements(text)} == {9, 10, 11}


def test_repetition_and_conditions() -> None:
    assert texts(".rept 2\nnop\n.endr\n") == ["nop", "nop"]
    assert texts(".irp r, ax, bx\npush %r\\r\n.endr\n") == ["push %rax", "push %rbx"]
    assert texts(".irpc c, 12\n.byte \\c\n.endr\n") == [".byte 1", ".byte 2"]
    text = "n = 3\n.if n > 3\nnop\n.elseif n == 3\nret\n.else\nleave\n.endif\n"
    text += ".ifdef n\nhlt\n.endif\n.ifndef n\nud2\n.endif\n"
    assert texts(text) == ["n = 3", "ret", "hlt"]
    recursive = ".macro down n\n.byte \\n\n.if \\n\ndown (\\n-1)\n.endif\n.endm\ndown 2\n"
    assert texts(recursive) == [".byte 2", ".byte (2-1)", ".byte ((2-1)-1)"]
    assert texts(".macro m\nnop\n.exitm\nret\n.endm\nm\n.end\nhlt\n") == ["nop"]


def test_faults_are_all_reported_with_places() -> None:
    text = '.popsection\n.sting "a"\n\t.string "abc\n5+\n.include "x"\n.endif\n. = 4\n.code32\n'
    text += ".altmacro\n.macro a\n"
    assert refused(text) == [
        "1:1: .popsection without a matching .pushsection",
        "2:1: unknown directive '.sting'",
        "3:10: string is not terminated",
        "4:1: expected an instruction, a directive or a label, not '5+'",
        "5:1: '.include' is not read",
        "6:1: '.endif' without '.if'",
        "7:1: assignment to '.'",
        "8:1: 32-bit code",
        "9:1: '.altmacro' is not read",
        "10:1: '.macro' without '.endm'",
    ]
    assert refused("nop\n/* x\n") == ["2:1: comment is not closed"]
    assert len(refused(".x\n" * 1000)) == MAX_ERRORS


def test_rendering() -> None:
    with pytest.raises(SourceErrors) as caught:
        parse("\t.sting \x01 # \ufffd", "a\nb.s")
    assert caught.value.render() == (
        "a\\x0ab.s:1:2: error: unknown directive '.sting'\n"
        "    \t.sting \\x01 # \ufffd\n"
        "    \t^~~~~~~~\n"
        "  help: did you mean '.string'?"
    )
    assert "\x1b[1;31merror\x1b[0m" in caught.value.render(colour=True)


def test_the_directive_table_says_what_a_writer_needs() -> None:
    assert DIRECTIVES[".word"].size == 2 and DIRECTIVES[".long"].size == 4
    assert DIRECTIVES[".asciz"].string and DIRECTIVES[".asciz"].kind is DirectiveClass.DATA
    assert DIRECTIVES[".cfi_def_cfa_offset"].kind is DirectiveClass.DEBUG


LINE_MARKERS = '# 1 "a.S"\n# 1 "b.h" 1\nnop\n# 7 "a.S" 2\nret\n'


def test_line_markers_of_the_preprocessor() -> None:
    assert [(s.text, s.file, s.line) for s in parse(LINE_MARKERS, "t.s").statements] == [
        ("nop", "b.h", 1),
        ("ret", "a.S", 7),
    ]
    inline = parse('nop\n#APP\n# 5 "x.c" 1\nret\n# 0 "" 2\n#NO_APP\n', "t.s").statements
    assert [(s.file, s.line) for s in inline if s.text] == [("t.s", 1), ("t.s", 4)]


@pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
def test_preprocessing(tmp_path: Path) -> None:
    (tmp_path / "inc").mkdir()
    (tmp_path / "inc" / "x.h").write_text("#define ONE 1\n")
    source = tmp_path / "t.S"
    source.write_text('#include "x.h"\n/* c */\nmov $ONE+TWO, %eax # keep\n')
    found: SourceFile = parse(preprocess(source, [str(tmp_path / "inc")], ["TWO=2"]), "t.S")
    insn = next(s for s in found.statements if s.kind is Kind.INSTRUCTION)
    assert (insn.args, insn.line, insn.comment) == ("$1 +2, %eax", 3, "# keep") or insn.args == "$1+2, %eax"
    with pytest.raises(SourceErrors, match=r"x\.h: No such file"):
        preprocess(source)


REGISTER_NAMES = """.ifdef MSVC
.equ FIRST, %rcx
.else
.equ FIRST, %rdi
.endif
.equ AGAIN, FIRST
LOW = %eax
.macro add_to place
    add 8(AGAIN), \\place
.endm
    add_to %rax
    mov LOW, FIRST_TIME(%rip)
    .set LOW, 5
    add $LOW, %ecx
"""


def test_names_of_registers_stand_for_them_where_they_are_in_force() -> None:
    shown = [s.text for s in parse(REGISTER_NAMES, "a.s").statements if s.text]
    assert shown == [
        "add 8(%rdi), %rax",
        "mov %eax, FIRST_TIME(%rip)",
        ".set LOW, 5",
        "add $LOW, %ecx",
    ]
