"""What is needed of a value, said where it is written: so that a model need not look for it all over the block.

After a register that an operation writes stands ``wide`` if the value has at most 32 bits and something reads 64 of it,
and ``out`` with the form of the exit if it is the last that is written there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

WIDE = "wide"
OUT = "out"
WORD = 4
"""Bytes of a value whose upper half is a matter of convention."""
CODE = re.compile(r"[A-Z][A-Z0-9_]*\.(\d+)")
REGISTER = re.compile(r"x\d+")
OWN = re.compile(r"\.(\d+)")
FORM = re.compile(r"\d+[a-z]*")
MARKED = re.compile(r"@\d+")


def with_needs(tokens: Sequence[str]) -> tuple[str, ...]:
    """The tokens of a canonical block, with what is needed of each value that is written."""
    start = tokens.index("|") + 1
    outs = _exits(tokens[:start])
    operations = _operations(tokens[start:])
    found = list(tokens[:start])
    for number, operation in enumerate(operations):
        written = _written(operation)
        if written is None:
            found += operation
            continue
        register, own, end = written
        needs = [WIDE] if own == WORD and _read_wide(register, operations[number + 1 :]) else []
        if register in outs and not any(_writes(register, later) for later in operations[number + 1 :]):
            needs += (OUT, *outs[register])
        found += (*operation[:end], *needs, *operation[end:])
    return tuple(found)


def _exits(header: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Where and in what form registers leave, from the part of the header behind ``out``."""
    found: dict[str, list[str]] = {}
    place = header.index(OUT) + 1
    while place < len(header):
        if not REGISTER.fullmatch(header[place]):
            place += 1
            continue
        end = place + 1
        while end < len(header) and not FORM.fullmatch(header[end]):
            end += 1
        found[header[place]] = list(header[place + 1 : end + 1])
        place = end + 1
    return found


def _operations(body: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = []
    for token in body:
        if not found or CODE.match(token) or MARKED.fullmatch(token):
            found.append([])
        found[-1].append(token)
    return found


def _written(operation: Sequence[str]) -> tuple[str, int, int] | None:
    """The register that an operation writes, how many bytes of it, and where the tokens of it end."""
    code = CODE.match(operation[0])
    if code is None or "=" not in operation or not REGISTER.fullmatch(operation[1]):
        return None
    end = operation.index("=")
    own = next((int(m[1]) for m in map(OWN.fullmatch, operation[2:end]) if m), int(code[1]))
    return operation[1], own, end


def _writes(register: str, operation: Sequence[str]) -> bool:
    written = _written(operation)
    return written is not None and written[0] == register


def _read_wide(register: str, later: Sequence[Sequence[str]]) -> bool:
    """Whether 64 bits of ``register`` are read before it is written again."""
    for operation in later:
        if _reads_wide(register, operation):
            return True
        written = _written(operation)
        if written is not None and written[0] == register and written[1] >= WORD:
            return False
    return False


def _reads_wide(register: str, operation: Sequence[str]) -> bool:
    code = CODE.match(operation[0])
    if code is None:
        return False
    start = operation.index("=") + 1 if "=" in operation else 1
    within = False
    for place in range(start, len(operation)):
        token = operation[place]
        within = (within or token.startswith("[")) and token != "]"
        if token == register and not operation[place - 1].startswith("native."):
            own = OWN.fullmatch(operation[place + 1]) if place + 1 < len(operation) else None
            if within or (int(own[1]) if own else int(code[1])) > WORD:
                return True
    return False
