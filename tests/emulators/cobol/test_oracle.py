"""GnuCOBOL as the oracle: programs and modules run, whatever they do."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from transpile.emulators.cobol.build import Dialect, build_module, build_program, facts
from transpile.emulators.cobol.modules import Called, Module, Stopped
from transpile.emulators.cuda.bounded import Limits
from transpile.errors import SourceErrors, ToolError

needs_cobc = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs cobc")
COPIES = b"""       IDENTIFICATION DIVISION.
       PROGRAM-ID. COPIES.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT INS ASSIGN TO "in.txt" ORGANIZATION LINE SEQUENTIAL.
           SELECT OUTS ASSIGN TO "out.txt" ORGANIZATION LINE SEQUENTIAL.
       DATA DIVISION.
       FILE SECTION.
       FD INS.
       01 I PIC X(8).
       FD OUTS.
       01 O PIC X(8).
       WORKING-STORAGE SECTION.
       01 W PIC X(8).
       PROCEDURE DIVISION.
           OPEN INPUT INS OUTPUT OUTS.
           READ INS INTO O.
           WRITE O.
           ACCEPT W.
           DISPLAY W.
           MOVE 3 TO RETURN-CODE.
           STOP RUN.
"""
BEHAVES = b"""       IDENTIFICATION DIVISION.
       PROGRAM-ID. BEHAVES.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 W PIC 9(4) VALUE 0.
       01 T.
          03 E PIC X OCCURS 4.
       LINKAGE SECTION.
       01 L PIC X(4).
       01 N PIC S9(4)V99.
       PROCEDURE DIVISION USING L N.
           MOVE L TO N.
           ADD 1 TO W.
           IF L = "STOP" DISPLAY "BYE" STOP RUN.
           IF L = "LOOP" PERFORM UNTIL W > 10000 END-PERFORM.
           IF L = "SHOW" DISPLAY "W" W NO ADVANCING.
           IF L = "FAIL" CALL "NOSUCH".
           IF L = "ASKS" ACCEPT L.
           GOBACK.
"""


@pytest.fixture
def behaves(tmp_path: Path) -> Iterator[Module]:
    with build_module(BEHAVES, "BEHAVES", tmp_path) as module:
        yield module


@needs_cobc
def test_a_program_gets_files_and_input_and_gives_files_and_output(tmp_path: Path) -> None:
    run = build_program(COPIES, tmp_path).run(b"typed\n", {"in.txt": b"abc\n"})
    assert (run.stdout, run.exit_code, run.files["out.txt"]) == (b"typed   \n", 3, b"abc\n")
    assert not run.ok


@needs_cobc
def test_a_program_cannot_be_given_a_file_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="not the name of a file"):
        build_program(COPIES, tmp_path).run(files={"../in.txt": b""})


@needs_cobc
def test_what_gnucobol_refuses_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SourceErrors) as caught:
        build_program(COPIES.replace(b"INTO O", b"INTO Q"), tmp_path, name="pay.cob")
    error = caught.value.errors[0]
    assert (error.span.file, error.span.line) == ("pay.cob", 18)
    assert "'Q' is not defined" in error.message


@needs_cobc
def test_buffers_come_back(behaves: Module) -> None:
    assert behaves.call(b"12.3", bytes(6)) == Called(0, (b"12.3", b"001230"), b"")


@needs_cobc
def test_working_storage_lives_on_unless_a_fresh_start_is_asked_for(behaves: Module) -> None:
    zero = b"000000"
    said = [behaves.call(b"SHOW", zero, fresh=fresh) for fresh in (False, False, True)]
    assert [call.output for call in said if isinstance(call, Called)] == [b"W0001", b"W0002", b"W0001"]


@needs_cobc
@pytest.mark.parametrize(("what", "exit_code", "message"), [(b"STOP", 0, ""), (b"FAIL", 1, "NOSUCH")])
def test_what_stops_a_module_does_not_stop_us(behaves: Module, what: bytes, exit_code: int, message: str) -> None:
    zero = b"000000"
    first, second, third = behaves.call_all([(b"SHOW", zero), (what, zero), (b"SHOW", zero)])
    assert isinstance(first, Called)
    assert isinstance(second, Stopped)
    assert (second.exit_code, message in second.message) == (exit_code, True)
    assert second.output == (b"BYE\n" if what == b"STOP" else b"")
    assert isinstance(third, Called)
    assert third.output == b"W0001"


@needs_cobc
def test_each_call_has_a_standard_input_of_its_own(behaves: Module) -> None:
    typed = [b"", b"one\n", b"", b"two\nmore\n", b"\n", b"three", b"7\n", b""]
    said = behaves.call_all([(b"ASKS", bytes(6))] * len(typed), stdin=typed)
    assert [call.buffers[0].strip() for call in said if isinstance(call, Called)] == [
        each.split(b"\n")[0][:4] for each in typed
    ]


@needs_cobc
def test_a_module_that_never_ends_is_stopped(behaves: Module) -> None:
    behaves.limits = Limits(wall_s=0.5)
    ended = behaves.call(b"LOOP", b"000000")
    assert isinstance(ended, Stopped)
    assert ended.timed_out


@needs_cobc
def test_thousands_of_calls_of_one_module(behaves: Module) -> None:
    results = list(behaves.call_all([(b"%04d" % n, b"000000") for n in range(5000)]))
    assert results[4321] == Called(0, (b"4321", b"432100"), b"")


@needs_cobc
def test_facts_name_the_compiler_and_the_dialect() -> None:
    assert str(facts(Dialect(std="ibm", free_format=True))).endswith("-std=ibm -free")
    assert "GnuCOBOL" in facts().version


def test_a_missing_compiler_is_a_plain_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRANSPILE_COBC", "no-such-cobc")
    with pytest.raises(ToolError) as caught:
        build_program(COPIES, tmp_path)
    assert "no-such-cobc" in caught.value.message
    assert "gnucobol3" in caught.value.hint


CALLS_FOR_EVER = """
import sys
from pathlib import Path
from transpile.emulators.cobol.modules import Module
module = Module(Path(sys.argv[1]), "BEHAVES")
print("calling", flush=True)
module.call(b"LOOP", b"000000")
"""


@needs_cobc
def test_a_module_that_never_ends_does_not_outlive_whoever_called_it(tmp_path: Path) -> None:
    with build_module(BEHAVES, "BEHAVES", tmp_path) as module:
        path = module.path
    caller = subprocess.Popen([sys.executable, "-c", CALLS_FOR_EVER, str(path)], stdout=subprocess.PIPE)
    assert caller.stdout is not None and caller.stdout.readline()
    assert _until(lambda: _children(caller.pid))
    workers = _children(caller.pid)
    caller.kill()
    caller.wait()
    caller.stdout.close()
    assert _until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _until(condition: Callable[[], object]) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False
