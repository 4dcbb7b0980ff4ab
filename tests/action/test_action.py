"""action/action.py by its parts: what it writes for the runner, which files it takes, how results are put together."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

TEXT = st.text(st.characters(), max_size=60)


@given(message=TEXT, file=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_one_command_says_what_it_was_given(action, read_log, message, file):
    line = action.command("error", message, file=file, line=3)
    assert "\n" not in line and "\r" not in line
    (said,) = read_log(line)
    assert (said.name, said.message, said.properties) == ("error", message, {"file": file, "line": "3"})


@given(value=TEXT.map(lambda text: text.replace("\r", "")))
def test_outputs_come_back_whole(action, read_outputs, tmp_path_factory, value):
    path = tmp_path_factory.mktemp("outputs") / "output"
    action.set_outputs({"GITHUB_OUTPUT": str(path)}, some_value=value, proved=3)
    shown = value.encode("utf-8", "backslashreplace").decode()
    assert read_outputs(path.read_bytes().decode()) == {"some-value": shown, "proved": "3"}


@given(text=TEXT)
def test_markdown_shows_text_and_nothing_else(action, text):
    cell = action.markdown(text)
    inner = cell.removeprefix("<code>").removesuffix("</code>")
    assert re.fullmatch(r"(\w|[ /-]|&#\d+;)*", inner) and "_" not in inner
    shown = html.unescape(inner)
    assert all(character in shown for character in text if character.isalnum())


def test_markdown_is_cut(action):
    assert len(html.unescape(action.markdown("x" * 10_000))) < 400


def test_what_is_printed_between_holds_no_commands(action, read_log, capsys):
    action.show("::error::no\n##[error]no\n::stop-commands::x\n::x::\n::add-path::/evil")
    print(action.command("notice", "yes"))
    log = capsys.readouterr().out
    assert [each.message for each in read_log(log)] == ["yes"]
    assert len(re.findall(r"[0-9a-f]{32}", log)) == 2


@pytest.mark.parametrize(
    ("text", "matches", "others"),
    [
        ("*.s", ["a.s", ".s"], ["b/a.s", "a.S", "a.s\n"]),
        ("**/*.s", ["a.s", "b/a.s", "b/c/a.s"], ["a.sx"]),
        ("src/**", ["src/a", "src/b/c"], ["srca", "x/src/a"]),
        ("src/?.[ch]", ["src/a.[ch]"], ["src/a.c", "src/ab.[ch]"]),
        ("a b'\".s", ["a b'\".s"], []),
    ],
)
def test_patterns(action, text, matches, others):
    assert all(action.pattern(text).match(name) for name in matches)
    assert not any(action.pattern(text).match(name) for name in others)


def place_at(action, workspace: Path):
    return action.Place(workspace, workspace.parent / "shared", workspace.parent / "own", workspace)


def inputs_of(action, **values: str):
    return action.read_inputs({"GHA_TO": "riscv", **{f"GHA_{name.upper()}": value for name, value in values.items()}})


def test_sources_are_files_of_the_repository_alone(action, tmp_path):
    root = tmp_path / "repository"
    for name in ("a.s", "b/c.S", ".git/d.s", ".venv/e.s", "translated/riscv/f.s", "b/g.c"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    (root / "loop").symlink_to(root)
    (tmp_path / "outside.s").write_text("")
    (root / "link.s").symlink_to(tmp_path / "outside.s")
    place = place_at(action, root)
    assert action.sources(inputs_of(action), place) == ["a.s", "b/c.S"]
    assert action.sources(inputs_of(action, path="b"), place) == ["b/c.S"]
    assert action.sources(inputs_of(action, to="cuda"), place) == ["b/g.c"]
    assert action.sources(inputs_of(action, mode="port"), place) == ["a.s", "b/c.S", "b/g.c"]


def test_command_lines(action, tmp_path):
    root = tmp_path / "repository"
    for name in ("-o.s", "sub/@x.s"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    place = place_at(action, root)
    lines = [[*map(str, words)] for words in action.commands(inputs_of(action, include="inc\nother"), place)]
    program = str(place.shared / "venv/bin/transpile")
    shared = [program, "translate", "--to=riscv", f"--store={place.shared / 'store/proofs.sqlite'}", "-Iinc", "-Iother"]
    assert lines == [
        [*shared, "--output=translated/riscv/", "--", "./-o.s"],
        [*shared, "--output=translated/riscv/sub/", "--", "sub/@x.s"],
    ]
    (ported,) = action.commands(inputs_of(action, mode="port", require="proved", build="make; ls"), place)
    assert [*map(str, ported)] == [
        program,
        "port",
        "--to=riscv",
        f"--store={place.shared / 'store/proofs.sqlite'}",
        "--require=proved",
        "--build=make; ls",
        "--in-place",
        "--",
        ".",
    ]


def test_a_hash_of_names_and_contents(action, tmp_path):
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("1")
    place = place_at(action, tmp_path)
    hashes = {action.digest(names, inputs_of(action), place) for names in (["a"], ["b"], ["a", "b"])}
    (tmp_path / "a").write_text("2")
    hashes |= {action.digest(["a"], inputs_of(action, march=march), place) for march in ("", "rv64gc")}
    assert len(hashes) == 5


def row(file: str, **verdicts: int):
    return {"file": file, "meets": True, "verdicts": {word: verdicts.get(word, 0) for word in WORDS}}


WORDS = ("proved", "tested", "refuted", "undecided")


def report_of(*rows, meets: bool = True):
    total = {word: sum(each["verdicts"][word] for each in rows) for word in WORDS}
    yields = [{"proposer": "rules", "step": "rules", "proposed": 2}]
    return {"version": 1, "meets": meets, "verdicts": total, "yields": yields, "files": list(rows)}


def test_reports_are_added_up(action):
    whole = action.merged_reports([report_of(row("a", proved=2)), report_of(row("b", tested=1), meets=False)])
    assert whole["verdicts"] == {"proved": 2, "tested": 1, "refuted": 0, "undecided": 0} and not whole["meets"]
    assert [each["file"] for each in whole["files"]] == ["a", "b"]
    assert whole["yields"] == [{"proposer": "rules", "step": "rules", "proposed": 4}]


def test_a_command_without_a_report_does_not_meet_anything(action):
    whole = action.merged_reports([report_of(row("a", proved=2)), {}])
    assert not whole["meets"] and whole["verdicts"]["proved"] == 2
    assert not action.merged_reports([{}])["meets"]


def finding(level: str, line: int):
    where = {"artifactLocation": {"uri": "a%20b%0A.s"}, "region": {"startLine": line, "endLine": line + 1}}
    return {"level": level, "message": {"text": f"{level} {line}"}, "locations": [{"physicalLocation": where}]}


def test_errors_come_first_and_notes_not_at_all(action):
    log = {"runs": [{"results": [finding("note", 1), finding("warning", 2), finding("error", 3)]}]}
    assert [(each.level, each.line, each.file) for each in action.findings(log)] == [
        ("error", 3, "a b\n.s"),
        ("warning", 2, "a b\n.s"),
    ]


def test_sarif_is_one_run(action):
    logs = [
        {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t"}}, "results": [finding("error", n)]}]}
        for n in (1, 2)
    ]
    whole = action.merged_sarif([*logs, {}], ".")
    assert len(whole["runs"]) == 1 and len(whole["runs"][0]["results"]) == 2
    assert action.merged_sarif([{}], ".")["runs"][0]["results"] == []


def test_findings_of_a_port_are_named_from_the_root(action):
    log = {"runs": [{"results": [finding("error", 1), {"level": "error", "message": {"text": "nowhere"}}]}]}
    found = action.findings(action.merged_sarif([log], "some folder/b"))
    assert [each.file for each in found] == ["some folder/b/a b\n.s", ""]


def test_files_of_a_port_are_counted(action):
    def item(file, state, **verdicts):
        return {"file": file, "state": state, "verdicts": verdicts or None}

    items = [item("b.c", "left"), item("a.s", "ported", proved=2), item("b.c", "left"), item("b.c", "note")]
    report = action.port_report({"items": items, "runs": [{"role": "test", "command": "make `x`", "passed": False}]})
    lines = list(action.summary_lines(inputs_of(action, mode="port"), report, [], 1))
    assert "| <code>a&#46;s</code> | 2 | 0 | 0 | 0 | 1 ported |" in lines
    assert "| <code>b&#46;c</code> | 0 | 0 | 0 | 0 | 2 left |" in lines
    assert "<code>test</code> failed: <code>make &#96;x&#96;</code>" in lines


def test_the_summary_is_bounded(action):
    rows = [row("x" * 500 + str(number), proved=1) for number in range(1000)]
    found = [action.Finding("error", "<b>" * 200, number, number, 0, "|" * 5000) for number in range(1000)]
    text = action.cut(action.summary_lines(inputs_of(action), report_of(*rows), found, 1))
    assert len(text.encode()) < action.MOST_SUMMARY_BYTES + 100 and "more lines" in text
    short = action.cut(action.summary_lines(inputs_of(action), report_of(*rows[:3]), found[:2], 1))
    assert "more lines" not in short and "### Findings (2)" in short and "| all | 3 | 0 | 0 | 0 | |" in short


@pytest.mark.parametrize(
    ("given_code", "code"), [("0", 0), ("1", 1), ("2", 2), ("130", 130), ("", 2), ("x", 2), ("-1", 2)]
)
def test_the_last_step_ends_as_the_command_did(action, given_code, code):
    assert action.finish({"GHA_EXIT_CODE": given_code}) == code


def test_the_token_is_in_no_command_line(action):
    settings = action.credentials("https://forge.example", "secret")
    assert settings["GIT_CONFIG_KEY_1"] == "http.https://forge.example/.extraheader"
    assert settings["GIT_CONFIG_VALUE_0"] == "" and settings["GIT_CONFIG_VALUE_1"].startswith("AUTHORIZATION: basic ")
    assert settings["GIT_TERMINAL_PROMPT"] == "0"
