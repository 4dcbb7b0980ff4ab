"""The model card that a training leaves: what it learned from, with what, how long, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from transpile.training.config import Config

WANTED = {"pass@1": 0.60, "pass@8": 0.85, "repaired": 0.92, "cheaper": 0.20}
NAMES = {
    "pass@1": "pass@1: the first sample is proved",
    "pass@8": "pass@8: one of the samples is proved",
    "repaired": "after sketches and feedback",
    "cheaper": "a proved sample is cheaper than the rules' (blocks of 4 and more instructions)",
}
POINTS = 8
"""Lines of the table of losses."""


def card(config: Config, state: Mapping[str, Any], curves: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """Markdown from the state of a finished recipe and the losses (seconds, steps, pairs, loss) of each target."""
    targets = config.targets
    parts = ["# Model card", _held_out(targets, state), _data(targets, state), _training(config, state, curves)]
    return "\n\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines)


def _held_out(targets: Sequence[str], state: Mapping[str, Any]) -> str:
    found = {target: state.get(f"evaluate {target}", {}) for target in targets}
    blocks = ", ".join(f"{found[t].get('blocks', 0)} for {t}" for t in targets)

    def shares(model: str, key: str) -> list[str]:
        return [f"{100 * found[t][model][key]:.1f} %" if model in found[t] else "not measured" for t in targets]

    rows = [[name, f"{100 * WANTED[key]:.0f} %", *shares("embedded", key)] for key, name in NAMES.items()]
    rows += [[f"`--lm random`: {name}", "", *shares("random", key)] for key, name in list(NAMES.items())[:3]]
    rows.append(["the rules alone", "", *shares("embedded", "rules")])
    speeds = [
        f"{found[t]['greedy blocks/s']:.0f}" if "greedy blocks/s" in found[t] else "not measured" for t in targets
    ]
    rows.append(["greedy, batch 16, one core: blocks per second", "100", *speeds])
    return f"## Held-out blocks ({blocks})\n\n" + _table(["", "wanted", *targets], rows)


def _data(targets: Sequence[str], state: Mapping[str, Any]) -> str:
    split = state.get("split", {})
    counts = {t: state.get(f"data {t}", {}) for t in targets}
    names = ["train", "valid", "test"]
    rows = [[f"{name} pairs", *(f"{split.get(f'{t} {name}', 0):,}" for t in targets)] for name in names]
    for key in dict.fromkeys(key for count in counts.values() for key in count):
        rows.append([key, *(f"{counts[t].get(key, 0):,}" for t in targets)])
    return "## Data\n\n" + _table(["", *targets], rows)


def _training(config: Config, state: Mapping[str, Any], curves: Mapping[str, Sequence[Sequence[str]]]) -> str:
    shape = config.model
    text = (
        f"## Training\n\nT5, width {shape.width}, inner width {shape.inner}, {shape.encoder_layers} encoder and "
        f"{shape.decoder_layers} decoder layers, {shape.heads} heads; batches of {config.train.batch_tokens} tokens, "
        f"{config.train.threads} thread(s).\n\n![loss](loss.svg)\n"
    )
    rows: list[list[str]] = []
    for target in config.targets:
        curve = curves[target]
        for index in range(0, len(curve), max(1, len(curve) // POINTS)):
            seconds, _, pairs, loss = curve[index]
            rows.append([target, f"{float(seconds) / 60:.0f}", f"{int(pairs):,}", loss, ""])
        last = [found for key, found in state.items() if key.startswith(f"train {target}")]
        for found in last[-1:]:
            cells = [
                f"{found['minutes']:.0f}",
                f"{found['pairs']:,}",
                curve[-1][3] if curve else "",
                f"{found['exact']:.1%}",
            ]
            rows.append([target, *cells])
    return text + "\n" + _table(["", "minutes", "pairs seen", "loss", "greedy answer exactly as the data"], rows)
