"""Locked operations and fences: ``amo*.aqrl`` where there is one, else load-reserved / store-conditional loops."""

from __future__ import annotations

from transpile.native.micro import Code, Micro
from transpile.riscv.addresses import register_part, wide_address
from transpile.riscv.emitter import Emitter, handles
from transpile.riscv.integer import operand
from transpile.riscv.values import Content, bind, wrap

AMO = {"add": "amoadd", "sub": "amoadd", "and": "amoand", "or": "amoor", "xor": "amoxor", "xchg": "amoswap"}
UPDATE = {"add": "add", "sub": "sub", "and": "and", "or": "or", "xor": "xor"}
SUFFIX = {4: "w", 8: "d"}
FENCES = {
    "full": "fence rw, rw",
    "load": "fence r, rw",
    "store": "fence rw, w",
    "pause": ".insn i 15, 0, zero, zero, 16",
}
"""``pause`` is a hint; GNU as knows its name with the extension alone."""


@handles(Code.FENCE)
def fence(e: Emitter, micro: Micro) -> None:
    e.put(FENCES[micro.name])


def exact_address(e: Emitter, micro: Micro) -> Content:
    """The address as one register: atomics have no displacement."""
    address = micro.address
    assert address is not None
    if address.symbol is not None:
        return wide_address(e, address, None)
    part = register_part(e, address)
    disp = wrap(address.disp)
    return e.constant(disp) if part is None else e.add(part, e.constant(disp))


@handles(Code.ATOMIC)
def atomic(e: Emitter, micro: Micro) -> None:
    address = exact_address(e, micro)
    value = operand(e, micro.args[0], micro.size)
    if micro.size < 4:
        atomic_narrow(e, micro, address, value)
        return
    if micro.name == "sub":
        value = e.sub(e.zero, value, micro.size == 8)
    place, register = e.reg(address), e.reg(value)
    used = micro.dst is not None and e.wanted(micro)
    target = e.result(e.to(micro.dst)) if used else "zero"
    e.put(f"{AMO[micro.name]}.{SUFFIX[micro.size]}.aqrl {target}, {register}, ({place})")
    if used:
        old = e.fresh(64, 8 * micro.size)
        e.hold_in(target, old)
        finish(e, micro, old)


def finish(e: Emitter, micro: Micro, old: Content) -> None:
    assert micro.dst is not None
    e.write(micro.dst, bind(old, 8 * micro.size, True))


def word_of(e: Emitter, address: Content, size: int) -> tuple[Content, Content, Content]:
    """The aligned word that holds a byte or half word, its bit position there, and the mask at that position.

    A half word that two words hold gets the address of neither but an odd one, at which ``lr.w`` faults: as wider
    atomics do where they are not aligned."""
    word = e.logic("and", address, e.constant(-4))
    if size == 2:
        upper = e.logic("and", address, e.shift("srli", address, 1))
        word = e.logic("or", word, e.logic("and", upper, e.constant(1)))
    place = e.shift("slli", e.logic("and", address, e.constant(3)), 3)
    mask = e.rr("sll", e.constant((1 << 8 * size) - 1), place)
    return word, place, mask


def atomic_narrow(e: Emitter, micro: Micro, address: Content, value: Content) -> None:
    word, place, mask = word_of(e, address, micro.size)
    moved = e.rr("sll", e.zext(value, 8 * micro.size), place)
    names = {"w": e.reg(word), "m": e.reg(mask), "v": e.reg(moved), **e.temporaries(2)}
    label = e.new_label()
    e.put_label(label)
    e.put("lr.w.aqrl {t0}, ({w})".format(**names))
    if micro.name == "xchg":
        e.put("xor {t1}, {t0}, {v}".format(**names))
    else:
        e.put(f"{UPDATE[micro.name]} {names['t1']}, {names['t0']}, {names['v']}")
        e.put("xor {t1}, {t0}, {t1}".format(**names))
    e.put("and {t1}, {t1}, {m}".format(**names))
    e.put("xor {t1}, {t0}, {t1}".format(**names))
    e.put("sc.w.aqrl {t1}, {t1}, ({w})".format(**names))
    e.put(f"bnez {names['t1']}, {label}")
    if micro.dst is not None and e.wanted(micro):
        old = e.holder[names["t0"]]
        finish(e, micro, e.rr("srl", old, place, 64, 64, e.to(micro.dst)))


@handles(Code.CAS)
def compare_and_swap(e: Emitter, micro: Micro) -> None:
    address = exact_address(e, micro)
    if micro.size < 4:
        swap_narrow(e, micro, address)
        return
    expected = e.signed(e.value(micro.args[0]), 8 * micro.size)
    fresh = operand(e, micro.args[1], micro.size)
    names = {"a": e.reg(address), "e": e.reg(expected), "n": e.reg(fresh), **e.temporaries(2)}
    suffix = SUFFIX[micro.size]
    retry, done = e.new_label(), e.new_label()
    e.put_label(retry)
    e.put(f"lr.{suffix}.aqrl {names['t0']}, ({names['a']})")
    e.put(f"bne {names['t0']}, {names['e']}, {done}")
    e.put(f"sc.{suffix}.aqrl {names['t1']}, {names['n']}, ({names['a']})")
    e.put(f"bnez {names['t1']}, {retry}")
    e.put_label(done)
    old = e.holder[names["t0"]]
    old.s = min(old.s, 8 * micro.size)
    if micro.dst is not None and e.wanted(micro):
        finish(e, micro, old)


def swap_narrow(e: Emitter, micro: Micro, address: Content) -> None:
    bits = 8 * micro.size
    word, place, mask = word_of(e, address, micro.size)
    expected = e.rr("sll", e.unsigned(e.value(micro.args[0]), bits), place)
    fresh = e.rr("sll", e.unsigned(e.value(micro.args[1]), bits), place)
    names = {"w": e.reg(word), "m": e.reg(mask), "e": e.reg(expected), "n": e.reg(fresh), **e.temporaries(2)}
    retry, done = e.new_label(), e.new_label()
    e.put_label(retry)
    e.put("lr.w.aqrl {t0}, ({w})".format(**names))
    e.put("and {t1}, {t0}, {m}".format(**names))
    e.put(f"bne {names['t1']}, {names['e']}, {done}")
    e.put("xor {t1}, {t0}, {t1}".format(**names))
    e.put("or {t1}, {t1}, {n}".format(**names))
    e.put("sc.w.aqrl {t1}, {t1}, ({w})".format(**names))
    e.put(f"bnez {names['t1']}, {retry}")
    e.put_label(done)
    if micro.dst is not None and e.wanted(micro):
        old = e.holder[names["t0"]]
        finish(e, micro, e.rr("srl", old, place, 64, 64, e.to(micro.dst)))
