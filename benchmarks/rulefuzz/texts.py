"""Cases of editing, moves of text, comparing text, INSPECT, STRING and UNSTRING."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from rulefuzz.cases import Kind
from rulefuzz.fields import Field, Usage, random_field, random_text
from rulefuzz.numbers import digits_of, zero
from transpile.cobol.pictures import Picture, PictureError, parse_picture
from transpile.python.rules import cobol_rules as rules

PIECES = ["Z", "Z", "*", "+", "-", "$", "9", "9", ",", ",", "B", "/", "0", ".", ".", "V", "CR", "DB"]


def edited_picture(random: Random) -> Picture:
    """A numeric-edited picture that is well-formed."""
    while True:
        text = "".join(_piece(random) for _ in range(random.randint(2, 7)))
        try:
            picture = parse_picture(text)
        except PictureError:
            continue
        if picture.category == "numeric-edited" and picture.digits <= 31 and text[-1] not in ".,":
            return picture


def _piece(random: Random) -> str:
    piece = random.choice(PIECES)
    if piece in ("V", ".", "CR", "DB", ",") or random.random() < 0.5:
        return piece
    return piece * random.randint(1, 4) if random.random() < 0.6 else f"{piece}({random.randint(1, 6)})"


def typical_picture(random: Random) -> Picture:
    float_symbol = random.choice(["Z", "*", "$", "+", "-"])
    lead = random.choice(["", "", "$", "+", "-"]) if float_symbol in "Z*" else ""
    whole = float_symbol * random.randint(2, 4)
    groups = random.choice([whole, f"{whole},{float_symbol * 3}", f"{whole},{float_symbol * 2}9", f"{whole}9"])
    tail = random.choice(["", ".99", f".{float_symbol * 2}", "V99", ",.99"])
    end = random.choice(["", "", "CR", "DB", "+", "-", "BCR"]) if not lead and float_symbol not in "+-" else ""
    try:
        return parse_picture(lead + groups + tail + end)
    except PictureError:
        return edited_picture(random)


def edit(random: Random) -> Kind:
    picture = random.choice((typical_picture, edited_picture))(random)
    source = random_field(random, longest=18)
    blank = random.random() < 0.2 and "*" not in picture.text
    clause = " BLANK WHEN ZERO" if blank else ""

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        value = source.number(source.decode(given[0]))
        return [None, rules.edit(value, picture.text, blank_when_zero=blank).encode()]

    declarations = [source.declaration, f"PIC {picture.text}{clause}"]
    return Kind(declarations, "MOVE {a} TO {b}", digits_of(source), expected)


def deedit(random: Random) -> Kind:
    picture = random.choice((typical_picture, edited_picture))(random)
    target = random_field(random, longest=18)

    def inputs(source: Random) -> list[bytes]:
        number = random_field(source, ("DISPLAY",), longest=12)
        text = rules.edit(number.number(number.random_digits(source)), picture.text)
        return [(text if source.random() < 0.8 else random_text(source, picture.size)).encode("latin-1")]

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        value = rules.number_of_edited(given[0].decode("latin-1"), picture.text)
        if target.usage in ("BINARY", "COMP-5"):
            digits = rules.unscaled(value, target.scale)
            value = rules.scaled(abs(digits) % 2**64 * (-1 if digits < 0 else 1), target.scale)
        return [None, target.encode(target.fit(value))]

    declarations = [f"PIC {picture.text}", target.declaration]
    return Kind(declarations, "MOVE {a} TO {b}", inputs, expected, zero=zero(target))


def text_to_number(random: Random) -> Kind:
    size = random.randint(1, 14)
    target = random_field(random, ("DISPLAY",), longest=12)
    odd = random.choice(("0123456789", "0159 ,.-+", "0123456789  .,+-A"))

    def inputs(source: Random) -> list[bytes]:
        text = random_text(source, size, odd)
        if source.random() < 0.6:
            text = source.choice(("", " ", "-", "+", "  ")) + str(source.randint(0, 99999)) + source.choice(("", ".25"))
        return [text[:size].ljust(size).encode()]

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        digits = rules.number_of_text(given[0].decode("latin-1"), target.digits, target.scale)
        return [None, target.encode(target.fit(target.number(digits)))]

    declarations = [f"PIC X({size})", target.declaration]
    return Kind(declarations, "MOVE {a} TO {b}", inputs, expected, zero=zero(target))


def text_to_other_number(random: Random) -> Kind:
    """COMP-3 and binary fields get text by way of 38 digits and 38 decimals."""
    size = random.randint(1, 14)
    target = random_field(random, ("COMP-3", "BINARY", "COMP-5"), longest=12)

    def inputs(source: Random) -> list[bytes]:
        text = random_text(source, size, "0123456789  .,+-A")
        if source.random() < 0.6:
            text = source.choice(("", " ", "-", "+", "  ")) + str(source.randint(0, 99999)) + source.choice(("", ".25"))
        return [text[:size].ljust(size).encode()]

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        value = rules.scaled(rules.number_of_text(given[0].decode("latin-1"), 76, 38), 38)
        if target.usage != "COMP-3":
            digits = rules.unscaled(value, target.scale)
            value = rules.scaled(abs(digits) % 2**64 * (-1 if digits < 0 else 1), target.scale)
        return [None, target.encode(target.fit(value))]

    declarations = [f"PIC X({size})", target.declaration]
    return Kind(declarations, "MOVE {a} TO {b}", inputs, expected, zero=zero(target))


def number_to_text(random: Random) -> Kind:
    source = Field(*_integer(random))
    size = random.randint(1, 20)
    # Where nothing is to be filled up, GnuCOBOL copies an unsigned DISPLAY field from the left, JUSTIFIED or not.
    right = random.random() < 0.3 and (source.signed or source.usage != "DISPLAY" or source.digits < size)

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        text = rules.digits_text(source.decode(given[0]), source.digits)
        return [None, (rules.fit_right if right else rules.fit_text)(text, size).encode()]

    declarations = [source.declaration, f"PIC X({size}){' JUSTIFIED' * right}"]
    return Kind(declarations, "MOVE {a} TO {b}", digits_of(source), expected)


def _integer(random: Random) -> tuple[int, int, bool, Usage, rules.Sign]:
    field = random_field(random, ("DISPLAY", "COMP-3", "BINARY"), longest=18)
    return field.digits, 0, field.signed, field.usage, field.sign


def text_to_text(random: Random) -> Kind:
    size, room = random.randint(1, 12), random.randint(1, 12)
    right = random.random() < 0.4
    inputs = lambda source: [random_text(source, size).encode("latin-1")]  # noqa: E731

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        fit = rules.fit_right if right else rules.fit_text
        return [None, fit(given[0].decode("latin-1"), room).encode("latin-1")]

    return Kind([f"PIC X({size})", f"PIC X({room}){' JUSTIFIED' * right}"], "MOVE {a} TO {b}", inputs, expected)


def edit_text(random: Random) -> Kind:
    size = random.randint(1, 12)
    text = "".join(random.choice(["X", "XX", "A", "9", "B", "/", "0", "X(3)"]) for _ in range(random.randint(2, 6)))
    picture = parse_picture(f"X{text}B")

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        return [None, rules.edit_text(given[0].decode("latin-1"), picture.text).encode("latin-1")]

    inputs = lambda source: [random_text(source, size).encode("latin-1")]  # noqa: E731
    return Kind([f"PIC X({size})", f"PIC {picture.text}"], "MOVE {a} TO {b}", inputs, expected)


COMPARE = """\
MOVE "=" TO {c}
IF {a} < {b} MOVE "<" TO {c} END-IF
IF {a} > {b} MOVE ">" TO {c} END-IF
"""
MARKS = {-1: b"<", 0: b"=", 1: b">"}


def compare(random: Random) -> Kind:
    size, other = random.randint(1, 6), random.randint(1, 6)

    def inputs(source: Random) -> list[bytes]:
        return [random_text(source, n, "AB  \xe9").encode("latin-1") for n in (size, other)] + [b"?"]

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        return [None, None, MARKS[rules.compare(given[0].decode("latin-1"), given[1].decode("latin-1"))]]

    return Kind([f"PIC X({size})", f"PIC X({other})", "PIC X"], COMPARE, inputs, expected)


def compare_all(random: Random) -> Kind:
    size = random.randint(1, 7)
    pattern, name = random.choice((("AB", 'ALL "AB"'), (" ", "SPACE"), ("0", "ZERO"), ("\xff", "HIGH-VALUE")))

    def inputs(source: Random) -> list[bytes]:
        near = rules.fill(pattern, size)
        text = near if source.random() < 0.4 else near[: source.randint(0, size)] + random_text(source, size)
        return [text[:size].encode("latin-1"), b"?"]

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        return [None, MARKS[rules.compare_all(given[0].decode("latin-1"), pattern)]]

    text = COMPARE.replace("{c}", "{x}").replace("{b}", name).replace("{x}", "{b}")
    return Kind([f"PIC X({size})", "PIC X"], text, inputs, expected)


def compare_number_with_text(random: Random) -> Kind:
    field = Field(*_integer(random))
    if field.usage == "DISPLAY" and "separate" in field.sign:
        field = Field(field.digits, 0, field.signed)
    size = random.randint(1, 10)

    def inputs(source: Random) -> list[bytes]:
        digits = field.random_digits(source)
        text = rules.digits_text(digits, field.digits) if source.random() < 0.6 else random_text(source, size)
        return [field.encode(digits), text[:size].ljust(size).encode("latin-1"), b"?"]

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        text = rules.digits_text(field.decode(given[0]), field.digits)
        return [None, None, MARKS[rules.compare(text, given[1].decode("latin-1"))]]

    return Kind([field.declaration, f"PIC X({size})", "PIC X"], COMPARE, inputs, expected)


def classes(random: Random) -> Kind:
    size = random.randint(1, 6)
    name, function = random.choice(
        (
            ("ALPHABETIC", rules.is_alphabetic),
            ("ALPHABETIC-LOWER", rules.is_alphabetic_lower),
            ("ALPHABETIC-UPPER", rules.is_alphabetic_upper),
            ("NUMERIC", lambda text: rules.is_numeric_display(text.encode("latin-1"))),
        )
    )
    alphabet = random.choice(("AB ", "ab ", "aB", "0123", "AB\xe9\xff", "12 "))
    inputs = lambda source: [random_text(source, size, alphabet).encode("latin-1"), b"?"]  # noqa: E731

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        return [None, b"Y" if function(given[0].decode("latin-1")) else b"N"]

    text = f'IF {{a}} {name} MOVE "Y" TO {{b}}\nELSE MOVE "N" TO {{b}} END-IF'
    return Kind([f"PIC X({size})", "PIC X"], text, inputs, expected)


def _bound(random: Random, what: str = "") -> list[tuple[str, str]]:
    count = random.choice((0, 0, 1, 1, 2))
    if what == "TRAILING":
        # GnuCOBOL looks for it before the beginning too.
        return []
    sides = random.sample(("BEFORE", "AFTER"), count)
    return [(side, random_text(random, random.randint(1, 2), "ABC ")) for side in sides]


def inspect_tallying(random: Random) -> Kind:
    size = random.randint(1, 12)
    phrases = []
    for _ in range(random.randint(1, 3)):
        what = random.choice(("ALL", "LEADING", "TRAILING", "CHARACTERS"))
        phrases.append((what, random_text(random, random.randint(1, 3), "ABC"), _bound(random, what)))
    lines = ["MOVE 0 TO {b}", "INSPECT {a} TALLYING"]
    lines += [f"{{b}} FOR {_what(what, pattern)}\n{_bounds(bounds)}" for what, pattern, bounds in phrases]

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        inspection = rules.Inspection(given[0].decode("latin-1"))
        total = 0
        for what, pattern, bounds in phrases:
            region = inspection.region(*bounds)  # type: ignore[arg-type]
            total += inspection.tally(what, pattern, region)
        return [None, b"%04d" % total]

    inputs = lambda source: [random_text(source, size, "AABC ").encode()]  # noqa: E731
    return Kind([f"PIC X({size})", "PIC 9(4)"], "\n".join(lines), inputs, expected)


def _what(what: str, pattern: str) -> str:
    return what if what == "CHARACTERS" else f'{what} "{pattern}"'


def _bounds(bounds: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f'{side} INITIAL "{mark}"' for side, mark in bounds)


def inspect_replacing(random: Random) -> Kind:
    size = random.randint(1, 12)
    phrases = []
    for _ in range(random.randint(1, 3)):
        what = random.choice(("ALL", "LEADING", "FIRST", "TRAILING", "CHARACTERS"))
        pattern = random_text(random, 1 if what == "CHARACTERS" else random.randint(1, 3), "ABC")
        phrases.append((what, pattern, random_text(random, len(pattern), "XYZ"), _bound(random, what)))
    lines = ["INSPECT {a} REPLACING"]
    lines += [f'{_what(what, old)} BY "{new}"\n{_bounds(bounds)}' for what, old, new, bounds in phrases]

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        inspection = rules.Inspection(given[0].decode("latin-1"))
        for what, old, new, bounds in phrases:
            inspection.replace(what, old, new, inspection.region(*bounds))  # type: ignore[arg-type]
        return [inspection.replaced().encode("latin-1")]

    inputs = lambda source: [random_text(source, size, "AABC ").encode()]  # noqa: E731
    return Kind([f"PIC X({size})"], "\n".join(lines), inputs, expected)


def inspect_converting(random: Random) -> Kind:
    size, width = random.randint(1, 12), random.randint(1, 4)
    old, new = random_text(random, width, "ABC "), random_text(random, width, "ABXYZ")
    bounds = _bound(random)
    text = f'INSPECT {{a}} CONVERTING "{old}" TO "{new}"\n{_bounds(bounds)}'

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        content = given[0].decode("latin-1")
        region = rules.Inspection(content).region(*bounds)  # type: ignore[arg-type]
        return [rules.convert(content, old, new, region).encode("latin-1")]

    inputs = lambda source: [random_text(source, size, "AABC ").encode()]  # noqa: E731
    return Kind([f"PIC X({size})"], text, inputs, expected)


def stringing(random: Random) -> Kind:
    sizes = [random.randint(1, 8) for _ in range(2)]
    room = random.randint(1, 14)
    delimiters = [random.choice((None, " ", "A", "B ")) for _ in sizes]
    parts = " ".join(
        f"{{{name}}} DELIMITED BY {'SIZE' if mark is None else chr(34) + mark + chr(34)}\n"
        for name, mark in zip("ab", delimiters, strict=True)
    )
    overflow = 'ON OVERFLOW DISPLAY "O"\nNOT ON OVERFLOW DISPLAY "N"'
    text = f"STRING {parts} INTO {{c}} WITH POINTER {{d}}\n{overflow}\nEND-STRING"

    def outcome(given: Sequence[bytes]) -> rules.Strung:
        texts = [data.decode("latin-1") for data in given[:2]]
        return rules.string(given[2].decode("latin-1"), list(zip(texts, delimiters, strict=True)), int(given[3]))

    def inputs(source: Random) -> list[bytes]:
        texts = [random_text(source, size, "AB -").encode() for size in sizes]
        return [*texts, b"." * room, b"%02d" % source.choice((1, 1, 1, 2, 3, 0, room, room + 1))]

    def expected(given: Sequence[bytes]) -> list[bytes | None]:
        strung = outcome(given)
        return [None, None, strung.target.encode("latin-1"), b"%02d" % strung.pointer]

    def output(given: Sequence[bytes]) -> bytes:
        return b"O\n" if outcome(given).overflow else b"N\n"

    declarations = [*(f"PIC X({size})" for size in sizes), f"PIC X({room})", "PIC 99"]
    return Kind(declarations, text, inputs, expected, output)


def unstringing(random: Random) -> Kind:
    size, wide = random.randint(1, 14), random.randint(1, 5)
    delimiters = [(random.choice((",", " ", "AB", ";")), random.random() < 0.5) for _ in range(random.randint(0, 2))]
    by = "\nOR ".join(f'{"ALL " * every}"{mark}"' for mark, every in delimiters)
    more = "\nDELIMITER IN {c}\nCOUNT IN {d}" if delimiters else ""
    text = (
        f"UNSTRING {{a}} {'DELIMITED BY ' + by if by else ''}\nINTO {{b}}{more}\n{{b}}{more}\n"
        'ON OVERFLOW DISPLAY "O"\nNOT ON OVERFLOW DISPLAY "N"\nEND-UNSTRING'
    )

    def outcome(given: Sequence[bytes]) -> tuple[list[bytes | None], bool]:
        unstring = rules.Unstring(given[0].decode("latin-1"), delimiters)
        now: list[bytes | None] = list(given)
        for _ in range(2):
            piece = unstring.next(wide)
            if piece is not None:
                now[1] = rules.fit_text(piece.text, wide).encode("latin-1")
                if delimiters:
                    now[2] = rules.fit_text(piece.delimiter, 2).encode("latin-1")
                    now[3] = b"%02d" % len(piece.text)
        return now, unstring.overflow

    inputs = lambda source: [random_text(source, size, "AABB,, ;x").encode(), b"?" * wide, b"??", b"00"]  # noqa: E731
    output = lambda given: b"O\n" if outcome(given)[1] else b"N\n"  # noqa: E731
    declarations = [f"PIC X({size})", f"PIC X({wide})", "PIC XX", "PIC 99"]
    return Kind(declarations, text, inputs, lambda given: outcome(given)[0], output)


TEXT_RULES: dict[str, Callable[[Random], Kind]] = {
    "edit": edit,
    "deedit": deedit,
    "text-to-number": text_to_number,
    "text-to-other-number": text_to_other_number,
    "number-to-text": number_to_text,
    "text-to-text": text_to_text,
    "edit-text": edit_text,
    "compare": compare,
    "compare-all": compare_all,
    "compare-number-with-text": compare_number_with_text,
    "text-classes": classes,
    "inspect-tallying": inspect_tallying,
    "inspect-replacing": inspect_replacing,
    "inspect-converting": inspect_converting,
    "stringing": stringing,
    "unstringing": unstringing,
}
