"""The report, its schema, the HTML page, SARIF, GitHub annotations and `explain`."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from transpile import html

Command = Callable[..., int]
Source = Callable[..., str]

WORDS = ("proved", "tested", "refuted", "undecided")
SCHEMA: dict[str, Any] = json.loads(files("transpile").joinpath("report.schema.json").read_text())


@pytest.fixture
def report(transpile_command: Command, source: Source) -> dict[str, Any]:
    """The report on a file with every verdict and a warning, and on one that cannot be read."""
    names = [source(*WORDS, "warning", name="a.s"), source("error", name="b.s")]
    arguments = ["--to", "riscv", "-o", "out", "--report", "R.json", "--html", "R.html"]
    assert transpile_command(*names, *arguments) == 2
    loaded: dict[str, Any] = json.loads(Path("R.json").read_text())
    return loaded


def test_report_follows_its_schema(report: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(report, SCHEMA)


def test_report_tells_everything_about_a_block(report: dict[str, Any]) -> None:
    assert report["verdicts"] == dict.fromkeys(WORDS, 1)
    assert report["meets"] is False
    blocks = {block["verdict"]: block for block in report["files"][0]["functions"][0]["blocks"]}
    assert blocks["proved"]["lines"] == [1, 2]
    assert blocks["proved"]["evidence"] == {"assumptions": ["x86 does not fault here"]}
    assert blocks["tested"]["evidence"] == {"runs": 200, "seed": 7}
    assert blocks["refuted"]["evidence"]["witness"] == {"rax": "0xffffffffffffffff", "rdi": "0x3"}
    assert blocks["undecided"]["reason"] == "'fsin' is outside the model"
    assert [attempt["proposer"] for attempt in blocks["proved"]["history"]] == ["memo", "rules"]
    assert blocks["proved"]["rungs"][1] == {
        "name": "race-free",
        "outcome": "open",
        "detail": "why",
        "assumptions": ["no <overflow>"],
    }
    unreadable = report["files"][1]
    assert (unreadable["meets"], unreadable["functions"]) == (False, [])
    assert [row["line"] for row in unreadable["diagnostics"]] == [1, 1]


def test_schema_is_the_one_in_the_documentation() -> None:
    documented = Path(__file__).parents[2] / "docs" / "report.schema.json"
    assert json.loads(documented.read_text()) == SCHEMA


EXPLANATION = """\
prog.s:1-2: block .L1 of main

  source              |  riscv
  --------------------+-----------
  movl    %edi, %eax  |  mv a5, a0
  ret                 |  ret

at entry:
  rax    a5, 32 sext
  frame  <8 bytes>

verdict: refuted: differs in rax: 0x1 against 0x2
counterexample:
  rax = 0xffffffffffffffff
  rdi = 0x3
checks:
  tested: passed: 12 runs <in> 3 orders
  race-free: open: why
    assuming no <overflow>
cost: 2 instructions, proposed by rules; solver resources: 812
tried:
  memo, 3 instructions: refuted
  rules, 2 instructions: refuted
"""


LOADING = ("src", "href", "style")


class Elements(HTMLParser):
    """Collects what a page would load and what its scripts hold, and checks that its tags are balanced."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.open: list[str] = []
        self.scripts: list[tuple[str, str]] = []
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [
            f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "style") or name.startswith("on")
        ]
        self.loads += [tag] if tag in ("link", "img", "iframe", "object", "base") else []
        if tag == "script":
            self.scripts.append((dict(attrs).get("type") or "", ""))
        if tag == "meta" and dict(attrs).get("http-equiv") == "Content-Security-Policy":
            self.policy = dict(attrs).get("content") or ""
        if tag != "meta":
            self.open.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["script"]:
            kind, text = self.scripts[-1]
            self.scripts[-1] = (kind, text + data)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(page: str) -> Elements:
    elements = Elements()
    elements.feed(page)
    assert (elements.loads, elements.open) == ([], [])
    return elements


def test_page_holds_the_whole_report_and_loads_nothing(report: dict[str, Any]) -> None:
    text = Path("R.html").read_text()
    elements = read(text)
    [record] = [held for kind, held in elements.scripts if kind == "application/json"]
    assert json.loads(record) == report
    assert "<8 bytes>" not in text
    assert "rax = 0xffffffffffffffff" in text


def test_page_runs_its_own_scripts_and_no_others(report: dict[str, Any]) -> None:
    elements = read(Path("R.html").read_text())
    assert elements.policy == html.POLICY
    for kind, text in elements.scripts:
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert (f"'sha256-{digest}'" in html.POLICY) == (kind != "application/json")


HOSTILE = "</script><!--<script><img src=x onerror=alert(1)>&lt;'\"\u2028"


def test_text_of_an_input_stays_text(report: dict[str, Any]) -> None:
    file = report["files"][0]
    hostile = {**file, "file": HOSTILE, "functions": [{"name": HOSTILE, "blocks": file["functions"][0]["blocks"]}]}
    for block in hostile["functions"][0]["blocks"]:
        block |= {
            "label": HOSTILE,
            "source": [HOSTILE],
            "target": [HOSTILE],
            "reason": HOSTILE,
            "successors": [HOSTILE],
        }
        block["relation"] = {HOSTILE: HOSTILE}
        block["evidence"] = {"witness": {HOSTILE: HOSTILE}}
    hostile["diagnostics"] = [{"severity": "error", "message": HOSTILE, "hint": HOSTILE, "line": 1, "column": 1}]
    text = html.document({**report, "files": [hostile]})
    elements = read(text)
    [record] = [held for kind, held in elements.scripts if kind == "application/json"]
    assert json.loads(record)["files"] == [hostile]
    assert "<img" not in text
    assert len(elements.scripts) == 3


def test_sarif_goes_to_stdout_when_the_result_goes_to_a_file(
    transpile_command: Command, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    name = source("proved", "tested", "refuted", "warning")
    assert transpile_command(name, "--to", "riscv", "-o", "out.s", "--format", "sarif") == 1
    shown = capsys.readouterr()
    assert shown.err == ""
    run = json.loads(shown.out)["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [(row["ruleId"], row["level"]) for row in run["results"]] == [
        ("input", "warning"),
        ("tested", "note"),
        ("refuted", "error"),
    ]
    assert all(rules[row["ruleIndex"]] == row["ruleId"] for row in run["results"])
    place = run["results"][2]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "prog.s"}, "region": {"startLine": 3, "endLine": 4}}


def test_sarif_names_a_file_whose_name_is_not_text(
    transpile_command: Command, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    name = source("refuted", name="a b\udcff.s")
    assert transpile_command(name, "--to", "riscv", "-o", "out.s", "--format", "sarif") == 1
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "a%20b%FF.s"}


def test_json_goes_to_stderr_when_the_result_goes_to_stdout(
    transpile_command: Command, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    assert transpile_command(source("proved"), "--to", "riscv", "--format", "json") == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("# riscv\n")
    jsonschema.validate(json.loads(shown.err), SCHEMA)


def test_github_annotations(transpile_command: Command, source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    name = source("tested", "refuted", "warning", name="a,b.s")
    assert transpile_command(name, "--to", "riscv", "-o", "out.s", "--format", "github") == 1
    assert capsys.readouterr().out.splitlines() == [
        "::warning file=a%2Cb.s,line=3,endLine=3,col=3::odd",
        "::error file=a%2Cb.s,line=2,endLine=3::"
        "block .L2 of main is refuted for riscv: differs in rax: 0x1 against 0x2",
        "::notice title=transpile::0 proved, 1 tested, 1 refuted, 0 undecided",
    ]


def test_check_reads_the_target_from_the_output(
    transpile_command: Command, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    assert transpile_command("check", source("proved", "refuted"), source("proved", name="out.s")) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "prog.s:2: error: block .L2 of main is refuted" in shown.err


def test_explain_shows_both_sides_the_relation_and_the_counterexample(
    transpile_command: Command, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    assert transpile_command("explain", source("refuted"), "--block", "1", "--to", "riscv") == 1
    assert capsys.readouterr().out == EXPLANATION
