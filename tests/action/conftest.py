"""A runner for composite actions: it does what action.yml says, with the shells, files and commands of GitHub's runner.

`run:` steps are executed as they are written. `uses:` steps are not fetched: what they were given is kept, and a small
stand-in answers for each. Expressions are the few that action.yml uses; any other is an error.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures"
BASH = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")


@dataclass
class Command:
    name: str
    properties: dict[str, str]
    message: str


@dataclass
class Step:
    outcome: str = "skipped"
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass
class Run:
    """What became of one run of the action."""

    context: dict[str, str] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    failed: bool = False
    exit_codes: dict[str, int] = field(default_factory=dict)

    @property
    def commands(self) -> list[Command]:
        return commands(self.log)


def commands(log: str) -> list[Command]:
    """The workflow commands that GitHub's runner finds in a log: none between `stop-commands` and its token."""
    found: list[Command] = []
    stopped = ""
    for line in re.split(r"\r\n|\r|\n", log):
        text = line.lstrip()
        if stopped:
            stopped = "" if text == f"::{stopped}::" else stopped
            continue
        match = re.match(r"::([^ :]+) ?(.*?)::(.*)", text)
        if match and match[1] == "stop-commands":
            stopped = match[3]
        elif match:
            pairs = (pair.partition("=") for pair in match[2].split(",") if pair)
            properties = {key: unescaped(value) for key, _, value in pairs}
            found.append(Command(match[1], properties, unescaped(match[3])))
        elif "##[" in text:
            found.append(Command("legacy", {}, text))
    return found


def unescaped(text: str) -> str:
    for code, character in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def file_values(text: str) -> dict[str, str]:
    """`name=value` and `name<<DELIMITER` as the runner reads GITHUB_OUTPUT; raises on anything else."""
    values: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        name, separator, rest = re.match(r"([^=<]+)(=|<<)(.*)", line).groups()  # type: ignore[union-attr]
        if separator == "=":
            values[name] = rest
            continue
        block: list[str] = []
        while (following := next(lines)) != rest:
            block.append(following)
        values[name] = "\n".join(block)
    return values


@dataclass
class Runner:
    """One repository in a workspace, and what a workflow says to the action."""

    workspace: Path
    temporary: Path
    python: Path
    environment: dict[str, str]
    cache: dict[str, Path] = field(default_factory=dict)

    def run(self, **inputs: str) -> Run:
        described = yaml.safe_load((ROOT / "action.yml").read_text())
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert set(given) <= set(described["inputs"])
        context = {"github.token": "the-token"}
        for name, row in described["inputs"].items():
            context[f"inputs.{name}"] = given.get(name, self.text(row.get("default", ""), context, Run()))
        run = Run(context)
        shutil.rmtree(self.temporary, ignore_errors=True)
        self.temporary.mkdir()
        for number, step in enumerate(described["runs"]["steps"]):
            name = step.get("id", str(number))
            run.steps[name] = Step()
            if self.wanted(step.get("if", "success()"), context, run):
                self.step(name, step, context, run)
        run.outputs = {n: self.text(row["value"], context, run) for n, row in described["outputs"].items()}
        return run

    def alone(self, name: str, run: Run) -> Step:
        """One step once more, after a run."""
        steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
        self.step(name, next(step for step in steps if step.get("id") == name), run.context, run)
        return run.steps[name]

    def step(self, name: str, step: Mapping, context: Mapping[str, str], run: Run) -> None:
        if "uses" in step:
            action = step["uses"].partition("@")[0]
            run.used[action] = {key: self.text(str(v), context, run) for key, v in step.get("with", {}).items()}
            run.steps[name] = Step("success", self.stand_in(action, run.used[action]))
            return
        files = {key: self.temporary / f"_{key}" for key in ("OUTPUT", "STEP_SUMMARY", "ENV", "PATH", "STATE")}
        for path in files.values():
            path.write_text("")
        script = self.temporary / "_script.sh"
        script.write_text(step["run"])
        assert step["shell"] == "bash"
        own = {key: self.text(value, context, run) for key, value in step.get("env", {}).items()}
        own |= {f"GITHUB_{key}": str(path) for key, path in files.items()}
        own |= {"GITHUB_ACTION_PATH": str(ROOT), "GITHUB_WORKSPACE": str(self.workspace)}
        ended = subprocess.run(
            [*BASH, script], cwd=self.workspace, env=self.environment | own, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
        )  # fmt: skip
        run.log += ended.stdout.decode("utf-8", "replace")
        run.summary += files["STEP_SUMMARY"].read_text(encoding="utf-8")
        run.exit_codes[name] = ended.returncode
        outcome = "success" if ended.returncode == 0 else "failure"
        run.failed |= ended.returncode != 0
        run.steps[name] = Step(outcome, file_values(files["OUTPUT"].read_text(encoding="utf-8")))
        assert not any(files[key].read_text() for key in ("ENV", "PATH", "STATE"))

    def stand_in(self, action: str, given: Mapping[str, str]) -> dict[str, str]:
        match action:
            case "actions/setup-python":
                return {"python-path": str(self.python)}
            case "actions/cache/restore":
                keys = [given["key"], *given["restore-keys"].splitlines()]
                hits = [(key, kept) for key in keys for kept in self.cache if kept.startswith(key)]
                if hits:
                    shutil.copytree(self.cache[hits[0][1]], given["path"], dirs_exist_ok=True)
                return {"cache-hit": str(bool(hits) and hits[0][1] == given["key"]).lower()}
            case "actions/cache/save":
                self.cache[given["key"]] = self.temporary.parent / f"cache-{len(self.cache)}"
                shutil.copytree(given["path"], self.cache[given["key"]])
                return {}
            case "github/codeql-action/upload-sarif":
                return {"sarif-id": "1"}
        raise AssertionError(f"no stand-in for {action}")

    def text(self, text: str, context: Mapping[str, str], run: Run) -> str:
        return re.sub(r"\$\{\{(.*?)\}\}", lambda match: value(match[1].strip(), context, run), text)

    def wanted(self, condition: str, context: Mapping[str, str], run: Run) -> bool:
        """`a == 'b' && …`; a condition without a status function holds only if nothing failed."""
        if condition != "always()" and run.failed:
            return False
        return all(holds(part.strip(), context, run) for part in condition.split("&&"))


def holds(condition: str, context: Mapping[str, str], run: Run) -> bool:
    if condition in ("always()", "success()"):
        return True
    left, operator, right = re.fullmatch(r"(\S+) (==|!=) (\S+)", condition).groups()  # type: ignore[union-attr]
    return (value(left, context, run) == value(right, context, run)) == (operator == "==")


def value(expression: str, context: Mapping[str, str], run: Run) -> str:
    if literal := re.fullmatch(r"'([^']*)'", expression):
        return literal[1]
    if output := re.fullmatch(r"steps\.([\w-]+)\.outputs\.([\w-]+)", expression):
        return run.steps[output[1]].outputs.get(output[2], "") if output[1] in run.steps else ""
    return context[expression]


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """An interpreter whose `-m venv` makes an environment that has this checkout's `transpile`, and whose pip only
    writes down what it was asked for. What the interpreter imports from where it starts is imported here too."""
    paths, real = (shlex.quote(text) for text in (os.environ.get("PYTHONPATH", ""), sys.executable))
    code = shlex.quote("import sys; from transpile.cli import main; sys.exit(main())")
    folder = tmp_path / "interpreter"
    folder.mkdir()
    programs = {
        "inner": f"PYTHONPATH={paths}; export PYTHONPATH\n"
        f'[ "$2" = pip ] && {{ shift 2; echo "$@" > "$0.pip"; exec {real} -c "import pip"; }}\nexec {real} "$@"',
        "transpile": f'PYTHONPATH={paths} exec {real} -c {code} "$@"',
        "python": f'[ "$2" = venv ] || exec {real} "$@"\nmkdir -p "$3/bin"; cp {folder}/transpile "$3/bin"\n'
        f'cp {folder}/inner "$3/bin/python"; exec {real} -c "import venv"',
    }
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return folder / "python"


@pytest.fixture
def runner(tmp_path: Path, python: Path) -> Callable[[str], Runner]:
    """A runner whose workspace is a git checkout of a fixture repository, or an empty one."""

    def made(name: str = "") -> Runner:
        workspace = tmp_path / "workspace"
        if name:
            shutil.copytree(FIXTURES / name, workspace)
        else:
            workspace.mkdir()
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8", "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64", "RUNNER_TEMP": str(tmp_path / "temp"), "GITHUB_REPOSITORY": "owner/name",
            "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REF": "refs/heads/main", "GITHUB_REF_NAME": "main",
            "GITHUB_REF_TYPE": "branch", "TRANSPILE_LM": "none",
        }  # fmt: skip
        git(workspace, "init", "-q", "-b", "main")
        commit(workspace)
        return Runner(workspace, tmp_path / "temp", python, environment)

    return made


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=Someone", "-c", "user.email=someone@example.org")
    return subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--allow-empty", "-m", "Sources")


@pytest.fixture(scope="session")
def action() -> ModuleType:
    """action/action.py as a module."""
    spec = importlib.util.spec_from_file_location("action_steps", ROOT / "action" / "action.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def read_log() -> Callable[[str], list[Command]]:
    return commands


@pytest.fixture(scope="session")
def read_outputs() -> Callable[[str], dict[str, str]]:
    return file_values
