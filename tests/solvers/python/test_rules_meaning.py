"""Every function of the rules that has a meaning: with constants it gives what the function gives."""

from __future__ import annotations

import ast
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_twice import Everything, _given, probe, written

from transpile.python.rules import cobol_functions, cobol_rules
from transpile.solvers.python.classes import parse
from transpile.solvers.python.expressions import Evaluation
from transpile.solvers.python.places import places_of
from transpile.solvers.python.rules import MEANINGS
from transpile.solvers.python.values import Num, constant_of
from transpile.solvers.storage.steps import Path
from transpile.solvers.storage.values import NoTerm

NUMBERS = [
    *(
        f"{call}(@, {digits}{signed})"
        for call in ("fit_int", "checked_int")
        for digits in (1, 4)
        for signed in ("", ", False")
    ),
    *(
        f"{call}(@, {digits}, {scale}{signed})"
        for call in ("fit_decimal", "fit_rounded", "checked_decimal")
        for digits, scale in ((3, 2), (5, 0), (4, 6), (3, -2))
        for signed in ("", ", signed=False")
    ),
    *(
        f"{call}(@, {size}{signed})"
        for call in ("fit_native", "checked_native")
        for size in (1, 4)
        for signed in ("", ", False")
    ),
    *(f"rounded(@, {scale}, {mode!r})" for scale in (0, 2, -1) for mode in cobol_rules._ROUNDINGS),
    *(
        f"fit_decimal(rounded(divide(@, @), {scale}, {mode!r}), 9, 2)"
        for scale in (0, 1)
        for mode in cobol_rules._ROUNDINGS
    ),
    *(f"rounded(quotient(@, @), {scale}, {mode!r})" for scale in (0, 1) for mode in cobol_rules._ROUNDINGS),
    "unscaled(@, 0)",
    "unscaled(@, 3)",
    "fit_int(divide(@, @), 9)",
    "divide(@, @)",
    "remainder(@, @, 0)",
    "remainder(@, @, 3)",
    "power(@, 3)",
    "power(@, 0)",
    "integer(@)",
    "integer_part(@)",
    "int(@)",
    "abs(@)",
    "max(int(@), int(@))",
    "min(fit_decimal(@, 9, 2), fit_decimal(@, 9, 3))",
    "@ // @",
    "@ % @",
    "@ * @ - @",
    'edit(@, "ZZ,ZZ9.99-")',
    'edit(@, "$$$9.9", blank_when_zero=True)',
    'edit(@, "**.**9,99", comma=True)',
    "show(@, 4)",
    "show(@, 4, 2)",
    "show(@, 4, 2, signed=True, trailing=True)",
    "digits_text(@, 4)",
    "digits_text(@, 4, 2)",
    "digits_text(@, 2, -1)",
]
TEXTS = [
    "fit_text(@, 4)",
    "fit_right(@, 4)",
    "with_part(@, 2, 'xy')",
    "fill(@, 5)",
    "compare(@, @)",
    "compare_all(@, @)",
    "is_alphabetic(@)",
    "is_alphabetic_upper(@)",
    "is_alphabetic_lower(@)",
    *(f"is_numeric_display(@.encode('latin-1'), {sign!r})" for sign in ("none", "trailing", "leading")),
    "is_numeric_display(@.encode('latin-1'), 'trailing separate')",
    "is_numeric_display(@.encode('latin-1'), 'leading separate')",
    "edit_text(@, 'XX/XB0X')",
    "convert(@, 'Aa1A', 'xyzw')",
    "number_of_text(@, 3)",
    "number_of_text(@, 5, 2)",
    "upper_case(@)",
    "lower_case(@)",
    "len(@)",
    "@ < @",
    "@ >= @",
    "@ == @",
    "@ in @",
    "@[1:3] + @[-2:]",
    "@.ljust(4) + @.rjust(5, '*')",
    "@.isdecimal()",
    "@.count('1')",
]
NAMES = {**vars(cobol_rules), **vars(cobol_functions), "Decimal": Decimal}
numbers = st.one_of(
    st.sampled_from([0, 1, -1, 9, 10, 99, -100, 127, 128, -128, -129, 9999, 10000, 2**31 - 1, 2**31, -(2**31) - 1]),
    st.integers(-(10**12), 10**12),
    st.decimals("-100000", "100000", places=3, allow_nan=False),
    st.sampled_from([Decimal(each) for each in ("0.5", "-0.5", "0.25", "2.50", "0.005", "-1.995", "99.995", "0.00")]),
)
characters = st.sampled_from("Aa1bZ09 -+psy\xff.,")
letters = st.text(characters, min_size=1, max_size=6)


def evaluated(expression: str) -> tuple[object, list[str]]:
    """What the machine gives, and the exceptions that it says come."""
    text = written("self.j = 1")
    module = parse(text)
    places = places_of(probe().classes[-1], module)
    evaluation = Evaluation(module, places, _given(""), Path(Everything()), {})
    value = evaluation.value(ast.parse(expression, mode="eval").body)
    found = constant_of(value)
    if found is None and isinstance(value, Num):
        found = _decimal(value)
    return found, [exception for _, exception in evaluation.raised]


def _decimal(value: Num) -> Decimal | None:
    """A number that has perhaps more decimals than Python gives it; None for a whole quotient."""
    number = value.number
    if number.divisor is not None:
        return None
    units = constant_of(Num(number, "int", 0, 1))
    return cobol_rules.scaled(units, number.scale) if isinstance(units, int) else None


def agrees(template: str, values: list[object]) -> None:
    expression = template
    for value in values:
        expression = expression.replace("@", f"({value!r})", 1)
    try:
        expected = eval(expression, dict(NAMES))
    except (ArithmeticError, IndexError) as error:
        named = isinstance(error, cobol_rules.SizeError | IndexError)
        assert evaluated(expression)[1][:1] == [type(error).__name__ if named else "ZeroDivisionError"], expression
        return
    found, raised = evaluated(expression)
    assert not raised and found == expected, (expression, found, expected, raised)


@pytest.mark.parametrize("template", NUMBERS)
@settings(max_examples=15, deadline=None)
@given(values=st.lists(numbers, min_size=3, max_size=3))
def test_numbers(template: str, values: list[object]) -> None:
    agrees(template, values)


@pytest.mark.parametrize("template", TEXTS)
@settings(max_examples=15, deadline=None)
@given(values=st.lists(letters, min_size=3, max_size=3))
def test_texts(template: str, values: list[object]) -> None:
    agrees(template, values)


def test_bytes_of_numbers() -> None:
    for sign in ("none", "trailing", "leading", "trailing separate", "leading separate"):
        for number in (0, 7, -7, 999, -999):
            given_number = abs(number) if sign == "none" else number
            expression = f"encode_display({given_number}, 3, {sign!r})"
            assert evaluated(expression)[0] == eval(expression, dict(NAMES))
    with pytest.raises(NoTerm):
        evaluated("encode_display(1000, 3)")


def test_every_rule_with_a_meaning_is_a_function_of_the_rules() -> None:
    own = {name.removeprefix("cobol_rules.") for name in MEANINGS if name.startswith("cobol_rules.")}
    assert own and all(callable(getattr(cobol_rules, name)) for name in own)
