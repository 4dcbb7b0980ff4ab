"""The machine-readable record of translations; its shape is ``report.schema.json`` beside this file.

The same run gives the same report: it holds no times and no paths but the inputs' own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeAlias, assert_never

from transpile import __version__
from transpile.core.verdict import WORDS, Proved, Refuted, Tested, Undecided, Verdict
from transpile.core.yields import Yields, summed
from transpile.errors import Diagnostic
from transpile.options import Require
from transpile.translation import Attempt, BlockResult, FunctionResult, Rung, Translation, reason_of

Json: TypeAlias = dict[str, Any]

REPORT_VERSION = 1


def report(translations: Sequence[Translation], require: Require) -> Json:
    """The report of a whole run, ready for ``json.dump``."""
    return {
        "version": REPORT_VERSION,
        "tool": {"name": "transpile", "version": __version__},
        "require": require,
        "meets": all(translation.meets(require) for translation in translations),
        "verdicts": total(translations),
        "yields": yield_rows(summed(translation.yields for translation in translations)),
        "files": [file_row(translation, require) for translation in translations],
    }


def total(translations: Sequence[Translation]) -> dict[str, int]:
    """The verdicts of several files added up."""
    counted: Counter[str] = Counter()
    for translation in translations:
        counted.update(translation.verdicts)
    return {word: counted[word] for word in WORDS}


def file_row(translation: Translation, require: Require) -> Json:
    return {
        "file": translation.file,
        "target": translation.target,
        "meets": translation.meets(require),
        "verdicts": translation.verdicts,
        "yields": yield_rows(translation.yields),
        "diagnostics": [diagnostic_row(diagnostic) for diagnostic in translation.diagnostics],
        "functions": [function_row(function) for function in translation.functions],
    }


def yield_rows(yields: Yields) -> list[Json]:
    """What each step of each proposer gave."""
    rows = yields.rows.items()
    return [{"proposer": proposer, "step": step, **row.counts()} for (proposer, step), row in rows]


def function_row(function: FunctionResult) -> Json:
    return {"name": function.name, "blocks": [block_row(block) for block in function.blocks]}


def block_row(block: BlockResult) -> Json:
    return {
        "label": block.label,
        "lines": [block.first_line, block.last_line],
        "source": list(block.source_text),
        "target": list(block.target_text),
        "relation": dict(block.relation),
        "verdict": block.verdict.word,
        "reason": block.reason,
        "evidence": evidence(block.verdict),
        "proposer": block.proposer,
        "cost": block.cost,
        "rlimit": block.rlimit,
        "trapped": block.trapped,
        "rungs": [rung_row(rung) for rung in block.rungs],
        "history": [attempt_row(attempt) for attempt in block.history],
    }


def rung_row(rung: Rung) -> Json:
    return {
        "name": rung.name,
        "outcome": rung.outcome,
        "detail": rung.detail,
        "assumptions": list(rung.assumptions),
    }


def attempt_row(attempt: Attempt) -> Json:
    return {
        "proposer": attempt.proposer,
        "cost": attempt.cost,
        "verdict": attempt.verdict.word,
        "reason": reason_of(attempt.verdict),
        "step": attempt.step,
        "judge": attempt.judge,
        "target": list(attempt.text),
        "evidence": evidence(attempt.verdict),
        "filled": list(attempt.filled),
    }


def evidence(verdict: Verdict) -> Json:
    """What stands behind a verdict. Witness values are hexadecimal strings: JSON numbers lose 64-bit values."""
    match verdict:
        case Proved(assumptions=assumptions):
            return {"assumptions": list(assumptions)}
        case Tested(runs=runs, seed=seed):
            return {"runs": runs, "seed": seed}
        case Refuted(witness=witness, differs=differs):
            values = {location: f"{value:#x}" for location, value in sorted(witness.items())}
            return {"witness": values, "differs": list(differs)}
        case Undecided(detail=detail):
            return {"detail": dict(detail)}
        case _:
            assert_never(verdict)


def diagnostic_row(diagnostic: Diagnostic) -> Json:
    return {
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "line": diagnostic.span.line if diagnostic.span else 0,
        "column": diagnostic.span.column if diagnostic.span else 0,
    }
