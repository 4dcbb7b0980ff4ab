"""Addresses of symbols as terms.

Addresses are opaque 64-bit variables ``sym:NAME`` that all ISAs share. The slot of a symbol in the global offset table
is at ``got:NAME`` and holds ``sym:NAME``; its offset from the thread pointer is ``tpoff:NAME``, which the slot at
``gottpoff:NAME`` holds. Relocated parts of an address (``%lo``, ``:lo12:``, ``adrp`` pages) are written so that they
add up to the address again; that the relocation fits its field is the linker's promise.
"""

from __future__ import annotations

from transpile.native.micro import Symbol
from transpile.solvers import terms as t
from transpile.solvers.terms import Term


def symbol_term(symbol: Symbol) -> Term:
    """The value of a symbol, or of the part of it that ``symbol.kind`` names."""
    kind, _, part = symbol.kind.partition("/")
    if kind == "got":
        whole = t.var(f"got:{symbol.name}", 64)
    elif kind == "gottpoff":
        whole = t.var(f"gottpoff:{symbol.name}", 64)
    else:
        whole = t.var(f"{'tpoff' if kind == 'tpoff' else 'sym'}:{symbol.name}", 64)
        whole = t.add(whole, t.const(symbol.addend & (1 << 64) - 1, 64))
    if not part:
        return whole
    low = t.extract(whole, 0, 12)
    if part == "low12":
        return t.zext(low, 64)
    if part == "high":
        return t.sub(whole, t.zext(low, 64))
    if part == "signed_low12":
        return t.sext(low, 64)
    if part == "signed_high":
        return t.sub(whole, t.sext(low, 64))
    raise ValueError(f"no such part of a symbol: {symbol.kind}")


def table_slot(address: Term) -> Term | None:
    """What the global offset table holds at ``address``, if that is one of its slots."""
    if address.op == "var":
        table, _, name = address.name.partition(":")
        if table == "got":
            return t.var(f"sym:{name}", 64)
        if table == "gottpoff":
            return t.var(f"tpoff:{name}", 64)
    return None


def address_term(address: int | Symbol) -> Term:
    """A constant address."""
    return t.const(address, 64) if isinstance(address, int) else symbol_term(address)
