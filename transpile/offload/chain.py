"""The proposers that ``--lm`` names for this direction, each built at its first use."""

from __future__ import annotations

import os
from functools import cache

from transpile.lm.seats import Spec, begin, parse_specs, settings_of
from transpile.lm.settings import Settings
from transpile.offload.proposers import Proposer, RandomProposer, SearchProposer, Seat
from transpile.options import Options


def chain(options: Options) -> list[Seat]:
    """The seats of ``options``, empty for ``none``.

    Raises:
        UsageError: the specification cannot be read.
        ToolError: something that a model needs is missing.
    """
    if options.lm == "none":
        return []
    settings = settings_of(options)
    seats = [Seat(_built(spec, settings, os.getpid())) for spec in parse_specs(options.lm)]
    for seat in seats:
        begin(seat.proposer)
        seat.usage()
    return seats


@cache
def _built(spec: Spec, settings: Settings, process: int) -> Proposer:
    """One for each ``process``: threads of a model do not live on in a fork."""
    match spec.kind:
        case "random":
            return RandomProposer(settings.samples, settings.seed)
        case "search":
            return SearchProposer(settings.samples)
        case "embedded":
            from transpile.offload.embedded_plans import build

            return build(settings.samples)
    from transpile.offload.asked_plans import AskedPlans, for_plans

    chosen = for_plans(settings)
    if spec.kind == "hf":
        from transpile.lm import hf

        return AskedPlans(hf.local(spec.name, chosen), chosen)
    from transpile.lm import openai

    return AskedPlans(openai.endpoint(spec.name, chosen), chosen)
