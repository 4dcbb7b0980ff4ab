"""The report as one HTML page that needs nothing but itself: no font, no address is loaded.

It holds the record of ``transpile.report`` and the modules of ``parts/`` that show it, which the service's page uses
too. Those put text into the page as text only; what Python writes is escaped. ``POLICY`` lets these scripts and this
style run and nothing else. Readers without scripts get every block's verdict in a table.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files

from transpile.core.verdict import WORDS
from transpile.options import Require
from transpile.report import Json, report
from transpile.translation import Translation

MODULES = ("dom", "verdicts", "linking", "listing", "block-list", "panel", "graph", "report")
"""The scripts of a report, each after those it imports."""

_HERE = files("transpile.html")
_LINKAGE = re.compile(r"^import .*\n|^export (?=function|class|const|async)", re.MULTILINE)


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _script() -> str:
    """The modules as one: what they import from each other is in the same scope."""
    texts = (_HERE.joinpath("parts", f"{name}.js").read_text("utf-8") for name in MODULES)
    return "\n".join(_LINKAGE.sub("", text) for text in texts)


def _layouts() -> str:
    """The graph library, without the line that names its source map."""
    text = _HERE.joinpath("vendor", "dagre", "dagre.min.js").read_text("utf-8")
    legal = _HERE.joinpath("vendor", "dagre", "dagre.min.js.LEGAL.txt").read_text("utf-8")
    return legal + re.sub(r"^//# sourceMappingURL=.*\n?", "", text, flags=re.MULTILINE)


SCRIPT = _script()
LAYOUTS = _layouts()
STYLE = "\n".join(_HERE.joinpath("parts", name).read_text("utf-8") for name in ("blocks.css", "report.css"))
POLICY = (
    f"default-src 'none'; script-src {_digest(SCRIPT)} {_digest(LAYOUTS)}; style-src {_digest(STYLE)}; "
    "base-uri 'none'; form-action 'none'"
)
"""The content security policy of every report; a server that sends one with a report must send this one."""


def page(translations: Sequence[Translation], require: Require) -> str:
    """The report of a whole run as a document, with the control flow of assembly."""
    record = report(translations, require)
    for translation, file in zip(translations, record["files"], strict=True):
        successors = {(one.function, one.label): list(one.successors) for one in translation.layout}
        for function in file["functions"]:
            for block in function["blocks"]:
                if (function["name"], block["label"]) in successors:
                    block["successors"] = successors[function["name"], block["label"]]
    return document(record)


def document(record: Json) -> str:
    """A report (``report.schema.json``) as a document. Blocks may have ``successors``: labels, for the graph."""
    names = ", ".join(file["file"] for file in record["files"])
    graphs = any("successors" in block for _, _, block in _blocks(record))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(names)}: verdicts</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<main class="report">\n<h1>transpile: {escape(names)}</h1>\n'
        f'<div id="content"></div>\n<noscript>{_plain(record)}</noscript>\n</main>\n'
        f'<script type="application/json" id="report">{_data(record)}</script>\n'
        + (f"<script>{LAYOUTS}</script>\n" if graphs else "")
        + f'<script type="module">{SCRIPT}</script>\n</body>\n</html>\n'
    )


def _data(record: Json) -> str:
    """JSON that no reader of HTML takes for the end of the element, or for a comment."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _blocks(record: Json) -> Iterator[tuple[Json, Json, Json]]:
    """Every block, with its file and its function."""
    for file in record["files"]:
        for function in file["functions"]:
            for block in function["blocks"]:
                yield file, function, block


def _plain(record: Json) -> str:
    """The verdicts as tables, for readers without scripts."""
    counts = (_row(file["file"], *(str(file["verdicts"][word]) for word in WORDS)) for file in record["files"])
    messages = (
        _row(file["file"], str(one["line"]), one["severity"], one["message"])
        for file in record["files"]
        for one in file["diagnostics"]
    )
    blocks = (
        _row(file["file"], function["name"], block["label"], "–".join(map(str, block["lines"])), block["verdict"],
             block["reason"], *(f"{place} = {value}" for place, value in block["evidence"].get("witness", {}).items()))
        for file, function, block in _blocks(record)
    )  # fmt: skip
    head = "".join(f"<th>{word}</th>" for word in ("file", *WORDS))
    return (
        "<p>Sources, targets and candidates are shown by a script.</p>\n"
        f"<table><tr>{head}</tr>\n{''.join(counts)}</table>\n"
        f"<table>{''.join(messages)}</table>\n<table>{''.join(blocks)}</table>"
    )


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>\n"
