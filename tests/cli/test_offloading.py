"""`transpile FILE.c --to cuda` and `explain`: files, messages, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from transpile.cli import main

SCHEMA = json.loads((Path(__file__).parents[2] / "transpile" / "report.schema.json").read_text())
DOUBLE = """/* Doubles all elements. */
void twice(int n, float *a)
{
    for (int i = 0; i < n; i++)
        a[i] *= 2;
}
"""
CHAIN = "void f(int n, int *a)\n{\n    for (int i = 1; i < n; i++)\n        a[i] += a[i - 1] * a[i];\n}\n"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def source(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRANSPILE_STORE", str(cache / "proofs.sqlite"))
    (tmp_path / "twice.c").write_text(DOUBLE)
    (tmp_path / "chain.c").write_text(CHAIN)
    return tmp_path


def test_translation_plan_and_report(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["twice.c", "--to", "cuda", "-o", "out.cu", "--save-plan", "twice.plan", "--report", "r.json"]
    assert main(words) == 0
    text = (source / "out.cu").read_text()
    assert "__global__ void twice_kernel(" in text
    assert 'extern "C" void twice(int n, float *a)' in text
    assert "/* Doubles all elements. */" in text
    assert (source / "twice.plan").read_text() == "array a: n inout\n4:5: grid x=4:5 block 256\n"
    report = json.loads((source / "r.json").read_text())
    jsonschema.validate(report, SCHEMA)
    assert report["files"][0]["target"] == "cuda"
    assert report["files"][0]["functions"][0]["blocks"][0]["verdict"] == "proved"
    assert "twice.c" in capsys.readouterr().err
    assert main(["twice.c", "--to", "cuda", "--plan", "twice.plan", "-o", "again.cu"]) == 0
    assert (source / "again.cu").read_text() == text


WORK = """void f(int n, int m, const float *a, float *line, float *b)
{
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < m; j++)
            line[j] = a[i * m + j] * 2;
        for (int j = 0; j < m; j++)
            b[i * m + j] = line[m - 1 - j];
    }
}
"""


def test_workspace_is_named_by_the_user(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (source / "work.c").write_text(WORK)
    assert main(["work.c", "--to", "cuda", "--scratch", "line", "-o", "work.cu"]) == 0
    assert "what 'line' holds before and after the call does not matter" in capsys.readouterr().err
    assert main(["work.c", "--to", "cuda", "--scratch", "line,row"]) == 2
    said = capsys.readouterr().err
    assert "'f' has no array parameter 'row'" in said
    assert "its arrays are: a, line, b" in said


def test_a_refusal_shows_the_dependence_and_writes_nothing(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chain.c", "--to", "cuda", "-o", "out.cu"]) == 1
    said = capsys.readouterr().err
    assert "chain.c:4:17: error: the loop over 'i' is sequential: it reads a[i - 1]" in said
    assert "chain.c: nothing is written: no loop runs on the device" in said
    assert not (source / "out.cu").exists()


def test_explain_shows_the_loop_beside_its_kernel(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "twice.c", "--to", "cuda", "--block", "5"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("twice.c:4-5: block twice:4:5 of twice\n")
    assert "for (int i = 0; i < n; i++)  |  __global__ void twice_kernel(" in said
    assert "verdict: proved" in said
    assert "race-free: passed" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["twice.c", "--to", "cuda", "--extent", "n*2"], "'n*2' is not an extent"),
        (["twice.c", "--to", "cuda", "--function", "thrice"], "twice.c has no function 'thrice'"),
        (
            ["twice.c", "--to", "riscv", "--function", "twice"],
            "--function, --extent, --scratch, --plan and -D are for --to cuda",
        ),
        (["twice.c", "chain.c", "--to", "cuda", "-o", "out/", "--save-plan", "p"], "--save-plan is for one file"),
        (["explain", "twice.c", "--to", "cuda", "--block", "1"], "nothing at '1' runs on the device"),
        (["missing.c", "--to", "cuda"], "cannot read"),
    ],
)
def test_errors(source: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
    assert main(words) == 2
    assert message in capsys.readouterr().err


def test_standard_input_and_output(source: Path) -> None:
    command = [sys.executable, "-c", "import sys; from transpile.cli import main; sys.exit(main(sys.argv[1:]))"]
    run = subprocess.run(
        [*command, "-", "--to", "cuda", "-q"], input=DOUBLE, capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("#include <cuda_runtime.h>\n")
    assert run.stderr == ""
