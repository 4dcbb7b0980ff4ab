"""One call for every direction: a file and what it refers to become files, with a verdict for every block.

``translate`` works in this process. ``Worker`` in ``transpile.directions.remote`` does the same in another one, inside
a sandbox, which directions in ``NATIVE`` need for input of strangers.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from transpile.directions.asking import options_of, read_asked
from transpile.directions.folder import named_as_sent, private_folder
from transpile.directions.guessing import DIRECTIONS, NATIVE, directions_for
from transpile.directions.hearing import Hearing
from transpile.directions.units import Asked, BlockDone, Event, Made, Progress, Started, Told, Unit, silent
from transpile.errors import SourceError, SourceErrors, UsageError
from transpile.options import Options
from transpile.translation import Placed

__all__ = [
    "DIRECTIONS",
    "NATIVE",
    "Asked",
    "BlockDone",
    "Event",
    "Made",
    "Placed",
    "Progress",
    "Started",
    "Told",
    "Unit",
    "directions_for",
    "silent",
    "translate",
]


def translate(unit: Unit, asked: Asked, told: Told = silent, store: Path | None = None) -> Made:
    """Translate ``unit``, whose companions are all that it can refer to beside the system's headers. ``told`` hears
    events on the way; ``store`` is the proof store's file.

    Raises:
        UsageError: a name, or an option, makes no sense.
        SourceError, SourceErrors: the unit cannot be read.
        ToolError: something is missing on this machine.
    """
    with private_folder(unit) as folder:
        try:
            return translate_in(folder, unit, asked, told, store)
        except (SourceError, SourceErrors) as error:
            raise named_as_sent(error, folder) from None
        except UsageError as error:
            raise UsageError(error.message.replace(f"{folder}/", ""), error.hint) from None


def translate_in(
    folder: Path, unit: Unit, asked: Asked, told: Told = silent, store: Path | None = None, lm_total: float = 0.0
) -> Made:
    """``translate``, for a unit whose files lie in ``folder`` already; ``lm_total`` as in ``Options``."""
    values = read_asked(asked)
    options = replace(options_of(values, store), lm_total=lm_total)
    hearing = Hearing(told)
    made = _made(unit, asked.to, folder, values, options, hearing)
    hearing.finish(made.translation)
    return made


def _made(unit: Unit, to: str, folder: Path, values: dict[str, object], options: Options, hearing: Hearing) -> Made:
    match to:
        case "cuda":
            from transpile.directions import offloading

            return offloading.made(unit, folder, values, options)
        case "python":
            from transpile.directions import modernizing

            return modernizing.made(unit, folder, values, options, hearing)
        case _:
            from transpile.directions import assembly

            return assembly.made(unit, to, folder, values, options, hearing)
