"""Operands, expressions and conditions for generated COBOL, made of the items that there are."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from transpile.corpora.cobol_items import Data, Item, Table, decimals, literal, word

_NUMBER_FUNCTIONS = ["ABS", "INTEGER", "INTEGER-PART", "SIGN"]
_LIST_FUNCTIONS = ["MAX", "MIN", "SUM", "MEAN", "MEDIAN", "RANGE", "MIDRANGE", "ORD-MAX", "ORD-MIN"]
_TEXT_FUNCTIONS = ["UPPER-CASE", "LOWER-CASE", "REVERSE", "TRIM"]
_RELATIONS = ["=", ">", "<", ">=", "<=", "<>"]
SHORT = 14
"""Characters that may be moved to a number: of more, GnuCOBOL 3.1 makes a binary number that wraps at 64 bits."""
_SPOKEN = ("IS EQUAL TO", "IS NOT GREATER THAN", "IS LESS THAN", "IS NOT =", "IS GREATER THAN OR EQUAL TO")


@dataclass(slots=True)
class Phrases:
    """``loops``: the counters of loops around a place and the greatest value that each has there."""

    rng: random.Random
    data: Data
    loops: list[tuple[Item, int]] = field(default_factory=list)

    def some(self, chance: float) -> bool:
        return self.rng.random() < chance

    # Items

    def pick(self, wanted: Callable[[Item], bool]) -> Item | None:
        found = [item for item in self.data.items if wanted(item)]
        return self.rng.choice(found) if found else None

    def said(self, item: Item) -> str:
        """With subscripts that are in range."""
        if not item.counts:
            return item.name
        return f"{item.name} ({' '.join(self.subscript(count, item) for count in item.counts)})"

    def subscript(self, count: int, item: Item | None = None) -> str:
        counters = [counter.name for counter, most in self.loops if most <= count]
        if counters and self.some(0.6):
            return self.rng.choice(counters)
        table = self.table_of(item)
        if table is not None and self.some(0.2):
            return table.index
        if self.some(0.4):
            return self.rng.choice(self.data.controls).name
        return str(self.rng.randint(1, count))

    def table_of(self, item: Item | None) -> Table | None:
        return next((table for table in self.data.tables if item in table.items), None)

    def number(self) -> str:
        """A numeric operand: an item or a literal."""
        if self.some(0.22):
            return self.constant()
        if self.loops and self.some(0.12):
            return self.rng.choice(self.loops)[0].name
        item = self.pick(lambda each: each.kind == "number")
        return self.said(item) if item is not None else "1"

    def constant(self) -> str:
        rng = self.rng
        if rng.random() < 0.3:
            return rng.choice(("0", "1", "2", "10", "100", "-1", "0.5", "1.5", "0.005", "12", "ZERO", "99.99"))
        item = self.pick(lambda each: each.kind == "number")
        if item is not None and rng.random() < 0.5:
            return literal(rng, item)
        return decimals(rng.randint(1, 10 ** rng.randint(1, 6)), rng.choice((0, 0, 1, 2, 3, 4)))

    def receiver(self, *, edited: float = 0.0) -> str:
        if self.some(edited):
            item = self.pick(lambda each: each.kind == "edited")
            if item is not None:
                return self.said(item)
        item = self.pick(lambda each: each.kind == "number")
        assert item is not None
        return self.said(item)

    def whole(self) -> str:
        item = self.pick(lambda each: each.whole)
        return self.said(item) if item is not None else "RETURN-CODE"

    def pointer(self) -> str:
        """GnuCOBOL reads only numbers of 31 bits there, and forgets an overflow when it stores one digit as COMP-3."""
        item = self.pick(
            lambda each: each.whole and each.size <= 9 and each.usage != "COMP-5" and (each.size, each.usage) != _LOST
        )
        return self.said(item) if item is not None else "RETURN-CODE"

    def count(self) -> str:
        """GnuCOBOL leaves an UNSTRING where a packed item is too small for a count."""
        item = self.pick(lambda each: each.whole and (each.size > 2 or each.usage != "COMP-3"))
        return self.said(item) if item is not None else "RETURN-CODE"

    def tally(self) -> str:
        item = self.pick(lambda each: each.whole)
        return self.said(item) if item is not None else "RETURN-CODE"

    def text_item(self, kinds: Sequence[str] = ("text",)) -> Item | None:
        return self.pick(lambda each: each.kind in kinds)

    def text(self, *, parts: float = 0.12) -> str:
        """An alphanumeric operand."""
        if self.some(0.3):
            return word(self.rng, self.rng.randint(1, 8))
        item = self.text_item(("text", "edited text"))
        if item is None:
            return '"NONE"'
        return self.part(item) if self.some(parts) else self.said(item)

    def part(self, item: Item) -> str:
        """Reference modification. GnuCOBOL 3.1 takes other characters of a literal for a part of a JUSTIFIED item."""
        if item.justified:
            return self.said(item)
        start = self.rng.randint(1, item.size)
        length = self.rng.randint(1, item.size - start + 1)
        pick = self.rng.random()
        if pick < 0.6:
            return f"{self.said(item)} ({start}:{length})"
        if pick < 0.75:
            return f"{self.said(item)} ({start}:)"
        return f"{self.said(item)} ({self.rng.choice(self.data.controls).name}:1)"

    def written_text(self) -> str:
        item = self.text_item()
        if item is None:
            return "RETURN-CODE"
        return self.part(item) if self.some(0.12) else self.said(item)

    def short_text(self) -> str:
        """What may be moved to a number."""
        item = self.pick(lambda each: each.kind == "text" and each.size <= SHORT)
        return self.said(item) if item is not None else "RETURN-CODE"

    def shown_item(self) -> str:
        item = self.pick(lambda each: True)
        return self.said(item) if item is not None else '"NOTHING"'

    # Expressions

    def expression(self, depth: int = 2, *, divide: bool = True) -> str:
        """Without ``divide`` only by what is not zero: what a condition is then is not defined."""
        pick = self.rng.random()
        if depth == 0 or pick < 0.2:
            return self.number_function() if self.some(0.08) else self.number()
        if pick < 0.3:
            return f"( {self.expression(depth - 1, divide=divide)} )"
        if pick < 0.34:
            return f"- {self.operand(depth - 1, divide=divide)}"
        if pick < 0.38:
            return f"{self.receiver()} ** {self.rng.choice(('2', '2', '3'))}"
        sign = self.rng.choice(("+", "-", "*", "*", "/", "+", "-"))
        if sign == "/" and not divide:
            return f"{self.operand(depth - 1, divide=False)} / {self.rng.choice(('3', '7', '100', '0.4'))}"
        return f"{self.operand(depth - 1, divide=divide)} {sign} {self.operand(depth - 1, divide=divide)}"

    def operand(self, depth: int, *, divide: bool = True) -> str:
        """A part of a larger expression: a literal below zero stands in brackets."""
        said = self.expression(depth, divide=divide)
        return f"( {said} )" if said.startswith("-") else said

    def number_function(self) -> str:
        pick = self.rng.random()
        if pick < 0.4:
            return f"FUNCTION {self.rng.choice(_NUMBER_FUNCTIONS)} ( {self.argument()} )"
        if pick < 0.7:
            arguments = " ".join(self.argument() for _ in range(self.rng.randint(2, 3)))
            return f"FUNCTION {self.rng.choice(_LIST_FUNCTIONS)} ( {arguments} )"
        if pick < 0.85:
            return f"FUNCTION {self.rng.choice(('MOD', 'REM'))} ( {self.whole()} {self.rng.randint(1, 12)} )"
        item = self.text_item()
        said = self.said(item) if item is not None else '"12"'
        return f"FUNCTION {self.rng.choice(('LENGTH', 'ORD'))} ( {said} )"

    def argument(self) -> str:
        """A number. GnuCOBOL 3.1 takes ZERO for something else: FUNCTION ABS ( ZERO ) is 1600."""
        found = self.number()
        return "0" if found == "ZERO" else found

    def text_function(self) -> str:
        return f"FUNCTION {self.rng.choice(_TEXT_FUNCTIONS)} ( {self.text(parts=0.0).replace('SPACES', 'SPACE')} )"

    # Conditions

    def condition(self, depth: int = 2) -> str:
        pick = self.rng.random()
        if depth and pick < 0.2:
            return f"{self.condition(depth - 1)} {self.rng.choice(('AND', 'OR'))} {self.condition(depth - 1)}"
        if depth and pick < 0.25:
            return f"( NOT ( {self.condition(depth - 1)} ) )"
        if pick < 0.3:
            said = self.item_number()
            return f"{said} {self.relation()} {self.beside(said)} OR {self.beside(said)}"
        if pick < 0.6:
            said = self.item_number()
            return f"{said} {self.relation()} {self.beside(said)}"
        if pick < 0.66:
            return f"{self.item_number()} {self.relation()} {self.item_number()} + {self.operand(1, divide=False)}"
        if pick < 0.78 and self.data.flags:
            return f"{self.rng.choice(('', '', 'NOT '))}{self.rng.choice(self.data.flags)}"
        if pick < 0.84:
            return f"( {self.item_number()} IS {self.rng.choice(('', 'NOT '))}{self.rng.choice(_SIGNS)} )"
        if pick < 0.9:
            return self.class_test()
        return self.text_relation()

    def item_number(self) -> str:
        """An item to compare. GnuCOBOL 3.1 compares native ones of 8 bytes without sign as if all numbers were."""
        item = self.pick(
            lambda each: each.kind == "number" and (each.signed or each.usage != "COMP-5" or each.size < 10)
        )
        return self.said(item) if item is not None else self.receiver()

    def beside(self, said: str) -> str:
        """A number to compare an item with."""
        found = self.number()
        return found if self.holds(said, found) else "0"

    def item(self, said: str) -> Item | None:
        """The item that ``said`` names, if it is one."""
        return next((each for each in self.data.items if each.name == said.split()[0]), None)

    def moved(self, *receivers: str) -> str:
        """A number to move. GnuCOBOL 3.1 makes more than 19 digits, with the decimals of a binary receiver, wrap."""
        found = self.number()
        item, goals = self.item(found), [self.item(each) for each in receivers]
        binary = [each.scale for each in goals if each is not None and each.usage.startswith("COMP")]
        fits = item is None or not binary or item.size - item.scale + max(binary) <= 19
        return found if fits else "1"

    def holds(self, said: str, number: str) -> bool:
        """GnuCOBOL 3.1 is wrong about comparisons with literals that the item could not hold."""
        item = self.item(said)
        whole = number.lstrip("-").partition(".")[0]
        if item is None or not whole.isdigit():
            return True
        room = len(whole.lstrip("0")) <= item.size - item.scale
        return room and (item.signed or not number.startswith("-"))

    def relation(self) -> str:
        return self.rng.choice(_SPOKEN) if self.some(0.15) else self.rng.choice(_RELATIONS)

    def class_test(self) -> str:
        negated = self.rng.choice(("", "NOT "))
        item = self.text_item(("text", "letters"))
        if item is not None and self.some(0.6):
            kind = self.rng.choice(("ALPHABETIC", "ALPHABETIC-UPPER", "ALPHABETIC-LOWER", "NUMERIC"))
            kind = "ALPHABETIC" if item.kind == "letters" else kind
            return f"{self.said(item)} IS {negated}{kind}"
        return f"{self.item_number()} IS {negated}NUMERIC"

    def text_relation(self) -> str:
        item = self.text_item(("text", "letters", "edited text", "edited"))
        if item is None:
            return f"{self.item_number()} IS ZERO"
        other = self.rng.choice((self.text(), self.text(), "SPACES", "ZEROS", "LOW-VALUES", 'ALL "AB"'))
        if item.kind == "letters":
            other = word(self.rng, 4)
        if item.kind == "text" and self.some(0.1):
            whole = self.pick(lambda each: each.whole and each.usage == "DISPLAY" and not each.signed_apart)
            other = self.said(whole) if whole is not None else other
        return f"{self.said(item)} {self.relation()} {other}"


_LOST = (1, "COMP-3")
_SIGNS = ("POSITIVE", "NEGATIVE")
