"""Selection: ``ite`` with a positive condition, arms that differ by a constant as arithmetic, minima in one order."""

from __future__ import annotations

from transpile.solvers import float_terms as floats
from transpile.solvers import rewrite_bits as bits
from transpile.solvers import rewrite_bool as boolean
from transpile.solvers import rewrite_linear as lin
from transpile.solvers import rewrite_slices as slices
from transpile.solvers.term_pool import Term, const, make


def ite(condition: Term, a: Term, b: Term) -> Term:
    """``a`` if ``condition`` (1 bit wide) else ``b``."""
    if a is b:
        return a
    if condition.op == "const":
        return a if condition.value else b
    if condition.op == "not":
        condition, a, b = condition.args[0], b, a
    if a.op == "ite":
        a = _under(condition, a, 1)
    if b.op == "ite":
        b = _under(condition, b, 2)
    if a is b:
        return a
    width = a.width
    if width == 1:
        return _boolean(condition, a, b)
    if a.op == "ite" and a.args[2] is b:
        return ite(boolean.conjunction((condition, a.args[0])), a.args[1], b)
    if b.op == "ite" and b.args[1] is a:
        return ite(boolean.disjunction((condition, b.args[0])), a, b.args[2])
    if a.op == "const" and b.op == "const":
        step = (a.value - b.value) & ((1 << width) - 1)
        return lin.add(lin.scale(slices.zext(condition, width), step), b)
    if a.op == "sum" or b.op == "sum":
        for arm, other in ((a, b), (b, a)):
            if arm.op == "sum" and len(arm.args) == 1 and arm.value == 0 and other.op == "const" and other.value == 0:
                plain = arm.args[0]
                return lin.scale(ite(condition, *((plain, b) if arm is a else (a, plain))), arm.coefs[0])
        distance = lin.difference(a, b)
        if distance is not None:
            return lin.add(b, lin.scale(slices.zext(condition, width), distance))
    if a.op == b.op and a.op in ("extract", "sext", "zext"):
        merged = _shared(condition, a, b)
        if merged is not None:
            return merged
    if condition.op == "eq":
        x, y = condition.args
        if (a is x and b is y) or (a is y and b is x):
            return b
    elif condition.op in ("ult", "slt"):
        return _extremum(condition, a, b)
    return make("ite", width, (condition, a, b))


def _shared(condition: Term, a: Term, b: Term) -> Term | None:
    """A selection between equal slices of sums that differ by a constant: the slice of one sum."""
    if a.op != b.op:
        return None
    first, second = a.args[0], b.args[0]
    if a.op == "extract":
        top = a.value + a.width
        if a.value != b.value or a.width != b.width or top not in slices.NATURAL:
            return None
        first, second = slices.extract(first, 0, top), slices.extract(second, 0, top)
        if first.op != "sum" and second.op != "sum":
            return None
        distance = lin.difference(first, second)
        if distance is None:
            return None
        chosen = lin.add(second, lin.scale(slices.zext(condition, first.width), distance))
        return slices.extract(chosen, a.value, a.width)
    if first.op == "extract" and first.width == second.width:
        inner = _shared(condition, first, second)
        if inner is not None:
            return slices.sext(inner, a.width) if a.op == "sext" else slices.zext(inner, a.width)
    return None


def _under(condition: Term, arm: Term, index: int) -> Term:
    """``arm`` where ``condition`` is known to hold (index 1) or to fail (index 2)."""
    while arm.op == "ite":
        asked = arm.args[0]
        if asked is condition:
            arm = arm.args[index]
        elif index == 1 and _implies(condition, asked):
            arm = arm.args[1]
        elif index == 1 and condition.op == "and" and boolean.negate(asked) in condition.args:
            arm = arm.args[2]
        else:
            break
    return arm


def _implies(known: Term, asked: Term) -> bool:
    """A cheap test that ``asked`` holds wherever ``known`` does."""
    if known is asked:
        return True
    if known.op == "and":
        return any(_implies(literal, asked) for literal in known.args)
    if known.op != asked.op:
        return False
    if known.op in ("ult", "slt"):
        (a, least), (b, most) = known.args, asked.args
        if a is not b or least.op != "const" or most.op != "const":
            return False
        return least.value <= most.value if known.op == "ult" else lin.signed(least) <= lin.signed(most)
    if known.op == "ite" and known.args[0] is asked.args[0]:
        return _implies(known.args[1], asked.args[1]) and _implies(known.args[2], asked.args[2])
    return False


def _boolean(condition: Term, a: Term, b: Term) -> Term:
    if a.op == "eq" and floats.never_under(condition, a):
        a = const(0, 1)
    if a is condition:
        a = const(1, 1)
    if b is condition:
        b = const(0, 1)
    if a.op == "const":
        if b.op == "const":
            return a if a is b else condition if a.value else boolean.negate(condition)
        if a.value:
            return boolean.disjunction((condition, b))
        return boolean.conjunction((boolean.negate(condition), b))
    if b.op == "const":
        if b.value:
            return boolean.disjunction((boolean.negate(condition), a))
        return boolean.conjunction((condition, a))
    if a.op == "not":
        if b is a.args[0]:
            return boolean.parity((condition, b))
        if b.op == "not":
            return boolean.negate(ite(condition, a.args[0], b.args[0]))
    elif b.op == "not" and a is b.args[0]:
        return boolean.parity((condition, b))
    return make("ite", 1, (condition, a, b))


def _extremum(condition: Term, a: Term, b: Term) -> Term:
    """Minimum and maximum have two spellings each: ``a < b ? a : b`` and ``b < a ? b : a``."""
    x, y = condition.args
    order = condition.op
    if {a, b} == {x, y}:
        if x.id > y.id and y.op != "const":
            return make("ite", a.width, (make(order, 1, (y, x)), b, a))
    elif y.op == "const":
        # x < c ? x : c - 1 equals x < c - 1 ? x : c - 1; the latter names one constant only.
        before = const(y.value - 1, y.width)
        if (a is x and b is before) or (a is before and b is x):
            flipped = make(order, 1, (x, before))
            smaller = bits.bnot(flipped) if flipped.op == "not" else flipped
            return make("ite", a.width, (smaller, a, b))
    return make("ite", a.width, (condition, a, b))
