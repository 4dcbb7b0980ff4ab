"""`transpile port` from the command line to a program that runs."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from small_repository import ADD, FILES, MAKEFILE, need_cross

from transpile.cli import main
from transpile.port import crossing
from transpile.sandbox import Sandbox

Repository = Callable[..., Path]
SCHEMA = json.loads(files("transpile").joinpath("port/port.schema.json").read_text())


@pytest.fixture(autouse=True)
def no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSPILE_STORE", "none")


@pytest.mark.parametrize("to", ["riscv", "aarch64"])
def test_a_repository_is_ported_built_and_tested(to: str, repository: Repository, tmp_path: Path) -> None:
    need_cross(to)
    root, out, report = repository(), tmp_path / "out", tmp_path / "report.json"
    before = {path: (root / path).read_bytes() for path in FILES}
    words = ["port", str(root), "--to", to, "-o", str(out), "-q", "--report", str(report)]
    assert main([*words, "--build", "make prog", "--test", "make test"]) == 0
    said = json.loads(report.read_text())
    jsonschema.validate(said, SCHEMA)
    assert said["meets"] and said["verdicts"] == {"proved": 2, "tested": 0, "refuted": 0, "undecided": 0}
    assert [run["passed"] for run in said["runs"]] == [True, True] and "42 126" in said["runs"][1]["output"]
    assert {change["path"] for change in said["changes"]} == {
        *FILES, f"asm/{to}/add.s", f"{to}/scale.s",
    } - {"asm/add.s"}  # fmt: skip
    assert {path: (root / path).read_bytes() for path in FILES} == before


def test_the_port_still_builds_on_x86(repository: Repository, tmp_path: Path) -> None:
    need_cross("riscv")
    out = tmp_path / "out"
    assert main(["port", str(repository()), "--to", "riscv", "-o", str(out), "-q"]) == 0
    assert main(["port", str(out), "--to", "aarch64", "-o", str(tmp_path / "both"), "-q"]) == 0
    for folder in (out, tmp_path / "both"):
        done = subprocess.run(["make", "test", "CC=gcc"], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "42 126" in done.stdout and "-msse4.2" in done.stdout


def test_a_second_port_changes_nothing(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    once = tmp_path / "once"
    assert main(["port", str(repository()), "--to", "riscv", "-o", str(once), "-q"]) == 0
    capsys.readouterr()
    assert main(["port", str(once), "--to", "riscv", "--diff", "-q"]) == 0
    assert capsys.readouterr().out == ""


def test_a_dry_run_writes_nothing_and_the_patch_applies(
    repository: Repository, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    root = repository()
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert main(["port", str(root), "--to", "riscv", "--dry-run", "--diff", "-q"]) == 0
    patch = capfdbinary.readouterr().out
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert main(["port", str(root), "--to", "riscv", "-q", "-o", str(tmp_path / "out")]) == 0
    subprocess.run(["git", "apply", "-p1"], cwd=root, input=patch, check=True)
    names = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
    assert {name: (root / name).read_bytes() for name in names} == {
        name: (tmp_path / "out" / name).read_bytes() for name in names
    }


def test_in_place_needs_a_clean_work_tree(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    root = repository()
    words = ["port", str(root), "--to", "riscv", "--in-place", "-q"]
    assert main(words) == 2 and "not in a git work tree" in capsys.readouterr().err
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    assert main(words) == 2 and "not committed" in capsys.readouterr().err
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "all"], check=True)
    assert main(words) == 0
    assert (root / "asm/riscv/add.s").is_file() and "TRANSPILE_X86" in (root / "Makefile").read_text()
    assert main(words) == 2
    assert main([*words, "--force"]) == 0


def test_what_is_not_translated_is_left_with_its_place(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counter = "\t.globl now\nnow:\n\trdtscp\n\tret\n"
    root = repository({"Makefile": MAKEFILE, "asm/add.s": ADD, "asm/now.s": counter, "cpu.c": "int x = __cpuid(1);\n"})
    out = tmp_path / "out"
    assert main(["port", str(root), "--to", "aarch64", "-o", str(out)]) == 1
    said = capsys.readouterr().out
    assert "| asm/now.s:3" in said and "'rdtscp' is not translated" in said and "| cpu.c:1 | \\_\\_cpuid |" in said
    assert not (out / "asm/aarch64/now.s").exists()
    assert main(["port", str(root), "--to", "aarch64", "--format", "sarif"]) == 1
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    place = {(r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], r["ruleId"]) for r in results}
    assert place == {("asm/now.s", "port"), ("asm/now.s", "undecided"), ("cpu.c", "port")}


def test_a_file_that_someone_wrote_is_kept(repository: Repository, tmp_path: Path) -> None:
    root = repository({**FILES, "asm/riscv/add.s": "# by hand\n"})
    assert main(["port", str(root), "--to", "riscv", "-o", str(tmp_path / "out"), "-q"]) == 0
    assert (tmp_path / "out/asm/riscv/add.s").read_text() == "# by hand\n"
    assert "$(TRANSPILE_ASM)" in (tmp_path / "out/Makefile").read_text()


def test_reports_of_hostile_names_stay_reports(repository: Repository, tmp_path: Path) -> None:
    name = "<script>|`x`\x1b.c"
    root = repository({name: "int y = __builtin_ia32_x();\n", "b\udcff.c": "#include <emmintrin.h>\n", "nul.c": "\0"})
    reports = [tmp_path / f"r.{suffix}" for suffix in ("md", "html", "json", "sarif")]
    words = [word for report in reports for word in ("--report", str(report))]
    assert main(["port", str(root), "--to", "riscv", "-q", *words]) == 1
    assert "<script>" not in reports[0].read_text() and "\x1b" not in reports[0].read_text()
    assert "<script>" not in reports[1].read_text()
    jsonschema.validate(json.loads(reports[2].read_text()), SCHEMA)


@pytest.mark.parametrize(
    "words",
    [
        ["--in-place", "-o", "x"],
        ["--dry-run", "-o", "x"],
        ["--report", "r.txt"],
        ["--to", "python", "--build", "make"],
        ["--to", "python", "--march", "rv64gc"],
        ["--to", "cuda", "--march", "sm_90"],
    ],
)
def test_what_makes_no_sense_is_refused(words: list[str], repository: Repository) -> None:
    assert main(["port", str(repository()), "--to", "riscv", *words]) == 2


def test_a_command_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    ran = crossing.run("sleep 77 & echo begun; sleep 77", tmp_path, {"PATH": "/usr/bin:/bin"}, 0.5)
    assert ran.timed_out and not ran.passed and ran.output == "begun\n" and ran.seconds < 20
    long = crossing.run("yes | head -c 1000000", tmp_path, {"PATH": "/usr/bin:/bin"}, 20)
    assert len(long.output) == crossing.KEPT


SAXPY = """void saxpy(int n, float a, const float *restrict x, float *restrict y)
{
    for (int i = 0; i < n; i++)
        y[i] = a * x[i] + y[i];
}
"""
ADDER = """       IDENTIFICATION DIVISION.
       PROGRAM-ID. ADDER.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  TOTAL PIC 9(4) VALUE 1.
       PROCEDURE DIVISION.
       MAIN-LINE.
           ADD 41 TO TOTAL.
           DISPLAY TOTAL.
           STOP RUN.
"""


@pytest.mark.parametrize(
    ("to", "name", "text", "made", "program"),
    [
        ("cuda", "src/saxpy.c", SAXPY, "src/saxpy.cu", "g++"),
        ("python", "src/adder.cob", ADDER, "src/adder.py", "cobc"),
    ],
)
def test_whole_files_go_to_cuda_and_python(
    to: str, name: str, text: str, made: str, program: str, repository: Repository, tmp_path: Path
) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    root, out, report = repository({name: text, "other.txt": ""}), tmp_path / "out", tmp_path / "r.json"
    words = ["port", str(root), "--to", to, "-q", "--store", str(tmp_path / "proofs.sqlite")]
    assert main([*words, "-o", str(out), "--report", str(report)]) == 0
    said = json.loads(report.read_text())
    jsonschema.validate(said, SCHEMA)
    assert (out / made).is_file() and [item["state"] for item in said["items"]] == ["ported"]
    (root / made).write_text("mine")
    assert main([*words, "-o", str(tmp_path / "again")]) == 1
    assert (tmp_path / "again" / made).read_text() == "mine"


def test_builds_see_neither_the_network_nor_other_files(tmp_path: Path) -> None:
    sandbox = Sandbox.detect()
    if not sandbox.isolates:
        pytest.skip(sandbox.reason)
    inside, secret = tmp_path / "copy", tmp_path / "secret"
    inside.mkdir()
    secret.write_text("secret")
    command = f"cat {secret}; echo made > here; cat /proc/net/dev | grep -c eth"
    ran = crossing.run(command, inside, {"PATH": "/usr/bin:/bin"}, 30, sandbox)
    assert "No such file" in ran.output and ran.output.endswith("0\n")
    assert (inside / "here").read_text() == "made\n"


PROGRAM = """#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    printf("%s %s\\n", argv[0], argc > 1 ? argv[1] : "");
    return getenv("LD_PRELOAD") != 0;
}
"""


@pytest.mark.parametrize("to", ["riscv", "aarch64"])
def test_programs_of_the_target_start_as_any_other(to: str, tmp_path: Path) -> None:
    need_cross(to)
    (tmp_path / "p.c").write_text(PROGRAM.replace("<string.h>", "<stdlib.h>"))
    with crossing.surroundings(crossing.target(to)) as environment:
        built = crossing.run("gcc -o p p.c && cc -dumpmachine && uname -m", tmp_path, environment, 60)
        assert built.passed and built.output.split() == [
            crossing.TRIPLES[crossing.target(to)],
            crossing.MACHINES[crossing.target(to)][0],
        ]
        for command in ("./p one", "sh -c './p one'", "env ./p one", "$EMULATOR ./p one", "PATH=.:$PATH; p one"):
            ran = crossing.run(command, tmp_path, environment, 60)
            assert ran.passed and ran.output.endswith("p one\n"), (command, ran.output)
