"""The options of each direction, under the names that the command line has for them.

Where the command line takes a path, the name of a companion stands here, or of a folder of companions.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from transpile.architectures import require_form
from transpile.directions.guessing import CUDA, DIRECTIONS, PYTHON
from transpile.directions.units import Asked
from transpile.directions.values import FLAG, Kind, Rows, number, one_of, read_options, several, text, whole
from transpile.errors import UsageError
from transpile.options import MEMORY_MODELS, REQUIREMENTS, TARGETS, Options, Require

_NAME = text(r"[^\x00-\x1f]{1,2000}", "the name of a companion")
_FOLDER = text(r"[^\x00-\x1f]{1,2000}", "the name of a folder of companions, or '.'")


def _models(value: object) -> object:
    specification = text(r"[^\x00-\x1f]{1,1000}", "").read(value)
    if specification != "none":
        from transpile.lm.seats import parse_specs

        parse_specs(str(specification))
    return specification


SHARED: Mapping[str, Kind] = MappingProxyType(
    {
        "require": one_of(*REQUIREMENTS),
        "seed": whole(-(2**63), 2**63 - 1),
        "rlimit": whole(1, 2**32 - 1),
        "lm": Kind("'none', or language models as the command line names them", _models),
        "samples": whole(1, 256),
        "temperature": number(0, 2),
        "lm_timeout": number(0.001, 86_400),
        "lm_retries": whole(0, 100),
        "lm_concurrency": whole(1, 1024),
        "candidates": whole(0, 10_000),
        "sketches": whole(0, 10_000),
        "feedback": whole(0, 1000),
    }
)
"""They are fields of ``Options``."""
ASSEMBLY: Mapping[str, Kind] = MappingProxyType(
    {
        "march": text(".{0,200}", "an architecture as GNU as spells it"),
        "memory_model": one_of(*MEMORY_MODELS),
        "trap_division": FLAG,
        "allow_untranslated": FLAG,
    }
)
"""They are fields of ``Options``, too."""


def _march(target: str) -> Kind:
    def read(value: object) -> object:
        march = str(ASSEMBLY["march"].read(value))
        require_form(target, march)
        return march

    return Kind(ASSEMBLY["march"].said, read)


_INCLUDE: Mapping[str, Kind] = MappingProxyType({"include": several(_FOLDER)})
_OFFLOAD: Mapping[str, Kind] = MappingProxyType(
    {
        "function": text(r"[A-Za-z_]\w*|", "the name of a C function"),
        "extents": several(text(r"[^\x00]+=[^\x00]+", "ARRAY=EXPRESSION")),
        "scratch": several(text(r"[\w, ]+", "the name of an array")),
        "plan": _NAME,
        "define": several(text(r"[A-Za-z_]\w*(=[^\x00\n]*)?", "NAME or NAME=VALUE")),
        "undefine": several(text(r"[A-Za-z_]\w*", "NAME")),
        "standard": text(r"[A-Za-z0-9:+]{0,40}", "a standard such as c99"),
    }
)
_MODERNIZE: Mapping[str, Kind] = MappingProxyType(
    {
        "layout": one_of("auto", "fixed", "free"),
        "standard": text(r"[A-Za-z0-9-]{0,40}", "'default'"),
        "input": _NAME,
        "data": _FOLDER,
        "tests": FLAG,
    }
)
KNOWN: Mapping[str, Rows] = MappingProxyType(
    {
        **{target: {**SHARED, **ASSEMBLY, "march": _march(target), **_INCLUDE} for target in TARGETS},
        CUDA: {**SHARED, "allow_untranslated": FLAG, **_INCLUDE, **_OFFLOAD},
        PYTHON: {**SHARED, **_INCLUDE, **_MODERNIZE},
    }
)
"""The options of each direction."""


def read_asked(asked: Asked) -> dict[str, Any]:
    """The options of ``asked``, each of the type that its direction takes; raises UsageError."""
    if asked.to not in KNOWN:
        raise UsageError(f"there is no target '{asked.to[:40]}'", f"targets are: {', '.join(DIRECTIONS)}")
    return read_options(asked.options, KNOWN[asked.to], asked.to)


def taken(values: dict[str, Any], names: Mapping[str, Kind]) -> dict[str, Any]:
    """Take those called ``names`` out of ``values``."""
    return {name: values.pop(name) for name in names if name in values}


def options_of(values: dict[str, Any], store: Path | None) -> Options:
    """Take the fields of ``Options`` out of ``values``. Blocks stay in this process: who asks has others at work."""
    return Options(jobs=1, store=store, **taken(values, {**SHARED, **ASSEMBLY}))


def required(asked: Asked) -> Require:
    """What every block must be at least."""
    return cast(Require, asked.options.get("require", Options().require))
