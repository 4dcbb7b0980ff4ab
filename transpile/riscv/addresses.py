"""Memory operands and addresses as values: symbols, the thread pointer, base + index * scale + disp."""

from __future__ import annotations

from transpile.native.micro import Address, Code, Micro, Reg, Symbol, Temp
from transpile.native.relation import FULL
from transpile.riscv.emitter import Emitter, handles
from transpile.riscv.plan import location
from transpile.riscv.values import Bind, Content, bind, wrap

NEAR = 2048


class Operand:
    """A memory operand: ``disp(base)``, or a symbol for the pseudo forms."""

    __slots__ = ("base", "disp", "low", "symbol")

    def __init__(self, base: Content | None, disp: int, symbol: str = "", low: str = "") -> None:
        self.base = base
        self.disp = disp
        self.symbol = symbol
        self.low = low
        """``%tprel_lo`` text that takes the place of ``disp``."""

    def text(self, e: Emitter) -> str:
        if self.symbol:
            return self.symbol
        assert self.base is not None
        return f"{self.low or self.disp}({e.reg(self.base)})"

    def at(self, offset: int) -> Operand:
        return Operand(self.base, self.disp + offset, self.symbol, self.low)


def split(disp: int, span: int) -> tuple[int, int]:
    """``disp`` as what must be added to the base and what fits in the instruction, for accesses up to ``span``."""
    if disp >= -NEAR and disp + span <= NEAR:
        return 0, disp
    low = ((disp & 0xFFF) ^ 0x800) - 0x800
    if low + span > NEAR:
        low -= 8
    return disp - low, low


def register_part(e: Emitter, address: Address) -> Content | None:
    """``base + index * scale``, from the parts that there are."""
    base = e.wide(address.base) if address.base is not None else None
    if address.segment == "fs":
        base = e.tp if base is None else e.add(e.tp, base)
    if address.index is None:
        return base
    return indexed(e, base, address.index, address.scale.bit_length() - 1)


def indexed(e: Emitter, base: Content | None, index: Reg | Temp, shift: int, to: str | None = None) -> Content:
    value = e.value(index)
    if e.zba and base is not None and 1 <= shift <= 3:
        return e.rr(f"sh{shift}add", e.wide(index), base, 64, 64, to)
    last = to if base is None else None
    if value.bits == 32 and value.zero and shift and value.content.const is None:
        scaled = scaled_narrow(e, index, shift, last)
    else:
        scaled = e.shift("slli", e.wide(index), shift, last)
    return scaled if base is None else e.add(base, scaled, True, to)


def scaled_narrow(e: Emitter, index: Reg | Temp, shift: int, to: str | None) -> Content:
    """An index whose upper half has to be cleared: both shifts in one, unless it is wanted extended anyway."""
    name = location(index)
    form = e.block.exit.get(name)
    if isinstance(index, Reg) and form is not None and form[1] == FULL and e.last_definition.get(name, -1) < e.index:
        return e.shift("slli", e.wide(index), shift, to)
    return e.shift_up(e.value(index).content, shift, to)


def operand(e: Emitter, address: Address, span: int) -> Operand:
    """The memory operand for accesses to ``span`` bytes at ``address``."""
    symbol = address.symbol
    disp = wrap(address.disp)
    if symbol is not None and symbol.kind == "":
        disp += symbol.addend
        alone = address.base is None and address.index is None and not address.segment
        if alone and e.plan.symbols.get(symbol.name, 0) < 2 and not symbol_ready(e, symbol.name):
            return Operand(None, 0, symbol.name + (f"{disp:+d}" if disp else ""))
        near = disp >= -NEAR and disp + span <= NEAR
        anchor = e.symbol_content("lla", symbol.name, 0 if near else disp)
        disp = disp if near else 0
        return based(e, sum_of(e, register_part(e, address), anchor), disp, span)
    if symbol is not None and symbol.kind == "tpoff":
        return thread_local(e, address, symbol, disp, span)
    part = register_part(e, address)
    if symbol is not None:
        part = sum_of(e, part, e.symbol(symbol))
    if part is None:
        part = e.zero
    elif part.symbol is not None and part.symbol[0] == "lla" and not part.places and e.dies(address.base):
        name, addend = part.symbol[1], part.symbol[2] + disp
        return Operand(None, 0, name + (f"{addend:+d}" if addend else ""))
    return based(e, part, disp, span)


def symbol_ready(e: Emitter, name: str) -> bool:
    content = e.numbers.get(("lla", name, 0))
    return content is not None and bool(content.places)


def sum_of(e: Emitter, part: Content | None, other: Content) -> Content:
    return e.pin(other) if part is None else e.add(part, other)


def based(e: Emitter, base: Content, disp: int, span: int) -> Operand:
    known = base.const
    if known is not None and base is not e.zero:
        base, disp = e.zero, wrap(known + disp)
    high, low = split(disp, span)
    if high:
        base = e.add(base, e.constant(high)) if base is not e.zero else e.constant(high)
    return Operand(e.pin(base), low)


def thread_local(e: Emitter, address: Address, symbol: Symbol, disp: int, span: int) -> Operand:
    """Local-exec: ``tp + symbol``. Without ``tp`` as the base the offset is an ordinary value."""
    addend = symbol.addend + disp
    plain = Address(address.base, address.index, address.scale)
    base = e.value(address.base).content if address.base is not None else None
    if (address.segment == "fs" and base is None) or (base is e.tp and not address.segment):
        high = e.symbol_content("tprel_hi", symbol.name, addend)
        rest = register_part(e, Address(None, address.index, address.scale)) if address.index is not None else None
        whole = sum_of(e, rest, high)
        tail = f"{addend:+d}" if addend else ""
        return Operand(e.pin(whole), 0, "", f"%tprel_lo({symbol.name}{tail})")
    part = register_part(e, Address(plain.base, plain.index, plain.scale, 0, None, address.segment))
    return based(e, sum_of(e, part, e.symbol_content("tprel", symbol.name, addend)), 0, span)


def higher(place: Operand) -> Operand:
    if not place.symbol:
        return place.at(8)
    return Operand(None, 0, plus(place.symbol, 8))


def plus(symbol: str, offset: int) -> str:
    """``sym+8`` from ``sym``, ``sym+16`` from ``sym+8``."""
    for sign in "+-":
        name, found, addend = symbol.rpartition(sign)
        if found and addend.isdigit():
            total = int(sign + addend) + offset
            return f"{name}{total:+d}" if total else name
    return f"{symbol}{offset:+d}"


@handles(Code.LEA)
def effective_address(e: Emitter, micro: Micro) -> None:
    address, dst = micro.address, micro.dst
    assert address is not None and dst is not None
    to = e.to(dst)
    if dst.size < 8:
        e.write(dst, bind(narrow_address(e, address, to), 8 * dst.size, True))
        return
    e.write(dst, Bind(wide_address(e, address, to)))


def wide_address(e: Emitter, address: Address, to: str | None) -> Content:
    symbol, disp = address.symbol, wrap(address.disp)
    if symbol is not None and symbol.kind != "gottpoff":
        anchor = e.symbol(symbol, symbol.addend + disp) if symbol.kind != "got" else e.symbol(symbol)
        if symbol.kind == "got" and disp:
            anchor = e.add(anchor, e.constant(disp))
        part = register_part(e, address)
        return e.give(anchor, to) if part is None else e.add(part, anchor, True, to)
    if symbol is not None:
        part = sum_of(e, register_part(e, address), e.symbol(symbol))
        return e.add(part, e.constant(disp), True, to)
    if disp == 0 and address.index is not None and not address.segment:
        base = e.wide(address.base) if address.base is not None else None
        return indexed(e, base, address.index, address.scale.bit_length() - 1, to)
    part = register_part(e, address)
    return e.give(e.constant(disp), to) if part is None else e.add(part, e.constant(disp), True, to)


def narrow_address(e: Emitter, address: Address, to: str | None) -> Content:
    """The low 32 bits of an address expression: nothing needs extending."""
    if address.symbol is not None or address.segment:
        return wide_address(e, address, to)
    base = e.low(e.value(address.base), 32) if address.base is not None else None
    disp = wrap(address.disp)
    shift = address.scale.bit_length() - 1
    if address.index is None:
        return e.give(e.constant(disp), to) if base is None else e.add(base, e.constant(disp), False, to)
    index = e.low(e.value(address.index), 32)
    if base is None and not disp:
        return e.shift("slliw", index, shift, to) if shift else e.give(index, to)
    scaled = e.shift("slli", index, shift)
    if base is None:
        return e.add(scaled, e.constant(disp), False, to)
    if not disp:
        return e.add(base, scaled, False, to)
    return e.add(e.add(base, scaled), e.constant(disp), False, to)


@handles(Code.SYMADDR)
def symbol_address(e: Emitter, micro: Micro) -> None:
    symbol, dst = micro.args[0], micro.dst
    assert isinstance(symbol, Symbol) and dst is not None
    if symbol.kind == "got" and symbol.addend:
        plain = e.symbol(Symbol(symbol.name, 0, "got"))
        content = e.add(plain, e.constant(symbol.addend), True, e.to(dst))
    else:
        content = e.pin(e.symbol(symbol))
    e.write(dst, Bind(content))


@handles(Code.TLSBASE)
def thread_base(e: Emitter, micro: Micro) -> None:
    assert micro.dst is not None
    e.write(micro.dst, Bind(e.pin(e.tp)))
