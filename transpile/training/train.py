"""Training of one T5 model from scratch on canonical pairs, for a time; goes on where it stopped."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from transpile.training import data
from transpile.training.config import ModelShape, Schedule
from transpile.training.quantise import VOCABULARY

STATE = "state.pt"
LOSS = "loss.csv"
REPORT_S = 30.0
IGNORED = -100
"""The label of padding, which costs nothing."""
HELD = 400
"""Validation pairs whose greedy answer is compared."""


@dataclass(slots=True)
class Trainer:
    """One training. ``folder`` receives the checkpoint, the vocabulary and ``loss.csv``; ``tell`` gets progress."""

    folder: Path
    pairs: Sequence[data.Pair]
    held: Sequence[data.Pair]
    schedule: Schedule
    tell: Callable[[str], None]
    model: Any
    step: int = 0
    seen: int = 0
    spent_s: float = 0.0
    losses: list[tuple[float, int]] = field(default_factory=list)

    def run(self, minutes: float) -> float:
        """Train until ``minutes`` of training time are spent, those of earlier runs included.

        Returns the share of held-out pairs whose greedy answer is the very output.
        """
        import torch

        torch.set_num_threads(self.schedule.threads)
        optimiser = torch.optim.AdamW(
            self.model.parameters(), lr=self.schedule.learning_rate, betas=(0.9, 0.98), weight_decay=0.01
        )
        self._resume(optimiser)
        started = saved = told = time.monotonic() - self.spent_s
        draw = Random(self.schedule.seed + self.step)
        self.model.train()

        def longest() -> int:
            return self.schedule.longest(self.spent_s / (60 * minutes))

        for batch in data.batches(self.pairs, self.schedule.batch_tokens, draw, longest):
            self.spent_s = time.monotonic() - started
            if self.spent_s >= 60 * minutes:
                break
            self._step(batch, optimiser, self.spent_s / (60 * minutes))
            if self.spent_s + started - told > REPORT_S:
                told = self.spent_s + started
                self._report()
            if self.spent_s + started - saved > 60 * self.schedule.checkpoint_minutes:
                saved = self.spent_s + started
                self._save(optimiser)
        self._save(optimiser)
        return self.exact()

    def _step(self, batch: Sequence[data.Pair], optimiser: Any, share: float) -> None:
        import torch

        rate = self.schedule.rate(self.step, share)
        for group in optimiser.param_groups:
            group["lr"] = rate
        source = _padded([p.source for p in batch], data.PAD)
        labels = _padded([p.output for p in batch], IGNORED)
        loss = self.model(input_ids=source, attention_mask=(source != data.PAD).long(), labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        self.step += 1
        self.seen += len(batch)
        self.losses.append((loss.item(), len(batch)))

    def _report(self) -> None:
        total = sum(n for _, n in self.losses)
        loss = sum(value * n for value, n in self.losses) / max(total, 1)
        self.losses.clear()
        with (self.folder / LOSS).open("a", newline="") as out:
            csv.writer(out).writerow([round(self.spent_s), self.step, self.seen, f"{loss:.5f}"])
        self.tell(f"{self.spent_s / 60:.1f} min, step {self.step}, {self.seen} pairs, loss {loss:.4f}")

    def _save(self, optimiser: Any) -> None:
        import torch

        self.model.save_pretrained(self.folder)
        state = {"optimiser": optimiser.state_dict(), "step": self.step, "seen": self.seen, "spent_s": self.spent_s,
                 "random": torch.get_rng_state()}  # fmt: skip
        torch.save(state, self.folder / "state.part")
        (self.folder / "state.part").rename(self.folder / STATE)

    def _resume(self, optimiser: Any) -> None:
        import torch

        if not (self.folder / STATE).exists():
            return
        state = torch.load(self.folder / STATE, weights_only=True)
        optimiser.load_state_dict(state["optimiser"])
        self.step, self.seen, self.spent_s = state["step"], state["seen"], state["spent_s"]
        torch.set_rng_state(state["random"])
        self.tell(f"goes on at step {self.step}")

    def exact(self) -> float:
        """The share of held-out pairs whose greedy answer is the very output."""
        import torch

        self.model.eval()
        right = 0
        with torch.no_grad():
            for start in range(0, len(self.held), 40):
                batch = self.held[start : start + 40]
                source = _padded([p.source for p in batch], data.PAD)
                found = self.model.generate(
                    input_ids=source, attention_mask=(source != data.PAD).long(), max_new_tokens=120, do_sample=False
                ).tolist()
                right += sum(_cut(answer[1:]) == p.output for p, answer in zip(batch, found, strict=True))
        self.model.train()
        return right / max(len(self.held), 1)


def _cut(answer: list[int]) -> list[int]:
    return answer[: answer.index(data.END) + 1] if data.END in answer else answer


def _padded(lists: Sequence[list[int]], value: int) -> Any:
    import torch

    width = max(map(len, lists))
    return torch.tensor([row + [value] * (width - len(row)) for row in lists])


def trainer(folder: Path, source: Path, shape: ModelShape, schedule: Schedule, tell: Callable[[str], None]) -> Trainer:
    """A trainer over ``train.jsonl`` and ``valid.jsonl`` of ``source``; takes up the checkpoint in ``folder``."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    found = data.rows(source / "train.jsonl")
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(schedule.seed)
    if (folder / VOCABULARY).exists() and (folder / "config.json").exists():
        tokens = json.loads((folder / VOCABULARY).read_text())
        model = T5ForConditionalGeneration.from_pretrained(folder)
    else:
        tokens = data.vocabulary(found)
        (folder / VOCABULARY).write_text(json.dumps(tokens))
        model = T5ForConditionalGeneration(
            T5Config(
                vocab_size=len(tokens), d_model=shape.width, d_kv=shape.width // shape.heads, d_ff=shape.inner,
                num_layers=shape.encoder_layers, num_decoder_layers=shape.decoder_layers, num_heads=shape.heads,
                dropout_rate=0.0, feed_forward_proj="relu", pad_token_id=data.PAD, eos_token_id=data.END,
                decoder_start_token_id=data.PAD, tie_word_embeddings=True,
            )
        )  # fmt: skip
    held = [r for r in data.rows(source / "valid.jsonl") if r.get("kind") != "repair"]
    Random(schedule.seed).shuffle(held)
    tell(f"{sum(p.numel() for p in model.parameters())} parameters, {len(tokens)} tokens, {len(found)} pairs")
    return Trainer(folder, data.encode(found, tokens), data.encode(held[:HELD], tokens), schedule, tell, model)
