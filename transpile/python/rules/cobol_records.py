"""Records whose bytes are shared: fields that are read from, and written to, one area of bytes.

A class of a record names its fields with what they are and where they lie. Text is latin-1: a character is a byte.
"""

from __future__ import annotations

import struct
from decimal import Decimal
from typing import ClassVar, Generic, TypeVar, overload

from transpile.python.rules.cobol_rules import (
    Sign,
    decode_binary,
    decode_display,
    decode_packed,
    encode_binary,
    encode_display,
    encode_packed,
    scaled,
    unscaled,
)

T = TypeVar("T")
Data = bytearray | memoryview


class Record:
    """``SIZE`` bytes. Without ``data`` they are new, and have their initial contents."""

    SIZE: ClassVar[int]
    INITIAL: ClassVar[bytes] = b""
    __slots__ = ("data",)

    def __init__(self, data: Data | None = None) -> None:
        self.data: Data = bytearray(self.INITIAL.ljust(self.SIZE)) if data is None else data
        if data is None:
            for item in vars(type(self)).values():
                if isinstance(item, Item | Table):
                    item.start(self.data)

    @property
    def text(self) -> str:
        """All bytes, a character each."""
        return str(self.data, "latin-1")

    @text.setter
    def text(self, value: str) -> None:
        self.data[:] = value[: self.SIZE].ljust(self.SIZE).encode("latin-1")

    def area(self, offset: int, size: int) -> str:
        """``size`` bytes from ``offset``."""
        if not 0 <= offset <= offset + size <= len(self.data):
            raise IndexError(f"bytes {offset} to {offset + size} are not in a record of {len(self.data)}")
        return str(self.data[offset : offset + size], "latin-1")

    def set_area(self, offset: int, text: str) -> None:
        if not 0 <= offset <= offset + len(text) <= len(self.data):
            raise IndexError(f"bytes {offset} to {offset + len(text)} are not in a record of {len(self.data)}")
        self.data[offset : offset + len(text)] = text.encode("latin-1")

    def view(self, offset: int, size: int) -> memoryview:
        """``size`` bytes from ``offset``, to be seen and changed by another program."""
        return memoryview(self.data)[offset : offset + size]


class Item(Generic[T]):
    """A field of ``size`` bytes from ``offset``."""

    def __init__(self, offset: int, size: int, initial: T | None = None) -> None:
        self.offset, self.size, self.initial = offset, size, initial

    @overload
    def __get__(self, record: None, owner: type) -> Item[T]: ...
    @overload
    def __get__(self, record: Record, owner: type) -> T: ...
    def __get__(self, record: Record | None, owner: type) -> Item[T] | T:
        return self if record is None else self.read(record.data, self.offset)

    def __set__(self, record: Record, value: T) -> None:
        self.write(record.data, self.offset, value)

    def read(self, data: Data, at: int) -> T:
        raise NotImplementedError

    def write(self, data: Data, at: int, value: T) -> None:
        raise NotImplementedError

    def start(self, data: Data) -> None:
        if self.initial is not None:
            self.write(data, self.offset, self.initial)


class Table(Generic[T]):
    """``item`` in each element of a table: ``(count, bytes from one to the next)`` for each dimension."""

    def __init__(self, item: Item[T], *dimensions: tuple[int, int]) -> None:
        self.item, self.dimensions = item, dimensions

    @overload
    def __get__(self, record: None, owner: type) -> Table[T]: ...
    @overload
    def __get__(self, record: Record, owner: type) -> Elements[T]: ...
    def __get__(self, record: Record | None, owner: type) -> Table[T] | Elements[T]:
        return self if record is None else Elements(record.data, self.item, self.dimensions)

    def start(self, data: Data) -> None:
        if self.item.initial is None:
            return
        places = [self.item.offset]
        for count, stride in self.dimensions:
            places = [place + number * stride for place in places for number in range(count)]
        for place in places:
            self.item.write(data, place, self.item.initial)


class Elements(Generic[T]):
    """The elements of a table in one record; they count from 0."""

    __slots__ = ("data", "dimensions", "item")

    def __init__(self, data: Data, item: Item[T], dimensions: tuple[tuple[int, int], ...]) -> None:
        self.data, self.item, self.dimensions = data, item, dimensions

    def __getitem__(self, at: int | tuple[int, ...]) -> T:
        return self.item.read(self.data, self.place(at))

    def __setitem__(self, at: int | tuple[int, ...], value: T) -> None:
        self.item.write(self.data, self.place(at), value)

    def place(self, at: int | tuple[int, ...]) -> int:
        """The offset of an element; one outside the table has one too, as long as it is in the record."""
        if isinstance(at, int):
            place = self.item.offset + at * self.dimensions[0][1]
        else:
            place = self.item.offset + sum(n * stride for n, (_, stride) in zip(at, self.dimensions, strict=True))
        if not 0 <= place <= len(self.data) - self.item.size:
            raise IndexError(f"no element {at} within the record")
        return place


class Text(Item[str]):
    """Text of ``size`` characters; what is assigned is cut, or filled with spaces."""

    def read(self, data: Data, at: int) -> str:
        return str(data[at : at + self.size], "latin-1")

    def write(self, data: Data, at: int, value: str) -> None:
        data[at : at + self.size] = value[: self.size].ljust(self.size).encode("latin-1")


class Display(Item[int]):
    """A whole number, a digit a byte."""

    def __init__(self, offset: int, size: int, initial: int | None = None, *, sign: Sign = "none") -> None:
        super().__init__(offset, size, initial)
        self.sign = sign
        self.digits = size - sign.endswith("separate")

    def read(self, data: Data, at: int) -> int:
        return decode_display(bytes(data[at : at + self.size]), self.sign)

    def write(self, data: Data, at: int, value: int) -> None:
        data[at : at + self.size] = encode_display(value, self.digits, self.sign)


class Packed(Item[int]):
    """COMP-3: two digits a byte."""

    def __init__(self, offset: int, digits: int, initial: int | None = None, *, signed: bool = True) -> None:
        super().__init__(offset, digits // 2 + 1, initial)
        self.digits, self.signed = digits, signed

    def read(self, data: Data, at: int) -> int:
        return decode_packed(bytes(data[at : at + self.size]), self.digits, self.signed)

    def write(self, data: Data, at: int, value: int) -> None:
        data[at : at + self.size] = encode_packed(value, self.digits, self.signed)


class Binary(Item[int]):
    """COMP, most significant byte first; ``native``: COMP-5, as the machine has it."""

    def __init__(
        self, offset: int, size: int, initial: int | None = None, *, signed: bool = True, native: bool = False
    ) -> None:
        super().__init__(offset, size, initial)
        self.signed, self.native = signed, native

    def read(self, data: Data, at: int) -> int:
        return decode_binary(bytes(data[at : at + self.size]), self.signed, self.native)

    def write(self, data: Data, at: int, value: int) -> None:
        data[at : at + self.size] = encode_binary(value, self.size, self.signed, self.native)


class Scaled(Item[Decimal]):
    """A number with ``scale`` decimals, kept as the whole number ``digits`` of its digits."""

    def __init__(self, digits: Item[int], scale: int, initial: Decimal | None = None) -> None:
        super().__init__(digits.offset, digits.size, initial)
        self.digits, self.scale = digits, scale

    def read(self, data: Data, at: int) -> Decimal:
        return scaled(self.digits.read(data, at), self.scale)

    def write(self, data: Data, at: int, value: Decimal) -> None:
        self.digits.write(data, at, unscaled(value, self.scale))


class Float(Item[float]):
    """COMP-1 (``size`` 4) or COMP-2 (8)."""

    def read(self, data: Data, at: int) -> float:
        (value,) = struct.unpack_from("<f" if self.size == 4 else "<d", data, at)
        return float(value)

    def write(self, data: Data, at: int, value: float) -> None:
        struct.pack_into("<f" if self.size == 4 else "<d", data, at, value)
