"""Target assembly texts as steps for the machine: the frame shared by the target ISAs.

A text is a local label (``.L1:``), one of the closed list of forms that name symbols, which have a meaning of their
own, or an instruction that GNU as assembles and SLEIGH lifts. One assembler run serves all that were not seen before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from transpile.asm.assembler import AssemblyError, assemble
from transpile.solvers import encode_aarch64, encode_riscv
from transpile.solvers.encoding import EncodingError, Parsed
from transpile.solvers.lift import isa as isa_of
from transpile.solvers.lift import lift
from transpile.solvers.pcode import Instruction, Unliftable, compile_program
from transpile.solvers.step import EMPTY, Step, substitute

_PARSERS: dict[str, Callable[[str], Parsed]] = {"riscv": encode_riscv.parse, "aarch64": encode_aarch64.parse}
_LABEL = re.compile(r"([.\w$]+):$")
_steps: dict[tuple[str, str], Step] = {}
_LIMIT = 200_000


def encode_target(isa: str, texts: Sequence[str]) -> list[Step]:
    """One step per text; raises EncodingError naming every text that has none."""
    if len(_steps) > _LIMIT:
        _steps.clear()
    errors: dict[str, str] = {}
    parsed: dict[str, Parsed] = {}
    for text in dict.fromkeys(texts):
        if (isa, text) in _steps:
            continue
        label = _LABEL.match(text)
        if label is not None:
            _steps[isa, text] = Step(text, EMPTY, label=label[1])
            continue
        try:
            found = _PARSERS[isa](text)
        except Unliftable as error:
            errors[text] = str(error)
            continue
        if found.ops is None:
            parsed[text] = found
        else:
            own = Instruction(0, b"", "", text, tuple(found.ops))
            _steps[isa, text] = Step(text, compile_program(isa_of(isa), [own]), found.target)
    if parsed:
        _assemble(isa, parsed, errors)
    if errors:
        raise EncodingError({i: errors[text] for i, text in enumerate(texts) if text in errors})
    return [_steps[isa, text] for text in texts]


def _assemble(isa: str, parsed: Mapping[str, Parsed], errors: dict[str, str]) -> None:
    names = list(parsed)
    try:
        codes = assemble(isa, [parsed[name].text for name in names])
    except AssemblyError as error:
        errors.update({names[i]: message for i, message in error.messages.items()})
        names = [name for name in names if name not in errors]
        codes = assemble(isa, [parsed[name].text for name in names])
    for name, code in zip(names, codes, strict=True):
        found = parsed[name]
        try:
            program = substitute(lift(isa, code), found.symbols)
        except Unliftable as error:
            errors[name] = f"no semantics: {error}"
            continue
        _steps[isa, name] = Step(name, program, found.target, code=code)
