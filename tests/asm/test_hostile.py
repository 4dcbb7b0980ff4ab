"""Hostile text is answered with messages, in bounded time and memory."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transpile.asm.source import MAX_ERRORS, parse, parse_bytes
from transpile.errors import SourceErrors
from transpile.x86.decode import decode_all

MEGA = 1 << 19
CASES = {
    "one long line": "a" * 100_000_000,
    "NUL bytes": "nop\n" + "\0" * 1000,
    "blanks": " " * MEGA + '"',
    "labels": "a:" * (MEGA // 16) + "+",
    "quotes": '"' * MEGA,
    "escapes": '.string "' + "\\" * (MEGA - 1),
    "comments": "/*" * MEGA,
    "brackets": "mov " + "(" * 4000,
    "nesting": "mov $" + "(" * 1500 + "1" + ")" * 1500 + ", %eax",
    "symbols": "mov $" + "a+" * 2000 + "a, %eax",
    "digits": "mov $" + "9" * 4000 + ", %eax",
    "intel brackets": ".intel_syntax noprefix\nmov eax, " + "[" * 2000,
    "unknown instructions": "".join(f"xx{i} %eax\n" for i in range(2000)),
    "unknown directives": "".join(f".xx{i}\n" for i in range(100_000)),
    "repetition": ".rept 1000000000\n.rept 1000000000\n.if 0\n.endif\n.endr\n.endr\n",
    "hidden repetition": ".rept 2000000\n.rept 0\n" + "nop\n" * 10000 + ".endr\n.endr\n",
    "recursion": ".macro a\na\na\n.endm\na\n",
    "growth": ".macro a x\na \\x\\x\\x\\x\n.endm\na bbbbbbbbbbb\n",
    "conditions": ".if 1\n" * 100_000,
    "sections": ".pushsection .a\n" * 100_000,
    "prefixes": "lock rep " * 300,
    "lines": "\n" * 2_000_001,
}


@pytest.mark.parametrize("name", CASES)
def test_bounded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transpile.asm.macros.MAX_EXPANDED", 100_000)
    started = time.process_time()
    with pytest.raises(SourceErrors) as caught:
        decode_all(parse(CASES[name], "t.s").statements)
    assert time.process_time() - started < 5
    assert len(caught.value.errors) <= MAX_ERRORS
    assert all(len(line) < 5000 for line in caught.value.render().splitlines())


WORDS = r"""mov movl jmp lock rep vaddps %eax %xmm0 $ 1f 1: a: ( ) [ ] , * + - @plt %fs: 0x ' " \ # /* */ ; x = rip rax
    \b .if .section .byte .string OFFSET FLAT:"""
LINES = [
    ".macro a b",
    ".endm",
    ".rept 3",
    ".endr",
    ".else",
    ".endif",
    ".popsection",
    ".intel_syntax noprefix",
    '# 1 "x"',
]
OTHERS = [" ", "\n", "\0", "\ud8ff", "\n.set x,", "QWORD PTR "]
PIECES = st.sampled_from([*WORDS.split(), *OTHERS, *(f"\n{line}\n" for line in LINES)])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        decode_all(parse(text, "t.s").statements)
    except SourceErrors as errors:
        assert errors.render(colour=True)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        parse_bytes(data, "t.s")
    except SourceErrors as errors:
        assert errors.render().encode()
