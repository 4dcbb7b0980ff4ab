"""The proposers that ``--lm`` names for this direction, each built at its first use."""

from __future__ import annotations

import os
from functools import cache

from transpile.lm.seats import Spec, begin, parse_specs, settings_of
from transpile.lm.settings import Settings
from transpile.modernize.asked_methods import AskedMethods, for_methods
from transpile.modernize.proposers import Proposer, Seat
from transpile.options import Options


def chain(options: Options) -> list[Seat]:
    """The seats of ``options``: the larger models. ``embedded``, ``search`` and ``random`` know nothing of Python.

    Raises:
        UsageError: the specification cannot be read.
        ToolError: something that a model needs is missing.
    """
    settings = settings_of(options)
    seats = [Seat(_built(spec, settings, os.getpid())) for spec in parse_specs(options.lm) if spec.outside]
    for seat in seats:
        begin(seat.proposer)
        seat.usage()
    return seats


@cache
def _built(spec: Spec, settings: Settings, process: int) -> Proposer:
    """One for each ``process``: threads of a model do not live on in a fork."""
    chosen = for_methods(settings)
    if spec.kind == "hf":
        from transpile.lm import hf

        return AskedMethods(hf.local(spec.name, chosen), chosen)
    from transpile.lm import openai

    return AskedMethods(openai.endpoint(spec.name, chosen), chosen)
