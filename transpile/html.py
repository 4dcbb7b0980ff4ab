"""The report as one HTML page that needs nothing but itself: no script, no font, no address is loaded.

Every piece of text from the input is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from transpile.core.loop import RULES
from transpile.core.verdict import WORDS, Refuted
from transpile.core.yields import COUNTS, summed
from transpile.options import Require
from transpile.report import total
from transpile.translation import BlockResult, FunctionResult, Rung, Translation, accepts, reason_of

STYLE = """
:root { color-scheme: light dark; --line: #8884; --proved: #1a7f37; --tested: #9a6700; --refuted: #cf222e;
  --undecided: #8250df; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; } h3 { font-size: 1rem; margin: 0; }
table { border-collapse: collapse; } td, th { padding: .2rem .8rem; text-align: left; }
.counts td, .counts th { border-bottom: 1px solid var(--line); } .number { text-align: right; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem; }
details details { border-width: 0 0 0 3px; border-radius: 0; }
summary { cursor: pointer; } summary h3 { display: inline; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; margin: .5rem 0; }
pre { background: #8881; border-radius: 4px; font-size: 13px; margin: 0; overflow-x: auto; padding: .6rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; font-size: 13px; margin: .5rem 0; }
dt { font-family: monospace; } dd { margin: 0; }
.word { border-radius: 1em; color: #fff; font-size: 12px; padding: .05rem .6rem; }
.proved { background: var(--proved); } .tested { background: var(--tested); }
.refuted { background: var(--refuted); } .undecided { background: var(--undecided); }
@media (max-width: 50rem) { .sides { grid-template-columns: 1fr; } }
"""


UNITS = {"cuda": "kernels", "python": "lines"}
"""What a block's cost counts, by target, where it is not instructions."""


def page(translations: Sequence[Translation], require: Require) -> str:
    """The whole document. Blocks that do not satisfy ``require`` are unfolded."""
    names = ", ".join(translation.file for translation in translations)
    body = [f"<h1>transpile: {escape(names)}</h1>", counts(translations), yield_counts(translations)]
    for translation in translations:
        body.append(f"<h2>{escape(translation.file)} to {escape(translation.target)}</h2>")
        unit = UNITS.get(translation.target, "instructions")
        body.extend(function_section(function, require, unit) for function in translation.functions)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(names)}: verdicts</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def counts(translations: Sequence[Translation]) -> str:
    """The verdict table: a row for each file, and a last one with the sum when there are several."""
    rows = [(translation.file, translation.verdicts) for translation in translations]
    if len(rows) > 1:
        rows.append(("all", total(translations)))
    head = "".join(f'<th class="number">{word}</th>' for word in WORDS)
    lines = (
        f"<tr><td>{escape(name)}</td>"
        + "".join(f'<td class="number">{verdicts[word]}</td>' for word in WORDS)
        + "</tr>"
        for name, verdicts in rows
    )
    return f'<table class="counts"><tr><th>file</th>{head}</tr>{"".join(lines)}</table>'


def yield_counts(translations: Sequence[Translation]) -> str:
    """What each step of each proposer gave; nothing without language models."""
    rows = summed(translation.yields for translation in translations).rows
    if all(step == RULES for _, step in rows):
        return ""
    shown = [name for name in COUNTS if any(getattr(row, name) for row in rows.values())]
    head = "".join(f'<th class="number">{name}</th>' for name in shown)
    lines = (
        f"<tr><td>{escape(proposer)}</td><td>{escape(step)}</td>"
        + "".join(f'<td class="number">{getattr(row, name)}</td>' for name in shown)
        + "</tr>"
        for (proposer, step), row in rows.items()
    )
    return f'<table class="counts"><tr><th>proposer</th><th>step</th>{head}</tr>{"".join(lines)}</table>'


def tried(block: BlockResult) -> str:
    """Candidates other than the chosen one, folded."""
    others = [attempt for attempt in block.history if attempt.text != block.target_text]
    if all(attempt.step == RULES for attempt in block.history) or not others:
        return ""
    sections = (
        f"<details><summary>{badge(one.verdict.word)} {escape(one.proposer)}, {escape(one.step)}, "
        f"{one.cost} instructions</summary>{listing(one.text)}<p>{escape(reason_of(one.verdict))}</p></details>"
        for one in others
    )
    return "".join(sections)


def function_section(function: FunctionResult, require: Require, unit: str) -> str:
    failing = any(block.trapped or not accepts(block.verdict, require) for block in function.blocks)
    words = " ".join(
        f"{badge(word)} {number}"
        for word in WORDS
        if (number := sum(block.verdict.word == word for block in function.blocks))
    )
    blocks = "".join(block_section(block, require, unit) for block in function.blocks)
    return f"<details{is_open(failing)}><summary><h3>{escape(function.name)}</h3> {words}</summary>{blocks}</details>"


def block_section(block: BlockResult, require: Require, unit: str) -> str:
    """``unit`` is that of costs."""
    failing = block.trapped or not accepts(block.verdict, require)
    notes = [("relation", f"{place}: {held}") for place, held in block.relation.items()]
    if block.reason:
        notes.append(("reason", block.reason))
    if isinstance(block.verdict, Refuted) and block.verdict.witness:
        witness = ", ".join(f"{place} = {value:#x}" for place, value in sorted(block.verdict.witness.items()))
        notes.append(("counterexample", witness))
    notes += [(rung.name, rung_text(rung)) for rung in block.rungs]
    notes.append(("proposer", f"{block.proposer}; {block.cost} {unit}; rlimit {block.rlimit}"))
    if block.trapped:
        notes.append(("output", "traps here"))
    title = f"{escape(block.label)} <small>lines {block.first_line}–{block.last_line}</small>"
    return (
        f"<details{is_open(failing)}><summary>{badge(block.verdict.word)} {title}</summary>"
        f'<div class="sides">{listing(block.source_text)}{listing(block.target_text)}</div>'
        f"{definitions(notes)}{tried(block)}</details>"
    )


def rung_text(rung: Rung) -> str:
    """One check, in a line."""
    assumed = f", assuming {'; '.join(rung.assumptions)}" if rung.assumptions else ""
    return f"{rung.outcome}{': ' if rung.detail else ''}{rung.detail}{assumed}"


def badge(word: str) -> str:
    return f'<span class="word {word}">{word}</span>'


def is_open(unfolded: bool) -> str:
    return " open" if unfolded else ""


def listing(lines: Iterable[str]) -> str:
    return f"<pre>{escape(chr(10).join(lines).expandtabs(8))}</pre>"


def definitions(notes: Iterable[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in notes) + "</dl>"
