"""CUDA text to units: the way in.

The text is read by the C front end as the C++ that is C in other words, with launches rewritten and CUDA's own names
declared by the header in ``prelude``. What is refused there (templates, classes, …) is refused here, by name and place.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from transpile.c.dialect import Dialect
from transpile.c.parse import parse_text
from transpile.c.preprocess import Options
from transpile.kernels.launches import rewrite
from transpile.kernels.unit import CudaUnit
from transpile.kernels.words import GENERIC

_PRELUDE = Path(__file__).parent / "prelude"
_CUDA = Dialect(rewrite, GENERIC)
_NO_OPTIONS = Options()


def read_cuda(text: str, file: str = "<text>", options: Options = _NO_OPTIONS) -> CudaUnit:
    """The unit in ``text``, which messages call ``file``. Raises SourceErrors for what is wrong with the program;
    what is refused is in ``CudaUnit.unit.refusals``."""
    options = replace(options, system=(*options.system, str(_PRELUDE)), before=("cuda_runtime.h", *options.before))
    return CudaUnit(parse_text(text, file, options, cplusplus=True, dialect=_CUDA))
