"""What a model is asked about a block, made from prompt files that a person can read and change.

The files are ``prompts/*.md``: ``system`` and one named as each target for what holds for every block, ``block`` for
the question, ``repair`` for what was refuted. ``$name`` stands for a text made here. The block is written from its
decoded instructions, so that comments, strings and everything else of the source file stay out of the prompt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from string import Template

from transpile.core.loop import Judged
from transpile.core.verdict import DIFFERS, Refuted, Undecided
from transpile.errors import UsageError
from transpile.native.abi import TargetIsa
from transpile.native.describe import described
from transpile.native.lower import CheckedBlock
from transpile.native.relation import Relation
from transpile.planning import BlockUnit, Body
from transpile.targets import syntax_of

TITLES = {"riscv": "RISC-V (RV64GC)", "aarch64": "AArch64"}
SHOWN_WITNESS = 24
SHOWN_REASON = 300
_PLAIN = re.compile(r"[\w ,.$%@+\-*()\[\]:{}]*", re.A)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; ``role``: system, user or assistant."""

    role: str
    content: str


@dataclass(slots=True)
class PromptFiles:
    """Prompt files with ``$name`` for texts that are filled in; those in ``folder`` come before the package's own."""

    folder: Path | None = None
    texts: dict[str, Template] = field(default_factory=dict)

    def fill(self, name: str, **values: str) -> str:
        if name not in self.texts:
            self.texts[name] = Template(self._read(f"{name}.md"))
        try:
            return self.texts[name].substitute(values).strip()
        except (KeyError, ValueError) as error:
            known = ", ".join(f"${key}" for key in values)
            raise UsageError(f"prompt file '{name}.md': {error}", f"it may use {known or 'no names'}") from error

    def _read(self, name: str) -> str:
        if self.folder is not None:
            path = self.folder / name
            try:
                return path.read_text("utf-8")
            except FileNotFoundError:
                pass
            except (OSError, UnicodeError) as error:
                raise UsageError(f"the prompt file '{path}' cannot be read: {error}") from error
        return (files("transpile.lm") / "prompts" / name).read_text("utf-8")


@dataclass(slots=True)
class Prompts:
    """The prompt files for one target; ``folder`` comes before the package's own."""

    target: TargetIsa
    folder: Path | None = None
    files: PromptFiles = field(init=False)

    def __post_init__(self) -> None:
        self.files = PromptFiles(self.folder)

    def messages(self, unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> tuple[Message, ...] | None:
        """The conversation that ends where the model answers; None for a block that no prompt can hold.

        Of the feedback the model is told the last candidate with a counterexample, else the last with a complaint.
        """
        source = [_SPACES.sub(" ", insn.text).strip() for insn in unit.block.source.insns]
        if not source or not all(_PLAIN.fullmatch(line) for line in source):
            return None
        asked = [Message("system", self._system()), Message("user", self._block(unit, source))]
        wrong = sorted(filter(complaint, feedback), key=lambda judged: isinstance(judged.verdict, Refuted))
        if wrong:
            text = code(judged := wrong[-1])
            asked.append(Message("assistant", f"```\n{text}\n```"))
            asked.append(Message("user", self.files.fill("repair", candidate=text, complaint=complaint(judged))))
        return tuple(asked)

    def _system(self) -> str:
        name = self.target.abi.name
        return self.files.fill("system", target=TITLES.get(name, name), conventions=self.files.fill(name))

    def _block(self, unit: BlockUnit, source: Sequence[str]) -> str:
        abi = self.target.abi
        syntax = syntax_of(abi.name)
        context = unit.function.context
        free = (*abi.scratch, *syntax.scratch(True), *context.free, *context.free_vector)
        return self.files.fill(
            "block",
            source="\n".join(source),
            entry=_relation(unit.block.entry),
            exits="\n".join(_exits(unit.block.exits.items())),
            control=_control(unit.block, unit.following),
            free=" ".join(dict.fromkeys(free)),
            preserved=" ".join(abi.callee_saved),
        )


def code(judged: Judged[Body]) -> str:
    """A candidate as text."""
    return "\n".join(f"{line.label}:" if line.label else line.text for line in judged.candidate.body)


def complaint(judged: Judged[Body]) -> str:
    """What a model can learn from a verdict; empty if nothing."""
    match judged.verdict:
        case Refuted(witness, differs):
            inputs = [f"{name} = {value:#x}" for name, value in list(witness.items())[:SHOWN_WITNESS]]
            found = f"Counterexample, the x86-64 values at entry: {', '.join(inputs) or 'any'}."
            return f"{found}\nWhat differs at the exit (x86-64 against yours): {'; '.join(differs) or 'the exit'}."
        case Undecided(reason) if "has no semantics" in reason:
            return f"The checker does not accept it: {reason[:SHOWN_REASON]}"
        case Undecided(_, detail) if DIFFERS in detail:
            return f"The checker sees a difference in: {detail[DIFFERS][:SHOWN_REASON]}"
        case _:
            return ""


def _exits(exits: Iterable[tuple[str, Relation]]) -> list[str]:
    """The relations at the exits, each told once."""
    told: dict[str, list[str]] = {}
    for name, relation in exits:
        told.setdefault(_relation(relation), []).append(_EXITS.get(name, f"to {name}"))
    return [f"Exit relation ({', '.join(names)}):\n{text}" for text, names in told.items()]


_EXITS = {"call": "at the call", "tail": "at the tail call", "ret": "at the return"}


def _relation(relation: Relation) -> str:
    return "\n".join(f"- {name}: {words}" for name, words in described(relation).items())


def _control(block: CheckedBlock, following: str) -> str:
    ending = block.source.ending
    after = f"'{following}' stands next in the output." if following else "Nothing follows in the output."
    match ending.kind:
        case "branch":
            falls = block.source.next_label
            return f"Control goes to '{ending.target}' if the condition holds, else to '{falls}'. {after}"
        case "jump":
            return f"Control goes to '{ending.target}'. {after}"
        case "next":
            return f"Control goes to '{block.source.next_label}'. {after}"
        case "call" | "icall":
            return f"The block ends with the call, which returns behind it. {after}"
        case "tail" | "itail":
            return "The block ends with a jump to another function."
        case "ret":
            return "The block ends with the return of the function."
        case _:
            return after
