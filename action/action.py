"""The steps of the GitHub Action: `prepare`, `translate`, `pull-request` and `finish`; see docs/action.md.

Inputs come in the environment as GHA_*, never in a command line that a shell reads. Names of files, labels and messages
of the repository under translation are hostile: they are escaped in annotations and in the summary, and what a command
prints stands where the runner looks for no workflow commands. Only the standard library is used.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote, unquote, urlsplit

WORDS = ("proved", "tested", "refuted", "undecided")
PATTERNS = {
    "riscv": ("**/*.s", "**/*.S"),
    "aarch64": ("**/*.s", "**/*.S"),
    "cuda": ("**/*.c",),
    "python": ("**/*.cob", "**/*.cbl", "**/*.cobol"),
}
TOOLS, STORE, REPORT, SARIF = "venv/bin", "store/proofs.sqlite", "report.json", "transpile.sarif"
SUMMARY, INDEX = "summary.md", "index"
CHANGED = "changed"
"""Paths that the run wrote in the repository, each followed by NUL."""
MEANINGS = {
    "translate": {0: "every block meets the requirement", 1: "some blocks do not meet the requirement"},
    "port": {0: "nothing is left to do by hand", 1: "something is left to do by hand, or the build or a test failed"},
}
MODES = tuple(MEANINGS)
ARCHITECTURES = {
    "riscv": r"rv64[ig][a-z0-9]{0,60}(_[a-z][a-z0-9]{0,40}){0,40}",
    "aarch64": r"armv[89](\.[0-9])?-[ar](\+[a-z][a-z0-9_-]{0,40}){0,40}",
}
"""As the command line has them, which also asks the assembler."""
REQUIREMENTS = ("", "proved", "tested", "any")
MOST_FILES = 5000
MOST_ANNOTATIONS = 10
MOST_ROWS = 200
MOST_SUMMARY_BYTES = 60_000
MOST_TEXT = 300
MOST_MESSAGE = 2000
NOT_MET, INPUT_ERROR, INTERRUPTED = 1, 2, 130
WITHHELD = re.compile(r"ACTIONS_|GHA_|PYTHON|(GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY|TOKEN)|GH_TOKEN)$")
NOTHING: Mapping[str, str] = {}
BOT = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")


class ActionError(Exception):
    """An input or the surroundings are wrong; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the workflow asked for, checked."""

    path: str
    to: str
    require: str
    march: str
    mode: str
    version: str
    output: str
    build: str
    test: str
    files: tuple[str, ...]
    include: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Folders of this run: the repository; outside it, what all uses of the action in a job share and what the steps of
    one use hand to each other; the action's sources."""

    workspace: Path
    shared: Path
    own: Path
    action: Path


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has run."""

    code: int
    output: bytes
    errors: str


def main(words: Sequence[str]) -> int:
    """Run one step; the exit code is the step's."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    steps = {"prepare": prepare, "translate": translate, "pull-request": pull_request, "finish": finish}
    if len(words) != 1 or words[0] not in steps:
        print(f"usage: action.py {'|'.join(steps)}", file=sys.stderr)
        return INPUT_ERROR
    try:
        return steps[words[0]](os.environ)
    except (ActionError, OSError) as error:
        print(command("error", str(error), title="transpile"))
        return INPUT_ERROR
    except KeyboardInterrupt:
        return INTERRUPTED


def read_inputs(environment: Mapping[str, str]) -> Inputs:
    """The inputs, or an ActionError that names the one that is wrong."""

    def given(name: str, default: str = "") -> str:
        value = environment.get(f"GHA_{name.upper()}", "").strip() or default
        if "\0" in value:
            raise ActionError(f"the input '{name}' holds a NUL character")
        return value

    def lines(name: str) -> tuple[str, ...]:
        return tuple(stripped for line in given(name).splitlines() if (stripped := line.strip()))

    mode = one_of("mode", given("mode", "translate"), MODES)
    to = one_of("to", given("to"), tuple(PATTERNS))
    require = one_of("require", given("require"), REQUIREMENTS)
    version = given("version")
    if not re.fullmatch(r"([0-9]+(\.[0-9]+)*((a|b|rc|\.post|\.dev)[0-9]+)*)?", version):
        raise ActionError(f"the input 'version' is {version!r}; give a release such as 1.2.0, or leave it empty")
    path, output = inside("path", given("path", ".")), inside("output", given("output", "translated"))
    if any(part.startswith(".") for part in Path(output).parts or (".",)):
        raise ActionError(f"the input 'output' is {output!r}; translations do not go there")
    files = tuple(inside("files", pattern) for pattern in lines("files")) or PATTERNS[to]
    include = tuple(inside("include", folder) for folder in lines("include"))
    march = given("march")
    if march and not re.fullmatch(ARCHITECTURES.get(to, ""), march):
        example = {"riscv": "such as rv64gcv_zba", "aarch64": "such as armv8.2-a+lse"}.get(to, "for riscv and aarch64")
        raise ActionError(f"the input 'march' is {march!r}; give an architecture {example}, or leave it empty")
    more = march, mode, version, output, given("build"), given("test")
    return Inputs(path, to, require, *more, files, include)


def one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise ActionError(f"the input '{name}' is {value!r}; choose from: {', '.join(filter(None, allowed))}")
    return value


def inside(name: str, value: str) -> str:
    """A path or pattern that cannot leave the folder it is relative to."""
    if Path(value).is_absolute() or ".." in Path(value).parts:
        raise ActionError(f"the input '{name}' is {value!r}; it must stay inside the repository")
    return str(Path(value))


def read_place(environment: Mapping[str, str], inputs: Inputs) -> Place:
    try:
        workspace, temporary = environment["GITHUB_WORKSPACE"], environment["RUNNER_TEMP"]
    except KeyError as error:
        raise ActionError(f"{error.args[0]} is not set: this program is a step of a GitHub Action") from error
    shared = Path(temporary) / "transpile"
    own = shared / hashlib.sha256(repr(inputs).encode()).hexdigest()[:12]
    return Place(Path(workspace).resolve(), shared, own, Path(__file__).resolve().parents[1])


def sources(inputs: Inputs, place: Place) -> list[str]:
    """The files to translate, relative to the workspace: those that the patterns name, or all if a tree is ported."""
    wanted = [pattern(each) for each in inputs.files] if inputs.mode == "translate" else [re.compile("")]
    names = ((name, str(Path(name).relative_to(inputs.path))) for name in walk(inputs, place))
    found = [name for name, below in names if any(each.match(below) for each in wanted)]
    if not found:
        raise ActionError(f"no file below {inputs.path!r} matches {', '.join(inputs.files)}")
    if inputs.mode == "translate" and len(found) > MOST_FILES:
        raise ActionError(f"{len(found)} files match, more than {MOST_FILES}; narrow the input 'files'")
    return sorted(found)


def walk(inputs: Inputs, place: Place) -> Iterator[str]:
    """Every file below the path; no links, no hidden folders, nothing of earlier outputs."""
    for folder, folders, names in os.walk(place.workspace / inputs.path):
        here = Path(folder).relative_to(place.workspace)
        folders[:] = [name for name in folders if name[0] != "." and here / name != Path(inputs.output)]
        yield from (str(here / name) for name in names if not (Path(folder) / name).is_symlink())


def pattern(text: str) -> re.Pattern[str]:
    """`*` and `?` stay within a folder's name; `**/` is any folders or none."""
    meanings = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", text)
    return re.compile("".join(meanings.get(part, re.escape(part)) for part in parts) + r"\Z", re.DOTALL)


def no_links(inputs: Inputs, place: Place) -> None:
    """Refuse an output folder through which a link would lead elsewhere."""
    root = place.workspace / inputs.output
    for path in (root, *root.parents, *root.rglob("*")):
        if path.is_relative_to(place.workspace) and path != place.workspace and path.is_symlink():
            raise ActionError(
                f"'{path.relative_to(place.workspace)}' is a link; translations are not written through it"
            )


def escape_message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    return escape_message(text).replace(":", "%3A").replace(",", "%2C")


def command(name: str, message: str, **properties: object) -> str:
    """A workflow command on one line, whatever stands in its parts."""
    given = ",".join(f"{key}={escape_property(str(value))}" for key, value in properties.items() if value)
    return f"::{name} {given}::{escape_message(message)}"


def show(text: str) -> None:
    """Put text into the log where the runner reads no commands in it, whatever it looks like."""
    if text.strip():
        token = secrets.token_hex(16)
        print(f"::stop-commands::{token}\n{text}\n::{token}::", flush=True)


def set_outputs(environment: Mapping[str, str], **values: object) -> None:
    with open(environment["GITHUB_OUTPUT"], "a", encoding="utf-8", errors="backslashreplace") as stream:
        for name, value in values.items():
            delimiter = f"ghadelimiter_{secrets.token_hex(16)}"
            stream.write(f"{name.replace('_', '-')}<<{delimiter}\n{value}\n{delimiter}\n")


def markdown(text: str) -> str:
    """``text`` as inline code of a table, with nothing in it that Markdown or HTML would read."""
    short = text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in short)
    return "<code>" + "".join(c if c.isalnum() or c in " /-" else f"&#{ord(c)};" for c in shown) + "</code>"


def run(words: Sequence[str | Path], place: Place, own: Mapping[str, str] = NOTHING, told: bytes = b"") -> Ended:
    """Run a program on the input ``told``, without what would let it speak to the runner.

    Python must not look for modules in the folder where it starts, which is the repository under translation.
    """
    kept = {name: value for name, value in os.environ.items() if not WITHHELD.match(name)} | {"PYTHONSAFEPATH": "1"}
    ended = subprocess.run(
        [*map(str, words)], cwd=place.workspace, env={**kept, **own}, input=told, capture_output=True, check=False
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr.decode("utf-8", "backslashreplace"))


def must(words: Sequence[str | Path], place: Place, own: Mapping[str, str] = NOTHING, told: bytes = b"") -> bytes:
    """The output of a program that has to succeed."""
    ended = run(words, place, own, told)
    if ended.code:
        show(ended.errors)
        raise ActionError(f"'{Path(words[0]).name}' ended with {ended.code}; its messages are in the log")
    return ended.output


def prepare(environment: Mapping[str, str]) -> int:
    """Install the command into an environment of its own; say under which key the proofs are kept."""
    inputs = read_inputs(environment)
    place = read_place(environment, inputs)
    names = sources(inputs, place)
    (place.shared / STORE).parent.mkdir(parents=True, exist_ok=True)
    must([environment["GHA_PYTHON"], "-m", "venv", place.shared / "venv"], place)
    wanted: str | Path = f"transpile=={inputs.version}" if inputs.version else place.action
    python = place.shared / TOOLS / "python"
    must([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", wanted], place)
    asked = "from transpile.store import checker_version; print(checker_version().hex())"
    checker = must([python, "-c", asked], place).decode().strip()
    system = "-".join(environment.get(name, "") for name in ("RUNNER_OS", "RUNNER_ARCH"))
    prefix = f"transpile-proofs-{system}-{checker}-"
    key = f"{prefix}{inputs.to}-{digest(names, inputs, place)}"
    restore = f"{prefix}{inputs.to}-\n{prefix}"
    set_outputs(environment, cache_key=key, cache_restore_keys=restore, cache_path=(place.shared / STORE).parent)
    return 0


def digest(names: Iterable[str], inputs: Inputs, place: Place) -> str:
    """A hash of what is translated and how: the same once more needs no new cache entry."""
    total = hashlib.sha256(f"{inputs.mode}\0{inputs.require}\0{inputs.march}\0".encode())
    for name in names:
        content = hashlib.sha256((place.workspace / name).read_bytes()).digest()
        total.update(os.fsencode(name) + b"\0" + content)
    return total.hexdigest()[:32]


def translate(environment: Mapping[str, str]) -> int:
    """Run the command, tell what came of it, and leave its exit code to `finish`, so that later steps still run."""
    inputs = read_inputs(environment)
    place = read_place(environment, inputs)
    no_links(inputs, place)
    shutil.rmtree(place.own, ignore_errors=True)
    place.own.mkdir(parents=True)
    before = dirty(place)
    done = [attempt(words, number, inputs, place) for number, words in enumerate(commands(inputs, place))]
    code = max(each.code for each in done)
    report = combined([each.report for each in done], inputs)
    sarif = merged_sarif([each.sarif for each in done], "." if inputs.mode == "translate" else inputs.path)
    (place.own / REPORT).write_text(json.dumps(report, indent=2) + "\n")
    (place.own / SARIF).write_text(json.dumps(sarif, indent=2) + "\n")
    failures = [Finding("error", "", 0, 0, 0, each.failure) for each in done if each.failure]
    tell(inputs, place, environment, report, failures + findings(sarif), code)
    after = sorted(dirty(place) - before)
    (place.own / CHANGED).write_bytes(b"".join(name + b"\0" for name in after))
    verdicts = {word: int(report["verdicts"][word]) for word in WORDS}
    print(", ".join(f"{count} {word}" for word, count in verdicts.items()))
    where = {"report": place.own / REPORT, "sarif": place.own / SARIF}
    set_outputs(environment, **verdicts, **where, exit_code=code, changed=str(bool(after)).lower())
    return 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one command line; ``failure`` if it ended without saying in a report what is wrong."""

    code: int
    report: dict[str, Any]
    sarif: dict[str, Any]
    failure: str


def attempt(words: Sequence[str | Path], number: int, inputs: Inputs, place: Place) -> Attempt:
    report, sarif = place.own / f"report.{number}.json", place.own / f"transpile.{number}.sarif"
    ended = run([*words[:2], *report_options(inputs, report, sarif), *words[2:]], place)
    if inputs.mode == "translate":
        sarif.write_bytes(ended.output)
    show(ended.errors)
    code = ended.code if ended.code >= 0 else INPUT_ERROR
    told = read_json(report)
    failed = code not in (0, NOT_MET) and not told
    failure = ended.errors.strip()[-MOST_MESSAGE:] or f"transpile ended with {ended.code}"
    return Attempt(code, told, read_json(sarif), failure if failed else "")


def commands(inputs: Inputs, place: Place) -> Iterator[list[str | Path]]:
    """One command line for each folder of sources, so that outputs have the sources' folders; one for a port."""
    program: list[str | Path] = [place.shared / TOOLS / "transpile", inputs.mode]
    shared = [f"--to={inputs.to}", f"--store={place.shared / STORE}"]
    shared += [f"--require={inputs.require}"] if inputs.require else []
    shared += [f"--march={inputs.march}"] if inputs.march else []
    shared += [f"-I{folder}" for folder in inputs.include]
    if inputs.mode == "port":
        shared += [f"--build={inputs.build}"] if inputs.build else []
        shared += [f"--test={inputs.test}"] if inputs.test else []
        yield [*program, *shared, "--in-place", "--", plain(inputs.path)]
        return
    by_folder: dict[Path, list[str]] = {}
    for name in sources(inputs, place):
        by_folder.setdefault(Path(name).parent, []).append(name)
    for folder, names in by_folder.items():
        where = Path(inputs.output) / inputs.to / folder.relative_to(inputs.path)
        yield [*program, *shared, f"--output={where}/", "--", *map(plain, names)]


def report_options(inputs: Inputs, report: Path, sarif: Path) -> list[str]:
    told = ["--format=sarif"] if inputs.mode == "translate" else [f"--report={sarif}"]
    return [f"--report={report}", *told]


def plain(name: str) -> str:
    """A path that is not `-`, which means stdin."""
    return f"./{name}" if name.startswith("-") else name


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object; empty if the command died before it wrote one."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def combined(reports: Sequence[Mapping[str, Any]], inputs: Inputs) -> dict[str, Any]:
    return merged_reports(reports) if inputs.mode == "translate" else port_report(reports[0])


def merged_reports(reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One report of several commands: the first's heading, all files, counts added up."""
    known = [report for report in reports if report]
    whole: dict[str, Any] = dict(known[0]) if known else {"files": []}
    whole["meets"] = len(known) == len(reports) and all(report.get("meets", False) for report in known)
    whole["verdicts"] = {word: sum(report.get("verdicts", {}).get(word, 0) for report in known) for word in WORDS}
    whole["files"] = [row for report in known for row in report.get("files", ())]
    if len(known) > 1:
        whole["yields"] = summed_yields(row for report in known for row in report.get("yields", ()))
    return whole


def summed_yields(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    total: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        kept = total.setdefault((row["proposer"], row["step"]), {"proposer": row["proposer"], "step": row["step"]})
        for name, count in row.items():
            if isinstance(count, int):
                kept[name] = kept.get(name, 0) + count
    return list(total.values())


def port_report(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report of a port, or what stands for it if the command died before it wrote one."""
    return {"meets": False, "verdicts": dict.fromkeys(WORDS, 0), "items": [], "runs": [], **report}


def merged_sarif(logs: Sequence[Mapping[str, Any]], folder: str) -> dict[str, Any]:
    """One SARIF log with one run, as code scanning wants it for one category; its files are relative to ``folder``."""
    whole: dict[str, Any] = dict(next((log for log in logs if log.get("runs")), {"version": "2.1.0", "runs": []}))
    runs = [run for log in logs for run in log.get("runs", ())]
    results = [moved(result, folder) for run in runs for result in run.get("results", ())]
    driver = {"driver": {"name": "transpile"}}
    whole["runs"] = [{**(runs[0] if runs else {"tool": driver}), "results": results}]
    return whole


def moved(result: dict[str, Any], folder: str) -> dict[str, Any]:
    """The finding with its files named from the repository's root."""
    if folder != ".":
        for location in result.get("locations", ()):
            file = location.get("physicalLocation", {}).get("artifactLocation", {})
            if file.get("uri"):
                file["uri"] = f"{quote(folder, errors='surrogateescape')}/{file['uri']}"
    return result


@dataclass(frozen=True, slots=True)
class Finding:
    level: str
    file: str
    line: int
    last_line: int
    column: int
    message: str


def findings(sarif: Mapping[str, Any]) -> list[Finding]:
    """Errors, then warnings; notes are for viewers of the whole log."""
    found = [finding_of(result) for run in sarif["runs"] for result in run["results"]]
    ranks = {"error": 0, "warning": 1}
    return sorted((each for each in found if each.level in ranks), key=lambda each: ranks[each.level])


def finding_of(result: Mapping[str, Any]) -> Finding:
    places = result.get("locations") or [{}]
    place = places[0].get("physicalLocation", {})
    region = place.get("region", {})
    file = unquote(place.get("artifactLocation", {}).get("uri", ""), errors="surrogateescape")
    line = region.get("startLine", 0)
    message = str(result.get("message", {}).get("text", ""))
    last, column = region.get("endLine", line), region.get("startColumn", 0)
    return Finding(result.get("level", "warning"), file, line, last, column, message)


def tell(
    inputs: Inputs,
    place: Place,
    environment: Mapping[str, str],
    report: Mapping[str, Any],
    found: Sequence[Finding],
    code: int,
) -> None:
    """Annotate the first findings in the sources; put the whole into the job's summary."""
    for each in found[:MOST_ANNOTATIONS]:
        where = {"file": each.file, "line": each.line, "endLine": each.last_line, "col": each.column}
        print(command(each.level, each.message[:MOST_MESSAGE], **where, title="transpile"))
    text = cut(summary_lines(inputs, report, found, code))
    (place.own / SUMMARY).write_text(text, encoding="utf-8")
    with open(environment["GITHUB_STEP_SUMMARY"], "a", encoding="utf-8") as stream:
        stream.write(text)


def summary_lines(inputs: Inputs, report: Mapping[str, Any], found: Sequence[Finding], code: int) -> Iterator[str]:
    meanings = MEANINGS[inputs.mode]
    yield f"## transpile: {inputs.mode} to {inputs.to}"
    yield ""
    yield f"Exit code {code}: {meanings.get(code, 'the input or a tool failed')}."
    yield ""
    yield "| file | proved | tested | refuted | undecided | |"
    yield "|---|--:|--:|--:|--:|---|"
    rows = port_rows(report["items"], inputs.path) if inputs.mode == "port" else translated_rows(report["files"])
    for file, verdicts, remark in rows[:MOST_ROWS]:
        counts = " | ".join(str(int(verdicts.get(word, 0))) for word in WORDS)
        yield f"| {markdown(file)} | {counts} | {remark} |"
    if len(rows) > MOST_ROWS:
        yield f"| … {len(rows) - MOST_ROWS} more files | | | | | |"
    yield "| all | " + " | ".join(str(int(report["verdicts"][word])) for word in WORDS) + " | |"
    for ran in report.get("runs", ()):
        how = "passed" if ran.get("passed") else "failed"
        yield from ("", f"{markdown(str(ran.get('role')))} {how}: {markdown(str(ran.get('command')))}")
    if not found:
        return
    yield from ("", f"### Findings ({len(found)})", "", "| | place | finding |", "|---|---|---|")
    for each in found[:MOST_ROWS]:
        at = f"{each.file}:{each.line}" if each.line else each.file
        yield f"| {each.level} | {markdown(at)} | {markdown(each.message)} |"
    if len(found) > MOST_ROWS:
        yield f"| | | … {len(found) - MOST_ROWS} more: see the SARIF file |"


Row: TypeAlias = tuple[str, Mapping[str, int], str]


def translated_rows(files: Sequence[Mapping[str, Any]]) -> list[Row]:
    return [(str(row["file"]), row["verdicts"], "" if row["meets"] else "not met") for row in files]


def port_rows(items: Sequence[Mapping[str, Any]], folder: str) -> list[Row]:
    """A row for each file in which something was found; what is left to a person is counted."""
    rows: dict[str, tuple[Counter[str], Counter[str]]] = {}
    for item in items:
        verdicts, states = rows.setdefault(str(Path(folder, item["file"])), (Counter(), Counter()))
        verdicts.update(item["verdicts"] or {})
        states[str(item["state"])] += 1
    shown = ("ported", "left")
    remarks = {file: [f"{states[word]} {word}" for word in shown if states[word]] for file, (_, states) in rows.items()}
    return [(file, verdicts, ", ".join(remarks[file])) for file, (verdicts, _) in sorted(rows.items())]


def cut(lines: Iterable[str]) -> str:
    """As many lines as fit a pull request's text, and how many are missing."""
    kept: list[str] = []
    size, missing = 0, 0
    for line in lines:
        size += len(line.encode()) + 1
        if size > MOST_SUMMARY_BYTES:
            missing += 1
        else:
            kept.append(line)
    return "\n".join([*kept, *([f"\n… {missing} more lines"] if missing else [])]) + "\n"


def git(place: Place, *words: str, own: Mapping[str, str] = NOTHING, told: bytes = b"") -> bytes:
    return must(["git", "-c", f"safe.directory={place.workspace}", *words], place, own, told)


def dirty(place: Place) -> set[bytes]:
    """Paths in which the work tree differs from the commit; none outside a git repository."""
    safe = f"safe.directory={place.workspace}"
    status = ("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", ".")
    ended = run(["git", "-c", safe, *status], place)
    return {entry[3:] for entry in ended.output.split(b"\0") if entry} if ended.code == 0 else set()


def pull_request(environment: Mapping[str, str]) -> int:
    """Put what the run wrote on a branch of its own, made from the checked-out commit, and open or renew its request.

    The work tree, the index and the branches of the checkout stay as they are.
    """
    inputs = read_inputs(environment)
    place = read_place(environment, inputs)
    base, kind = environment.get("GITHUB_REF_NAME", ""), environment.get("GITHUB_REF_TYPE", "")
    if kind != "branch" or environment.get("GITHUB_REF", "").startswith("refs/pull/"):
        raise ActionError(
            "a pull request can only be opened from a run on a branch: push, schedule or workflow_dispatch"
        )
    if Path(os.fsdecode(git(place, "rev-parse", "--show-toplevel").strip(b"\n"))) != place.workspace:
        raise ActionError("a pull request needs the repository checked out into the workspace itself")
    paths = (place.own / CHANGED).read_bytes()
    if not paths:
        print("nothing was written: no pull request")
        return 0
    title = f"{inputs.mode.capitalize()} to {inputs.to}"
    branch = f"transpile/{inputs.mode}-{inputs.to}/{base}"
    commit = commit_of(paths, f"{title}\n", place)
    token = environment.get("GHA_TOKEN", "")
    server = environment.get("GITHUB_SERVER_URL", "https://github.com")
    git(place, "push", "--force", "origin", f"{commit}:refs/heads/{branch}", own=credentials(server, token))
    set_outputs(environment, url=request_of(place, environment, base, branch, title, token))
    return 0


def commit_of(paths: bytes, message: str, place: Place) -> str:
    """A commit on top of HEAD with these paths as the work tree has them, made with an index of its own."""
    index = place.own / INDEX
    index.unlink(missing_ok=True)
    name, address = BOT
    who = {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": address,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": address,
    }
    own = {"GIT_INDEX_FILE": str(index), "GIT_LITERAL_PATHSPECS": "1", **who}
    git(place, "read-tree", "HEAD", own=own)
    listed = ("--pathspec-from-file=-", "--pathspec-file-nul")
    git(place, "add", "--all", *listed, own=own, told=paths)
    tree_id = git(place, "write-tree", own=own).decode().strip()
    return git(place, "commit-tree", tree_id, "-p", "HEAD", "-m", message, own=own).decode().strip()


def credentials(server: str, token: str) -> dict[str, str]:
    """The token for git, in the environment where no process list shows it; an empty value drops the checkout's own."""
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    settings = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_COUNT": "2"}
    for number, header in enumerate(("", f"AUTHORIZATION: basic {basic}")):
        settings |= {f"GIT_CONFIG_KEY_{number}": f"http.{server}/.extraheader", f"GIT_CONFIG_VALUE_{number}": header}
    return settings


def request_of(place: Place, environment: Mapping[str, str], base: str, branch: str, title: str, token: str) -> str:
    """The address of the open pull request for the branch, opened if there is none, with the summary as its text."""
    host = urlsplit(environment.get("GITHUB_SERVER_URL", "https://github.com")).netloc
    enterprise = {} if host == "github.com" else {"GH_HOST": host, "GH_ENTERPRISE_TOKEN": token}
    own = {
        "GH_TOKEN": token,
        "GH_REPO": environment.get("GITHUB_REPOSITORY", ""),
        "GH_PROMPT_DISABLED": "1",
        **enterprise,
    }
    which = (f"--head={branch}", f"--base={base}")
    known = json.loads(must(["gh", "pr", "list", *which, "--state=open", "--json=number,url"], place, own))
    if known:
        number = str(int(known[0]["number"]))
        must(["gh", "pr", "edit", number, f"--body-file={place.own / SUMMARY}"], place, own)
        return str(known[0]["url"])
    text = (f"--title={title}", f"--body-file={place.own / SUMMARY}")
    return must(["gh", "pr", "create", *which, *text], place, own).decode().strip()


def finish(environment: Mapping[str, str]) -> int:
    """The exit code of the command, as the step's own."""
    code = environment.get("GHA_EXIT_CODE", "")
    return int(code) if re.fullmatch(r"[0-9]{1,3}", code) else INPUT_ERROR


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
