"""Loads, stores and addresses, with the fences of the TSO memory model where asked."""

from __future__ import annotations

from transpile.native.micro import Address, Code, Micro, Reg, Symbol, Temp
from transpile.native.relation import FULL
from transpile.riscv.emitter import Emitter, handles
from transpile.riscv.plan import location, locations
from transpile.riscv.registers import FLOATING
from transpile.riscv.values import Bind, Content, bind, wrap

SIGNED_LOADS = {1: "lb", 2: "lh", 4: "lw", 8: "ld"}
UNSIGNED_LOADS = {1: "lbu", 2: "lhu", 4: "lwu", 8: "ld"}
STORES = {1: "sb", 2: "sh", 4: "sw", 8: "sd"}
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
    from transpile.riscv.integer import shift_up_zero_extended

    name = location(index)
    form = e.block.exit.get(name)
    if isinstance(index, Reg) and form is not None and form[1] == FULL and e.last_definition.get(name, -1) < e.index:
        return e.shift("slli", e.wide(index), shift, to)
    return shift_up_zero_extended(e, e.value(index).content, shift, to)


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


@handles(Code.LOAD)
def load(e: Emitter, micro: Micro) -> None:
    dst, address = micro.dst, micro.address
    assert dst is not None and address is not None
    if micro.size == 16:
        load_halves(e, micro, operand(e, address, 16))
        return
    place = operand(e, address, micro.size)
    if dst.vector:
        load_vector(e, micro, place)
        return
    mnemonic = integer_load(e, micro)
    to = e.to(dst)
    content = loaded(e, mnemonic, place, micro.size, to)
    width = 8 * (dst.size if micro.name else micro.size)
    e.write(dst, bind(content, width, True))


def loaded(e: Emitter, mnemonic: str, place: Operand, size: int, to: str | None) -> Content:
    mark = len(e.named)
    text = place.text(e)
    target = e.result(to)
    e.put(f"{mnemonic} {target}, {text}")
    if mnemonic.endswith("u"):
        content = e.fresh(8 * size)
    else:
        content = e.fresh(64, 8 * size)
    e.hold_in(target, content)
    e.unname(mark)
    if to is None or e.holding:
        e.pin(content)
    fence_load(e)
    return content


def loaded_vector(e: Emitter, place: Operand, size: int, to: str | None) -> Content:
    mnemonic = "flw" if size == 4 else "fld"
    mark = len(e.named)
    text = place.text(e)
    temporary = f", {e.integer_scratch()}" if place.symbol else ""
    if temporary:
        e.forget(temporary[2:])
    target = e.result(to, vector=True)
    e.put(f"{mnemonic} {target}, {text}{temporary}")
    content = e.fresh()
    content.boxed = size == 4
    e.hold_in(target, content)
    e.unname(mark)
    if to is None or e.holding:
        e.pin(content)
    fence_load(e)
    return content


def integer_load(e: Emitter, micro: Micro) -> str:
    """The load whose extension suits the uses of the value best."""
    dst, size = micro.dst, micro.size
    assert dst is not None
    if micro.name == "s":
        return SIGNED_LOADS[size]
    if size == 8:
        return "ld"
    if micro.name == "z" and size < 4:
        return UNSIGNED_LOADS[size]
    if size < 4:
        return SIGNED_LOADS[size] if signed_use(e, dst, size) else UNSIGNED_LOADS[size]
    return "lwu" if full_use(e, dst) else "lw"


def full_use(e: Emitter, dst: Reg | Temp) -> bool:
    """Whether some use of ``dst`` before its next definition reads the zero-extended 64 bits."""
    name = location(dst)
    micros = e.block.micros
    names = {name}
    for index in range(e.index + 1, len(micros)):
        micro = micros[index]
        if micro.address is not None:
            for part in (micro.address.base, micro.address.index):
                if part is not None and location(part) in names:
                    return True
        mentioned = False
        for value in micro.args:
            if isinstance(value, (Reg, Temp)) and location(value) in names:
                mentioned = True
                if value.size == 8 and micro.code is not Code.COPY:
                    return True
                if micro.code is Code.ZEXT and value.size == 4:
                    return True
        written = micro.dst
        if written is not None:
            here = location(written)
            if mentioned and micro.code is Code.COPY:
                names.add(here)
            elif here in names and (isinstance(written, Temp) or written.size >= 4):
                names.discard(here)
                if not names:
                    return False
    return any(name in e.block.exit and e.block.exit[name][1] == FULL for name in names)


def signed_use(e: Emitter, dst: Reg | Temp, size: int) -> bool:
    """Whether a byte or half word is sign-extended or compared as a signed number next."""
    name = location(dst)
    micros = e.block.micros
    for index in range(e.index + 1, min(len(micros), e.index + 8)):
        micro = micros[index]
        used = any(isinstance(value, (Reg, Temp)) and location(value) == name for value in micro.args)
        if used and micro.code is Code.SEXT:
            return True
        if used and micro.code is Code.FLAGS:
            return bool(e.plan.conditions.get(micro.id, set()) & {"l", "ge", "g", "le", "s", "ns"})
        if used or (micro.dst is not None and location(micro.dst) == name):
            return False
    return False


def fence_load(e: Emitter) -> None:
    if e.ordered:
        e.put("fence r, rw")


def fence_store(e: Emitter) -> None:
    if e.ordered:
        e.put("fence rw, w")


def load_vector(e: Emitter, micro: Micro, place: Operand) -> None:
    """4 or 8 bytes into the low half of a vector register (all of it if ``dst.size`` is 16)."""
    dst = micro.dst
    assert dst is not None
    whole = dst.size == 16
    if not whole or e.needs_half(dst, False):
        to = location(dst) if whole else e.to(dst)
        if vector_use(e, dst, micro.size):
            content = loaded_vector(e, place, micro.size, to)
        else:
            content = loaded(e, "lwu" if micro.size == 4 else "ld", place, micro.size, None)
            e.release()
        value = bind(content, 8 * micro.size, True)
        if not whole:
            e.write(dst, value)
            return
        e.write_half(dst, False, value)
    if e.needs_half(dst, True):
        e.write_half(dst, True, Bind(e.zero))


def load_halves(e: Emitter, micro: Micro, place: Operand) -> None:
    dst = micro.dst
    assert dst is not None
    floating = vector_use(e, dst, 8)

    def build(high: bool, to: str) -> Content:
        half = higher(place) if high else place
        return loaded_vector(e, half, 8, to) if floating else loaded(e, "ld", half, 8, to)

    e.in_parts(dst, {}, build, () if place.base is None else (place.base,))


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


FLOAT_CODES = frozenset(
    (Code.FADD, Code.FSUB, Code.FMUL, Code.FDIV, Code.FSQRT, Code.FMIN, Code.FMAX, Code.F2I, Code.F2IR, Code.F2F)
)


LANE_MOVES = frozenset(("shuffle", "unpack_low", "unpack_high", "insert"))


def vector_use(e: Emitter, dst: Reg | Temp, size: int) -> bool:
    """Whether a loaded vector value is wanted in floating-point registers rather than integer ones."""
    names = set(locations(dst))
    micros = e.block.micros
    for index in range(e.index + 1, len(micros)):
        micro = micros[index]
        written = micro.dst
        if any(isinstance(value, (Reg, Temp)) and names.intersection(locations(value)) for value in micro.args):
            wish = vector_wish(micro, size)
            if wish is not None:
                return wish
            if written is not None:
                names.update(locations(written))
                continue
        if written is not None:
            names.difference_update(locations(written))
            if not names:
                return False
    return any(name in e.block.exit for name in names)


def vector_wish(micro: Micro, size: int) -> bool | None:
    """Whether ``micro`` wants its vector operand in a floating-point register; None: where its result is wanted."""
    if micro.code in FLOAT_CODES or micro.code is Code.FLAGS:
        return True
    if micro.code is Code.STORE:
        return size == 4
    if micro.code is Code.PACKED:
        if micro.lane == 8 and micro.name in LANE_MOVES:
            return None
        return micro.name.startswith("f") or micro.name in ("d2i", "d2ir", "d2f")
    if micro.code in (Code.COPY, Code.ZEXT) and micro.dst is not None and micro.dst.vector:
        return None
    return False


@handles(Code.STORE)
def store(e: Emitter, micro: Micro) -> None:
    address, source = micro.address, micro.args[0]
    assert address is not None
    place = operand(e, address, micro.size)
    fence_store(e)
    if micro.size == 16:
        for high in (False, True):
            put_store(e, e.full(e.half(source, high)), higher(place) if high else place, 8)
    elif micro.size == 8:
        put_store(e, e.wide(source), place, 8)
    else:
        put_store(e, e.low(e.value(source), 8 * micro.size), place, micro.size)


def put_store(e: Emitter, content: Content, place: Operand, size: int) -> None:
    mark = len(e.named)
    if size >= 4 and not e.in_register(content) and any(home in FLOATING for home in content.places):
        mnemonic, register = "fsw" if size == 4 else "fsd", e.freg(content)
    else:
        mnemonic, register = STORES[size], e.reg(content)
    text = place.text(e)
    if place.symbol:
        scratch = e.integer_scratch()
        e.forget(scratch)
        text += f", {scratch}"
    e.put(f"{mnemonic} {register}, {text}")
    e.unname(mark)


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
