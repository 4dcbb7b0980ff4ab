"""The library's entry points: a file from text to a checked translation.

``translate`` reads a file, finds its functions, lowers them, and runs the loop for every block, in several processes
when that pays. ``translate_many`` does so for several files, ``explain`` for one block.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TypeAlias

from transpile import pool
from transpile.architectures import require_architecture
from transpile.assembled import need_assemblers, refusals
from transpile.blocks import BATCH, FunctionDone, Told, translate_functions, untold
from transpile.checking import adopt, target_of
from transpile.core.loop import RULES
from transpile.core.verdict import Undecided
from transpile.errors import Diagnostic, TranspileError, UsageError
from transpile.native.output import Writer, Written
from transpile.options import Options
from transpile.planning import FilePlan, first_line, plan_file
from transpile.store import ProofStore, checker_version, key_of
from transpile.targets import target_isa
from transpile.translation import Explanation, Placed, Translation

PARALLEL = 150
"""Blocks from which on a file is worth several processes."""
CHUNKS = 3
"""Jobs for each worker, so that all end at about the same time."""

Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """One file to translate."""

    text: str
    file: str = "<input>"


@dataclass(frozen=True, slots=True)
class Part:
    """What a worker is asked for: some functions of a file, or (None) all of it as a Translation."""

    source: Source
    to: str
    options: Options
    functions: tuple[str, ...] | None = None
    output: Source | None = None
    """An existing translation, to be checked in place of candidates of our own."""


_plans: dict[Part, FilePlan] = {}
"""The plan of the file at hand: a forked worker finds it here."""


def translate(
    source: str,
    to: str = "riscv",
    *,
    file: str = "<input>",
    options: Options | None = None,
    progress: Progress | None = None,
    told: Told = untold,
) -> Translation:
    """Translate GNU assembler text for x86-64 to ``riscv`` or ``aarch64``, with a verdict for every basic block.

    ``progress`` is told how many blocks are done, and how many there are; ``told`` hears the result of each block that
    is worked on, and of one that is done again a second time. Neither hears of a file that the proof store knows.

    Raises:
        SourceErrors: the input cannot be read.
        UsageError: there is no target ``to``, or no such architecture of it.
        ToolError: an assembler is missing.
    """
    part = Part(Source(source, file), to, options or Options())
    target_isa(to)
    require_architecture(to, part.options.march)
    one_process(part.options)

    def work(part: Part, plan: FilePlan, store: ProofStore) -> list[FunctionDone]:
        return _all_functions(part, plan, store, progress or (lambda done, blocks: None), told)

    try:
        return _translation(part, work)
    finally:
        _plans.clear()


def translate_many(
    sources: Sequence[tuple[str, str]],
    to: str = "riscv",
    *,
    options: Options | None = None,
    progress: Progress | None = None,
) -> list[Translation | TranspileError]:
    """``translate`` for several files, each given as its text and its name; errors stand in place of results.

    Files are shared out among the worker processes. ``progress`` is told how many files are done.
    """
    options = options or Options()
    target_isa(to)
    require_architecture(to, options.march)
    given = [Source(text, file) for text, file in sources]
    told = progress or (lambda done, files: None)
    if one_process(options) or min(len(given), options.workers) < 2:
        results: list[Translation | TranspileError] = []
        for number, source in enumerate(given, 1):
            try:
                results.append(translate(source.text, to, file=source.file, options=options))
            except TranspileError as error:
                results.append(error)
            told(number, len(given))
        return results
    if options.store is not None:
        checker_version()
    order = sorted(range(len(given)), key=lambda i: -len(given[i].text))
    single = replace(options, jobs=1)
    parts = [Part(given[i], to, single) for i in order]
    done = pool.run(_whole_file, parts, options.workers, ended=lambda files, _: told(files, len(parts)))
    by_place = dict(zip(order, done, strict=True))
    return [by_place[i] for i in range(len(given))]


def check(
    source: str,
    output: str,
    to: str | None = None,
    *,
    file: str = "<input>",
    output_file: str = "<output>",
    options: Options | None = None,
    progress: Progress | None = None,
) -> Translation:
    """Check ``output``, a translation of ours of ``source``, block by block, trusting nothing in it.

    The target is read from the output's first line unless ``to`` names it. Whatever stands in the output and does not
    follow from the source is a diagnostic.

    Raises:
        SourceErrors: the source cannot be read.
        UsageError: the target is not known.
        ToolError: an assembler is missing.
    """
    to = to or target_of(output, output_file)
    target_isa(to)
    need_assemblers(to)
    options = replace(options or Options(), lm="none")
    part = Part(Source(source, file), to, options, None, Source(output, output_file))
    try:
        plan = _planned(part)
        with closing(ProofStore(part.options.store)) as store:
            done = _all_functions(part, plan, store, progress or (lambda done, blocks: None))
    finally:
        _plans.clear()
    by_name = {one.result.name: one for one in done}
    results = tuple(by_name[name].result for name in plan.prepared)
    diagnostics = [d for name in plan.prepared for d in by_name[name].diagnostics]
    refused = refusals(output, to, part.options.march, output_file)
    return Translation(output, file, to, results, (*diagnostics, *plan.findings, *refused))


def explain(source: str, block: str, to: str, *, file: str = "<input>", options: Options | None = None) -> Explanation:
    """One block of a file, named by its label or by a line in it. Only its function is translated.

    Raises:
        UsageError: there is no such block.
    """
    options = options or Options()
    target_isa(to)
    require_architecture(to, options.march)
    one_process(options)
    need_assemblers(to)
    plan = plan_file(source, file, target_isa(to), options)
    name, label = find_block(plan, block)
    with closing(ProofStore(options.store)) as store:
        (done,) = translate_functions(plan, [name], store, pool.silent, {}, label)
    return Explanation(file, to, name, next(b for b in done.result.blocks if b.label == label))


def find_block(plan: FilePlan, block: str) -> tuple[str, str]:
    """Function and label of the block that ``block`` names."""
    labels: dict[str, tuple[str, str]] = {}
    lines: dict[int, tuple[str, str]] = {}
    for function in plan.program.functions:
        for one in function.blocks:
            place = function.name, one.label
            labels.update((name, place) for name in (one.label, *one.names))
            last = one.insns[-1].line if one.insns else 0
            for line in range(first_line(one, plan.program) or last, last + 1):
                lines.setdefault(line, place)
    if block in labels:
        return labels[block]
    if block.isdigit():
        if int(block) in lines:
            return lines[int(block)]
        nearest = min(lines, key=lambda line: abs(line - int(block)), default=0)
        raise UsageError(f"no instruction on line {block}", f"the nearest is on line {nearest}" if nearest else "")
    close = difflib.get_close_matches(block, labels, 5, 0.5)
    hint = f"did you mean {', '.join(close)}?" if close else "give a label, or a line with an instruction"
    raise UsageError(f"no block '{block}' in {plan.program.source.file}", hint)


def file_key(source: Source, to: str, options: Options) -> bytes:
    """What a whole translation is kept under: everything it depends on."""
    return key_of(source.text, to, replace(options, jobs=0, store=None, lm_cache=None, lm_total=0.0), _weights(options))


def one_process(options: Options) -> bool:
    """Whether blocks must stay in this process, because a model is large or shared; raises UsageError.

    A small model is loaded once by each worker.
    """
    if options.lm == "none":
        return False
    from transpile.lm.seats import outside

    return outside(options.lm)


def _weights(options: Options) -> str:
    if options.lm == "none":
        return ""
    from transpile.lm.seats import fingerprint

    return fingerprint(options.lm)


def _planned(part: Part) -> FilePlan:
    key = replace(part, functions=None)
    if key not in _plans:
        _plans.clear()
        plan = _plans[key] = plan_file(part.source.text, part.source.file, target_isa(part.to), part.options)
        if part.output is not None:
            adopt(plan, part.output.text, part.output.file)
    return _plans[key]


def _translation(part: Part, work: Callable[[Part, FilePlan, ProofStore], list[FunctionDone]]) -> Translation:
    """What the store has, or what comes of ``work`` on the functions of the file.

    Lines of a model may assemble one by one and not as a whole, a branch that is too short for instance: then it is
    done again without models.
    """
    translation = _attempted(part, work)
    if translation.text or all(block.proposer in ("", RULES) for block in translation.blocks):
        return translation
    refused = next((d.message for d in translation.diagnostics if d.severity == "error"), "")
    told = Diagnostic("warning", f"translated again without language models: {refused}")
    alone = _attempted(replace(part, options=replace(part.options, lm="none")), work)
    return replace(alone, diagnostics=(*alone.diagnostics, told))


def _attempted(part: Part, work: Callable[[Part, FilePlan, ProofStore], list[FunctionDone]]) -> Translation:
    with closing(ProofStore(part.options.store)) as store:
        key = file_key(part.source, part.to, part.options) if part.options.store is not None else b""
        known = store.translation(key)
        if known is not None:
            return replace(known, file=part.source.file)
        need_assemblers(part.to)
        plan = _planned(part)
        translation = finished(plan, part.to, work(part, plan, store))
        if not _lost(translation):
            store.remember_translation(key, translation)
        return translation


def _all_functions(
    part: Part, plan: FilePlan, store: ProofStore, progress: Progress, told: Told = untold
) -> list[FunctionDone]:
    """In one process or in several, of which results are heard when a job is done."""
    total = sum(len(function.blocks) for function in plan.program.functions)
    workers = 1 if one_process(part.options) else min(part.options.workers, -(-total // PARALLEL))
    beats = _Beats(progress, total)
    if workers < 2:
        done = list(translate_functions(plan, list(plan.prepared), store, beats.block, {}, told=told))
    else:
        from transpile.checker import preload

        preload(plan.target)
        parts = [replace(part, functions=group) for group in chunks(plan, workers * CHUNKS)]
        results = pool.run(_some_functions, parts, workers, beats.block, lambda _, found: _tell(found, told))
        done = [one for found in results for one in _ok(found)]
    progress(total, total)
    return done


def _tell(result: list[FunctionDone] | TranspileError, told: Told) -> None:
    if not isinstance(result, TranspileError):
        for function in result:
            for block in function.result.blocks:
                told(function.result.name, block)


def _ok(result: list[FunctionDone] | TranspileError) -> list[FunctionDone]:
    if isinstance(result, TranspileError):
        raise result
    return result


def finished(plan: FilePlan, to: str, done: Iterable[FunctionDone]) -> Translation:
    """The output text and the results of all functions; no text when the target's assembler refuses it."""
    by_name = {one.result.name: one for one in done}
    written = [
        Written(block, by_name[function.name].bodies[block.label])
        for function in plan.program.functions
        for block in function.blocks
    ]
    writer = Writer(plan.program, plan.target, written)
    text = writer.text()
    results = tuple(by_name[function.name].result for function in plan.program.functions)
    diagnostics = list(
        dict.fromkeys(d for function in plan.program.functions for d in by_name[function.name].diagnostics)
    )
    layout = _layout(plan, writer.places())
    translation = Translation(text, plan.program.source.file, to, results, tuple(diagnostics), layout)
    if plan.options.allow_untranslated or translation.meets(plan.options.require):
        refused = refusals(text, to, plan.options.march)
        if refused:
            translation = replace(translation, text="", diagnostics=(*diagnostics, *refused), layout=_layout(plan, {}))
    return translation


def _layout(plan: FilePlan, places: Mapping[int, tuple[int, int]]) -> tuple[Placed, ...]:
    return tuple(
        Placed(function.name, block.label, places.get(id(block)), block.successors)
        for function in plan.program.functions
        for block in function.blocks
    )


class _Beats:
    """Counts blocks for ``progress``."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress = progress
        self.total = total
        self.begun = 0

    def block(self, function: str, label: str) -> None:
        if label and label != pool.MODELS:
            self.begun += 1
            self.progress(min(self.begun - 1, self.total), self.total)


def chunks(plan: FilePlan, count: int) -> list[tuple[str, ...]]:
    """The functions in at most ``count`` groups of about as many blocks, none larger than a batch needs."""
    functions = sorted(plan.program.functions, key=lambda f: -len(f.blocks))
    total = sum(len(function.blocks) for function in functions)
    count = min(max(count, total // BATCH), len(functions))
    sizes = [0] * count
    groups: list[list[str]] = [[] for _ in range(count)]
    for function in functions:
        smallest = sizes.index(min(sizes))
        groups[smallest].append(function.name)
        sizes[smallest] += len(function.blocks)
    return [tuple(group) for _, group in sorted(zip(sizes, groups, strict=True), key=lambda pair: -pair[0]) if group]


def _some_functions(part: Part, skip: pool.Skip, beat: pool.Beat) -> list[FunctionDone]:
    with closing(ProofStore(part.options.store)) as store:
        plan = _planned(part)
        return list(translate_functions(plan, part.functions or (), store, beat, skip))


def _whole_file(part: Part, skip: pool.Skip, beat: pool.Beat) -> Translation:
    def work(part: Part, plan: FilePlan, store: ProofStore) -> list[FunctionDone]:
        return list(translate_functions(plan, list(plan.prepared), store, beat, skip))

    return _translation(part, work)


def _lost(translation: Translation) -> bool:
    """Whether a worker died or hung over a block: another day it may not."""
    return any(isinstance(b.verdict, Undecided) and b.verdict.detail.get("lost") for b in translation.blocks)
