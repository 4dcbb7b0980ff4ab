"""x86-64 assembly to RISC-V and AArch64: a unit on its way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transpile.c.preprocess import Options as Preprocessing
from transpile.directions.hearing import Hearing
from transpile.directions.includes import require_own_includes, search_path
from transpile.directions.reading import decode, preprocess
from transpile.directions.units import Made, Unit
from transpile.directions.writing import may_write
from transpile.options import Options
from transpile.pipeline import translate


def made(unit: Unit, to: str, folder: Path, values: dict[str, Any], options: Options, hearing: Hearing) -> Made:
    """``folder`` has the unit's files."""
    include = search_path(unit, folder, values.pop("include", ()))
    source = decode(unit.content)
    if unit.name.endswith(".S"):
        require_own_includes(unit, folder, Preprocessing(tuple(map(str, include))), "assembler-with-cpp")
        source = preprocess(unit.name, [path.resolve() for path in include], folder)
    translation = translate(source, to, file=unit.name, options=options, progress=hearing.progress, told=hearing.block)
    files = {}
    if may_write(translation, options):
        files[f"{Path(unit.name).stem}.s"] = translation.text.encode("utf-8", "surrogateescape")
    return Made(translation, files, translation.layout)
