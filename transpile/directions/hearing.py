"""From what the pipelines tell to events: how many blocks there are, how many are done, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass, field

from transpile.directions.units import BlockDone, Progress, Started, Told
from transpile.translation import BlockResult, Translation


@dataclass(slots=True)
class Hearing:
    """Passes on what is new. ``known`` are the blocks that were told, by function and label."""

    told: Told
    started: bool = False
    known: dict[tuple[str, str], BlockResult] = field(default_factory=dict)

    def progress(self, done: int, total: int) -> None:
        if not self.started:
            self.started = True
            self.told(Started(total))
        self.told(Progress(done, total))

    def block(self, function: str, block: BlockResult) -> None:
        self.known[function, block.label] = block
        self.told(BlockDone(function, block))

    def finish(self, translation: Translation) -> None:
        """Tell what was not told yet, or is otherwise in the end."""
        total = sum(1 for _ in translation.blocks)
        if not self.started:
            self.told(Started(total))
        for function in translation.functions:
            for block in function.blocks:
                if self.known.get((function.name, block.label)) != block:
                    self.block(function.name, block)
        self.told(Progress(total, total))
