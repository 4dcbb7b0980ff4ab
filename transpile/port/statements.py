"""Inline assembly of C and C++ files: translated statement by statement, under ``#if`` beside the x86 ones."""

from __future__ import annotations

import re

from transpile import inline
from transpile.errors import TranspileError
from transpile.inline import Outcome, Reason, Statement
from transpile.options import Options, Target
from transpile.port.items import Item
from transpile.port.preprocessor import OTHER_WORD, CText
from transpile.translation import BlockResult, FunctionResult, Translation

SUBSTITUTE = "substitute"
"""Who proposes what is not equal."""
WORD = re.compile(r"\b(?:asm|__asm|__asm__)\b")
_OTHER_NAME = re.compile(
    r"ARM|AARCH|NEON|PPC|POWERPC|ALTIVEC|MIPS|SPARC|S390|AVR|ALPHA|IA64|HPPA|M68K|RISCV|\bSH4?\b", re.I
)


def port(
    path: str, text: str, to: Target, options: Options, substitutes: bool = False
) -> tuple[str, list[Item], Translation | None]:
    """``text`` with translations, what is to be said of each statement, and the blocks. Stays as it is on an error.

    ``substitutes``: what has no equal on the target may be stood for by something that is told not to be equal.
    """
    if not WORD.search(text):
        return text, [], None
    try:
        made = inline.port(text, path, [to], options, substitutes)
    except TranspileError as error:
        item = Item("inline", path, 1, 1, "inline assembly", "left", "", error.message, error.hint)
        return text, [item], None
    source = CText(text)
    items = [item_of(outcome, source) for outcome in made.statements]
    blocks = tuple(outcome.result for outcome in made.statements if isinstance(outcome.result, BlockResult))
    functions = (FunctionResult("inline assembly", blocks),) if blocks else ()
    return made.text, items, Translation("", path, to, functions) if blocks else None


def item_of(outcome: Outcome, source: CText) -> Item:
    statement, result = outcome.statement, outcome.result
    last = statement.line + statement.text.count("\n")
    if isinstance(result, BlockResult) and result.proposer == SUBSTITUTE:
        hint = "look whether that will do"
        verdicts = {result.verdict.word: 1}
        return Item(
            "inline",
            statement.file,
            statement.line,
            last,
            name_of(statement),
            "note",
            "",
            result.reason,
            hint,
            verdicts,
        )
    if isinstance(result, BlockResult):
        verdicts = {result.verdict.word: 1}
        how = f"translated under #if: {result.reason or 'proved'}"
        return Item(
            "inline", statement.file, statement.line, last, name_of(statement), "ported", how, verdicts=verdicts
        )
    return unported(statement, last, result, source)


def unported(statement: Statement, last: int, reason: Reason, source: CText) -> Item:
    conditions = source.conditions[statement.line - 1] if statement.line <= len(source.conditions) else ()
    named = [c for c in conditions if not c.startswith("!") and (OTHER_WORD.search(c) or _OTHER_NAME.search(c))]
    name = name_of(statement)
    if named:
        how = f"it is for another instruction set: '{named[-1]}'"
        return Item("inline", statement.file, statement.line, last, name, "covered", how)
    match reason.kind:
        case "portable" | "foreign":
            return Item("inline", statement.file, statement.line, last, name, "covered", reason.text)
        case "guarded" if "another branch" in reason.text:
            return Item("inline", statement.file, statement.line, last, name, "covered", reason.text)
        case "guarded":
            hint = "is it needed there? then add a branch"
            return Item("inline", statement.file, statement.line, last, name, "note", "", reason.text, hint)
        case _:
            hint = "write it in C for other targets, under #if"
            return Item("inline", statement.file, statement.line, last, name, "left", "", str(reason), hint)


def name_of(statement: Statement) -> str:
    """The macro that holds it, or its first instruction."""
    if statement.macro is not None:
        return statement.macro.name
    return " ".join(re.split(r"[\n;]", statement.template.strip())[0].split())[:60] or "asm"
