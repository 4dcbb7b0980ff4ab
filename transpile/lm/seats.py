"""The seats of language models: what ``--lm`` may say, and each model behind a wall.

``chain`` builds the models of a specification, once for each process. What goes wrong in a model costs its own
candidates and nothing else: a seat catches it, and after several faults in a row no longer asks.
"""

from __future__ import annotations

import difflib
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Protocol

from transpile.core.loop import Candidate, Judged
from transpile.errors import UsageError, printable
from transpile.lm.settings import Settings
from transpile.native.abi import TargetIsa
from transpile.options import Options
from transpile.planning import BlockUnit, Body, cost
from transpile.targets import target_isa

NONE = "none"
SEARCH = "search"
PLAIN = ("random", "embedded", SEARCH)
NAMED = {"hf": "hf:NAME_OR_PATH", "openai": "openai:MODEL@URL"}
FORMS = ", ".join((NONE, *PLAIN, *NAMED.values()))
MAX_FAULTS = 3
"""Faults in a row after which a model is no longer asked."""


class Model(Protocol):
    """A language model as a proposer: ``prepare`` is told a group of blocks before ``propose`` is asked for each."""

    name: str

    def prepare(self, units: Sequence[BlockUnit]) -> None: ...

    def propose(self, unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> list[Candidate[Body]]: ...


@dataclass(frozen=True, slots=True)
class Spec:
    """One model of a chain: its kind, and what follows the colon."""

    kind: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind

    @property
    def outside(self) -> bool:
        """Whether it must be asked from one process: it is large, or shared with others."""
        return self.kind in NAMED


def parse_specs(text: str) -> tuple[Spec, ...]:
    """The chain that ``--lm TEXT`` names; empty for ``none``.

    Raises:
        UsageError: with what may be written.
    """
    words = [word.strip() for word in text.split(",")]
    if words == [NONE]:
        return ()
    return tuple(dict.fromkeys(_spec(word, text) for word in words))


def _spec(word: str, text: str) -> Spec:
    kind, colon, name = word.partition(":")
    if word in PLAIN:
        return Spec(word)
    if kind in NAMED and name:
        return Spec(kind, name)
    if word == NONE:
        raise UsageError(f"--lm {printable(text)}: 'none' stands alone", f"write one of {FORMS}")
    if kind in NAMED:
        raise UsageError(f"--lm {printable(text)}: '{kind}' names no model", f"write {NAMED[kind]}")
    if colon and kind in PLAIN:
        raise UsageError(f"--lm {printable(text)}: nothing follows '{kind}'", f"write {kind}")
    close = difflib.get_close_matches(kind, (NONE, *PLAIN, *NAMED), 1)
    known = {NONE: NONE, **dict.fromkeys(PLAIN), **NAMED}
    hint = f"did you mean {known[close[0]] or close[0]}?" if close else f"write {FORMS}, or several with commas between"
    raise UsageError(f"--lm: unknown model '{printable(word)}'", hint)


def settings_of(options: Options) -> Settings:
    """What ``options`` says about models."""
    return Settings(
        samples=options.samples,
        seed=options.seed,
        temperature=options.temperature,
        timeout_s=options.lm_timeout,
        total_s=options.lm_total,
        retries=options.lm_retries,
        concurrency=options.lm_concurrency,
        cache=options.lm_cache,
        prompts=options.prompts,
    )


@dataclass(slots=True)
class Seat:
    """A model that cannot disturb: what it raises is kept in ``trouble``."""

    model: Model
    name: str
    faults: int = 0
    trouble: str = ""
    told: bool = False
    first: dict[int, list[Candidate[Body]]] = field(default_factory=dict)
    unread: dict[int, int] = field(default_factory=dict)
    """Answers of a block that were no candidate."""
    counted: tuple[int, int, int] = (0, 0, 0)

    def usage(self) -> tuple[int, int, int]:
        """Requests and tokens, in and out, since the last time that this was asked."""
        used = getattr(self.model, "usage", None)
        now = (used.requests, used.tokens_in, used.tokens_out) if used is not None else (0, 0, 0)
        before, self.counted = self.counted, now
        return now[0] - before[0], now[1] - before[1], now[2] - before[2]

    def forget(self) -> None:
        """Let go of the answers to earlier groups."""
        self.first, self.unread = {}, {}

    def prepare(self, units: Sequence[BlockUnit]) -> None:
        """Ask about a group of blocks, beside earlier groups."""
        if not self._silent():
            try:
                self.model.prepare(units)
            except Exception as error:
                self._fault(error)
        for unit in units:
            self.first[id(unit.block)] = self._ask(unit, ())

    def propose(self, unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> list[Candidate[Body]]:
        if not feedback and id(unit.block) in self.first:
            return self.first[id(unit.block)]
        return self._ask(unit, feedback)

    def _ask(self, unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> list[Candidate[Body]]:
        if self._silent():
            return []
        before = self._refused()
        try:
            found = [self._placed(candidate, unit) for candidate in self.model.propose(unit, feedback)]
        except Exception as error:
            self._fault(error)
            return []
        self.faults = 0
        self.unread[id(unit.block)] = self.unread.get(id(unit.block), 0) + self._refused() - before
        return found

    def _placed(self, candidate: Candidate[Body], unit: BlockUnit) -> Candidate[Body]:
        """Tied to the block's lines, under the seat's name and with a cost that is counted here."""
        lines = {insn.line for insn in unit.block.source.insns} or {0}
        first = min(lines)
        body = tuple(one if one.source_line in lines else replace(one, source_line=first) for one in candidate.body)
        return replace(candidate, body=body, cost=cost(body), proposer=self.name)

    @property
    def learns(self) -> bool:
        """Whether asking again with feedback can give anything new."""
        return bool(getattr(self.model, "learns", True))

    def _refused(self) -> int:
        return int(getattr(self.model, "unread", 0))

    def _silent(self) -> bool:
        trouble = getattr(self.model, "trouble", None)
        if trouble is not None and not self.trouble:
            self.trouble = str(trouble)
        return self.faults >= MAX_FAULTS

    def _fault(self, error: Exception) -> None:
        self.faults += 1
        self.trouble = self.trouble or f"{type(error).__name__}: {printable(str(error))[:300]}"


def chain(options: Options, target: TargetIsa, given: Mapping[str, Model]) -> list[Seat]:
    """The models of ``options``, each built at its first use in this process; those in ``given`` are there already.

    Raises:
        UsageError: the specification cannot be read.
        ToolError: something that a model needs is missing.
    """
    settings = settings_of(options)
    specs = parse_specs(options.lm)
    models = [given.get(spec.kind) or _built(spec, target.abi.name, settings, os.getpid()) for spec in specs]
    for model in models:
        begin(model)
    return [Seat(model, model.name) for model in models]


def begin(model: object) -> None:
    """Tell a model that a file begins, if it wants to know."""
    told = getattr(model, "begin", None)
    if told is not None:
        told()


@cache
def _built(spec: Spec, target: str, settings: Settings, process: int) -> Model:
    """One for each ``process``: threads of a model do not live on in a fork."""
    isa = target_isa(target)
    match spec.kind:
        case "random":
            from transpile.lm.random import RandomProposer

            return RandomProposer(isa, settings)
        case "embedded":
            from transpile.lm import embedded

            return embedded.build(isa, settings)
        case "hf":
            from transpile.lm import hf

            return hf.build(spec.name, isa, settings)
        case _:
            from transpile.lm import openai

            return openai.build(spec.name, isa, settings)


def outside(text: str) -> bool:
    """Whether a chain has a model that must be asked from one process."""
    return any(spec.outside for spec in parse_specs(text))


@cache
def fingerprint(text: str) -> str:
    """Changes with the weights of the package's model, where ``text`` names it."""
    if all(spec.kind != "embedded" for spec in parse_specs(text)):
        return ""
    from transpile.lm.embedded import WEIGHTS

    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(WEIGHTS.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()
