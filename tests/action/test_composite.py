"""action.yml as written, on repositories: what it writes, tells, keeps and ends with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"
SOMEONE = ("-c", "user.name=Someone", "-c", "user.email=someone@example.org")
HOSTILE = (
    "\t.globl\tf\nf:\n\tleal\t1(%rdi), %eax\n\tret\n\t.globl\tg\ng:\n\tvpternlogd\t$3, %zmm0, %zmm1, %zmm2\n\tret\n"
)


def test_a_repository_that_is_proved(runner):
    here = runner("assembly")
    run = here.run(to="riscv", path="src", sarif="true")
    assert not run.failed and run.outputs["exit-code"] == "0"
    assert int(run.outputs["proved"]) == 5 and run.outputs["undecided"] == run.outputs["refuted"] == "0"
    assert (here.workspace / "translated/riscv/gcd.s").is_file()
    assert (here.workspace / "translated/riscv/more/double.s").is_file()
    report = json.loads(Path(run.outputs["report"]).read_bytes())
    assert report["meets"] and [row["file"] for row in report["files"]] == ["src/gcd.s", "src/more/double.s"]
    assert report["verdicts"] == {"proved": 5, "tested": 0, "refuted": 0, "undecided": 0}
    assert run.commands == []
    assert "| <code>src/gcd&#46;s</code> | 4 | 0 | 0 | 0 |  |" in run.summary
    assert run.used["github/codeql-action/upload-sarif"] == {
        "sarif_file": run.outputs["sarif"], "category": "transpile-translate-riscv", "token": "the-token",
    }  # fmt: skip
    assert (here.temporary / "transpile/venv/bin/python.pip").read_text().endswith(f" {Path(__file__).parents[2]}\n")


def test_proofs_are_kept_and_found_again(runner):
    here = runner("assembly")
    first = here.run(to="riscv", files="src/more/*.s", cache="true")
    given = first.used["actions/cache/restore"]
    assert given["key"] == first.used["actions/cache/save"]["key"]
    assert [given["key"].startswith(prefix) for prefix in given["restore-keys"].splitlines()] == [True, True]
    assert given["path"] == str(here.temporary / "transpile/store")
    assert any(Path(kept, "proofs.sqlite").is_file() for kept in here.cache.values())
    again = here.run(to="riscv", files="src/more/*.s")
    assert again.steps["proofs"].outputs["cache-hit"] == "true" and "actions/cache/save" not in again.used
    (here.workspace / "src/more/double.s").write_text(HOSTILE.partition("\t.globl\tg")[0])
    changed = here.alone("prepare", again).outputs
    assert changed["cache-key"] != given["key"]
    assert all(given["key"].startswith(prefix) for prefix in changed["cache-restore-keys"].splitlines())


def test_a_block_that_is_not_translated_fails_the_action_at_its_end(runner):
    here = runner("unmet")
    run = here.run(to="riscv", sarif="true")
    assert run.failed and run.exit_codes == {"prepare": 0, "translate": 0, "7": 1}
    assert run.outputs["exit-code"] == "1" and run.outputs["undecided"] == "1"
    assert "github/codeql-action/upload-sarif" in run.used and "actions/cache/save" in run.used
    assert not (here.workspace / "translated").exists()
    first = run.commands[0]
    assert (first.name, first.properties["file"], first.properties["line"]) == ("error", "wide.s", "11")
    assert "vpternlogd" in first.message and "not met" in run.summary


def test_without_a_cache_nothing_is_restored_or_kept(runner):
    run = runner("assembly").run(to="aarch64", files="src/more/*.s", require="proved", march="armv8.2-a", cache="false")
    assert not run.failed and run.outputs["proved"] == "1" and set(run.used) == {"actions/setup-python"}


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"to": "vax"}, "choose from: riscv, aarch64, cuda, python"),
        ({"to": "riscv", "files": "../*.s"}, "inside the repository"),
        ({"to": "riscv", "path": "/etc"}, "inside the repository"),
        ({"to": "riscv", "output": ".git/hooks"}, "do not go there"),
        ({"to": "riscv", "files": "*.none"}, "no file below '.' matches *.none"),
        ({"to": "riscv", "version": "1.0 --index-url http://x"}, "leave it empty"),
        ({"to": "riscv", "mode": "port; id"}, "choose from: translate, port"),
        ({"to": "riscv", "require": "$(id)"}, "choose from: proved, tested, any"),
    ],
)
def test_wrong_inputs_are_named(runner, inputs, message):
    run = runner("assembly").run(**inputs)
    assert run.failed and run.exit_codes == {"prepare": 2}
    assert [each.name for each in run.commands] == ["error"] and message in run.commands[0].message


def test_what_the_command_refuses_is_told(runner):
    here = runner("assembly")
    (here.workspace / "src/gcd.S").write_text(HOSTILE)
    run = here.run(to="riscv", path="src", files="*.s\n*.S")
    assert run.failed and run.outputs["exit-code"] == "2"
    assert "two inputs would both be written to translated/riscv/gcd.s" in run.commands[0].message


def test_an_architecture_is_one_word_of_the_command(runner):
    here = runner("assembly")
    run = here.run(to="riscv", files="src/more/*.s", march="rv64gc -o pwned `touch pwned`\n::error::pwned")
    assert run.failed and "the input 'march' is" in run.commands[0].message
    assert not list(here.workspace.glob("pwned")) and {each.name for each in run.commands} == {"error"}
    assert all(each.properties["title"] == "transpile" for each in run.commands)


NAMES = (
    "$(touch pwned).s", "`touch pwned`.s", "'; touch pwned; '.s", '"$(touch pwned)".s', "-o.s", "@file.s", "--.s",
    "a\n::error file=x::pwned\n.s",
    "b\r::set-output name=proved::99.s", "c|d](www.x.y)<img src=x>.s", "%0A::error::.s",
    "e\n::stop-commands::x.s", "##[error]pwned.s", "\N{RIGHT-TO-LEFT OVERRIDE}s.txt.s", "::add-mask::pwned.s",
)  # fmt: skip


def test_two_uses_in_a_job_keep_their_reports(action, tmp_path):
    surroundings = {"GITHUB_WORKSPACE": str(tmp_path), "RUNNER_TEMP": str(tmp_path / "temp")}
    places = [
        action.read_place(surroundings, action.read_inputs({"GHA_TO": to})) for to in ("riscv", "aarch64", "riscv")
    ]
    assert places[0].own != places[1].own and places[0].own == places[2].own
    assert len({place.shared for place in places}) == 1


def test_hostile_names_stay_names(runner):
    here = runner()
    for name in NAMES:
        (here.workspace / name).write_text(HOSTILE)
    Path(os.fsdecode(os.fsencode(here.workspace) + b"/\xff.s")).write_text(HOSTILE)
    run = here.run(to="riscv", files="*.s", march="")
    assert run.outputs["exit-code"] == "1" and run.failed
    assert run.outputs["proved"] == run.outputs["undecided"] == str(len(NAMES) + 1)
    assert [each.name for each in run.commands] == ["error"] * 10
    assert {each.properties["file"] for each in run.commands} <= set(NAMES) | {"\\udcff.s"}
    assert not list(here.workspace.glob("**/pwned*"))
    names = [line for line in run.summary.splitlines() if line.startswith("| <code>")]
    assert len(names) == len(NAMES) + 1
    assert not set("<>[]()!`*_\r") & set(run.summary.replace("<code>", "").replace("</code>", "").split("###")[0][90:])


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, *SOMEONE, "commit", "-q", "-m", "More sources")


def git_log(folder: Path, reference: str) -> list[str]:
    return git(folder, "log", "--format=%s", reference).splitlines()


@pytest.fixture
def forge(tmp_path):
    """A bare repository to push to, and a `gh` that keeps its command lines and knows the requests it opened."""
    folder = tmp_path / "forge"
    folder.mkdir()
    git(folder, "init", "-q", "--bare")
    gh = folder / "gh"
    gh.write_text(GH.format(python=sys.executable, folder=str(folder)))
    gh.chmod(0o755)
    return folder


GH = """#!{python}
import json, os, sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"
folder = Path({folder!r})
row = dict(words=sys.argv[1:], token=os.environ["GH_TOKEN"], repo=os.environ["GH_REPO"], secrets=sorted(
    name for name in os.environ if name.startswith(("GHA_", "ACTIONS_", "GITHUB_OUTPUT"))))
with open(folder / "calls", "a") as stream:
    stream.write(json.dumps(row) + "\\n")
opened = folder / "opened"
if sys.argv[2] == "list":
    print('[{{"number": 7, "url": "https://github.com/owner/name/pull/7"}}]' if opened.exists() else "[]")
elif sys.argv[2] == "create":
    opened.touch()
    print("https://github.com/owner/name/pull/7")
"""


def test_a_pull_request_holds_only_what_was_written_and_needs_a_branch(runner, forge):
    here = runner("assembly")
    git(here.workspace, "remote", "add", "origin", str(forge))
    (here.workspace / "not mine.txt").write_text("made by an earlier step")
    here.environment["PATH"] = f"{forge}:{here.environment['PATH']}"
    here.environment |= {"ACTIONS_RUNTIME_TOKEN": "s", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "s"}
    run = here.run(to="riscv", files="src/more/*.s", pull_request="true", cache="false")
    assert not run.failed and run.outputs["pull-request"] == "https://github.com/owner/name/pull/7"
    branch = "transpile/translate-riscv/main"
    assert git_log(forge, branch) == ["Translate to riscv", "Sources"]
    assert git(forge, "diff", "--name-only", f"{branch}~1", branch).split() == ["translated/riscv/src/more/double.s"]
    assert git(here.workspace, "branch", "--format=%(refname)").splitlines() == ["refs/heads/main"]
    assert git(here.workspace, "diff", "--cached", "--name-only") == ""
    git(here.workspace, *SOMEONE, "commit", "-q", "--allow-empty", "-m", "Meanwhile")
    assert here.alone("pull-request", run).outputs["url"] == run.outputs["pull-request"]
    assert git_log(forge, branch) == ["Translate to riscv", "Meanwhile", "Sources"]
    calls = [json.loads(line) for line in (forge / "calls").read_text().splitlines()]
    assert [call["words"][1] for call in calls] == ["list", "create", "list", "edit"]
    assert all(call["token"] == "the-token" and call["repo"] == "owner/name" for call in calls)
    assert not any(call["secrets"] for call in calls) and not any("the-token" in str(call["words"]) for call in calls)
    assert "the-token" not in run.log
    assert not run.commands
    here.environment |= {"GITHUB_REF": "refs/pull/3/merge", "GITHUB_REF_NAME": "3/merge"}
    assert here.alone("pull-request", run).outcome == "failure" and run.failed
    assert "from a run on a branch" in run.commands[0].message


def test_links_do_not_lead_out(runner, tmp_path):
    here = runner("assembly")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.s").write_text(HOSTILE)
    (here.workspace / "src/link.s").symlink_to(outside / "secret.s")
    (here.workspace / "src/folder").symlink_to(outside)
    run = here.run(to="riscv", files="src/**/link.s\nsrc/folder/*.s")
    assert "no file below" in run.commands[0].message
    (here.workspace / "translated").symlink_to(outside)
    run = here.run(to="riscv", files="src/more/*.s")
    assert run.failed and "'translated' is a link" in run.commands[0].message
    assert sorted(path.name for path in outside.iterdir()) == ["secret.s"]


def test_a_repository_is_ported_in_place(runner, forge):
    here = runner()
    shutil.copytree(FIXTURES / "port", here.workspace / "sub folder")
    commit(here.workspace)
    git(here.workspace, "remote", "add", "origin", str(forge))
    here.environment["PATH"] = f"{forge}:{here.environment['PATH']}"
    run = here.run(to="riscv", mode="port", path="sub folder", require="proved", pull_request="true", sarif="true")
    assert not run.failed, run.log
    assert (run.outputs["proved"], run.outputs["undecided"]) == ("1", "0")
    assert "| <code>sub folder/src/scale&#46;s</code> | 1 | 0 | 0 | 0 | 1 ported |" in run.summary
    changed = git(forge, "diff", "--name-only", "transpile/port-riscv/main~1", "transpile/port-riscv/main").splitlines()
    assert "sub folder/src/scale.s" not in changed and len(changed) == 2
    assert "sub folder/Makefile" in changed


def test_modules_of_the_repository_are_not_imported(runner):
    here = runner("assembly")
    for name in ("venv", "pip", "json", "sitecustomize", "transpile", "multiprocessing", "concurrent", "click"):
        (here.workspace / f"{name}.py").write_text("open('pwned', 'w')\nraise SystemExit(99)\n")
    here.environment |= {"PYTHONPATH": str(here.workspace), "PYTHONSTARTUP": str(here.workspace / "json.py")}
    run = here.run(to="riscv", files="src/more/*.s", cache="false")
    assert not run.failed and not (here.workspace / "pwned").exists()


LABELS = {"a.s": '"::error::x|<b>$(touch pwned)`"', "b.s": '"%0A::set-output name=proved::9"', "c.s": "::add-mask::x"}


def test_hostile_labels_stay_labels(runner):
    here = runner()
    for name, label in LABELS.items():
        (here.workspace / name).write_text(HOSTILE.replace("g\n", f"{label}\n").replace("g:", f"{label}:"))
    run = here.run(to="riscv", cache="false")
    assert run.failed and {each.name for each in run.commands} == {"error"}
    assert {each.properties["file"] for each in run.commands} == set(LABELS)
    table = run.summary.partition("### Findings")[2]
    assert table.count("<") == 2 * table.count("</code>") and "::" not in table and "`" not in table
    assert run.outputs["proved"] != "9" and not (here.workspace / "pwned").exists()
