"""Python text of what is true or false: comparisons, and what is put together from them, as a programmer writes it.

``a == 1 or a == 2`` is ``a in (1, 2)``, ``a >= 1 and a <= 5`` is ``1 <= a <= 5``, and ``not`` stands only where no
other operator says the same. Only operands beside each other are joined, so that they are looked at in the same order.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from transpile.python.code import AND, COMPARISON, NOT, OR, Code

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Code):
    left: Code
    operator: str
    right: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Code):
    left: Code
    values: tuple[Code, ...]
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Junction(Code):
    operator: Literal["and", "or"]
    operands: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Negation(Code):
    operand: Code


def compare(left: Code, operator: str, right: Code) -> Comparison:
    text = f"{left.at(COMPARISON + 1)} {operator} {right.at(COMPARISON + 1)}"
    return Comparison(text, COMPARISON, left=left, operator=operator, right=right)


_IF = re.compile(r"if (.+?) ([<>])(=?) (.+):")


def extreme(test: str, assigned: str) -> str | None:
    """``min`` or ``max`` for an ``if`` around one assignment of one side to the other. Of equal values, which need not
    have the same decimals, it takes the same.

    >>> extreme("if fine > cap:", "fine = cap")
    'fine = min(fine, cap)'
    """
    found = _IF.fullmatch(test)
    if found is None:
        return None
    left, sign, or_equal, right = found.groups()
    for kept, new, smaller in ((left, right, sign == ">"), (right, left, sign == "<")):
        if assigned == f"{kept} = {new}":
            first, second = (new, kept) if or_equal else (kept, new)
            return f"{kept} = {'min' if smaller else 'max'}({first}, {second})"
    return None


def all_of(operands: Iterable[Code]) -> Code:
    pieces = _ranges(_members(_operands(operands, "and"), "!="))
    return _junction("and", pieces)


def any_of(operands: Iterable[Code]) -> Code:
    return _junction("or", _members(_operands(operands, "or"), "=="))


def negation(operand: Code) -> Code:
    match operand:
        case Comparison(left=left, operator=operator, right=right) if operator in _OPPOSITE:
            return compare(left, _OPPOSITE[operator], right)
        case Membership(left=left, values=values, negated=negated):
            return _member(left, values, not negated)
        case Negation(operand=inner):
            return inner
        case Junction(operator=operator, operands=operands):
            inverse = [negation(each) for each in operands]
            if sum(each.text.startswith("not ") for each in inverse) <= 1:
                return any_of(inverse) if operator == "and" else all_of(inverse)
    if operand.text in ("True", "False"):
        return Code("False" if operand.text == "True" else "True")
    return Negation(f"not {operand.at(NOT)}", NOT, operand=operand)


def _operands(operands: Iterable[Code], operator: str) -> Iterator[Code]:
    """``operands``, and those of the ones among them that have the same operator; not those that say nothing."""
    for each in operands:
        if each.text == ("True" if operator == "and" else "False"):
            continue
        if isinstance(each, Junction) and each.operator == operator:
            yield from each.operands
        else:
            yield each


def _junction(operator: Literal["and", "or"], operands: list[Code]) -> Code:
    decided = "False" if operator == "and" else "True"
    if not operands or any(each.text == decided for each in operands):
        return Code(decided if operands else str(operator == "and"))
    if len(operands) == 1:
        return operands[0]
    # ``and`` within ``or`` has brackets, though it would not need them.
    level, inner = (AND, AND) if operator == "and" else (OR, NOT)
    text = f" {operator} ".join(each.at(inner) for each in operands)
    return Junction(text, level, operator=operator, operands=tuple(operands))


def _members(operands: Iterable[Code], operator: Literal["==", "!="]) -> list[Code]:
    """Comparisons of one place with several constants as one."""
    made: list[Code] = []
    for each in operands:
        now, before = _values(each, operator), _values(made[-1], operator) if made else None
        if now is not None and before is not None and now[0] == before[0]:
            values = {value.text: value for value in (*before[1], *now[1])}
            made[-1] = _member(now[0], tuple(values.values()), operator == "!=")
        else:
            made.append(each)
    return made


def _values(code: Code, operator: str) -> tuple[Code, tuple[Code, ...]] | None:
    match code:
        case Comparison(left=left, operator=found, right=right) if found == operator:
            return (left, (right,)) if _plain(left) and _constant(right) else None
        case Membership(left=left, values=values, negated=negated) if negated == (operator == "!="):
            return left, values
    return None


def _member(left: Code, values: tuple[Code, ...], negated: bool) -> Code:
    if len(values) == 1:
        return compare(left, "!=" if negated else "==", values[0])
    text = f"{left.at(COMPARISON + 1)} {'not in' if negated else 'in'} ({', '.join(each.text for each in values)})"
    return Membership(text, COMPARISON, left=left, values=values, negated=negated)


def _ranges(operands: list[Code]) -> list[Code]:
    """Two bounds of one place as a chain, the lower one first."""
    made: list[Code] = []
    for each in operands:
        if made and (chain := _range(made[-1], each) or _range(each, made[-1])):
            made[-1] = chain
        else:
            made.append(each)
    return made


def _range(lower: Code, upper: Code) -> Code | None:
    match lower, upper:
        case (
            Comparison(left=one, operator=">" | ">=" as above, right=low),
            Comparison(left=other, operator="<" | "<=" as below, right=high),
        ) if one == other and all(map(_plain, (one, low, high))):
            return Code(f"{low.at(COMPARISON + 1)} {_TURNED[above]} {one.text} {below} {high.text}", COMPARISON)
    return None


def _plain(code: Code) -> bool:
    """Nothing is called to get it, so that it may be looked at once or twice."""
    return "(" not in code.text or _constant(code)


def _constant(code: Code) -> bool:
    match ast.parse(code.text, mode="eval").body:
        case ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return True
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant()]):
            return True
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mult(), right=ast.Constant()):
            return True
    return False
