"""Inputs for a program: those that the user has, and others that are made from what the program reads.

The same seed makes the same inputs. Lines for ACCEPT end with all that the program compares them with, several times
over, since programs that read lines mostly stop at one value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from random import Random

from transpile.cobol.initial import encode_number
from transpile.cobol.layout import Field
from transpile.cobol.names import Names
from transpile.cobol.programs import Item
from transpile.cobol.statements import Accept
from transpile.cobol.unit import Unit
from transpile.cobol.walking import walk
from transpile.differential.external import External, external_files, programs_of
from transpile.differential.keyed import Keyed, rows_for_python, rows_in
from transpile.differential.literals import Literals, literals
from transpile.differential.reach import TERMINALS
from transpile.differential.records import Records
from transpile.differential.running import Inputs

_NONE: Mapping[str, Keyed] = {}
_ENDINGS = 14
_ROUNDS = 3
_SIZES = (0, 1, 2, 3, 5, 8, 12, 4, 7, 60, 6, 10, 9, 120)
_TOGETHER = "of the files that one OPEN names, GnuCOBOL looks at the status of the last one only"
_TOO_LARGE = 16 << 20


def given(stdin: Path | None, folder: Path | None) -> Inputs:
    """What the user has: a file with the standard input, and a folder with the files that the program finds."""
    files = sorted(folder.iterdir()) if folder is not None else []
    content = {path.name: path.read_bytes() for path in files if path.is_file() and path.stat().st_size <= _TOO_LARGE}
    return Inputs(stdin.read_bytes() if stdin is not None else b"", content, "given")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a program reads: the items of its ACCEPTs, and files. ``unknown``: files whose names, or contents, cannot be
    made; in words."""

    accepted: tuple[Item, ...]
    files: tuple[External, ...]
    unknown: tuple[str, ...]
    literals: Literals = field(compare=False)


def reading(unit: Unit) -> Reading:
    accepted: dict[int, Item] = {}
    for program, names in programs_of(unit):
        for each in walk(program.procedure) if program.procedure is not None else ():
            if isinstance(each, Accept) and (item := _terminal(each, names)) is not None:
                accepted.setdefault(id(item), item)
    files, unknown = [], []
    for file in external_files(unit):
        if not file.read:
            continue
        if not file.names or any("/" in name for name in file.names):
            unknown.append(f"{file.file.name}: where it lies is not known before a run, or in another folder")
        else:
            files.append(file)
            if not file.last:
                unknown.append(f"{file.file.name} was always there: {_TOGETHER}")
    return Reading(tuple(accepted.values()), tuple(files), tuple(unknown), literals(unit))


def _terminal(statement: Accept, names: Names) -> Item | None:
    devices = dict(names.program.environment.special_names.mnemonics)
    if devices.get(statement.source, statement.source) not in TERMINALS:
        return None
    known = names.find(statement.target.name, statement.target.qualifiers)
    return known[0].item if known else None


def generated(
    read: Reading, seed: int, known: Sequence[Inputs] = (), keyed: Mapping[str, Keyed] = _NONE
) -> Iterator[Inputs]:
    """Inputs without end; some are ``known`` ones with changes. Files with keys are as Python keeps them."""
    number = 0
    while True:
        chance = Random(f"{seed}/{number}")
        size = _SIZES[number] if number < len(_SIZES) else chance.randint(1, 15)
        template = chance.choice(known) if known and chance.random() < 0.6 else None
        files: dict[str, bytes] = {}
        for file in read.files:
            for name in file.names:
                sample = template.files.get(name, b"") if template is not None else b""
                files[name] = _file(file, read.literals, chance, size, sample, keyed.get(name))
        stdin = _lines(read, chance, size, template)
        about = f"generated, seed {seed}, number {number}"
        optional = [name for file in read.files if file.last for name in file.names]
        if number % 10 == 9 and optional:
            missing = chance.choice(optional)
            del files[missing]
            about += f", without {missing}"
        yield Inputs(stdin, files, about)
        number += 1


def _file(file: External, known: Literals, chance: Random, count: int, sample: bytes, keyed: Keyed | None) -> bytes:
    making = Records(known, chance, file.lines)
    largest = file.size
    headed = not file.lines and (file.file.varying or file.smallest != largest)
    samples = [] if headed else records_in(sample, None if file.lines else largest)
    if keyed is not None:
        samples = [row.record for row in rows_in(sample)]
        rows = _rows(making, file.file.records, chance, count, samples)
        return rows_for_python(keyed.accepted([row.ljust(largest) for row in rows]))
    rows = _rows(making, file.file.records, chance, count, samples)
    if chance.random() < 0.5:
        rows.sort()
    if file.lines:
        return b"".join(row.replace(b"\n", b" ").rstrip(b" ") + b"\n" for row in rows)
    if headed:
        return b"".join(len(row).to_bytes(2, "big") + b"\0\0" + row for row in rows)
    return b"".join(row.ljust(largest) for row in rows)


def _rows(making: Records, items: Sequence[Item], chance: Random, count: int, samples: Sequence[bytes]) -> list[bytes]:
    rows = []
    for _ in range(count):
        if samples and chance.random() < 0.7:
            row = chance.choice(samples)
            rows.append(_changed(making, items, row, chance) if chance.random() < 0.6 else row)
        else:
            rows.append(making.record(items))
    return rows


def _changed(making: Records, items: Sequence[Item], row: bytes, chance: Random) -> bytes:
    columns = any(item.children or making.literals.sources.get(id(item)) for item in items)
    if making.printable and not columns and chance.random() < 0.4:
        row = making.shifted(row)
    return making.refilled(items, row) if columns and chance.random() < 0.5 else making.changed(row)


def records_in(content: bytes, size: int | None) -> list[bytes]:
    """The records of a file: of ``size`` bytes each, or lines."""
    if size is None:
        return content.removesuffix(b"\n").split(b"\n") if content else []
    return [content[at : at + size] for at in range(0, len(content), size)]


# Lines


def _lines(read: Reading, chance: Random, count: int, template: Inputs | None) -> bytes:
    if not read.accepted:
        return template.stdin if template is not None else b""
    making = Records(read.literals, chance, True)
    samples = records_in(template.stdin, None) if template is not None else []
    lines: list[bytes] = []
    if samples and chance.random() < 0.6:
        lines = [_changed(making, read.accepted, line, chance) if chance.random() < 0.2 else line for line in samples]
        lines = [line for line in lines[:-1] for _ in range(chance.choice((0, 1, 1, 1, 1, 2)))]
    else:
        for number in range(count * len(read.accepted)):
            in_turn = read.accepted[number % len(read.accepted)]
            item = in_turn if chance.random() < 0.8 else chance.choice(read.accepted)
            if samples and len(read.accepted) == 1 and chance.random() < 0.5:
                lines.append(_changed(making, read.accepted, chance.choice(samples), chance))
            else:
                lines.append(_line(making, item, chance))
        if len(read.accepted) == 1 and chance.random() < 0.4:
            lines.sort()
    endings = [*samples[-1:], *(line for item in read.accepted for line in _endings(read.literals, item))]
    chosen = list(dict.fromkeys(endings))[:_ENDINGS]
    for _ in range(_ROUNDS):
        lines += chance.sample(chosen, len(chosen))
    if chance.random() < 0.2:
        lines += [b"", *(b" " * laid.size for item in read.accepted if (laid := read.literals.field_of(item)))]
    return b"".join(line.replace(b"\n", b" ").rstrip(b" ") + b"\n" for line in lines)


def typed(accepted: Sequence[Item], known: Literals, chance: Random) -> bytes:
    """Lines for ACCEPT, a few of each of ``accepted`` and then those that may be the last ones."""
    return _lines(Reading(tuple(accepted), (), (), known), chance, chance.choice((0, 1, 1, 1, 2, 3)), None)


def _line(making: Records, item: Item, chance: Random) -> bytes:
    laid = making.literals.field_of(item)
    if laid is None or laid.group or not laid.numeric or laid.picture is None:
        return making.record([item])
    shown = making.content(replace(laid, usage="DISPLAY", sign=None, size=laid.picture.size))
    digits = shown if shown.isdigit() else b"0"
    scale = laid.picture.scale
    if scale > 0 and chance.random() < 0.7:
        digits = digits[:-scale] + b"." + digits[-scale:]
    if laid.signed and chance.random() < 0.3:
        digits = b"-" + digits
    return digits if chance.random() < 0.5 else digits.lstrip(b"0") or b"0"


def _endings(known: Literals, item: Item) -> Iterator[bytes]:
    """Lines in which one field is what the program compares it with, and the others zero or spaces."""
    laid = known.field_of(item)
    if laid is None:
        return
    blank = _blank(laid)
    for top in (laid, *(each for other in known.sources.get(id(item), ()) if (each := known.field_of(other)))):
        for each in top.walk():
            if each.dimensions:
                continue
            for value in known.of(each.item):
                content = _shown(each, value)
                if content is not None:
                    at = each.offset - top.offset
                    yield (blank[:at].ljust(at) + content + blank[at + len(content) :])[: max(laid.size, 1)]
    yield blank
    yield from (b"9" * laid.size, b"0" * laid.size)


def _blank(laid: Field) -> bytes:
    made = bytearray(b" " * laid.size)
    for each in laid.walk():
        if each.numeric and not each.redefines and not each.dimensions and each.usage == "DISPLAY":
            at = each.offset - laid.offset
            made[at : at + each.size] = encode_number(each, 0)
    return bytes(made)


def _shown(laid: Field, value: Decimal | bytes) -> bytes | None:
    if isinstance(value, bytes):
        return value * laid.size if value in (b"\xff", b" ", b'"') else value[: laid.size].ljust(laid.size)
    if laid.group or not laid.numeric:
        return str(abs(int(value))).encode().rjust(laid.size, b"0")[: laid.size]
    if laid.picture is None or laid.usage != "DISPLAY":
        return str(value).encode()
    digits = int(value.scaleb(laid.picture.scale))
    return encode_number(laid, digits) if abs(digits) < 10**laid.picture.size else None


def with_stdin(inputs: Inputs, lines: Sequence[bytes]) -> Inputs:
    return replace(inputs, stdin=b"".join(line + b"\n" for line in lines))


def with_file(inputs: Inputs, name: str, content: bytes) -> Inputs:
    files: Mapping[str, bytes] = {**inputs.files, name: content}
    return replace(inputs, files=files)
