"""Python text of expressions, with brackets only where the meaning needs them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

CONDITIONAL, OR, AND, NOT, COMPARISON, SUM, PRODUCT, UNARY, ATOM = 1, 2, 3, 4, 5, 10, 11, 12, 15


@dataclass(frozen=True, slots=True)
class Code:
    """``level`` is that of the operator that binds least; see the language reference, 6.17."""

    text: str
    level: int = ATOM

    def at(self, level: int) -> str:
        """The text where an operand that binds at least as ``level`` may stand."""
        return self.text if self.level >= level else f"({self.text})"

    def __str__(self) -> str:
        return self.text


def binary(left: Code, operator: str, right: Code) -> Code:
    level = SUM if operator in "+-" else PRODUCT
    return Code(f"{left.at(level)} {operator} {right.at(level + 1)}", level)


def minus(operand: Code) -> Code:
    return Code(f"-{operand.at(UNARY)}", UNARY)


def call(function: str, *arguments: Code | str, **named: Code | str) -> Code:
    given = [str(argument) for argument in arguments] + [f"{name}={value}" for name, value in named.items()]
    return Code(f"{function}({', '.join(given)})")


def method(owner: Code, name: str, *arguments: Code | str) -> Code:
    return call(f"{owner.at(ATOM)}.{name}", *arguments)


def attribute(owner: Code, name: str) -> Code:
    return Code(f"{owner.at(ATOM)}.{name}")


def item(owner: Code, *subscripts: Code) -> Code:
    return Code(f"{owner.at(ATOM)}[{', '.join(map(str, subscripts))}]")


def part(owner: Code, start: Code | None, end: Code | None) -> Code:
    """``owner[start:end]``, with spaces around the colon where an end is more than a name or number."""
    first, last = str(start or ""), str(end or "")
    if all(_simple(each) for each in (first, last)):
        return Code(f"{owner.at(ATOM)}[{first}:{last}]")
    return Code(f"{owner.at(ATOM)}[{f'{first} : {last}'.strip()}]")


def _simple(text: str) -> bool:
    return not text or text.removeprefix("-").isidentifier() or text.removeprefix("-").isdecimal()


def literal(value: int | float | str) -> Code:
    """A number or text as Python's formatters write it: double quotes unless that needs more backslashes."""
    if isinstance(value, str):
        return Code(quoted(value))
    return Code(repr(value), UNARY if value < 0 else ATOM)


def decimal_code(value: Decimal) -> Code:
    """With all its decimals, and without an exponent if it has any."""
    return call("Decimal", quoted(f"{value:f}" if value.as_tuple().exponent < 0 else str(value)))  # type: ignore[operator]


def quoted(value: str) -> str:
    quote = "'" if value.count('"') > value.count("'") else '"'
    return f"{quote}{escaped(value, quote)}{quote}"


def escaped(value: str, quote: str) -> str:
    """``value`` as it stands between two of ``quote``."""
    return "".join(_escaped(character, quote) for character in value)


def _escaped(character: str, quote: str) -> str:
    if character in ("\\", quote):
        return "\\" + character
    if " " <= character <= "~":
        return character
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character) or f"\\x{ord(character):02x}"


def shifted(number: Code, by: int) -> Code:
    """``number`` and ``by`` more, folded where it is a number or ends in one."""
    text = number.text
    if number.level >= UNARY and text.removeprefix("-").isdecimal():
        return literal(int(text) + by)
    if by == 0:
        return number
    head, _, tail = text.rpartition(" ")
    base, _, operator = head.rpartition(" ")
    if number.level == SUM and tail.isdecimal() and operator in ("+", "-") and _balanced(base):
        total = int(f"{operator}{tail}") + by
        return shifted(Code(base, SUM), total) if total else Code(base, SUM)
    return binary(number, "+" if by > 0 else "-", literal(abs(by)))


def _balanced(text: str) -> bool:
    return all(text.count(a) == text.count(b) for a, b in ("()", "[]")) and '"' not in text
