"""Ports the inline assembly of one source text: the entry of this room.

Every statement that has a proof (or what ``options.require`` asks for) for a target is put under ``#if`` beside its
translations. All others stay as they are, with the reason told.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from transpile.architectures import require_architecture
from transpile.assembled import need_assemblers
from transpile.core.verdict import WORDS, Undecided, Verdict
from transpile.inline.binding import Bound, bind, clobbered
from transpile.inline.branches import closed
from transpile.inline.printing import Printed, printed
from transpile.inline.proving import Done, Unit, prove
from transpile.inline.reasons import Reason, Refusal
from transpile.inline.scan import constant_macros, statements
from transpile.inline.statement import Macro, Statement
from transpile.inline.substitutes import no_equal, substitute, wide_division
from transpile.inline.template import LABEL, Template, read, refuse_definitions, render
from transpile.inline.widths import TYPES, choices, hint, typedefs
from transpile.inline.writing import Variant, guarded, in_macro, statement_text
from transpile.options import TARGETS, Options
from transpile.store import ProofStore
from transpile.targets import target_isa
from transpile.translation import BlockResult, accepts
from transpile.x86.insn import RegOp
from transpile.x86.registers import SPELLINGS

Result: TypeAlias = BlockResult | Reason


class Outcome(NamedTuple):
    """One statement for one target."""

    statement: Statement
    target: str
    result: Result


@dataclass(frozen=True, slots=True)
class Ported:
    """``text`` is the guarded source: the same as the given one where nothing could be ported."""

    text: str
    statements: tuple[Outcome, ...]

    @property
    def changed(self) -> bool:
        """Whether any statement has a translation in the text."""
        return any(isinstance(outcome.result, BlockResult) for outcome in self.statements)


def port(
    text: str,
    file: str = "<input>",
    targets: Sequence[str] = TARGETS,
    options: Options | None = None,
    substitutes: bool = True,
) -> Ported:
    """Translate the inline assembly of ``text`` for ``targets``.

    ``substitutes``: emit what stands for instructions without an equal, with a comment that says that it is not equal.

    Raises:
        UsageError: there is no such target, or architecture of it.
        ToolError: an assembler is missing.
    """
    options = options or Options(lm="none")
    for target in targets:
        target_isa(target)
        require_architecture(target, options.march)
    found = statements(text, file)
    if found:
        for target in targets:
            need_assemblers(target)
    outcomes: list[Outcome] = []
    edits = _Edits(text)
    with closing(ProofStore(options.store)) as store:
        translator = Translator(text, options, store, substitutes)
        for statement in found:
            for target in targets:
                try:
                    result, emitted = translator.translate(statement, target)
                except Refusal as refusal:
                    edits.refuse(statement, target, refusal.reason)
                    outcomes.append(Outcome(statement, target, refusal.reason))
                    continue
                edits.add(statement, target, emitted)
                outcomes.append(Outcome(statement, target, result))
    return Ported(edits.text(), tuple(outcomes))


class Translator:
    """Translates the statements of one text."""

    def __init__(self, text: str, options: Options, store: ProofStore, substitutes: bool = True) -> None:
        self.substitutes = substitutes
        self.text = text
        self.options = options
        self.store = store
        self.types = {**TYPES, **typedefs(text)}
        self.macros = constant_macros(text)

    def translate(self, statement: Statement, target: str) -> tuple[BlockResult, str]:
        """What is known of a translation, and its text; raises Refusal."""
        _refuse_unread(statement, target)
        template = read(statement)
        bound = bind(statement, self.macros)
        apart = self._without_equal(statement, template, bound, target)
        if apart is not None:
            return apart
        before = self.text[: statement.start] if statement.macro is None else ""
        hints = {at: hint(o.expression, before, self.types) for at, o in enumerate(statement.operands)}
        variants: list[Variant] = []
        results: list[BlockResult] = []
        refusal: Refusal | None = None
        for widths in choices(statement, template, bound, hints):
            try:
                done, out = self._variant(statement, template, bound, widths, hints, target)
            except Refusal as refused:
                refusal = refusal or refused
                continue
            results.extend(done.results)
            variants.append(Variant(out, _condition(statement, bound, widths, hints, done)))
        if not variants:
            raise refusal or Refusal("not proved", "there is no candidate")
        result = joined(statement, results)
        text = statement_text(
            statement.keyword, statement.qualifiers, statement.labels, variants, f"transpile: {result.verdict.word}"
        )
        return result, text

    def _without_equal(
        self, statement: Statement, template: Template, bound: Sequence[Bound], target: str
    ) -> tuple[BlockResult, str] | None:
        """A substitute for what has no equal; raises Refusal where there is none, or none is wanted."""
        lines = [render(line, bound, {}) for line in template.lines]
        for line in lines:
            refuse_definitions(line)
        found = no_equal(lines)
        if found is None and wide_division(lines):
            found = "div", "the targets have no division of two registers by one"
        if found is None:
            return None
        stand_in = substitute(statement, bound, lines, target) if self.substitutes else None
        if stand_in is None:
            raise Refusal("no equal", f"'{found[0]}': {found[1]}")
        written = tuple(stand_in.text.split("\n"))
        result = BlockResult(
            f"asm_{statement.line}", statement.line, statement.line + statement.text.count("\n"), tuple(lines), written,
            Undecided(stand_in.why, {"substituted": found[0]}), proposer="substitute", cost=len(written),
        )  # fmt: skip
        return result, f"/* transpile: {stand_in.why} */\n{stand_in.text}"

    def _variant(
        self, statement: Statement, template: Template, bound: Sequence[Bound], widths: dict[int, int],
        hints: dict[int, int], target: str,
    ) -> tuple[Done, Printed]:  # fmt: skip
        lines = [*(render(line, bound, widths) for line in template.lines), *flag_lines(bound, statement)]
        inputs: dict[str, int] = {}
        outputs: dict[str, int] = {}
        for at, one in enumerate(bound):
            width = widths.get(at) or hints.get(at) or 8
            if one.where == "memory":
                inputs[one.register] = 8
            elif one.where == "flag":
                outputs[one.register] = 8
            elif one.where in ("register", "vector"):
                if one.output:
                    outputs[one.register] = width
                if one.inout or not one.output:
                    inputs[one.register] = max(inputs.get(one.register, 0), width)
        gotos = tuple(f"{LABEL}{at}" for at in range(len(statement.labels)))
        unit = Unit(tuple(lines), inputs, outputs, clobbered(statement.clobbers), gotos)
        done = prove(unit, target_isa(target), replace(self.options, lm="none"), self.store)
        worst = joined(statement, done.results)
        if not accepts(worst.verdict, self.options.require) or any(r.trapped or not r.proposer for r in done.results):
            raise Refusal("not proved", worst.reason or "there is no candidate")
        return done, printed(statement, bound, done, target)


def _refuse_unread(statement: Statement, target: str) -> None:
    kinds = {
        "microsoft": "an __asm block as Microsoft's compiler has it",
        "top level": "assembly outside a function: put it into a .S file",
        "register": "a variable that is bound to a register of x86",
    }
    if statement.kind in kinds:
        raise Refusal("not handled", kinds[statement.kind])
    if statement.problem:
        raise Refusal("not read", statement.problem)
    if _is_portable(statement):
        raise Refusal("portable", "it has no instructions")
    if any(closed(guard, "x86") for guard in statement.guards):
        raise Refusal("foreign", "its #if is for another processor")
    if any(closed(guard, target) for guard in statement.guards):
        served = any(guard.otherwise for guard in statement.guards if closed(guard, target))
        raise Refusal("guarded", f"its #if has {'another branch for the target' if served else 'no other branch'}")


def flag_lines(bound: Sequence[Bound], statement: Statement) -> list[str]:
    """What puts flag outputs into registers: neither instruction changes a flag."""
    if statement.labels and any(one.where == "flag" for one in bound):
        raise Refusal("not handled", "flags that are outputs of a statement that jumps")
    lines: list[str] = []
    for one in bound:
        if one.where == "flag":
            low, wide = SPELLINGS[RegOp(one.register, 1)], SPELLINGS[RegOp(one.register, 4)]
            lines += [f"set{one.condition} %{low}", f"movzbl %{low}, %{wide}"]
    return lines


def _is_portable(statement: Statement) -> bool:
    """Whether a statement has no instruction, and constraints that all compilers know."""
    letters = "".join(o.constraint for o in statement.operands)
    return (
        not statement.template.strip()
        and not set(letters) - set("=+&%,rmgXiVop0123456789")
        and all(word in ("memory", "cc") for word in statement.clobbers)
    )


def _condition(
    statement: Statement, bound: Sequence[Bound], widths: dict[int, int], hints: dict[int, int], done: Done
) -> str:
    """What ``sizeof`` has to say of each operand for a variant to be right."""
    terms: list[str] = []
    for at, (operand, one) in enumerate(zip(statement.operands, bound, strict=True)):
        if one.where not in ("register", "vector", "flag"):
            continue
        size = f"sizeof({operand.expression})"
        if at in widths:
            terms.append(f"{size} == {widths[at]}")
            continue
        if one.output:
            terms.append(f"{size} <= {hints.get(at) or 8}")
        if not one.output and done.needed.get(one.register, 0) > 1:
            terms.append(f"{size} >= {done.needed[one.register]}")
    return " && ".join(dict.fromkeys(terms))


def joined(statement: Statement, results: Sequence[BlockResult]) -> BlockResult:
    """The blocks of a statement, for all widths, as one: with the weakest verdict."""
    worst = min(results, key=lambda result: _strength(result.verdict))
    lines = statement.text.count("\n")
    return replace(
        worst,
        label=f"asm_{statement.line}",
        first_line=statement.line,
        last_line=statement.line + lines,
        source_text=tuple(text for result in results for text in result.source_text),
        target_text=tuple(text for result in results for text in result.target_text),
        cost=sum(result.cost for result in results),
        rlimit=sum(result.rlimit for result in results),
        history=tuple(attempt for result in results for attempt in result.history),
    )


def _strength(verdict: Verdict) -> int:
    order = ("refuted", "undecided", "tested", "proved")
    assert set(order) == set(WORDS)
    return order.index(verdict.word)


class _Edits:
    """The translations found, put into the text."""

    def __init__(self, text: str) -> None:
        self.original = text
        self.code: dict[Statement, dict[str, str]] = {}
        self.macros: dict[Macro, dict[str, dict[Statement, str]]] = {}
        self.spoilt: set[tuple[Macro, str]] = set()

    def refuse(self, statement: Statement, target: str, reason: Reason) -> None:
        """A macro is defined anew for a target only if all of it can be."""
        if statement.macro is not None and reason.kind != "portable":
            self.spoilt.add((statement.macro, target))

    def add(self, statement: Statement, target: str, text: str) -> None:
        if statement.macro is None:
            self.code.setdefault(statement, {})[target] = text
        else:
            self.macros.setdefault(statement.macro, {}).setdefault(target, {})[statement] = text

    def text(self) -> str:
        pieces = [(s.start, self._end(s.end), self._in_code(s, found)) for s, found in self.code.items()]
        for macro, found in self.macros.items():
            whole = {target: replaced for target, replaced in found.items() if (macro, target) not in self.spoilt}
            if whole:
                pieces.append((macro.start, macro.end, self._macro(macro, whole)))
        out: list[str] = []
        at = 0
        for start, end, piece in sorted(pieces):
            before = self.original[at:start]
            alone = not before or before[before.rfind("\n") + 1 :].strip() == ""
            out.append(before.rstrip(" \t") if alone else before + "\n")
            out.append(piece)
            at = end
            if self.original[at : at + 1] not in ("\n", "\r", ""):
                out.append("\n")
        return "".join([*out, self.original[at:]])

    def _end(self, end: int) -> int:
        """Behind the semicolon, if it stands right there."""
        rest = self.original[end : end + 80]
        return end + rest.index(";") + 1 if rest.lstrip(" \t").startswith(";") else end

    def _in_code(self, statement: Statement, found: dict[str, str]) -> str:
        start, end = statement.start, self._end(statement.end)
        line = self.original.rfind("\n", 0, start) + 1
        before = self.original[line:start]
        indent = before[: len(before) - len(before.lstrip())]
        tail = ";" if end > statement.end else ""
        texts = {t: indent + text.replace("\n", "\n" + indent) + tail for t, text in found.items()}
        kept = indent + self.original[start:end]
        return guarded(kept, texts, "inline assembly of x86 without a translation")

    def _macro(self, macro: Macro, found: dict[str, dict[Statement, str]]) -> str:
        original = self.original[macro.start : macro.end]
        texts: dict[str, str] = {}
        for target, replaced in found.items():
            text = original
            for statement in sorted(replaced, key=lambda s: -s.start):
                start, end = statement.start - macro.start, statement.end - macro.start
                text = text[:start] + in_macro(replaced[statement]) + text[end:]
            texts[target] = text
        return guarded(original, texts, f"'{macro.name}' is assembly of x86 without a translation")
