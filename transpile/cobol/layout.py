"""Where every item lies: byte-exact records, as GnuCOBOL's default dialect lays them out (``binary-size: 1-2-4-8``).

Sizes are the largest where OCCURS DEPENDING ON makes them vary; ``Field.varies`` says by what. Wrong descriptions are
``SourceError`` at the item; what is well-formed and not laid out is ``UnsupportedError``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from transpile.cobol.pictures import Category, Picture, PictureError, parse_picture
from transpile.cobol.programs import Item, Occurs, Sign, Usage
from transpile.cobol.tree import Reference
from transpile.errors import SourceError, Span, UnsupportedError

_FIXED = {"COMP-1": 4, "COMP-2": 8, "INDEX": 4, "POINTER": 8, "BINARY-CHAR": 1, "BINARY-SHORT": 2, "BINARY-LONG": 4,
          "BINARY-DOUBLE": 8}  # fmt: skip
_BINARY = ((2, 1), (4, 2), (9, 4), (18, 8))
_COMP_X = ((2, 1), (4, 2), (7, 3), (9, 4), (12, 5), (14, 6), (16, 7), (18, 8))
_ALIGNED = {"BINARY", "COMP-5", "COMP-X", *_FIXED}
_MAX_SIZE = 268_435_456


@dataclass(frozen=True, slots=True)
class Dimension:
    """One OCCURS that an item lies in, or has itself: element ``i``, from 1, is ``(i - 1) * stride`` further."""

    occurs: Occurs
    stride: int

    @property
    def count(self) -> int:
        return self.occurs.high


@dataclass(frozen=True, slots=True)
class Varying:
    """A size in bytes that is ``fixed + depending * stride``, for ``low <= depending <= high``."""

    fixed: int
    stride: int
    depending: Reference
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Field:
    """An item in its place. ``offset`` and ``size`` are in bytes, from the start of its record; the offset is that of
    its first element, and the size that of one. ``path``: the names from the record down, empty for FILLER. ``sign`` is
    None for an unsigned item, ``usage`` None for a group. ``slack``: bytes before it that SYNCHRONIZED put there."""

    item: Item
    path: tuple[str, ...]
    offset: int
    size: int
    usage: Usage | None
    picture: Picture | None
    sign: Sign | None
    dimensions: tuple[Dimension, ...]
    redefines: bool
    varies: Varying | None
    children: tuple[Field, ...]
    slack: int = 0

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def group(self) -> bool:
        return self.usage is None

    @property
    def numeric(self) -> bool:
        """It holds a number; not so where only editing shows one."""
        if self.picture is None or self.usage in (None, "COMP-X"):
            return self.usage is not None
        return self.picture.numeric and not self.item.blank_when_zero

    @property
    def category(self) -> Category | None:
        """That of its picture; BLANK WHEN ZERO makes a numeric item numeric-edited. None for what has no picture."""
        if self.picture is None:
            return None
        return "numeric-edited" if self.picture.numeric and self.item.blank_when_zero else self.picture.category

    @property
    def signed(self) -> bool:
        if self.picture is not None:
            return self.picture.signed
        return self.numeric and not self.item.unsigned and self.usage != "POINTER"

    @property
    def end(self) -> int:
        return self.offset + self.size * (self.item.occurs.high if self.item.occurs else 1)

    def walk(self) -> Iterator[Field]:
        """This and all below it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Record:
    """An item of level 01 or 77 and those that redefine it. ``fields`` are their own fields, then those of level 66."""

    name: str
    size: int
    fields: tuple[Field, ...]

    def walk(self) -> Iterator[Field]:
        for each in self.fields:
            yield from each.walk()


@dataclass(frozen=True, slots=True)
class Storage:
    """The records of a section."""

    records: tuple[Record, ...]

    def walk(self) -> Iterator[tuple[Record, Field]]:
        for record in self.records:
            for each in record.walk():
                yield record, each

    def find(self, name: str, qualifiers: Sequence[str] = ()) -> list[tuple[Record, Field]]:
        """All that ``name OF qualifiers`` may mean; qualifiers are the innermost first."""
        return [
            (record, each)
            for record, each in self.walk()
            if each.name == name and name and _qualified(each.path[:-1], qualifiers)
        ]


def _qualified(above: tuple[str, ...], qualifiers: Sequence[str]) -> bool:
    names = iter(reversed(above))
    return all(any(name == qualifier for name in names) for qualifier in qualifiers)


@dataclass(slots=True)
class _Node:
    """An item on its way into a record."""

    item: Item
    usage: Usage | None
    sign: Sign | None
    picture: Picture | None
    offset: int = 0
    size: int = 0
    slack: int = 0
    children: list[_Node] = field(default_factory=list)

    @property
    def times(self) -> int:
        return self.item.occurs.high if self.item.occurs else 1

    @property
    def whole(self) -> int:
        return self.size * self.times


class _Layout:
    def __init__(self, decimal_comma: bool, currency: str) -> None:
        self.decimal_comma, self.currency = decimal_comma, currency
        self.alignment = 1
        """The greatest alignment that was needed since the last group began; GnuCOBOL keeps it across groups."""

    def node(self, item: Item, usage: Usage | None, sign: Sign | None) -> _Node:
        """``item`` with all below it, and with what it inherits."""
        usage, sign = item.usage or usage, item.sign or sign
        below = [child for child in item.children if child.level not in (66, 78, 88) and not child.constant]
        if below:
            if item.picture:
                raise SourceError(item.span, f"the group '{_name(item)}' has a PICTURE")
            made = _Node(item, None, None, None)
            made.children = [self.node(child, usage, sign) for child in below]
            return made
        picture = self.picture(item)
        made = _Node(item, usage or "DISPLAY", sign if picture and picture.signed else None, picture)
        made.size = _size(made)
        _check_room(made)
        return made

    def picture(self, item: Item) -> Picture | None:
        if not item.picture:
            return None
        try:
            return parse_picture(item.picture, self.decimal_comma, self.currency)
        except PictureError as error:
            kind = UnsupportedError if error.unsupported else SourceError
            raise kind(_picture_span(item, error.column), f"PICTURE {item.picture}: {error.message}") from error

    def place(self, node: _Node, offset: int) -> None:
        """Put ``node`` and all below it at ``offset``."""
        node.offset = offset
        if not node.children:
            return
        self.alignment, used = 1, 0
        for at, child in enumerate(node.children):
            if child.item.redefines:
                self.place_redefining(node.children[:at], child)
                continue
            self.place(child, offset + used)
            used += child.whole + self.slack(child)
        pad = -used % self.alignment
        if node.times > 1 and pad:
            _last(node).offset += pad
            _last(node).slack += pad
            used += pad
        node.size = used
        _check_room(node)

    def place_redefining(self, before: Sequence[_Node], node: _Node) -> None:
        target = _redefined(before, node.item)
        self.place(node, target.offset)
        if node.whole > target.whole:
            message = f"'{_name(node.item)}' is larger than '{target.item.name}', which it redefines"
            raise SourceError(node.item.span, message, hint=f"{node.whole} bytes against {target.whole}")

    def slack(self, node: _Node) -> int:
        """Shift a SYNCHRONIZED item to where the machine wants it."""
        if not node.item.synchronized or node.children or node.usage not in _ALIGNED:
            return 0
        needed = node.size if node.size in (2, 4, 8) else 1
        node.slack = -node.offset % needed
        node.offset += node.slack
        self.alignment = max(self.alignment, needed)
        return node.slack


def lay_out(
    items: Sequence[Item], *, decimal_comma: bool = False, currency: str = "$", sign: Sign | None = None
) -> Storage:
    """The records of a section. ``sign``: NUMERIC SIGN of SPECIAL-NAMES."""
    layout = _Layout(decimal_comma, currency)
    groups: list[list[_Node]] = []
    renaming: list[list[Item]] = []
    for item in items:
        if item.level == 66 and renaming:
            renaming[-1].append(item)
        if item.level in (66, 78, 88) or item.constant:
            continue
        node = layout.node(item, None, sign)
        layout.place(node, 0)
        renames = [child for child in item.children if child.level == 66]
        if item.redefines:
            at = _group_of(groups, item)
            groups[at].append(node)
            renaming[at] += renames
        else:
            groups.append([node])
            renaming.append(renames)
    return Storage(tuple(_record(nodes, renames) for nodes, renames in zip(groups, renaming, strict=True)))


def _group_of(groups: Sequence[Sequence[_Node]], item: Item) -> int:
    for at, nodes in enumerate(groups):
        if any(node.item.name == item.redefines for node in nodes):
            return at
    raise _undescribed(item)


def _record(nodes: Sequence[_Node], renames: Sequence[Item]) -> Record:
    fields = [_frozen(node, (), ()) for node in nodes]
    fields += [_renamed(_owner(fields, item), item) for item in renames]
    return Record(nodes[0].item.name, max(node.whole for node in nodes), tuple(fields))


def _owner(fields: Sequence[Field], item: Item) -> Field:
    """The record that a level 66 item stands in."""
    return next((each for each in fields if any(child is item for child in each.item.children)), fields[0])


def _frozen(node: _Node, above: tuple[str, ...], dimensions: tuple[Dimension, ...]) -> Field:
    item = node.item
    if item.occurs:
        dimensions = (*dimensions, Dimension(item.occurs, node.size))
    path = (*above, item.name)
    children = tuple(_frozen(child, path, dimensions) for child in node.children)
    return Field(
        item,
        path,
        node.offset,
        node.size,
        node.usage,
        node.picture,
        _sign(node),
        dimensions,
        bool(item.redefines),
        _varying(node, children),
        children,
        node.slack,
    )


def _sign(node: _Node) -> Sign | None:
    if node.usage != "DISPLAY" or node.picture is None or not (node.picture.numeric and node.picture.signed):
        return None
    return node.sign or Sign(leading=False, separate=False, span=node.item.span)


def _varying(node: _Node, children: tuple[Field, ...]) -> Varying | None:
    """How the size of a group depends on a table in it, which is the last thing in it."""
    for child in children:
        occurs = child.item.occurs
        if occurs and occurs.depending:
            low = occurs.low if occurs.low is not None else 1
            return Varying(node.size - child.size * occurs.high, child.size, occurs.depending, low, occurs.high)
        if child.varies and not child.redefines:
            inner = child.varies
            return Varying(node.size - child.size + inner.fixed, inner.stride, inner.depending, inner.low, inner.high)
    return None


def _renamed(record: Field, item: Item) -> Field:
    """Level 66: the bytes from the first of its items to the last."""
    assert item.renames is not None
    first = _named(record, item, item.renames[0])
    last = _named(record, item, item.renames[1]) if item.renames[1] else first
    if last.end < first.end or last.offset < first.offset:
        raise SourceError(item.span, f"'{item.name}' renames from a later item to an earlier one")
    alone = item.renames[1] is None
    return Field(
        item,
        (record.name, item.name),
        first.offset,
        last.offset + last.size - first.offset,
        first.usage if alone else None,
        first.picture if alone else None,
        first.sign if alone else None,
        (),
        True,
        None,
        first.children if alone else (),
    )


def _named(record: Field, item: Item, reference: Reference) -> Field:
    for each in record.walk():
        if each.name == reference.name and _qualified(each.path[:-1], reference.qualifiers):
            return each
    raise SourceError(item.span, f"'{reference.name}', which '{item.name}' renames, is not in '{record.name}'")


def _redefined(before: Sequence[_Node], item: Item) -> _Node:
    """What ``item`` shares its bytes with; a chain of REDEFINES leads to the first."""
    for node in reversed(before):
        if node.item.name == item.redefines:
            return _redefined(before, node.item) if node.item.redefines else node
    raise _undescribed(item)


def _undescribed(item: Item) -> SourceError:
    return SourceError(item.span, f"'{item.redefines}', which '{_name(item)}' redefines, is not described before it")


def _check_room(node: _Node) -> None:
    if node.whole > _MAX_SIZE:
        raise SourceError(node.item.span, f"'{_name(node.item)}' is larger than {_MAX_SIZE} bytes")


def _last(node: _Node) -> _Node:
    return _last(node.children[-1]) if node.children else node


def _size(node: _Node) -> int:
    """The bytes of an elementary item."""
    item, picture, usage = node.item, node.picture, node.usage
    assert usage is not None
    if usage in _FIXED:
        if picture is not None:
            raise SourceError(item.span, f"'{_name(item)}' is {usage} and cannot have a PICTURE")
        return _FIXED[usage]
    if picture is None:
        raise SourceError(item.span, f"'{_name(item)}' has no PICTURE")
    if usage == "DISPLAY":
        return picture.size + (picture.numeric and node.sign is not None and node.sign.separate)
    if usage == "NATIONAL":
        raise UnsupportedError(item.span, f"'{_name(item)}': USAGE NATIONAL is not supported", mnemonic="NATIONAL")
    if usage == "COMP-X" and picture.category == "alphanumeric":
        return picture.size
    if not picture.numeric:
        raise SourceError(item.span, f"'{_name(item)}' is {usage} and its PICTURE is not numeric")
    match usage:
        case "COMP-3":
            return picture.size // 2 + 1
        case "COMP-6":
            return (picture.size + 1) // 2
    for digits, size in _COMP_X if usage == "COMP-X" else _BINARY:
        if picture.size <= digits:
            return size
    raise SourceError(item.span, f"'{_name(item)}': a {usage} item has at most 18 digits")


def _name(item: Item) -> str:
    return item.name or "FILLER"


def _picture_span(item: Item, column: int) -> Span:
    """The column in the picture string, where the item's line has it."""
    at = item.span.line_text.upper().find(item.picture)
    if at < 0:
        return item.span
    return Span(item.span.file, item.span.line, at + column, 1, item.span.line_text)
