"""The template of a statement as assembly text: operands in their places, each as wide as it is printed.

``Template`` reads it once; ``lines`` gives AT&T text for one choice of widths.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transpile.inline.binding import Bound
from transpile.inline.reasons import Refusal
from transpile.inline.statement import Statement
from transpile.x86.insn import RegOp
from transpile.x86.registers import SPELLINGS, SUFFIXES

_REFERENCE = re.compile(r"%(?:(?P<mod>[A-Za-z])?(?:(?P<number>\d+)|\[(?P<name>\w+)\])|(?P<mark>.))", re.S)
_PREFIX = re.compile(r"\b(lock|rep|repe|repz|repne|repnz)\s*(?:;|\n)\s*(?=[a-z])")
_DEFINED = re.compile(r"\s*([\w.$]+)\s*:(?!:)\s*")
_HARMLESS = frozenset({".align", ".p2align", ".balign"})
_WIDE = {"b": 1, "w": 2, "k": 4, "q": 8}
_PLAIN = frozenset("cPpnzal")
MOST = 2000
"""Characters of a template."""
LABEL = ".Lgoto_"
"""What a label of C is called in the instantiated text."""


@dataclass(frozen=True, slots=True)
class Reference:
    """``%k1`` is operand 1 with the modifier ``k``."""

    operand: int
    modifier: str = ""


Piece = str | Reference
Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """The pieces of every line."""

    lines: tuple[Line, ...]

    def plain(self, line: Line, bound: Sequence[Bound]) -> tuple[int, ...]:
        """Register operands of a line whose spelling depends on how wide they are."""
        found = {
            p.operand
            for p in line
            if isinstance(p, Reference) and p.modifier in ("", "z") and p.operand < len(bound)
            and bound[p.operand].where in ("register", "vector")
        }  # fmt: skip
        return tuple(sorted(found))


def read(statement: Statement) -> Template:
    """The statement's template; raises Refusal."""
    text = statement.template
    if len(text) > MOST:
        raise Refusal("not handled", f"its template is longer than {MOST} characters")
    if not statement.extended:
        return Template(tuple((part,) for part in _separate(_PREFIX.sub(r"\1 ", text))))
    text = _PREFIX.sub(r"\1 ", _one_dialect(text))
    names = {o.name: at for at, o in enumerate(statement.operands) if o.name}
    for at, label in enumerate(statement.labels):
        names.setdefault(label, len(statement.operands) + at)
    pieces: list[Piece] = []
    end = 0
    for match in _REFERENCE.finditer(text):
        pieces.append(text[end : match.start()])
        pieces.append(_piece(match, names, statement))
        end = match.end()
    pieces.append(text[end:])
    return Template(tuple(_lines(pieces)))


def _piece(match: re.Match[str], names: Mapping[str, int], statement: Statement) -> Piece:
    mark = match["mark"]
    if mark is not None:
        if mark == "=":
            return "_own"
        if mark in "%{|}":
            return mark
        raise Refusal("not read", f"'%{mark}' in its template means nothing")
    if match["name"] is not None and match["name"] not in names:
        raise Refusal("not read", f"it has no operand called '{match['name']}'")
    count = len(statement.operands)
    if match["number"] is None:
        operand = names[match["name"]]
    else:
        operand = int(match["number"])
        if operand >= count:  # what is read and written counts twice before the labels
            operand -= sum("+" in output.constraint for output in statement.outputs)
    if operand >= count + len(statement.labels) or (operand >= count) != (match["mod"] == "l"):
        raise Refusal("not read", f"'{match[0]}' in its template names no operand")
    return Reference(operand, match["mod"] or "")


def _one_dialect(text: str) -> str:
    """``{att|intel}`` as AT&T has it; ``%{`` and the like are no brackets."""
    return re.sub(r"(?<!%)\{((?:%.|[^{}%|])*)\|(?:%.|[^{}%])*\}", r"\1", text)


def _separate(text: str) -> list[str]:
    return [part for part in re.split(r"[\n;]", re.sub(r"/\*[\s\S]*?\*/|#[^\n]*", " ", text)) if part.strip()]


def _lines(pieces: Sequence[Piece]) -> list[Line]:
    """Pieces cut at the ends of instructions."""
    marks = "".join(p if isinstance(p, str) else f"\0{at}\0" for at, p in enumerate(pieces))
    lines: list[Line] = []
    for text in _separate(marks):
        line: list[Piece] = []
        for at, part in enumerate(text.split("\0")):
            line.append(part if at % 2 == 0 else pieces[int(part)])
        lines.append(tuple(p for p in line if p != ""))
    return lines


def render(line: Line, bound: Sequence[Bound], widths: Mapping[int, int]) -> str:
    """One line as AT&T text."""
    return "".join(p if isinstance(p, str) else _printed(p, bound, widths) for p in line).strip()


def _printed(reference: Reference, bound: Sequence[Bound], widths: Mapping[int, int]) -> str:
    at, modifier = reference.operand, reference.modifier
    if at >= len(bound):
        return f"{LABEL}{at - len(bound)}"
    one = bound[at]
    match one.where:
        case "constant":
            return _constant(one.value, modifier)
        case "memory":
            return _memory(one.register, modifier)
        case "vector" if modifier in ("", "x"):
            return f"%{one.register}"
        case "register":
            return _register(one.register, modifier, widths.get(at, 8))
        case _:
            raise Refusal("not handled", f"'%{modifier}{at}' in its template")


def _register(name: str, modifier: str, width: int) -> str:
    if modifier == "z":
        return SUFFIXES[width]
    if modifier == "h":
        high = SPELLINGS.get(RegOp(name, 1, high=True))
        if high is None:
            raise Refusal("not read", "'%h' needs a register whose second byte has a name")
        return "%" + high
    if modifier == "a":
        return f"(%{name})"
    if modifier in ("V", "P", "p", "c", "n", "H", "l") or (modifier and modifier not in _WIDE):
        raise Refusal("not handled", f"the modifier '%{modifier}' of a register")
    return "%" + SPELLINGS[RegOp(name, _WIDE.get(modifier, width))]


def _constant(value: int, modifier: str) -> str:
    if modifier in ("c", "P", "p", "a"):
        return str(value)
    if modifier == "n":
        return str(-value)
    if modifier in ("", *_WIDE):
        return f"${value}"
    raise Refusal("not handled", f"the modifier '%{modifier}' of a constant")


def _memory(name: str, modifier: str) -> str:
    if modifier == "H":
        return f"8(%{name})"
    if modifier in ("", "P", "a", *_WIDE):
        return f"(%{name})"
    raise Refusal("not handled", f"the modifier '%{modifier}' of memory")


def refuse_definitions(line: str) -> None:
    """Raises Refusal for directives, whose effect the translation would lack, and for symbols that others may use."""
    rest = line.strip()
    while (label := _DEFINED.match(rest)) is not None:
        name, rest = label[1], rest[label.end() :]
        if not name.startswith(".L") and not name.isdigit() and "_own" not in name:
            raise Refusal("not handled", f"it defines the symbol '{name}'")
    word = rest.split()[0] if rest.split() else ""
    if word.startswith(".") and word not in _HARMLESS:
        raise Refusal("not handled", f"it has the directive '{word}'")
