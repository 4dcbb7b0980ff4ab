"""`transpile FILE…`: exit codes, where results and messages go, what is written and what is not."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., int]
Source = Callable[..., str]


def test_result_goes_to_stdout_and_the_table_to_stderr(
    transpile_command: Command, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    assert transpile_command(source("proved", "tested"), "--to", "riscv") == 0
    shown = capsys.readouterr()
    assert shown.out == "# riscv\n# proved\n# tested\n"
    assert shown.err.splitlines() == [
        "file     blocks     proved     tested    refuted  undecided",
        "prog.s        2          1          1          0          0",
    ]


@pytest.mark.parametrize(
    ("words", "require", "code"),
    [
        (["proved"], "proved", 0),
        (["proved", "tested"], "proved", 1),
        (["tested"], "tested", 0),
        (["undecided"], "tested", 1),
        (["undecided"], "any", 0),
        (["refuted"], "any", 1),
    ],
)
def test_requirement_decides_the_exit_code(
    transpile_command: Command, source: Source, words: list[str], require: str, code: int
) -> None:
    assert transpile_command(source(*words), "--to", "riscv", "--require", require, "-o", "out.s") == code
    assert Path("out.s").exists() == (code == 0)


def test_what_does_not_meet_is_named_with_its_place(
    transpile_command: Command, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    transpile_command(source("proved", "refuted"), "--to", "riscv")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "prog.s:2: error: block .L2 of main is refuted: differs in rax: 0x1 against 0x2" in shown.err
    assert "prog.s: nothing is written" in shown.err


def test_traps_are_written_when_allowed_but_the_exit_code_stays(transpile_command: Command, source: Source) -> None:
    assert transpile_command(source("undecided"), "--to", "riscv", "--allow-untranslated", "-o", "out.s") == 1
    assert Path("out.s").exists()


def test_a_tested_block_is_not_written_as_proved_even_when_traps_are_allowed(
    transpile_command: Command, source: Source
) -> None:
    arguments = ["--to", "riscv", "--require", "proved", "--allow-untranslated", "-o", "out.s"]
    assert transpile_command(source("tested"), *arguments) == 1
    assert not Path("out.s").exists()


def test_every_error_is_shown_with_line_and_column(
    transpile_command: Command, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    assert transpile_command(source("proved", "error"), "--to", "riscv", "-o", "out.s") == 2
    shown = capsys.readouterr().err
    assert shown.count("prog.s:2:3: error: unknown mnemonic 'blah'") == 2
    assert "    # error\n      ^~~~\n  help: remove it" in shown
    assert not Path("out.s").exists()


def test_stdin(
    transpile_command: Command, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    text = b"# proved\n# not utf-8: \xff\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert transpile_command("-", "--to", "aarch64") == 0
    shown = capsysbinary.readouterr()
    assert shown.out == b"# aarch64\n" + text
    assert b"<stdin>" in shown.err


def test_several_inputs_go_to_a_folder_and_one_bad_one_does_not_stop_the_others(
    transpile_command: Command, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [source("proved", name="a.s"), source("error", name="b.s"), source("tested", name="c.s")]
    assert transpile_command(*names, "--to", "riscv", "-o", "out") == 2
    assert sorted(path.name for path in Path("out").iterdir()) == ["a.s", "c.s"]
    assert capsys.readouterr().err.splitlines()[-1].split() == ["all", "2", "1", "1", "0", "0"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prog.s"], "Missing option '--to'"),
        (["prog.s", "--to", "vax"], "'vax' is not one of"),
        (["missing.s", "--to", "riscv"], "cannot read missing.s: No such file or directory"),
        (["prog.s", "prog.s", "--to", "riscv"], "several inputs need a folder"),
        (["prog.s", "prog.s", "--to", "riscv", "-o", "out"], "two inputs would both be written to out/prog.s"),
        (["prog.s", "--to", "riscv", "-o", "prog.s"], "the output prog.s is also an input"),
        (["prog.s", "--to", "riscv", "-o", "prog.s/deep/out.s"], "cannot write prog.s/deep/out.s"),
        (["@missing"], "cannot read the response file missing"),
        (["check", "prog.s"], "Missing argument 'OUT.s'"),
        (["explain", "prog.s", "--to", "riscv", "--block", "nix"], "no block 'nix' in prog.s"),
        (["run", "-", "--to", "riscv"], "run needs files"),
    ],
)
def test_usage_errors(
    transpile_command: Command,
    source: Source,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    source("proved")
    assert transpile_command(*arguments) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert shown.out == ""
    assert Path("prog.s").read_text() == "# proved\n"


def test_internal_errors_show_no_stack_trace_without_debug(
    transpile_command: Command, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    name = source("crash")
    assert transpile_command(name, "--to", "riscv") == 2
    assert capsys.readouterr().err.startswith("transpile: internal error: ZeroDivisionError: of ours\n")
    assert transpile_command(name, "--to", "riscv", "--debug") == 2
    assert "Traceback" in capsys.readouterr().err


def test_interruption(transpile_command: Command, source: Source) -> None:
    assert transpile_command(source("interrupt"), "--to", "riscv", "-o", "out.s") == 130
    assert sorted(os.listdir()) == ["prog.s"]


def test_replaced_output_keeps_its_mode_and_leaves_nothing_beside(transpile_command: Command, source: Source) -> None:
    Path("out.s").write_text("old")
    Path("out.s").chmod(0o640)
    assert transpile_command(source("proved"), "--to", "riscv", "-o", "out.s") == 0
    assert Path("out.s").read_text() == "# riscv\n# proved\n"
    assert Path("out.s").stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir()) == ["out.s", "prog.s"]


def test_response_files_nest_and_quote(transpile_command: Command, source: Source) -> None:
    source("proved", name="my prog.s")
    Path("inner").write_text("'my prog.s' # a comment\n")
    Path("outer").write_text("--to riscv\n@inner\n")
    assert transpile_command("@outer", "-o", "out.s") == 0
    assert Path("out.s").exists()


def test_response_file_that_names_itself(
    transpile_command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "loop").write_text("@loop")
    assert transpile_command("@loop") == 2
    assert "nested deeper" in capsys.readouterr().err


def test_color(
    transpile_command: Command,
    source: Source,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = source("proved")
    transpile_command(name, "--to", "riscv", "--color", "always")
    assert "\x1b[32m" in capsys.readouterr().err
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    transpile_command(name, "--to", "riscv")
    assert "\x1b[3" not in capsys.readouterr().err


def test_quiet_and_verbose(transpile_command: Command, source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    name = source("tested", "warning")
    transpile_command(name, "--to", "riscv", "-q")
    assert capsys.readouterr().err == ""
    transpile_command(name, "--to", "riscv", "-v")
    shown = capsys.readouterr().err
    assert "prog.s:1: note: block .L1 of main is tested: the solver gave up" in shown
    assert "prog.s:2:3: warning: odd" in shown


def test_include_folders_reach_the_preprocessor(transpile_command: Command, tmp_path: Path) -> None:
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "words.h").write_text("#define WORD proved\n")
    (tmp_path / "prog.S").write_text('#include "words.h"\n.ascii "WORD"; WORD\n')
    assert transpile_command("prog.S", "--to", "riscv", "-I", "include", "-o", "out.s") == 0
    assert '.ascii "WORD"; proved' in Path("out.s").read_text()
    assert transpile_command("prog.S", "--to", "riscv", "-o", "out2.s") == 2


def test_as_a_process(tmp_path: Path) -> None:
    """What a shell sees: the exit code of usage errors and of help, and a reader that goes away."""
    command = [sys.executable, "-c", "import sys; from transpile.cli import main; sys.exit(main())"]
    shown = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "transpile prog.s --to riscv -o out.s" in shown.stdout
    failed = subprocess.run([*command, "x.s"], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (failed.returncode, failed.stdout) == (2, "")
    closed = subprocess.run(
        f"{json.dumps(sys.executable)} -c 'import sys; from transpile.cli import main; sys.exit(main())' | true",
        shell=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert closed.stderr == ""
