"""Cases of storing numbers, arithmetic, the bytes of numbers, comparing and DISPLAY."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random

from rulefuzz.cases import Kind
from rulefuzz.fields import SIGNS, Field, double, random_field, single
from transpile.python.rules import cobol_rules as rules
from transpile.python.rules.cobol_rules import Number, Rounding, SizeError

ROUNDINGS: tuple[Rounding, ...] = (
    "TRUNCATION",
    "NEAREST-AWAY-FROM-ZERO",
    "NEAREST-EVEN",
    "NEAREST-TOWARD-ZERO",
    "AWAY-FROM-ZERO",
    "TOWARD-GREATER",
    "TOWARD-LESSER",
)


def digits_of(*fields: Field) -> Callable[[Random], Sequence[bytes]]:
    """Random contents of each field."""
    return lambda random: [field.encode(field.random_digits(random)) for field in fields]


def numbers(fields: Sequence[Field], given: Sequence[bytes]) -> list[Number]:
    return [field.number(field.decode(data)) for field, data in zip(fields, given, strict=False)]


def move(random: Random) -> Kind:
    source, target = random_field(random, longest=31), random_field(random, longest=31)

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        (value,) = numbers([source], given)
        if target.usage in ("BINARY", "COMP-5"):
            value = within_machine(source, target, value)
        return [None, target.encode(target.fit(value))]

    declarations = [source.declaration, target.declaration]
    return Kind(declarations, "MOVE {a} TO {b}", digits_of(source), expected, zero=zero(target))


def zero(*fields: Field) -> Callable[[bytes], bool]:
    return lambda data: any(field.size == len(data) and field.decode(data) == 0 for field in fields)


def within_machine(source: Field, target: Field, value: Number) -> Number:
    """A DISPLAY field moved to a binary one is gathered in 64 bits."""
    if source.usage != "DISPLAY":
        return value
    digits = rules.unscaled(value, target.scale)
    return target.number((abs(digits) % 2**64) * (-1 if digits < 0 else 1))


def store(random: Random) -> Kind:
    """Each way of rounding, with and without ON SIZE ERROR."""
    source, target = random_field(random, longest=31), random_field(random, longest=31)
    mode = random.choice(ROUNDINGS)
    clause = {"TRUNCATION": "", "NEAREST-AWAY-FROM-ZERO": "ROUNDED"}.get(mode, f"ROUNDED MODE {mode}")
    return _stored([source], target, lambda a: a, "{a}", mode, clause, random.random() < 0.5)


def _stored(
    fields: Sequence[Field],
    target: Field,
    compute: Callable[..., Number],
    expression: str,
    mode: Rounding,
    clause: str,
    size_error: bool,
) -> Kind:
    """COMPUTE the last buffer from the others."""
    last = "bcd"[len(fields) - 1]
    before = target.encode(0)

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        kept: list[bytes | None] = [None] * len(fields)
        try:
            value = rules.rounded(compute(*numbers(fields, given)), target.scale, mode)
            return [*kept, target.encode(target.check(value) if size_error else target.fit(value))]
        except SizeError:
            return [*kept, before]

    handler = "\nON SIZE ERROR CONTINUE" if size_error else ""
    statement = f"COMPUTE {{{last}}} {clause} =\n{expression}{handler}\nEND-COMPUTE"
    contents = digits_of(*fields)
    declarations = [field.declaration for field in (*fields, target)]
    return Kind(declarations, statement, lambda random: [*contents(random), before], expected, zero=zero(target))


def compute(random: Random) -> Kind:
    """Sums, products and quotients of three fields."""
    fields = [random_field(random, longest=18) for _ in range(3)]
    target = random_field(random, longest=31)
    mode = random.choice(ROUNDINGS[:2])
    clause = "" if mode == "TRUNCATION" else "ROUNDED"
    expression, function = random.choice(EXPRESSIONS)
    return _stored(fields, target, function, expression, mode, clause, random.random() < 0.5)


EXPRESSIONS: list[tuple[str, Callable[..., Number]]] = [
    ("{a} + {b} - {c}", lambda a, b, c: a + b - c),
    ("{a} * {b} + {c}", lambda a, b, c: a * b + c),
    ("{a} * ({b} - {c})", lambda a, b, c: a * (b - c)),
    ("{a} / {b} + {c}", lambda a, b, c: rules.divide(a, b) + c),
    ("{a} / {b} * {c}", lambda a, b, c: rules.divide(a, b) * c),
    ("{a} / ({b} / {c})", lambda a, b, c: rules.divide(a, rules.divide(b, c))),
    ("{a} * {b} / {c}", lambda a, b, c: rules.divide(a * b, c)),
    ("{a} * 1.075 - {b} / 12", lambda a, b, c: a * Decimal("1.075") - rules.divide(b, 12)),
]


def scaling(random: Random) -> Kind:
    """Fields with P: zeros that take no room."""

    def one() -> Field:
        digits = random.randint(1, 6)
        scale = random.choice((-3, -1, 0, 1, digits + 1, digits + 3))
        return Field(digits, scale, random.random() < 0.7, "DISPLAY", random.choice(SIGNS))

    source, target = one(), one()
    mode = random.choice(ROUNDINGS[:2])
    clause = "" if mode == "TRUNCATION" else "ROUNDED"
    if random.random() < 0.5:
        return _stored([source], target, lambda a: a, "{a}", mode, clause, random.random() < 0.5)
    declarations = [source.declaration, target.declaration]
    inputs = digits_of(source)

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        return [None, target.encode(target.fit(*numbers([source], given)))]

    return Kind(declarations, "MOVE {a} TO {b}", inputs, expected, zero=zero(target))


def powers(random: Random) -> Kind:
    base = random_field(random, longest=6)
    exponent = Field(random.choice((1, 2, 3)), random.choice((0, 0, 1)), random.random() < 0.5)
    target = Field(31, random.choice((0, 2, 10)), True)
    kind = _stored([base, exponent], target, rules.power, "{a} ** {b}", "TRUNCATION", "", True)

    def inputs(source: Random) -> list[bytes]:
        a = base.encode(base.fit(base.number(base.random_digits(source) // 10 ** source.choice((0, 2, 4)))))
        return [a, exponent.encode(source.randint(-9 if exponent.signed else 0, 9)), target.encode(0)]

    return Kind(kind.declarations, kind.statements, inputs, kind.expected, zero=zero(target))


def verbs(random: Random) -> Kind:
    """ADD, SUBTRACT, MULTIPLY and DIVIDE into the last operand."""
    source, target = random_field(random, longest=18), random_field(random, longest=18)
    verb, function = random.choice(VERBS)
    clause = random.choice(("", " ROUNDED"))
    size_error = random.random() < 0.5
    mode: Rounding = "NEAREST-AWAY-FROM-ZERO" if clause else "TRUNCATION"
    wraps = (
        target.usage == "COMP-5"
        and not target.scale
        and not (clause or size_error)
        and verb.startswith(("ADD", "SUBTRACT"))
        and ("{a}" not in verb or fits_int(source))
    )

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        source_value, old = numbers([source, target], given)
        try:
            value = rules.rounded(function(source_value, old), target.scale, mode)
        except SizeError:
            return [None, given[1]]
        if wraps and isinstance(value, int):
            return [None, target.encode(rules.wrap_native(value, target.size, target.signed))]
        try:
            return [None, target.encode(target.check(value) if size_error else target.fit(value))]
        except SizeError:
            return [None, given[1]]

    handler = "\nON SIZE ERROR CONTINUE" if size_error else ""
    end = f"\nEND-{verb.split()[0]}"
    text = f"{verb.format(a='{a}', b='{b}' + clause)}{handler}{end}"

    def inputs(random: Random) -> list[bytes]:
        value = source.random_digits(random)
        if source.usage == "COMP-5" and source.size == 4 and not source.signed:
            value = min(value, 2**31 - 1)  # GnuCOBOL adds and subtracts greater ones as if they were signed.
        return [source.encode(value), target.encode(target.random_digits(random))]

    return Kind([source.declaration, target.declaration], text, inputs, expected, zero=zero(target))


def fits_int(field: Field) -> bool:
    """What GnuCOBOL takes for a small integer."""
    small = field.size < 10 if field.usage == "DISPLAY" else field.digits < 10
    return small and not field.scale


VERBS: list[tuple[str, Callable[[Number, Number], Number]]] = [
    ("ADD {a} TO {b}", lambda a, b: b + a),
    ("ADD 1 TO {b}", lambda a, b: b + 1),
    ("ADD 7.25 TO {b}", lambda a, b: b + Decimal("7.25")),
    ("SUBTRACT {a} FROM {b}", lambda a, b: b - a),
    ("SUBTRACT 100 FROM {b}", lambda a, b: b - 100),
    ("MULTIPLY {a} BY {b}", lambda a, b: b * a),
    ("MULTIPLY 3 BY {b}", lambda a, b: b * 3),
    ("DIVIDE {a} INTO {b}", lambda a, b: rules.divide(b, a)),
    ("DIVIDE 7 INTO {b}", lambda a, b: rules.divide(b, 7)),
]


def remainders(random: Random) -> Kind:
    top, bottom = random_field(random, longest=12), random_field(random, longest=9)
    quotient, left = random_field(random, longest=18), random_field(random, longest=18)

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        a, b = numbers([top, bottom], given)
        try:
            whole = rules.divide(a, b)
        except SizeError:
            return [None, None, quotient.encode(0), left.encode(0)]
        rest = rules.remainder(a, b, quotient.scale)
        return [None, None, quotient.encode(quotient.fit(whole)), left.encode(left.fit(rest))]

    declarations = [field.declaration for field in (top, bottom, quotient, left)]
    contents = digits_of(top, bottom)
    inputs = lambda random: [*contents(random), quotient.encode(0), left.encode(0)]  # noqa: E731
    return Kind(declarations, "DIVIDE {a} BY {b} GIVING {c} REMAINDER {d}", inputs, expected, zero=zero(quotient, left))


def contents(random: Random) -> Kind:
    """Arithmetic on fields that contain anything."""
    source = random_field(random, ("DISPLAY", "COMP-3", "BINARY"), longest=18)
    target = Field(38, source.scale, True)

    def inputs(source_random: Random) -> list[bytes]:
        data = bytearray(source.encode(source.random_digits(source_random)))
        for _ in range(source_random.randint(0, 3)):
            data[source_random.randrange(len(data))] = source_random.choice(b" \0AZpyP~0-+./\xff\x0c\x1f\xd9")
        return [bytes(data)]

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        value = source.number(source.decode(given[0]))
        return [None, target.encode(target.fit(value + 0))]

    return Kind([source.declaration, target.declaration], "COMPUTE {b} = {a} + 0", inputs, expected)


def classes(random: Random) -> Kind:
    field = random_field(random, ("DISPLAY", "COMP-3"), longest=18)

    def inputs(source: Random) -> list[bytes]:
        data = bytearray(field.encode(field.random_digits(source)))
        for _ in range(source.randint(0, 2)):
            data[source.randrange(len(data))] = source.choice(b" \0AZpyP~0-+./\xff\x0c\x1f\xd9\x9d\x9f")
        return [bytes(data), b"?"]

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        if field.usage == "COMP-3":
            numeric = rules.is_numeric_packed(given[0], field.signed)
        else:
            numeric = rules.is_numeric_display(given[0], field.shown_sign)
        return [None, b"Y" if numeric else b"N"]

    text = 'IF {a} NUMERIC MOVE "Y" TO {b} ELSE MOVE "N" TO {b} END-IF'
    return Kind([field.declaration, "PIC X"], text, inputs, expected)


def comparing(random: Random) -> Kind:
    left, right = random_field(random, longest=18), random_field(random, longest=18)

    def inputs(source: Random) -> list[bytes]:
        a = left.random_digits(source)
        near = rules.unscaled(left.number(a), right.scale) + source.choice((0, 0, 1, -1))
        b = right.fit(right.number(near)) if source.random() < 0.5 else right.random_digits(source)
        if any(field.usage == "COMP-5" and field.size == 8 and not field.signed for field in (left, right)):
            # GnuCOBOL compares unsigned integers of 64 bits as if they were signed, or negative ones unsigned.
            b = min(abs(b), 10**right.digits - 1)
        return [left.encode(a), right.encode(b), b"?"]

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        a, b = numbers([left, right], given)
        return [None, None, b"<" if a < b else b">" if a > b else b"="]

    return Kind([left.declaration, right.declaration, "PIC X"], COMPARE, inputs, expected)


COMPARE = """\
MOVE "=" TO {c}
IF {a} < {b} MOVE "<" TO {c} END-IF
IF {a} > {b} MOVE ">" TO {c} END-IF
"""


def shown(random: Random) -> Kind:
    field = random_field(random, longest=31)

    def output(given: Sequence[bytes]) -> bytes:
        digits = field.decode(given[0])
        if field.usage == "COMP-5":
            return rules.show_native(digits, field.size, field.signed).encode() + b"\n"
        trailing = field.sign == "trailing separate" and field.usage == "DISPLAY"
        text = rules.show(field.number(digits), field.digits, field.scale, field.signed, trailing)
        return text.encode() + b"\n"

    return Kind([field.declaration], "DISPLAY {a}", digits_of(field), lambda given: [], output)


def random_float(random: Random) -> float:
    return random.choice(
        (
            0.0,
            random.uniform(-1000, 1000),
            round(random.uniform(-1000, 1000), 2),
            random.uniform(-1, 1) * 10.0 ** random.randint(-20, 20),
            float(random.randint(-(10**9), 10**9)),
        )
    )


def floats(random: Random) -> Kind:
    """Numbers to floats and back, and what DISPLAY makes of them."""
    short = random.random() < 0.5
    field = random_field(random, longest=18)
    usage, size = ("COMP-1", 4) if short else ("COMP-2", 8)
    code = "<f" if short else "<d"
    pack = single if short else double

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        (value,) = numbers([field], given)
        stored = rules.single_of(value) if short else rules.double_of(value)
        (old,) = struct.unpack(code, given[2])
        back = field.fit(rules.decimal_of(old))
        return [None, pack(stored), None, field.encode(back)]

    def output(given: Sequence[bytes]) -> bytes:
        return rules.show_float(struct.unpack(code, given[2])[0], short).encode() + b"\n"

    def inputs(source: Random) -> list[bytes]:
        return [field.encode(field.random_digits(source)), bytes(size), pack(random_float(source)), bytes(20)]

    text = "COMPUTE {b} = {a}\nCOMPUTE {d} = {c}\nDISPLAY {c}"
    declarations = [field.declaration, f"USAGE {usage}", f"USAGE {usage}", field.declaration]
    return Kind(declarations, text, inputs, expected, output, zero(field))


def comparing_floats(random: Random) -> Kind:
    def inputs(source: Random) -> list[bytes]:
        a = random_float(source)
        b = source.choice((a, a * (1 + source.uniform(-3e-7, 3e-7)), random_float(source)))
        return [double(a), double(b), b"?"]

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        (a,), (b,) = struct.unpack("<d", given[0]), struct.unpack("<d", given[1])
        return [None, None, {-1: b"<", 0: b"=", 1: b">"}[rules.compare_floats(a, b)]]

    return Kind(["USAGE COMP-2", "USAGE COMP-2", "PIC X"], COMPARE, inputs, expected)


NUMBER_RULES: dict[str, Callable[[Random], Kind]] = {
    "move": move,
    "store": store,
    "compute": compute,
    "scaling": scaling,
    "powers": powers,
    "verbs": verbs,
    "remainders": remainders,
    "contents": contents,
    "classes": classes,
    "comparing": comparing,
    "shown": shown,
    "floats": floats,
    "comparing-floats": comparing_floats,
}
