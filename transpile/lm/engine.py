"""The embedded model at run time: int8 weights under CTranslate2, no torch, deterministic for a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transpile.errors import ToolError

BATCH = 16
MAX_OUTPUT = 200
"""Tokens of an answer; what is longer is cut, and then spells no body."""


@dataclass(frozen=True, slots=True)
class Sample:
    """An answer: its tokens, and the logarithm of each token's probability given those before it."""

    tokens: tuple[str, ...]
    log_probabilities: tuple[float, ...]
    score: float


class Engine:
    """One model. ``threads`` are those of one batch on the CPU.

    Raises:
        ToolError: there are no weights in ``folder``, or CTranslate2 cannot load them.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        if not (folder / "model.bin").is_file():
            raise ToolError(f"no language model in '{folder}'", "use --lm none, or train one with 'transpile train'")
        try:
            import ctranslate2

            self._library: Any = ctranslate2
            self._model: Any = ctranslate2.Translator(
                str(folder), device="cpu", compute_type="int8", inter_threads=1, intra_threads=threads
            )
        except (ImportError, RuntimeError, ValueError) as error:
            raise ToolError(f"the language model cannot be loaded: {error}", "use --lm none") from error

    def generate(self, sources: Sequence[Sequence[str]], samples: int) -> list[list[Sample]]:
        """The ``samples`` likeliest answers that a beam of that width finds for each source."""
        return self._scored(sources, self._run(sources, beam_size=samples, num_hypotheses=samples))

    def branches(self, source: Sequence[str], answer: Sequence[str], places: Sequence[int], width: int) -> list[Sample]:
        """Answers that leave ``answer`` at one of ``places``, with one of the ``width`` likeliest tokens there."""
        if not places:
            return []
        found = self._run(
            [source] * len(places), target_prefix=[list(answer[:place]) for place in places], beam_size=1,
            num_hypotheses=width, return_alternatives=True,
        )  # fmt: skip
        answers = dict.fromkeys(a for alternatives in found for a in alternatives if a != tuple(answer))
        return sorted(self._scored([source], [list(answers)])[0], key=lambda sample: -sample.score)

    def _run(self, sources: Sequence[Sequence[str]], **options: Any) -> list[list[tuple[str, ...]]]:
        results = self._model.translate_batch(
            [list(source) for source in sources], max_batch_size=BATCH, max_decoding_length=MAX_OUTPUT,
            max_input_length=0, return_scores=False, **options,
        )  # fmt: skip
        return [[tuple(tokens) for tokens in result.hypotheses] for result in results]

    def greedy(self, sources: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        """The likeliest next token each time: one answer per source."""
        return [answers[0] for answers in self._run(sources, beam_size=1)]

    def _scored(
        self, sources: Sequence[Sequence[str]], answers: Sequence[Sequence[tuple[str, ...]]]
    ) -> list[list[Sample]]:
        flat = [(list(source), list(a)) for source, found in zip(sources, answers, strict=True) for a in found]
        scores = iter(
            self._model.score_batch([s for s, _ in flat], [a for _, a in flat], max_batch_size=4 * BATCH,
                                    max_input_length=0)
        )  # fmt: skip
        scored: list[list[Sample]] = []
        for found in answers:
            row = []
            for answer in found:
                logs = tuple(next(scores).log_probs)
                row.append(Sample(answer, logs, sum(logs) / max(len(logs), 1)))
            scored.append(row)
        return scored
