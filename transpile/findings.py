"""What is wrong with a translation, as other programs read it: SARIF 2.1.0 and GitHub workflow annotations.

A finding is a diagnostic of the reader, or a block that does not meet the requirement. Tested blocks are findings of
level ``note`` in SARIF, so that a viewer can list what is not proved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

from transpile import __version__
from transpile.core.verdict import WORDS, Tested
from transpile.errors import Diagnostic
from transpile.options import Require
from transpile.translation import BlockResult, Translation, block_meets

Level: TypeAlias = Literal["error", "warning", "note"]

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

RULES = {
    "input": "The input cannot be read or holds something outside the model.",
    "refuted": "The translation of a block differs from its source on a known input.",
    "undecided": "Nothing is known about the translation of a block.",
    "tested": "The translation of a block is tested on random inputs, not proved.",
    "proved": "A proved block that the output does not run.",
    "port": "Something that keeps a repository on x86 is left to a person.",
}

LEVELS: dict[str, Level] = {"error": "error", "warning": "warning", "note": "note"}
GITHUB_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One message at one place. Lines and columns count from 1; 0 means unknown."""

    rule: str
    level: Level
    message: str
    file: str
    line: int
    last_line: int
    column: int = 0


def findings(translation: Translation, require: Require) -> Iterator[Finding]:
    """Everything worth telling about one file, in the order of the file's functions."""
    for diagnostic in translation.diagnostics:
        yield of_diagnostic(diagnostic, translation.file)
    for function in translation.functions:
        for block in function.blocks:
            if not block_meets(block, require):
                yield of_block(translation, function.name, block, "error")
            elif isinstance(block.verdict, Tested):
                yield of_block(translation, function.name, block, "note")


def of_diagnostic(diagnostic: Diagnostic, file: str) -> Finding:
    text = f"{diagnostic.message} ({diagnostic.hint})" if diagnostic.hint else diagnostic.message
    level = LEVELS.get(diagnostic.severity, "error")
    if diagnostic.span is None:
        return Finding("input", level, text, file, 0, 0)
    span = diagnostic.span
    return Finding("input", level, text, span.file, span.line, span.line, span.column)


def of_block(translation: Translation, function: str, block: BlockResult, level: Level) -> Finding:
    word = block.verdict.word
    reason = f": {block.reason}" if block.reason else ""
    trap = "; the output traps here" if block.trapped else ""
    message = f"block {block.label} of {function} is {word} for {translation.target}{reason}{trap}"
    return Finding(word, level, message, translation.file, block.first_line, block.last_line)


def sarif(found: Sequence[Finding]) -> dict[str, Any]:
    """A SARIF log with one run."""
    rules = [{"id": name, "shortDescription": {"text": text}} for name, text in RULES.items()]
    driver = {"name": "transpile", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "results": [sarif_result(finding) for finding in found]}
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def sarif_result(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.file, errors="surrogateescape")}}
    if finding.line:
        location["region"] = {"startLine": finding.line, "endLine": max(finding.line, finding.last_line)}
        if finding.column:
            location["region"]["startColumn"] = finding.column
    return {
        "ruleId": finding.rule,
        "ruleIndex": list(RULES).index(finding.rule),
        "level": finding.level,
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": location}],
    }


def github(found: Sequence[Finding], verdicts: dict[str, int]) -> Iterator[str]:
    """Workflow commands: one annotation for each error and warning, one notice with the counts."""
    for finding in found:
        if finding.level == "note":
            continue
        place = {"file": finding.file, "line": finding.line, "endLine": finding.last_line, "col": finding.column}
        properties = ",".join(f"{name}={escape_property(str(value))}" for name, value in place.items() if value)
        yield f"::{GITHUB_COMMANDS[finding.level]} {properties}::{escape_message(finding.message)}"
    yield "::notice title=transpile::" + ", ".join(f"{verdicts[word]} {word}" for word in WORDS)


def escape_message(text: str) -> str:
    """``%``, CR and LF as GitHub's runner decodes them."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    return escape_message(text).replace(":", "%3A").replace(",", "%2C")
