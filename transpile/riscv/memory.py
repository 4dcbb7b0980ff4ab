"""Loads, stores and addresses, with the fences of the TSO memory model where asked."""

from __future__ import annotations

from transpile.native.micro import Code, Micro, Reg, Temp
from transpile.native.relation import FULL
from transpile.riscv.addresses import Operand, higher, operand
from transpile.riscv.emitter import Emitter, handles
from transpile.riscv.plan import location, locations
from transpile.riscv.registers import FLOATING
from transpile.riscv.values import Bind, Content, bind

SIGNED_LOADS = {1: "lb", 2: "lh", 4: "lw", 8: "ld"}
UNSIGNED_LOADS = {1: "lbu", 2: "lhu", 4: "lwu", 8: "ld"}
STORES = {1: "sb", 2: "sh", 4: "sw", 8: "sd"}


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


def shared(e: Emitter, micro: Micro) -> bool:
    """Whether other threads may see the access, so that it has to keep the order that x86 promises."""
    address = micro.address
    own = address is not None and isinstance(address.base, Reg) and address.base.name == "sp"
    return e.ordered and not (own and e.context.private_frame)


def fence_load(e: Emitter) -> None:
    if shared(e, e.block.micros[e.index]):
        e.put("fence r, rw")


def fence_store(e: Emitter) -> None:
    if shared(e, e.block.micros[e.index]):
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
