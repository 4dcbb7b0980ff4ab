"""Rules for action.yml and the workflows: pinned, no text of users in shell code, no permission that is not needed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
FILES = [ACTION, *WORKFLOWS]


def steps_of(path: Path) -> Iterator[dict[str, Any]]:
    described = yaml.safe_load(path.read_text())
    if path == ACTION:
        yield from described["runs"]["steps"]
        return
    for job in described["jobs"].values():
        yield from job["steps"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_expression_stands_in_shell_code(path):
    scripts = [step["run"] for step in steps_of(path) if "run" in step]
    assert scripts and not any("${{" in script for script in scripts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_with_the_version_beside(path):
    used = [line.strip() for line in path.read_text().splitlines() if re.search(r"\buses:", line)]
    assert used
    for line in used:
        assert re.fullmatch(
            r"(- )?uses: (\./ # zizmor: ignore\[self-repository\]|[\w-]+(/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+)", line
        ), line


def test_one_commit_for_each_action():
    pins = re.findall(r"uses: ([\w-]+/[\w-]+)\S*@(\S+) # (\S+)", "".join(path.read_text() for path in FILES))
    assert len({name for name, _, _ in pins}) == len(set(pins))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_may_read_and_nothing_else(path):
    described = yaml.safe_load(path.read_text())
    assert described["permissions"] == {}
    for job in described["jobs"].values():
        assert job["permissions"] == {"contents": "read"} and job["timeout-minutes"] <= 120
    triggers = described[True]  # YAML 1.1 reads the word `on` so.
    assert set(triggers) <= {"push", "pull_request", "workflow_dispatch"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_checkouts_leave_no_token_behind(path):
    checkouts = [step for step in steps_of(path) if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts and all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_only_two_steps_of_the_action_get_the_token():
    with_token = [step["name"] for step in steps_of(ACTION) if "inputs.token" in str(step)]
    assert with_token == ["Findings to code scanning", "Pull request"]


def test_every_input_reaches_a_step_and_has_a_description():
    described = yaml.safe_load(ACTION.read_text())
    used = set(re.findall(r"inputs\.([\w-]+)", str(described["runs"]["steps"])))
    assert used == set(described["inputs"])
    assert all(row["description"] for row in [*described["inputs"].values(), *described["outputs"].values()])


def test_the_page_names_every_input_and_output():
    described = yaml.safe_load(ACTION.read_text())
    page = (ROOT / "docs" / "action.md").read_text()
    for name in [*described["inputs"], *described["outputs"]]:
        assert f"| `{name}` |" in page


def zizmor() -> str | None:
    beside = Path(sys.executable).with_name("zizmor")
    return str(beside) if beside.is_file() else shutil.which("zizmor")


@pytest.mark.skipif(zizmor() is None, reason="zizmor is not installed")
def test_zizmor_finds_nothing():
    audit = [zizmor(), "--offline", "--no-progress", "--persona=pedantic", *map(str, FILES)]
    ended = subprocess.run(audit, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout
