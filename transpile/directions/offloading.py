"""C to CUDA: what is asked of it, and a unit on its way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from transpile.c.preprocess import Options as Preprocessing
from transpile.directions.folder import told_as_sent
from transpile.directions.includes import require_own_includes, search_path
from transpile.directions.locating import located
from transpile.directions.reading import decode, read_file
from transpile.directions.units import Made, Unit
from transpile.directions.writing import may_write
from transpile.errors import UsageError
from transpile.offload.several import translate_text
from transpile.offload.translate import Choices
from transpile.options import Options
from transpile.trials.device import find_device

_EXTENT = re.compile(r"\s*([A-Za-z_]\w*)\s*=(?!=)\s*(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of this direction, as given. ``plan`` is a plan to follow, ``save_plan`` where to write the one that
    was followed."""

    function: str = ""
    extents: tuple[str, ...] = ()
    scratch: tuple[str, ...] = ()
    plan: Path | None = None
    save_plan: str | None = None
    define: tuple[str, ...] = ()
    undefine: tuple[str, ...] = ()
    standard: str = ""
    verify: str | None = None

    @property
    def given(self) -> bool:
        return self != Asked()


def choices_of(asked: Asked, options: Options, include: Sequence[Path]) -> Choices:
    """Raises UsageError for what is not of the form that it should have, ToolError for a GPU that is not there."""
    extents: dict[str, str] = {}
    for given in asked.extents:
        found = _EXTENT.fullmatch(given)
        if found is None:
            raise UsageError(f"'{given}' is not an extent", "give it as ARRAY=EXPRESSION: --extent 'a=n*m'")
        extents[found[1]] = found[2]
    preprocessing = Preprocessing(tuple(map(str, include)), asked.define, asked.undefine, asked.standard)
    cache = options.store.parent if options.store else None
    device = find_device() if asked.verify else None
    scratch = frozenset(name.strip() for given in asked.scratch for name in given.split(",") if name.strip())
    choices = Choices(
        asked.function,
        extents,
        scratch,
        preprocessing=preprocessing,
        seed=options.seed,
        cache=cache,
        models=options,
        device=device,
        store=options.store,
    )
    if asked.plan is None:
        return choices
    return replace(choices, plan=decode(read_file(asked.plan)), plan_file=str(asked.plan))


def made(unit: Unit, folder: Path, values: dict[str, Any], options: Options) -> Made:
    """``folder`` has the unit's files."""
    include = search_path(unit, folder, values.pop("include", ()))
    if "plan" in values:
        values["plan"] = folder / values["plan"]
    asked = Asked(**values)
    choices = choices_of(asked, options, include)
    require_own_includes(unit, folder, choices.preprocessing)
    translation = translate_text(decode(unit.content), unit.name, choices, str(folder / unit.name)).translation
    translation = replace(translation, diagnostics=told_as_sent(translation.diagnostics, folder))
    files = {}
    if may_write(translation, options):
        files[f"{Path(unit.name).stem}.cu"] = translation.text.encode("utf-8", "surrogateescape")
    return Made(translation, files, located(translation))
