"""Faults that people and models make when they move COBOL to Python, put into methods of an emitted module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """``text`` is the module with one fault in ``method``, at ``line``."""

    kind: str
    method: str
    line: int
    description: str
    text: str


_FITS = ("fit_decimal", "fit_rounded", "fit_int", "checked_decimal", "checked_int")
_SUMS: dict[type[ast.operator], str] = {ast.Add: "-", ast.Sub: "+"}
_COMPARISONS: dict[type[ast.cmpop], str] = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
_OPPOSITE: dict[type[ast.cmpop], str] = {ast.Eq: "!=", ast.NotEq: "==", ast.Lt: ">=", ast.GtE: "<", ast.Gt: "<=",
                                         ast.LtE: ">"}  # fmt: skip
KINDS = (
    "banker's rounding",
    "rounding dropped",
    "truncation dropped",
    "wrong scale",
    "wrong digits",
    "float arithmetic",
    "off by one",
    "sign",
    "sign of sum",
    "boundary of comparison",
    "condition reversed",
    "wrong field",
    "wrong constant",
    "statement lost",
    "perform lost",
)


def mutants(text: str, class_name: str) -> list[Mutant]:
    """All mutants of the methods of a class, in the order of the text."""
    tree = ast.parse(text)
    program = next(each for each in tree.body if isinstance(each, ast.ClassDef) and each.name == class_name)
    return [each for node in program.body if isinstance(node, ast.FunctionDef) for each in _Mutating(text, node).all()]


class _Mutating:
    def __init__(self, text: str, method: ast.FunctionDef) -> None:
        self.text, self.method = text, method
        self.starts = [0]
        for line in text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def all(self) -> Iterator[Mutant]:
        if self.method.name.startswith("__") or self.method.decorator_list:
            return
        for node in ast.walk(self.method):
            match node:
                case ast.Call(func=ast.Name(id=name)) if name in _FITS:
                    yield from self.fit(node, name)
                case ast.Call(func=ast.Name(id="range"), args=[*_, _]):
                    yield from self.counted(node)
                case ast.BinOp():
                    yield from self.arithmetic(node)
                case ast.Compare(ops=[op], comparators=[_]):
                    yield from self.comparison(node, op)
                case ast.Assign(targets=[ast.Attribute() as target], value=value):
                    yield from self.assignment(node, target, value)
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name))):
                    yield self.made("perform lost", node, "pass", f"{name} is not performed")

    def fit(self, node: ast.Call, name: str) -> Iterator[Mutant]:
        value, *places = (self.source(each) for each in node.args)
        given = "".join(f", {each.arg}={self.source(each.value)}" for each in node.keywords)
        rest = ", ".join(places) + given
        if name == "fit_rounded":
            even = f'fit_decimal(rounded({value}, {places[1]}, "NEAREST-EVEN"), {rest})'
            yield self.made("banker's rounding", node, even, "halves to the even neighbour", "rounded")
            yield self.made("rounding dropped", node, f"fit_decimal({value}, {rest})", "cut", "fit_decimal")
        digits = int(places[0])
        if name.startswith("fit"):
            wide = ", ".join(["30", *places[1:]])
            yield self.made("truncation dropped", node, f"{name}({value}, {wide}{given})", "high digits are kept")
        fewer = ", ".join([str(max(1, digits - 1)), *places[1:]])
        yield self.made("wrong digits", node, f"{name}({value}, {fewer}{given})", f"{digits - 1} digits")
        if name.endswith(("decimal", "rounded")):
            for scale in (int(places[1]) - 1, int(places[1]) + 1):
                changed = f"{name}({value}, {digits}, {scale}{given})"
                yield self.made("wrong scale", node, changed, f"{scale} decimals")
            floating = f"{name}(Decimal(float({value})), {rest})"
            yield self.made("float arithmetic", node, floating, "the value is a float", "Decimal")
        if any(each.arg == "signed" for each in node.keywords):
            yield self.made("sign", node, f"{name}({value}, {', '.join(places)})", "the sign is kept")
        else:
            yield self.made("sign", node, f"{name}({value}, {rest}, signed=False)", "the sign is lost")

    def counted(self, node: ast.Call) -> Iterator[Mutant]:
        at = 1 if len(node.args) > 1 else 0
        for step in ("+ 1", "- 1"):
            changed = [self.source(each) for each in node.args]
            changed[at] = f"{changed[at]} {step}"
            yield self.made("off by one", node, f"range({', '.join(changed)})", f"one round {step}")

    def arithmetic(self, node: ast.BinOp) -> Iterator[Mutant]:
        left, right = self.source(node.left), self.source(node.right)
        if type(node.op) in _SUMS:
            sign = _SUMS[type(node.op)]
            yield self.made("sign of sum", node, f"{left} {sign} ({right})", f"{sign} for its opposite")
        if isinstance(node.op, ast.Mod):
            yield self.made("truncation dropped", node, f"({left})", "high digits are kept")

    def comparison(self, node: ast.Compare, op: ast.cmpop) -> Iterator[Mutant]:
        left, right = self.source(node.left), self.source(node.comparators[0])
        if type(op) in _COMPARISONS:
            sign = _COMPARISONS[type(op)]
            yield self.made("boundary of comparison", node, f"{left} {sign} {right}", f"{sign} for its neighbour")
        if type(op) in _OPPOSITE:
            sign = _OPPOSITE[type(op)]
            yield self.made("condition reversed", node, f"{left} {sign} {right}", f"{sign} for its opposite")

    def assignment(self, node: ast.Assign, target: ast.Attribute, value: ast.expr) -> Iterator[Mutant]:
        yield self.made("statement lost", node, "pass", f"{target.attr} is not assigned")
        match value:
            case ast.Constant(value=int(number)) if not isinstance(number, bool):
                yield self.made("wrong constant", value, str(number + 1), f"{number + 1} for {number}")
            case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str(digits))]):
                changed = digits[:-1] + str((int(digits[-1]) + 1) % 10)
                yield self.made("wrong constant", value, f'Decimal("{changed}")', f"{changed} for {digits}")
            case ast.Constant(value=str(said)) if said:
                yield self.made("wrong constant", value, repr(_other(said)), "another text")
        for each in ast.walk(value):
            if isinstance(each, ast.Attribute) and self.source(each) != self.source(target):
                if isinstance(each.value, ast.Name | ast.Attribute) and isinstance(each.ctx, ast.Load):
                    changed_source = self.source(target)
                    yield self.made("wrong field", each, changed_source, f"{changed_source} for {self.source(each)}")
                break

    def source(self, node: ast.AST) -> str:
        found = ast.get_source_segment(self.text, node)
        assert found is not None
        return found

    def made(self, kind: str, node: ast.expr | ast.stmt, new: str, description: str, rule: str = "") -> Mutant:
        """``rule`` is a function that the new text needs and the module may not have."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        start = self.starts[node.lineno - 1] + node.col_offset
        end = self.starts[node.end_lineno - 1] + node.end_col_offset
        text = self.text[:start] + new + self.text[end:]
        if rule == "Decimal" and "import Decimal" not in text:
            text = text.replace("from dataclasses import", "from decimal import Decimal\nfrom dataclasses import", 1)
        elif rule and rule != "Decimal":
            text = text.replace("\n\n\n", f"\nfrom cobol_rules import {rule}\n\n\n", 1)
        return Mutant(kind, self.method.name, node.lineno, description, text)


def _other(text: str) -> str:
    last = "X" if text[-1] != "X" else "Y"
    return text[:-1] + last
