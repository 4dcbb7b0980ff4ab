"""Alignment is claimed only where the directives make it certain."""

from __future__ import annotations

from transpile.asm.source import parse
from transpile.native.alignment import alignments

TEXT = """
	.data
	.align 16
a:	.quad 1, 2
	.long 3
b:	.long 4
c:	.byte 1
d:	.string "xy\\n"
e:	.zero 3
	.p2align 3,,4
f:	.quad 0
	.weak g
	.align 8
g:	.quad 0
	.local h
	.comm h,40,32
	.comm i,40,32
	.section .rodata.str1.8,"aMS",@progbits,1
	.align 8
j:	.string "text"
	.section .rodata.cst8,"aM",@progbits,8
	.align 8
k:	.long 0
l:	.long 1
	.uleb128 5
m:	.long 1
	.text
	.p2align 4
n:	ret
o:
"""


def test_alignments() -> None:
    found = alignments(parse(TEXT, "t.s").statements)
    assert found == {"a": 16, "b": 4, "c": 8, "h": 32, "k": 8, "l": 4, "n": 16}


def test_bytes_that_are_no_text_count_as_one_each() -> None:
    text = b'\t.data\n\t.align 8\na:\t.ascii "\xff\xfe12"\n\t.globl b\nb:\t.long 1\n'.decode("utf-8", "surrogateescape")
    assert alignments(parse(text, "t.s").statements) == {"a": 8, "b": 4}
