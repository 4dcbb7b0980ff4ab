"""Expressions of Python as terms. They change nothing; what may go wrong in them is noted with its condition."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import z3

from transpile.solvers.python import inspecting, rules, texts, unstringing
from transpile.solvers.python.arithmetic import compared, computed, negated
from transpile.solvers.python.classes import Module
from transpile.solvers.python.contents import read
from transpile.solvers.python.places import Places, Ref
from transpile.solvers.python.values import (
    Bool,
    Bytes,
    Line,
    Nothing,
    Num,
    PyValue,
    Several,
    choose_value,
    constant_of,
    latin,
    literal,
    literal_of,
    negation,
    truth_of,
)
from transpile.solvers.storage.inspecting import Inspection
from transpile.solvers.storage.steps import Event, Path
from transpile.solvers.storage.storage import Storage
from transpile.solvers.storage.stringing import Strung
from transpile.solvers.storage.unstringing import Piece, Unstring
from transpile.solvers.storage.values import (
    Int,
    NoTerm,
    Relation,
    Text,
    Truth,
    both,
    known,
    text,
)

RELATIONS: dict[type[ast.cmpop], Relation] = {
    ast.Eq: "=",
    ast.NotEq: "<>",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
}


class Asked(Exception):
    """An expression needs an answer from outside before it has a value."""

    def __init__(self, at: tuple[int, int], event: Event) -> None:
        super().__init__(event)
        self.at, self.event = at, event


@dataclass(slots=True)
class Evaluation:
    """One statement's expressions. ``raised``: conditions, and the exceptions that come under them, the first first.
    ``answers`` are what came from outside so far, by where it is asked for; ``known`` are the values of attributes of
    objects that are no fields, like ``at_end`` of files."""

    module: Module
    places: Places
    storage: Storage
    path: Path
    locals: Mapping[str, PyValue]
    answers: Mapping[tuple[int, int], PyValue] = field(default_factory=dict)
    known: Mapping[tuple[str, str], Truth] = field(default_factory=dict)
    owner: Ref = field(default_factory=Ref)
    guard: tuple[Truth, ...] = ()
    raised: list[tuple[Truth, str]] = field(default_factory=list)

    def value(self, node: ast.expr) -> PyValue:
        match node:
            case ast.Constant(value=value):
                return literal_of(value)
            case ast.Name(id=name):
                return self._name(name)
            case ast.Attribute() | ast.Subscript():
                return self._place_or_part(node)
            case ast.UnaryOp(op=op, operand=operand):
                return self._unary(op, operand)
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(op, self.value(left), self.value(right))
            case ast.BoolOp() | ast.Compare():
                return Bool(self.truth(node))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                condition = self.truth(test)
                yes = self.guarded(condition).value(body)
                no = self.guarded(negation(condition)).value(orelse)
                return choose_value(condition, yes, no)
            case ast.JoinedStr(values=values):
                return texts.joined([self._piece(each) for each in values])
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return Several(tuple(self.value(each) for each in elements))
            case ast.Call():
                return self._call(node)
        raise NoTerm(f"the expression {ast.unparse(node)[:60]} is not in the model")

    # Conditions

    def truth(self, node: ast.expr) -> Truth:
        match node:
            case ast.BoolOp(op=op, values=values):
                return self._both_or_either(isinstance(op, ast.And), values)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return negation(self.truth(operand))
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                return self._chain(left, ops, comparators)
        match self.value(node):
            case Bool(truth=truth):
                return truth
            case Num() as number:
                return compared("<>", number, literal(0))
            case Text() as found:
                return z3.BoolVal(len(found) > 0)
            case Nothing():
                return z3.BoolVal(False)
        raise NoTerm(f"{ast.unparse(node)[:60]} as a condition")

    def _both_or_either(self, every: bool, values: list[ast.expr]) -> Truth:
        found: list[Truth] = []
        here = self
        for each in values:
            condition = here.truth(each)
            found.append(condition)
            here = here.guarded(condition if every else negation(condition))
        return truth_of(z3.And(*found) if every else z3.Or(*found))

    def _chain(self, left: ast.expr, ops: list[ast.cmpop], comparators: list[ast.expr]) -> Truth:
        if len(ops) == 1:
            special = self._comparison_of_rules(left, ops[0], comparators[0])
            if special is not None:
                return special
        found: list[Truth] = []
        here, first = self, here_value(self, left, ops[0])
        for op, node in zip(ops, comparators, strict=True):
            second = here_value(here, node, op)
            condition = self._compare(op, first, second)
            found.append(condition)
            here, first = here.guarded(condition), second
        return both(found)

    def _comparison_of_rules(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Truth | None:
        """``compare(a, b) > 0`` without the number that it goes through; and sets of characters."""
        match left, right:
            case ast.Call(func=ast.Name(id=name), args=[first, second], keywords=[]), ast.Constant(value=0):
                rule = self.module.rule(name)
                if rule in ("cobol_rules.compare", "cobol_rules.compare_all") and type(op) in RELATIONS:
                    return rules.texts_compared(rule, RELATIONS[type(op)], self.value(first), self.value(second))
            case ast.Call(func=ast.Name(id="set"), args=[inner], keywords=[]), ast.Name(id=name):
                if isinstance(op, ast.LtE) and self.module.builtin("set"):
                    return texts.consists(self.value(inner), self._characters(name))
        return None

    def _characters(self, name: str) -> frozenset[int]:
        match self.module.constants.get(name):
            case ast.Call(func=ast.Name(id="frozenset"), args=[ast.Constant(value=str(characters))], keywords=[]):
                if name not in self.locals and self.module.builtin("frozenset"):
                    return frozenset(characters.encode("latin-1"))
        raise NoTerm(f"the set {name}")

    def _compare(self, op: ast.cmpop, left: PyValue, right: PyValue) -> Truth:
        if isinstance(op, ast.In | ast.NotIn):
            found = self._is_in(left, right)
            return found if isinstance(op, ast.In) else negation(found)
        if isinstance(op, ast.Is | ast.IsNot):
            if isinstance(right, Nothing):
                return z3.BoolVal(isinstance(left, Nothing) == isinstance(op, ast.Is))
            raise NoTerm("a comparison of identity")
        relation = RELATIONS[type(op)]
        match left, right:
            case Num(), Num():
                return compared(relation, left, right)
            case (Text(), Text()):
                return texts.related(relation, left, right)
            case Bytes(text=a), Bytes(text=b):
                return texts.related(relation, a, b)
            case Bool(truth=first), Bool(truth=second) if relation in ("=", "<>"):
                return truth_of(first == second if relation == "=" else first != second)
        if relation in ("=", "<>") and {type(left), type(right)} <= {Num, Text, Nothing}:
            return z3.BoolVal(relation == "<>")
        raise NoTerm("a comparison of values of different types")

    def _is_in(self, left: PyValue, right: PyValue) -> Truth:
        match left, right:
            case _, Several(values=values):
                found = [self._compare(ast.Eq(), left, each) for each in values]
                return truth_of(z3.Or(*found)) if found else z3.BoolVal(False)
            case Text(), Text():
                return texts.contains(right, left)
        raise NoTerm("in of something that is no tuple")

    # Names and places

    def _name(self, name: str) -> PyValue:
        if name in self.locals:
            if isinstance(self.locals[name], Inspection | Unstring | Piece):
                raise NoTerm(f"{name}, of an INSPECT or UNSTRING, other than by its methods and attributes,")
            return self.locals[name]
        if name in self.module.constants:
            inner = replace(self, locals={})
            match self.module.constants[name]:
                case (ast.Constant() | ast.Tuple() | ast.UnaryOp() | ast.Call(func=ast.Name(id="Decimal"))) as node:
                    return inner.value(node)
        raise NoTerm(f"the name {name}")

    def _place_or_part(self, node: ast.Attribute | ast.Subscript) -> PyValue:
        ref = self.ref(node)
        if ref is not None:
            return self.read(ref)
        match node:
            case ast.Subscript():
                return self._part(node)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                match self.locals.get(name):
                    case Strung() as strung:
                        return inspecting.attribute(strung, attribute)
                    case (Unstring() | Piece()) as found:
                        return unstringing.attribute(found, attribute)
        raise NoTerm(f"{ast.unparse(node)[:60]} is not in the model")

    def read(self, ref: Ref) -> PyValue:
        found = self.places.property_of(ref)
        if found is not None:
            owner, expression = found
            return replace(self, owner=owner, locals={}).value(expression)
        if len(ref.words) == 2 and ref.words in self.known:
            return Bool(self.known[ref.words[0], ref.words[1]])
        return read(self.places, self.storage, self.places.target(ref), ref.subscripts)

    def ref(self, node: ast.expr) -> Ref | None:
        """The place that ``node`` is; None if it is none. Subscripts outside of their tables are noted."""
        match node:
            case ast.Name(id="self") if "self" not in self.locals:
                return self.owner
            case ast.Attribute(value=value, attr=name):
                inner = self.ref(value)
                return None if inner is None else inner.attribute(name)
            case ast.Subscript(value=value, slice=index) if not isinstance(index, ast.Slice):
                inner = self.ref(value)
                if inner is None or not self._is_table(inner, index):
                    return None
                return self._element(inner, index)
        return None

    def _is_table(self, ref: Ref, index: ast.expr) -> bool:
        words = (*ref.words, f"[{len(index.elts) if isinstance(index, ast.Tuple) else 1}]")
        if ref.words and ref.words[0] in self.places.areas:
            found = self.places.class_of(Ref(ref.words[:1]))
            view = found.views.get(ref.words[1]) if found is not None and len(ref.words) == 2 else None
            return view is not None and bool(view.dimensions)
        return any(each[: len(words)] == words for each in self.places.fields)

    def _element(self, ref: Ref, index: ast.expr) -> Ref:
        nodes = index.elts if isinstance(index, ast.Tuple) else [index]
        subscripts = tuple(self.integer(each) for each in nodes)
        made = ref.element(subscripts)
        for count, subscript in zip(self._counts(made), subscripts, strict=True):
            self.note(truth_of(z3.Not(z3.And(subscript >= 0, subscript < count))), "IndexError")
        return made

    def _counts(self, ref: Ref) -> tuple[int, ...]:
        """How many elements there are for each of the last subscripts."""
        size = int(ref.words[-1][1:-1])
        if ref.words[0] in self.places.areas:
            area = self.places.areas[ref.words[0]]
            return tuple(count for count, _ in self.places.view(ref, area).dimensions)
        found = next(each for words, each in self.places.fields.items() if words[: len(ref.words)] == ref.words)
        counts = self.places.counts(found)
        return counts[len(ref.subscripts) - size : len(ref.subscripts)]

    def _part(self, node: ast.Subscript) -> PyValue:
        value = self.value(node.value)
        if not isinstance(value, Text):
            raise NoTerm(f"a part of {ast.unparse(node.value)[:60]}")
        if isinstance(node.slice, ast.Slice):
            if node.slice.step is not None:
                raise NoTerm("a slice with a step")
            start = self.integer(node.slice.lower) if node.slice.lower is not None else None
            stop = self.integer(node.slice.upper) if node.slice.upper is not None else None
            return texts.slice_of(value, start, stop)
        at = self.integer(node.slice)
        self.note(truth_of(z3.Not(z3.And(at >= 0, at < len(value)))), "IndexError")
        return texts.character(value, at)

    # Operators

    def _unary(self, op: ast.unaryop, operand: ast.expr) -> PyValue:
        if isinstance(op, ast.Not):
            return Bool(negation(self.truth(operand)))
        value = self.value(operand)
        if isinstance(op, ast.USub) and isinstance(value, Num):
            return negated(value)
        raise NoTerm(f"the operator {type(op).__name__}")

    def _binary(self, op: ast.operator, left: PyValue, right: PyValue) -> PyValue:
        match left, op, right:
            case Text(), ast.Add(), Text():
                return Text(left.chars + right.chars)
            case (Text() as repeated, ast.Mult(), Num() as times) | (Num() as times, ast.Mult(), Text() as repeated):
                count = constant_of(times)
                if not isinstance(count, int) or count > 10_000:
                    raise NoTerm("text that is repeated so often as the data say")
                return Text(repeated.chars * max(0, count))
            case Num(), _, Num() if type(op) in OPERATORS:
                if isinstance(op, ast.FloorDiv | ast.Mod):
                    self.note(compared("=", right, literal(0)), "ZeroDivisionError")
                return computed(OPERATORS[type(op)], left, right)
        raise NoTerm(f"the operator {type(op).__name__} of such values")

    def integer(self, node: ast.expr) -> Int:
        value = self.value(node)
        if not isinstance(value, Num) or value.kind != "int":
            raise NoTerm(f"{ast.unparse(node)[:60]} is no int")
        return value.units

    # Calls and f-strings

    def _call(self, node: ast.Call) -> PyValue:
        match node:
            case ast.Call(func=ast.Name(id=name)) if name not in self.locals:
                return rules.called(self, self.module.rule(name), node)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=local), attr=name)) if isinstance(
                inspection := self.locals.get(local), Inspection
            ):
                return inspecting.looked_into(self, inspection, name, node)
            case ast.Call(func=ast.Attribute(value=owner, attr=name)):
                ref = self.ref(owner)
                if ref is not None and (area := self.places.area(ref)) is not None:
                    return self._of_area(area.number, area.size, name, node)
                return texts.method(self, name, owner, node)
        raise NoTerm(f"the call {ast.unparse(node)[:60]} is not in the model")

    def _of_area(self, number: int, size: int, name: str, node: ast.Call) -> PyValue:
        if name != "area" or len(node.args) != 2 or node.keywords:
            raise NoTerm(f"the method {name} of a record")
        start, length = (known(self.integer(each)) for each in node.args)
        if start is None or length is None:
            raise NoTerm("a part of a record whose place depends on the data")
        if not 0 <= start <= start + length <= size:
            self.note(z3.BoolVal(True), "IndexError")
            return text(" " * max(0, length))
        return self.storage.bytes(number, start, length)

    def _piece(self, node: ast.expr) -> Text:
        match node:
            case ast.Constant(value=str(value)):
                return latin(value)
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return texts.printed(self.value(value))
            case ast.FormattedValue(
                value=value, conversion=-1, format_spec=ast.JoinedStr(values=[ast.Constant(value=str(spec))])
            ):
                return texts.formatted(self, self.value(value), spec)
        raise NoTerm(f"the replacement field {ast.unparse(node)[:60]}")

    # What may go wrong, and what comes from outside

    def guarded(self, condition: Truth) -> Evaluation:
        """The same for an expression that is looked at only where ``condition`` holds."""
        return self if z3.is_true(condition) else replace(self, guard=(*self.guard, condition))

    def note(self, condition: Truth, exception: str) -> None:
        """``exception`` comes where ``condition`` holds."""
        condition = both([*self.guard, condition])
        if not self.path.certain(negation(condition)):
            self.raised.append((condition, exception))

    def certain(self, condition: Truth) -> bool:
        """Whether ``condition`` holds wherever this expression is looked at."""
        return self.path.certain(truth_of(z3.Implies(both(self.guard), condition)))

    def line(self, line: Line, size: int) -> PyValue:
        """A line from outside, cut or filled."""
        if line.most and line.most < size:
            raise NoTerm("a line that is shorter than what it is for")
        return self.answer(line.at, "", size)

    def answer(self, at: tuple[int, int], name: str, size: int) -> PyValue:
        """Text from outside: ``name`` says where it is from."""
        if at in self.answers:
            return self.answers[at]
        if self.guard or self.raised:
            raise NoTerm("a line that is read only sometimes, within an expression")
        raise Asked(at, Event("accept", name, results=(size,)))


def here_value(evaluation: Evaluation, node: ast.expr, op: ast.cmpop) -> PyValue:
    """A list or set of constants counts as a tuple behind ``in``."""
    if isinstance(node, ast.List | ast.Set) and isinstance(op, ast.In | ast.NotIn):
        return Several(tuple(evaluation.value(each) for each in node.elts))
    return evaluation.value(node)
