"""The report of a port as one HTML page: the tables of the Markdown report, and every block beside its translation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape as escaped

from transpile import html
from transpile.errors import printable
from transpile.port.crossing import Ran
from transpile.port.items import Item
from transpile.port.markdown import EFFORT, place, summary, verdict
from transpile.port.plan import by_file
from transpile.port.records import Ported


def escape(text: str) -> str:
    return escaped("\n".join(map(printable, text.split("\n"))))


def page(ported: Ported) -> str:
    translations = [translation for translation in ported.plan.translations if translation.functions]
    above = "\n".join([f"<p>{escape(summary(ported))}.</p>", *_body(ported), "<h2>Blocks</h2>" if translations else ""])
    return html.page(translations, ported.require, f"{ported.name} to {ported.to}", above)


def _body(ported: Ported) -> Iterator[str]:
    for state, title in (("left", "Left to do"), ("note", "Worth a look"), ("ported", "Ported")):
        found = [item for item in ported.plan.items if item.state == state]
        if found:
            yield f"<h2>{title}</h2>"
            yield rows(("where", "what", "why or how", "what to do", "verdict"), [_cells(item) for item in found])
    efforts = [
        (file, f"{minutes:.0f}")
        for file, items in by_file(ported.plan.items).items()
        if (minutes := sum(item.minutes for item in items))
    ]
    if efforts:
        yield f"<h2>Effort</h2><p>{escape(EFFORT)}</p>"
        yield rows(("file", "minutes"), efforts)
    yield "<h2>Files</h2>"
    yield rows(("file", "added", "removed"), [(change.path, *map(str, change.counts)) for change in ported.changes])
    yield from (_run(role, ran) for role, ran in ported.ran)


def _cells(item: Item) -> tuple[str, ...]:
    return place(item), item.what, item.why or item.how, item.hint, verdict(item)


def _run(role: str, ran: Ran) -> str:
    ended = "stopped at the time limit" if ran.timed_out else f"exit status {ran.status}"
    return (
        f"<h2>{escape(role.capitalize())}</h2><p><code>{escape(ran.command)}</code>: {ended}</p>"
        f"<details><summary>output</summary><pre>{escape(ran.output)}</pre></details>"
    )


def rows(head: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    heads = "".join(f"<th>{escape(name)}</th>" for name in head)
    lines = ("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in cells)
    return f'<table class="counts"><tr>{heads}</tr>{"".join(lines)}</table>'
