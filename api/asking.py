"""What may be asked of a direction through the service: fewer things than on the command line.

A request may name no language model but those that the server offers: the name of one may be an address or a path.
"""

from __future__ import annotations

from transpile.api.problems import Problem
from transpile.api.service import Service
from transpile.api.taking import invalid
from transpile.directions import Asked
from transpile.directions.asking import read_asked


def checked_asked(asked: Asked, service: Service) -> None:
    """Raises Problem or UsageError for what will not be done."""
    model = asked.options.get("lm", "none")
    if model not in service.settings.models:
        raise invalid("options.lm", f"must be one of {', '.join(service.settings.models)}")
    read_asked(asked)
    reason = service.unavailable(asked.to)
    if reason:
        raise Problem("tool", reason)
