"""Building values: arithmetic on contents with value numbering, known ranges and constant folding.

Every method returns the content of a result, emitting code only if no register holds it yet. ``to`` names the source
location that receives the result: that method call is the last of its micro-operation, so operands that die there may
be overwritten, and the result is put where the location wants to live.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec

from transpile.native.block import FunctionContext, LoweredBlock
from transpile.riscv.allocation import Registers, place_name
from transpile.riscv.registers import FLOATING, INTEGER
from transpile.riscv.values import MASK64, Content, sign_extended

P = ParamSpec("P")


def scoped(build: Callable[P, Content]) -> Callable[P, Content]:
    """Let go of a function's intermediate contents when it returns; its first argument is the builder."""

    @wraps(build)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> Content:
        e = args[0]
        assert isinstance(e, Builder)
        mark = len(e.pinned)
        result = build(*args, **kwargs)
        e.unpin(mark)
        return e.pin(result)

    return wrapped


COMMUTATIVE = frozenset(("add", "addw", "and", "or", "xor", "mul", "mulw", "mulh", "mulhu"))

FOLD: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "mul": lambda a, b: a * b,
    "addw": lambda a, b: sign_extended(a + b, 32),
    "subw": lambda a, b: sign_extended(a - b, 32),
    "mulw": lambda a, b: sign_extended(a * b, 32),
    "slt": lambda a, b: int(a < b),
    "sltu": lambda a, b: int(a & MASK64 < b & MASK64),
}


class Builder(Registers):
    """Value-numbering instruction builder."""

    def __init__(self, block: LoweredBlock, context: FunctionContext) -> None:
        super().__init__(block, context)
        self.numbers: dict[tuple[object, ...], Content] = {}
        self.last_definition: dict[str, int] = {}
        self.home_owners: dict[str, list[str]] = {}
        for name, place in context.homes.items():
            self.home_owners.setdefault(place_name(place), []).append(name)
        self.temp_target: dict[str, tuple[str, int]] = {}
        self.index = 0
        self.holding = False
        self.half_operands: list[Content] = []
        """What the current part of a result in parts still has to read."""
        self.zba = "zba" in context.march
        self.zbb = "zbb" in context.march

    # Where results go

    def release(self) -> None:
        """All operands of the current micro-operation have been read; the emitter overrides this."""

    def hints(self, name: str) -> list[str]:
        """Places for a new value of the source location ``name``, best first."""
        if name[0] == "@":
            return [name[1:]]
        name, index = self.temp_target.get(name, (name, self.index))
        wanted: list[str] = []
        if name in self.block.exit and self.last_definition.get(name, -1) <= index:
            place = place_name(self.block.exit[name][0])
            owners = self.home_owners.get(place, ())
            if all(owner == name or self.last_definition.get(owner, -1) <= index for owner in owners):
                wanted.append(place)
        home = self.context.homes.get(name)
        if home is not None and home.register not in wanted:
            wanted.append(place_name(home))
        return wanted

    def target(self, name: str, vector: bool) -> str:
        """The register to write the final value of ``name`` to."""
        family = FLOATING if vector else INTEGER
        hints = [hint for hint in self.hints(name) if hint in family]
        for hint in hints:
            if self.available(hint):
                return hint
        if hints and (name[0] == "@" or self.stays(name)):
            hint = hints[0]
            content = self.holder[hint]
            if not content.pins and hint not in self.reserved:
                self.evict(hint)
                return hint
        return self.vector_scratch() if vector else self.integer_scratch()

    def settle(self) -> None:
        """The operands of the result that is about to be written have been read."""
        if not self.holding:
            self.release()
            return
        self.busy = frozenset(place for content in self.named for place in content.places)
        self.unpin()
        for content in self.half_operands:
            content.refs -= 1
        self.half_operands = []

    def stays(self, name: str) -> bool:
        """Whether the value that ``name`` gets now is the one it leaves the block with."""
        return name in self.block.exit and self.last_definition.get(name, -1) <= self.index

    def result(self, to: str | None, vector: bool = False) -> str:
        if to is None:
            return self.vector_scratch() if vector else self.integer_scratch()
        self.settle()
        return self.target(to, vector)

    def known(self, key: tuple[object, ...], to: str | None) -> Content | None:
        """The content numbered ``key`` if some register still holds it."""
        content = self.numbers.get(key)
        if content is None or not (content.places or content.const is not None):
            return None
        if to is None or self.holding:
            self.pin(content)
        else:
            self.release()
        return content

    def define(self, key: tuple[object, ...], place: str, u: int, s: int, to: str | None, mark: int = 0) -> Content:
        content = self.numbers.get(key)
        if content is None:
            content = self.numbers[key] = self.fresh(u, s)
        self.hold_in(place, content)
        self.unname(mark)
        if to is None or self.holding:
            self.pin(content)
        return content

    def give(self, content: Content, to: str | None) -> Content:
        """``content`` is the result as it stands."""
        if to is None or self.holding:
            self.pin(content)
        else:
            self.release()
        return content

    # Instruction shapes

    def seq(
        self, key: tuple[object, ...], code: tuple[str, ...], operands: tuple[Content, ...], u: int = 64, s: int = 64,
        to: str | None = None,
    ) -> Content:  # fmt: skip
        """Integer instructions that write ``{d}``; operands ``{0}`` ``{1}`` may only be read by the first of them."""
        content = self.known(key, to)
        if content is not None:
            return content
        mark = len(self.named)
        names = [self.reg(operand) for operand in operands]
        target = self.result(to)
        for line in code:
            self.put(line.format(*names, d=target))
        return self.define(key, target, u, s, to, mark)

    def long(
        self, key: tuple[object, ...], code: tuple[str, ...], operands: tuple[Content, ...], u: int = 64, s: int = 64,
        to: str | None = None, scratch: int = 0,
    ) -> Content:  # fmt: skip
        """Like ``seq``, but operands stay intact throughout, and ``{t0}`` ``{t1}`` are scratch registers."""
        content = self.known(key, to)
        if content is not None:
            return content
        mark = len(self.named)
        names = [self.reg(operand) for operand in operands]
        temporaries = self.temporaries(scratch)
        if to is not None:
            self.settle()
            self.name_again((*operands, *(self.holder[place] for place in temporaries.values())))
            target = self.target(to, vector=False)
        else:
            target = self.result(to)
        for line in code:
            if line[-1] == ":":
                self.put_label(line[:-1])
            else:
                self.put(line.format(*names, d=target, **temporaries))
        return self.define(key, target, u, s, to, mark)

    def name_again(self, contents: Iterable[Content]) -> None:
        """Keep registers in place that a sequence under construction goes on naming after its operands were settled."""
        for content in contents:
            content.pins += 1
            self.named.append(content)

    def temporaries(self, count: int) -> dict[str, str]:
        """``count`` scratch registers, clobbered and pinned until the end of the micro-operation."""
        names = {}
        for number in range(count):
            place = self.integer_scratch()
            self.hold_in(place, self.fresh())
            self.name_again((self.holder[place],))
            names[f"t{number}"] = place
        return names

    def rr(
        self, mnemonic: str, a: Content, b: Content, u: int = 64, s: int = 64, to: str | None = None
    ) -> Content:  # fmt: skip
        if a.const is not None and b.const is not None and mnemonic in FOLD:
            return self.give(self.constant(FOLD[mnemonic](a.const, b.const)), to)
        if mnemonic in COMMUTATIVE and a.number > b.number:
            a, b = b, a
        key = (mnemonic, a.number, b.number)
        content = self.known(key, to)
        if content is not None:
            return content
        mark = len(self.named)
        first, second = self.reg(a), self.reg(b)
        target = self.result(to)
        self.put(f"{mnemonic} {target}, {first}, {second}")
        return self.define(key, target, u, s, to, mark)

    def ri(self, mnemonic: str, a: Content, imm: int, u: int = 64, s: int = 64, to: str | None = None) -> Content:
        key = (mnemonic, a.number, imm)
        content = self.known(key, to)
        if content is not None:
            return content
        mark = len(self.named)
        first = self.reg(a)
        target = self.result(to)
        self.put(f"{mnemonic} {target}, {first}, {imm}")
        return self.define(key, target, u, s, to, mark)

    def rf(
        self, mnemonic: str, operands: tuple[Content, ...], to: str | None = None, tail: str = "", boxed: bool = False
    ) -> Content:
        """A floating-point result of floating-point operands."""
        key = (mnemonic, *(operand.number for operand in operands))
        content = self.known(key, to)
        if content is not None:
            return content
        mark = len(self.named)
        names = ", ".join(self.freg(operand) for operand in operands)
        target = self.result(to, vector=True)
        self.put(f"{mnemonic} {target}, {names}{tail}")
        content = self.define(key, target, 64, 64, to, mark)
        content.boxed = boxed
        return content

    def fx(
        self, mnemonic: str, operands: tuple[Content, ...], u: int = 64, s: int = 64, to: str | None = None,
        tail: str = "",
    ) -> Content:  # fmt: skip
        """An integer result of floating-point operands (compares, conversions, moves)."""
        key = (mnemonic + tail, *(operand.number for operand in operands))
        content = self.known(key, to)
        if content is not None:
            return content
        mark = len(self.named)
        names = ", ".join(self.freg(operand) for operand in operands)
        target = self.result(to)
        self.put(f"{mnemonic} {target}, {names}{tail}")
        return self.define(key, target, u, s, to, mark)

    def xf(self, mnemonic: str, a: Content, to: str | None = None, boxed: bool = False) -> Content:
        """A floating-point result of an integer operand."""
        key = (mnemonic, a.number)
        content = self.known(key, to)
        if content is not None:
            return content
        mark = len(self.named)
        name = self.reg(a)
        target = self.result(to, vector=True)
        self.put(f"{mnemonic} {target}, {name}")
        content = self.define(key, target, 64, 64, to, mark)
        content.boxed = boxed
        return content
