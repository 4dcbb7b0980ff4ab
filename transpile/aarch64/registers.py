"""Names of AArch64 registers by number. Integer register 31 is the zero register; the stack pointer is apart."""

from __future__ import annotations

ZERO = 31
X = (*(f"x{n}" for n in range(31)), "xzr")
W = (*(f"w{n}" for n in range(31)), "wzr")
V = tuple(f"v{n}" for n in range(32))
B, H, S, D, Q = (tuple(f"{letter}{n}" for n in range(32)) for letter in "bhsdq")
SP = "sp"
LINK = 30

INTEGER_NUMBER: dict[str, int] = {name: n for names in (X[:31], W[:31]) for n, name in enumerate(names)}
VECTOR_NUMBER: dict[str, int] = {name: n for names in (V, D, S, Q) for n, name in enumerate(names)}
FLOAT_BY_SIZE: dict[int, tuple[str, ...]] = {1: B, 2: H, 4: S, 8: D, 16: Q}


def integer(number: int, size: int) -> str:
    """The register as an operand of ``size`` bytes; below 8 that is the w register."""
    return X[number] if size == 8 else W[number]
