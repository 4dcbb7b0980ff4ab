"""What a block's translation remembers from one instruction to the next.

Numbers for temps and FLAGS, which FLAGS each flag comes from, and what is known about registers: which are zero, and
whether ``rdx`` is the sign of ``rax``, so that divisions need no double-width dividend.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from transpile.native.effects import FLAG_DEFINES, FLAG_DESTROYS
from transpile.native.micro import Code, Const, Micro, Reg, Temp

ENTRY = -1
"""The flags at block entry."""
UNDEFINED = -2
"""A flag without a value."""

_ENDS_KNOWLEDGE = (Code.CALL, Code.ICALL)


@dataclass(slots=True)
class Fresh:
    """One per block. ``zero`` and ``sign`` may be set to what holds at the block's entry."""

    file: str = ""
    """Named in messages."""
    last_flags: int = ENTRY
    """Id of the FLAGS that the latest flag-setting instruction made."""
    sources: dict[str, int] = field(default_factory=lambda: dict.fromkeys("ozscp", ENTRY))
    """For each flag the id of the FLAGS it comes from, ENTRY or UNDEFINED."""
    zero: set[str] = field(default_factory=set)
    """Integer registers known to be 0."""
    sign: int = 0
    """4 when ``edx`` is the sign of ``eax``, 8 when ``rdx`` is that of ``rax``, 0 when neither is known."""
    copied: int = 0
    """4 when ``edx`` equals ``eax``, 8 when ``rdx`` equals ``rax``: a right shift then makes it the sign."""
    next_temp: int = 0
    next_flags: int = 0

    def temp(self, size: int, vector: bool = False) -> Temp:
        index = self.next_temp
        self.next_temp = index + 1
        return Temp(index, size, vector)

    def flags_id(self) -> int:
        number = self.next_flags
        self.next_flags = number + 1
        return number

    def set_flags(self, kind: str, number: int) -> None:
        """The source machine's flags are now those of FLAGS ``number``, as far as ``kind`` says."""
        for flag in FLAG_DEFINES[kind]:
            self.sources[flag] = number
        for flag in FLAG_DESTROYS.get(kind, ""):
            self.sources[flag] = UNDEFINED
        self.last_flags = number

    def undefine(self, flags: str) -> None:
        for flag in flags:
            self.sources[flag] = UNDEFINED

    def learn(self, micros: Iterable[Micro]) -> None:
        """Update what is known about registers after ``micros``."""
        for micro in micros:
            dst = micro.dst
            if type(dst) is Reg:
                if not dst.vector:
                    self._written(micro, dst)
            elif micro.code in _ENDS_KNOWLEDGE:
                self.zero.clear()
                self.sign = self.copied = 0

    def _written(self, micro: Micro, dst: Reg) -> None:
        name = dst.name
        args = micro.args
        if name == "rdx":
            self.sign, self.copied = self._about_rdx(micro, dst)
        elif name == "rax":
            self.sign = self.copied = 0
        if micro.code is Code.COPY and dst.size >= 4 and self._is_zero(args[0]):
            self.zero.add(name)
        else:
            self.zero.discard(name)

    def _is_zero(self, value: object) -> bool:
        if type(value) is Const:
            return value.value == 0
        return type(value) is Reg and value.name in self.zero

    def _about_rdx(self, micro: Micro, dst: Reg) -> tuple[int, int]:
        """``(sign, copied)`` after ``micro`` writes ``rdx``."""
        args = micro.args
        size = dst.size
        if not args or type(args[0]) is not Reg or args[0].size != size or size < 4:
            return 0, 0
        if micro.code is Code.COPY and args[0].name == "rax":
            return 0, size
        if micro.code is Code.SAR and args[1] == Const(8 * size - 1, 1):
            held = args[0].name == "rax" or (args[0].name == "rdx" and self.copied >= size)
            return (size if held else 0), 0
        return 0, 0
