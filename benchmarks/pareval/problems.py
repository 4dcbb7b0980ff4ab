"""The problems of a checkout of parallelcodefoundry/ParEval."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pareval.lowering import Lowered, entry_of, lower
from pareval.syntax import parse, part, text, walk


@dataclass(frozen=True, slots=True)
class Problem:
    """``context``: what the prompt declares before its function; ``function`` is that function's name."""

    name: str
    type: str
    context: str
    function: str
    baseline: str
    driver: str
    utilities: str

    @property
    def entry(self) -> str:
        return entry_of(self.baseline)

    def lowered(self) -> Lowered:
        """The baseline in C. Raises ``Unconvertible``."""
        return lower(self.context, self.baseline, self.entry, self.function)


def problems(checkout: Path, only: Sequence[str] = ()) -> list[Problem]:
    """All problems, or those whose name contains one of ``only``."""
    listed = json.loads((checkout / "prompts" / "generation-prompts.json").read_text())
    prompts = {row["name"]: row for row in listed if row["parallelism_model"] == "serial"}
    drivers = checkout / "drivers" / "cpp"
    utilities = (drivers / "utilities.hpp").read_text()
    found = []
    for name, row in sorted(prompts.items()):
        if only and not any(word in name for word in only):
            continue
        folder = drivers / "benchmarks" / row["problem_type"] / name
        context, function = _split(row["prompt"])
        baseline, driver = ((folder / file).read_text() for file in ("baseline.hpp", "cpu.cc"))
        found.append(Problem(name, row["problem_type"], context, function, baseline, driver, utilities))
    return found


def _split(prompt: str) -> tuple[str, str]:
    """A prompt ends with the head of the function that is asked for."""
    root = parse(prompt + "\n}")
    last = [node for node in walk(root) if node.type == "function_definition"][-1]
    name = re.match(r"\w+", text(part(part(last, "declarator"), "declarator")))
    assert name is not None, prompt
    return prompt.encode()[: last.start_byte].decode(), name.group()
