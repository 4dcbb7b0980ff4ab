"""Terms of which nothing is known, and what they are when that is put in."""

from __future__ import annotations

import z3

from transpile.solvers.storage.values import Int, Text, Truth, known


class Unknown:
    """Texts and numbers of which nothing is known, until they are put in."""

    def __init__(self) -> None:
        self.pairs: list[tuple[Int, Int]] = []

    def text(self, value: str) -> Text:
        return Text(tuple(self.number(ord(char)) for char in value))

    def number(self, value: int) -> Int:
        made = z3.Int(f"unknown {len(self.pairs)}")
        self.pairs.append((made, z3.IntVal(value)))
        return made

    def known(self, term: Int) -> int | None:
        made = z3.simplify(z3.substitute(term, *self.pairs))
        assert isinstance(made, z3.ArithRef)
        return known(made)

    def words(self, value: Text) -> str:
        return "".join(chr(self.known(char) or 0) for char in value.chars)

    def holds(self, truth: Truth) -> bool:
        return z3.is_true(z3.simplify(z3.substitute(truth, *self.pairs)))
