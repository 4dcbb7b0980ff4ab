"""Arguments of macros: where one ends and the next begins, and what a parameter name in a body means."""

from __future__ import annotations

import re

_OPERATORS = frozenset("+-*/|&^<>=%!~")
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"?|\s+|.', re.S)
_DECLARED = re.compile(r"\s*,?\s*([A-Za-z_.$][\w.$]*)(?::(req|vararg))?(?:\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^\s,]*))?")


def declared_parameters(text: str) -> tuple[list[tuple[str, str, str]], str]:
    """(name, ``req`` or ``vararg`` or nothing, default) of each parameter of ``.macro``, and what cannot be read."""
    parameters: list[tuple[str, str, str]] = []
    position = 0
    while match := _DECLARED.match(text, position):
        parameters.append((match[1], match[2] or "", unquoted(match[3] or "")))
        position = match.end()
    return parameters, text[position:].strip()


def split_arguments(text: str, spaces: bool = True) -> list[str]:
    """Arguments separated by commas (or spaces), except within brackets and strings."""
    arguments: list[str] = []
    current: list[str] = []
    depth, pending_space = 0, False
    for piece in _PIECE.findall(text.strip()):
        if piece == "," and depth == 0:
            arguments.append("".join(current).strip())
            current, pending_space = [], False
            continue
        if piece.isspace() and depth == 0 and spaces:
            pending_space = bool(current)
            continue
        if pending_space and piece not in _OPERATORS and current[-1] not in _OPERATORS:
            arguments.append("".join(current))
            current = []
        pending_space = False
        depth += (piece in "([") - (piece in ")]")
        current.append(piece)
    if current or arguments:
        arguments.append("".join(current).strip())
    return arguments


def unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def longest_prefix(name: str, values: dict[str, str]) -> str:
    """``\\reg_lo`` where only ``reg`` is a parameter: the name may end anywhere before ``.`` or ``$``."""
    for mark in (".", "$"):
        head, found, tail = name.partition(mark)
        if found and head in values:
            return values[head] + mark + tail
    return ""
