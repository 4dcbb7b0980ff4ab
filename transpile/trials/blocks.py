"""The sizes of thread blocks that a CUDA text asks for: where its errors at the edges are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from transpile.emulators.cuda.grammar import Node, parse, walk

USUAL = 32
"""What is taken for the block of a text that names none: a warp."""
_NUMBER = re.compile(rb"(?:0[xX][0-9a-fA-F]+|[0-9]+)(?=[uUlL]*$)")
_LEAST, _MOST = 2, 1024


def block_sizes(cuda_text: str) -> tuple[int, ...]:
    """Extents of blocks and tiles, the likeliest first; at least one."""
    source = cuda_text.encode()
    found: Counter[int] = Counter()
    for number, weight in _numbers(parse(source), source):
        if _LEAST <= number <= _MOST:
            found[number] += weight
    return tuple(number for number, _ in sorted(found.items(), key=lambda row: (-row[1], -row[0]))) or (USUAL,)


def _numbers(root: Node, source: bytes) -> Iterator[tuple[int, int]]:
    """Numbers that may be extents of blocks, and how much each place says so."""
    for node in walk(root):
        match node.type:
            case "kernel_call_syntax" | "argument_list":
                above = node.parent
                says_more = node.type != "argument_list" or (above is not None and _declares_dim3(above, source))
                yield from ((number, 8) for number in _alone(node, source) if says_more)
                yield from ((number, 2) for number in _within(node, source) if says_more)
            case "preproc_def" if (macro := node.child_by_field_name("value")) is not None:
                yield from ((number, 4) for number in _spelled(source[macro.start_byte : macro.end_byte].strip(b" ()")))
            case "init_declarator" | "array_declarator" | "enumerator":
                held = node.child_by_field_name("value") or node.child_by_field_name("size")
                if held is not None and held.type == "number_literal":
                    yield from ((number, 4) for number in _text(held, source))
            case "binary_expression" if b"/" in source[node.start_byte : node.end_byte]:
                right = node.child_by_field_name("right")
                yield from ((number, 1) for number in (_text(right, source) if right is not None else ()))


def _declares_dim3(node: Node, source: bytes) -> bool:
    """``node`` is ``block(16, 8)`` of a declaration, or ``dim3(16, 8)``."""
    whole = node.parent if node.type == "init_declarator" else node
    return (
        whole is not None and re.match(rb"(?:const\s+)?dim3\b", source[whole.start_byte : whole.end_byte]) is not None
    )


def _alone(node: Node, source: bytes) -> Iterator[int]:
    """The numbers that are whole arguments of ``node``."""
    for inner in node.children:
        yield from _text(inner, source)


def _within(node: Node, source: bytes) -> Iterator[int]:
    """The numbers anywhere in arguments of ``node``, such as those that are computed."""
    for inner in walk(node):
        if inner.type == "number_literal":
            yield from _text(inner, source)


def _text(node: Node, source: bytes) -> Iterator[int]:
    return _spelled(source[node.start_byte : node.end_byte])


def _spelled(text: bytes) -> Iterator[int]:
    match = _NUMBER.match(text)
    if match:
        digits = match[0]
        yield int(digits, 16) if digits[:2] in (b"0x", b"0X") else int(digits)
