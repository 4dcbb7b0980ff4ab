"""Macros of the file in the brackets of an ``asm`` statement, put in their places as the preprocessor does it.

That holds between the operands' expressions, which keep their macros. Macros that are defined twice are left, and so
are those that paste tokens together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from transpile.c.tokens import Token
from transpile.inline.literals import LiteralError
from transpile.inline.places import Directive, Placed, closing, parts

MOST = 2000
"""Tokens of one statement."""


def definitions(directives: Sequence[Directive]) -> dict[str, Directive]:
    """What each macro that the file defines once stands for."""
    defined = Counter(one.name for one in directives if one.name)
    return {one.name: one for one in directives if defined[one.name] == 1 and not any(t.text == "##" for t in one.body)}


def undefined(directives: Sequence[Directive]) -> dict[str, int]:
    """Where each macro is undefined first."""
    found = ((re.match(r"#\s*undef\s+(\w+)", one.text), one.start) for one in reversed(directives))
    return {match[1]: start for match, start in found if match}


def expanded(tokens: Sequence[Placed], macros: Mapping[str, Directive], hidden: Set[str] = frozenset()) -> list[Placed]:
    """``tokens`` without macros outside brackets; ``hidden`` are names that stand for themselves.

    Raises:
        LiteralError: it would be very long.
    """
    found: list[Placed] = []
    depth = at = 0
    while at < len(tokens):
        if len(found) > MOST:
            raise LiteralError("its macros stand for very much")
        one = tokens[at]
        depth += (one.text in "([{") - (one.text in ")]}")
        macro = macros.get(one.text) if depth == 0 and one.token.kind == "name" and one.text not in hidden else None
        end = _behind(tokens, at, macro) if macro is not None else -1
        if macro is None or end < 0:
            found.append(one)
            at += 1
            continue
        written = _arguments(tokens[at + 1 : end])
        given = [expanded(argument, macros, hidden) for argument in written]
        found += expanded(_substituted(macro, written, given), macros, hidden | {macro.name})
        at = end
    return found


def _behind(tokens: Sequence[Placed], at: int, macro: Directive) -> int:
    """The index behind a use of ``macro``; -1 if it is none."""
    if macro.parameters is None:
        return at + 1
    if at + 1 == len(tokens) or tokens[at + 1].text != "(":
        return -1
    end = closing(tokens, at + 1)
    fits = end > 0 and len(_arguments(tokens[at + 1 : end + 1])) == len(macro.parameters)
    return end + 1 if fits and not any("..." in name for name in macro.parameters) else -1


def _arguments(use: Sequence[Placed]) -> list[Sequence[Placed]]:
    """What stands in the brackets, part by part."""
    return parts(use[1:-1], ",") if len(use) > 2 else []


def _substituted(
    macro: Directive, written: Sequence[Sequence[Placed]], given: Sequence[Sequence[Placed]]
) -> list[Placed]:
    """The body with its parameters replaced; ``#`` makes a string of what was written."""
    names = {name: at for at, name in enumerate(macro.parameters or ())}
    found: list[Placed] = []
    text = False
    for one in macro.body:
        index = names.get(one.text)
        if one.text == "#" and names:
            text = True
            continue
        if index is None:
            found.append(one)
        elif text:
            found.append(replace(one, token=_string(one.token, written[index])))
        else:
            found += given[index]
        text = False
    return found


def _string(place: Token, written: Sequence[Placed]) -> Token:
    words = ""
    for before, one in zip((None, *written), written, strict=False):
        spaced = before is not None and one.start > before.end
        quoted = (
            one.text.replace("\\", "\\\\").replace('"', '\\"') if one.token.kind in ("string", "char") else one.text
        )
        words += " " * spaced + quoted
    return replace(place, kind="string", text=f'"{words}"')
