"""A stand-in for the translator: the command line is tested for what it does with results, whatever they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import transpile
from transpile.cli import main
from transpile.core.verdict import Proved, Refuted, Tested, Undecided, Verdict
from transpile.errors import Diagnostic, SourceError, SourceErrors, Span, TranspileError, UsageError
from transpile.options import Options
from transpile.translation import Attempt, BlockResult, Explanation, FunctionResult, Rung, Translation

VERDICTS: dict[str, Verdict] = {
    "proved": Proved(("x86 does not fault here",), 812),
    "tested": Tested(200, 7, "the solver gave up"),
    "refuted": Refuted({"rax": 0xFFFFFFFFFFFFFFFF, "rdi": 3}, ("rax: 0x1 against 0x2",)),
    "undecided": Undecided("'fsin' is outside the model", {"mnemonic": "fsin"}),
}


def block(label: str, line: int, word: str, trapped: bool = False) -> BlockResult:
    verdict = VERDICTS[word]
    history = (Attempt("memo", 3, VERDICTS["refuted"]), Attempt("rules", 2, verdict))
    source, target = ("\tmovl\t%edi, %eax", "\tret"), ("mv a5, a0", "ret")
    relation = {"rax": "a5, 32 sext", "frame": "<8 bytes>"}
    rungs = (Rung("tested", "passed", "12 runs <in> 3 orders"), Rung("race-free", "open", "why", ("no <overflow>",)))
    return BlockResult(
        label, line, line + 1, source, target, verdict, relation, "rules", 2, 812, history, trapped, rungs=rungs
    )


def translated(source: str, to: str, file: str, options: Options) -> Translation:
    """One block for each line ``# WORD``; ``# error`` and ``# warning`` lines give diagnostics."""
    lines = source.splitlines()
    spans = {line[2:]: Span(file, number, 3, 4, line) for number, line in enumerate(lines, 1) if line.startswith("# ")}
    if "error" in spans:
        raise SourceErrors([SourceError(spans["error"], "unknown mnemonic 'blah'", "remove it")] * 2)
    if "crash" in spans:
        raise ZeroDivisionError("of ours")
    if "interrupt" in spans:
        raise KeyboardInterrupt
    diagnostics = (Diagnostic("warning", "odd", spans["warning"]),) if "warning" in spans else ()
    trap = options.allow_untranslated
    blocks = tuple(
        block(f".L{span.line}", span.line, word, trap and word in ("refuted", "undecided"))
        for word, span in spans.items()
        if word in VERDICTS
    )
    return Translation(f"# {to}\n{source}", file, to, (FunctionResult("main", blocks),), diagnostics)


def fake_translate(source: str, to: str, *, file: str, options: Options, progress: object = None) -> Translation:
    return translated(source, to, file, options)


def fake_translate_many(
    sources: list[tuple[str, str]], to: str, *, options: Options, progress: object = None
) -> list[Translation | TranspileError]:
    results: list[Translation | TranspileError] = []
    for text, file in sources:
        try:
            results.append(translated(text, to, file, options))
        except TranspileError as error:
            results.append(error)
    return results


def fake_explain(source: str, block: str, to: str, *, file: str, options: Options) -> Explanation:
    for found in translated(source, to, file, options).blocks:
        if block in (found.label, str(found.first_line)):
            return Explanation(file, to, "main", found)
    raise UsageError(f"no block '{block}' in {file}", "give a label or a line of an instruction")


def fake_check(
    source: str, output: str, to: str | None, *, file: str, output_file: str, options: Options, progress: object = None
) -> Translation:
    return translated(source, to or "riscv", file, options)


@pytest.fixture
def transpile_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    """``transpile …`` in this process and in an empty folder, with the stand-in behind it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRANSPILE_STORE", "none")
    monkeypatch.setattr(transpile, "translate", fake_translate, raising=False)
    monkeypatch.setattr(transpile, "translate_many", fake_translate_many, raising=False)
    monkeypatch.setattr(transpile, "explain", fake_explain, raising=False)
    monkeypatch.setattr(transpile, "check", fake_check, raising=False)

    def command(*arguments: str) -> int:
        return main(list(arguments))

    return command


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., str]:
    """Write an input whose blocks get the given verdicts; returns its name."""

    def write(*words: str, name: str = "prog.s") -> str:
        (tmp_path / name).write_text("".join(f"# {word}\n" for word in words))
        return name

    return write
