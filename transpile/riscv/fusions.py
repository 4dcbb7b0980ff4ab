"""Two RV64GC instructions that one can do (Unprivileged ISA manual), for the search for cheaper bodies."""

from __future__ import annotations

from collections.abc import Iterator

from transpile.native.canonical.fusion import Fusion, form

ACCESSES = ("lb", "lbu", "lh", "lhu", "lw", "lwu", "ld", "sb", "sh", "sw", "sd")
SIGNED = {"lwu": "lw", "lbu": "lb", "lhu": "lh"}


def fusions() -> Iterator[Fusion]:
    """All of them."""
    for name in ACCESSES:
        access = form(f"{name} r, i(r)")
        yield Fusion((form("addi r, r, i"), "t", "a", "n"), (access, "d", "#0", "t"), (access, "d", "n", "a"))
        yield Fusion((form("mv r, r"), "t", "a"), (access, "d", "n", "t"), (access, "d", "n", "a"))
    for unsigned, signed in SIGNED.items():
        extends = ("sext.w r, r",) if signed == "lw" else ()
        for extend in extends:
            loads = (form(f"{unsigned} r, i(r)"), "t", "n", "a")
            yield Fusion(loads, (form(extend), "d", "t"), (form(f"{signed} r, i(r)"), "d", "n", "a"))
    for name in ("add", "sub", "mul", "sll", "srl", "sra"):
        wide = (form(f"{name} r, r, r"), "t", "a", "b")
        yield Fusion(wide, (form("sext.w r, r"), "d", "t"), (form(f"{name}w r, r, r"), "d", "a", "b"))
    for name in ("addi", "slli"):
        wide = (form(f"{name} r, r, i"), "t", "a", "n")
        yield Fusion(wide, (form("sext.w r, r"), "d", "t"), (form(f"{name}w r, r, i"), "d", "a", "n"))
    for name, other in (("add", "addi"), ("and", "andi"), ("or", "ori"), ("xor", "xori"), ("addw", "addiw")):
        constant = (form("li r, i"), "t", "n")
        result = form(f"{other} r, r, i")
        yield Fusion(constant, (form(f"{name} r, r, r"), "d", "a", "t"), (result, "d", "a", "n"))
        yield Fusion(constant, (form(f"{name} r, r, r"), "d", "t", "a"), (result, "d", "a", "n"))
    for one, two, branch in (("sltu", "bnez", "bltu"), ("sltu", "beqz", "bgeu"), ("slt", "bnez", "blt"),
                             ("slt", "beqz", "bge"), ("xor", "beqz", "beq"), ("xor", "bnez", "bne"),
                             ("sub", "beqz", "beq"), ("sub", "bnez", "bne"), ("subw", "beqz", "beq"),
                             ("subw", "bnez", "bne")):  # fmt: skip
        yield Fusion((form(f"{one} r, r, r"), "t", "a", "b"), (form(f"{two} r, sym"), "t", "l"),
                     (form(f"{branch} r, r, sym"), "a", "b", "l"))  # fmt: skip
    for first, amount in (("slli r, r, i", "#32"), ("slli r, r, i", "#48"), ("slli r, r, i", "#56")):
        for last in ("srli", "srai"):
            # What is extended twice, or was extended already.
            yield Fusion((form(first), "t", "a", amount), (form(f"{last} r, r, i"), "d", "t", amount),
                         (form("mv r, r"), "d", "a"))  # fmt: skip
