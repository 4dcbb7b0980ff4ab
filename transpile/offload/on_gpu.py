"""The check of a program on a real GPU, as a rung of the ladder; nobody runs it who did not ask for it."""

from __future__ import annotations

from pathlib import Path

from transpile.c.unit import Unit
from transpile.translation import Rung
from transpile.trials.compare import Comparison
from transpile.trials.device import Device, OnDevice, device_trial
from transpile.trials.facts import Facts
from transpile.trials.outcome import Differs

ON_A_GPU = "run on a GPU"


def ran_on(
    device: Device,
    unit: Unit,
    function: str,
    text: str,
    file: str,
    facts: Facts,
    comparison: Comparison,
    folder: Path,
) -> Rung:
    """Run ``text``, which messages call ``file``, on ``device`` against the C function."""
    match device_trial(unit, function, text, facts, folder, device, comparison, file):
        case OnDevice() as found:
            return Rung(ON_A_GPU, "passed", str(found), found.tested.assumptions)
        case Differs() as found:
            return Rung(ON_A_GPU, "failed", "; ".join(str(found).splitlines()))
        case found:
            return Rung(ON_A_GPU, "open", found.reason)
