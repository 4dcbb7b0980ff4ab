"""A C file with several functions to one CUDA file.

Every function with loops that can be called from elsewhere is translated, as the rules propose; the others stand in the
CUDA file as C. What is checked of each function is checked of the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from transpile.c.parse import parse_file, parse_text
from transpile.c.source import CPLUSPLUS
from transpile.c.types import Pointer
from transpile.c.unit import Function, Unit
from transpile.core.verdict import Refuted
from transpile.cuda.emit import Emitted, Planned, emit_together
from transpile.errors import Diagnostic, UsageError
from transpile.offload.kept import checked_once
from transpile.offload.ladder import Climb
from transpile.offload.results import kernel_lines, weakest
from transpile.offload.subject import Subject
from transpile.offload.translate import ALONE, TARGET, Choices, Offloaded, translated, with_loops
from transpile.offload.workplace import workplace
from transpile.translation import BlockResult, FunctionResult, Translation, reason_of


def translate_file(path: str | Path, choices: Choices) -> Offloaded:
    """Translate the C file at ``path``, or one function of it if ``choices`` name one. Raises what ``translate_c``
    raises."""
    return _translated(parse_file(path, choices.preprocessing), str(path), choices)


def translate_text(text: str, file: str, choices: Choices, path: str = "") -> Offloaded:
    """The same for C that is not in a file, or in one at ``path`` that messages call ``file``."""
    cplusplus = Path(file).suffix in CPLUSPLUS
    return _translated(parse_text(text, file, choices.preprocessing, cplusplus, path=path), file, choices)


def _translated(unit: Unit, file: str, choices: Choices) -> Offloaded:
    if choices.function or choices.plan or len([one for one in unit.functions if not one.static]) < 2:
        return translated(unit, file, choices)
    unit.require()
    found = with_loops(unit)
    if not found:
        return translated(unit, file, choices)
    _require_arrays(found, (*choices.extents, *choices.scratch))
    with workplace(choices.cache) as folder:
        return _Several(unit, file, choices, folder, found).run()


def _arrays(function: Function) -> set[str]:
    return {one.name for one in function.parameters if isinstance(one.type, Pointer)}


def _require_arrays(functions: Sequence[Function], names: Sequence[str]) -> None:
    for name in sorted(set(names).difference(*map(_arrays, functions))):
        raise UsageError(f"no function with loops has an array parameter '{name}'")


@dataclass(slots=True)
class _Several:
    """``proposed`` are translations of single functions, by name; those of functions that stay as C have no plan."""

    unit: Unit
    file: str
    choices: Choices
    folder: Path
    functions: Sequence[Function]
    proposed: dict[str, Offloaded] = field(default_factory=dict)
    left: list[Diagnostic] = field(default_factory=list)

    def run(self) -> Offloaded:
        self.proposed = {one.name: self._alone(one, check=False) for one in self.functions}
        self._keep_what_kernels_call()
        retried: set[str] = set()
        while chosen := self._chosen():
            emitted = self._emitted(chosen)
            found = {name: self._checked(one, emitted) for name, one in chosen.items()}
            refuted = [name for name, climb in found.items() if climb.refuted]
            if not refuted:
                return self._result(chosen, emitted, found)
            for name in refuted:
                self._try_otherwise(name, found[name], name in retried)
                retried.add(name)
        return Offloaded(Translation("", self.file, TARGET, self._results({}), tuple(self._told("error"))), None)

    def _alone(self, function: Function, check: bool) -> Offloaded:
        own = _arrays(function)
        extents = {name: text for name, text in self.choices.extents.items() if name in own}
        scratch = self.choices.scratch & own
        choices = replace(self.choices, function=function.name, extents=extents, scratch=scratch, models=ALONE)
        return translated(self.unit, self.file, choices, check)

    def _keep_what_kernels_call(self) -> None:
        """A function that runs on the device has no kernels."""
        for name, one in self._chosen().items():
            for text in (other.translation.text for other in self.proposed.values()):
                if re.search(rf"__device__ [^\n]*\b{name}\(", text):
                    self.left.append(Diagnostic("warning", f"'{name}' is not translated: kernels call it", None))
                    self.proposed[name] = replace(one, plan=None)

    def _try_otherwise(self, name: str, found: Climb, again: bool) -> None:
        """Another plan for a function whose first is refuted; after that, it stays as C."""
        function = next(one for one in self.functions if one.name == name)
        alone = self._alone(function, check=True) if not again else self.proposed[name]
        if again or not alone.translation.meets("any"):
            why = [reason_of(one.verdict) for one in found.kernels.values() if isinstance(one.verdict, Refuted)]
            message = f"'{name}' is not translated, as what was tried is wrong: {(why or ['it does not compile'])[0]}"
            self.left.append(Diagnostic("warning", message, function.span))
            self.left += found.diagnostics
            alone = replace(alone, plan=None)
        self.proposed[name] = alone

    def _chosen(self) -> dict[str, Offloaded]:
        return {name: one for name, one in self.proposed.items() if one.plan is not None}

    def _emitted(self, chosen: Mapping[str, Offloaded]) -> Emitted:
        planned = [
            Planned(one.subject.unit, one.subject.analysis.function, one.plan)
            for one in chosen.values()
            if one.subject is not None and one.plan is not None
        ]
        kept = [one.name for one in self.unit.functions if not one.static and one.name not in chosen]
        return emit_together(planned, kept)

    def _checked(self, one: Offloaded, emitted: Emitted) -> Climb:
        subject: Subject | None = one.subject
        assert subject is not None
        return checked_once(replace(subject, text=emitted.text), self.folder, self.choices.store)

    # Results

    def _result(self, chosen: Mapping[str, Offloaded], emitted: Emitted, found: Mapping[str, Climb]) -> Offloaded:
        blocks = {name: list(self._blocks(one, emitted, found[name])) for name, one in chosen.items()}
        told = [*self._told("warning"), *(d for climb in found.values() for d in climb.diagnostics)]
        translation = Translation(emitted.text, self.file, TARGET, self._results(blocks), tuple(dict.fromkeys(told)))
        seconds: dict[str, float] = {}
        for taken in (*(one.seconds for one in chosen.values()), *(climb.seconds for climb in found.values())):
            for rung, each in taken.items():
                seconds[rung] = seconds.get(rung, 0.0) + each
        return Offloaded(translation, None, seconds)

    def _results(self, blocks: Mapping[str, Sequence[BlockResult]]) -> tuple[FunctionResult, ...]:
        return tuple(FunctionResult(one.name, tuple(blocks.get(one.name, ()))) for one in self.functions)

    def _blocks(self, one: Offloaded, emitted: Emitted, found: Climb) -> Iterator[BlockResult]:
        """The nests of one function, with the verdicts on the whole text."""
        for block in one.translation.blocks:
            own = [kernel for kernel in emitted.kernels if kernel.function == one.translation.functions[0].name]
            kernels = [kernel for kernel in own if kernel.nest.line == block.first_line]
            checked = weakest([found.kernels[kernel.name] for kernel in kernels if kernel.name in found.kernels])
            relation = {"plan": block.relation["plan"], **{k.name: f"{k.grid}, {k.block}" for k in kernels}}
            yield replace(
                block,
                target_text=tuple(kernel_lines(emitted, kernels)),
                verdict=checked.verdict,
                rungs=checked.rungs,
                relation=relation,
                cost=len(kernels),
            )

    def _told(self, most: str) -> Iterator[Diagnostic]:
        """What is to be said of the functions; ``most``: errors of those that stay as C are no more than that."""
        yield from self.left
        for one in self.proposed.values():
            for diagnostic in one.translation.diagnostics:
                wrong = diagnostic.severity == "error" and most == "warning"
                yield replace(diagnostic, severity="warning") if wrong else diagnostic
