"""`transpile serve` and `transpile keys` as processes: one command, an address, real workers, an end in order."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from transpile.api.jobs import JobStore
from transpile.api.schema import TALLY
from transpile.cli import main

COMMAND = [sys.executable, "-P", "-c", "import sys; from transpile.cli import main; sys.exit(main())"]
STARTED_CPU_S = 4.0
"""Of one processor, from the start of the process to its page."""


@dataclass(frozen=True, slots=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """The command line in this process: starting another for every word that is refused takes long."""
    before = signal.getsignal(signal.SIGTERM)
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> Done:
        code = main(words)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    yield run
    signal.signal(signal.SIGTERM, before)


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "XDG_DATA_HOME": str(folder), "TRANSPILE_DATABASE": str(folder / "jobs.sqlite")}


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    command = [*COMMAND, "serve", "--port", "0", "--workers", "1", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment(folder)) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            found = re.fullmatch(r"transpile serves at (http://\S+/)\n", line)
            assert found, line + process.stderr.read()
            with httpx.Client(base_url=found[1], timeout=60, trust_env=False) as client:
                yield process, client
        finally:
            process.kill()


def cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_server_starts_with_one_command_translates_and_stops_in_order(tmp_path: Path, asked: signal.Signals) -> None:
    with serving(tmp_path) as (process, client):
        assert client.get("/v1/jobs", headers={"Host": "evil.example"}).status_code == 403
        page = client.get("/")
        assert cpu_s(process.pid) < STARTED_CPU_S
        assert page.status_code == 200 and "<title>transpile</title>" in page.text
        assert client.get("/readyz").status_code == 200
        if asked == signal.SIGTERM:
            answer = client.post("/v1/translations", json={"to": "riscv", "name": "t.s", "source": TALLY}).json()
            assert answer["verdicts"]["proved"] == 1
        job = client.post("/v1/jobs", json={"to": "riscv", "files": [{"name": "t.s", "source": TALLY}]}).json()
        with client.stream("GET", job["links"]["events"]) as stream:
            lines = stream.iter_lines()
            next(lines)
            process.send_signal(asked)
            list(lines)
        assert process.wait(30) == 0
    if asked == signal.SIGINT:
        return
    with serving(tmp_path) as (process, client):
        text = client.get(job["links"]["events"]).text
        assert '"state": "done"' in text and text.count("event: end") == 1


def test_a_server_starts_without_what_it_does_not_need_yet(tmp_path: Path) -> None:
    store = JobStore(tmp_path / "jobs.sqlite")
    store.migrate()
    store.close()
    code = f"""import sys
from transpile.api import server
from transpile.api.jobs import JobStore
from transpile.api.settings import Settings
store = JobStore({str(tmp_path / "jobs.sqlite")!r})
store.migrate()
server.create_app(server.service_of(Settings({str(tmp_path / "jobs.sqlite")!r}), store))
print({{name.partition(".")[0] for name in sys.modules}} & {{"alembic", "httpx", "rich", "z3", "unicorn", "ray"}})
"""
    words = [sys.executable, "-P", "-c", code]
    shown = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60, env=environment(tmp_path))
    assert shown.stdout == "set()\n"


def test_keys_are_made_listed_and_revoked(tmp_path: Path, run: Run) -> None:
    made = run("keys", "add", "ci", "--scope", "write", "--quota", "jobs=5")
    assert made.returncode == 0, made.stderr
    secret = made.stdout.strip()
    listed = run("keys", "list").stdout
    assert "ci  read,write  jobs=5" in listed and "active" in listed and secret not in listed
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("jobs.sqlite*"))
    assert kept and secret.encode() not in kept
    with serving(tmp_path) as (_, client):
        assert client.get("/v1/jobs").status_code == 401
        assert client.get("/v1/jobs", headers={"X-API-Key": secret}).json() == {"items": [], "next": None}
        assert run("keys", "revoke", listed.split()[0]).returncode == 0
        assert client.get("/v1/jobs", headers={"X-API-Key": secret}).status_code == 401
    again = run("keys", "revoke", listed.split()[0])
    assert again.returncode == 2 and "there is no active key" in again.stderr


def test_a_server_without_keys_is_for_this_machine_only(run: Run) -> None:
    refused = run("serve", "--host", "0.0.0.0", "--port", "0")
    assert refused.returncode == 2
    assert "there is no API key yet" in refused.stderr and "transpile keys add" in refused.stderr


def test_an_address_that_is_taken_is_one_clear_error(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = run("serve", "--port", str(taken.getsockname()[1]))
    assert refused.returncode == 2 and "cannot listen on http://127.0.0.1:" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["serve", "--limit", "cows=1"], "'cows=1' is not a limit"),
        (["serve", "--database", "mysql://x"], "mysql"),
        (["keys", "add", "x", "--scope", "root"], "'root' is not a scope"),
        (["keys", "add", "x", "--quota", "cows=1"], "is not a quota"),
    ],
)
def test_what_makes_no_sense_is_one_clear_error(run: Run, words: list[str], message: str) -> None:
    refused = run(*words)
    assert refused.returncode == 2 and message in refused.stderr and "Traceback" not in refused.stderr


def test_without_the_extra_the_command_says_what_to_install(tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['fastapi'] = None; from transpile.cli import main; sys.exit(main())"
    command = [sys.executable, "-P", "-c", hidden, "serve"]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment(tmp_path))
    assert refused.returncode == 2
    assert "the service needs fastapi" in refused.stderr and "pip install 'transpile[api]'" in refused.stderr


def test_the_command_line_does_not_import_the_service(tmp_path: Path) -> None:
    code = "import sys, json; from transpile.cli import commands; print(json.dumps(sorted(sys.modules)))"
    shown = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = {name.split(".")[0] for name in json.loads(shown.stdout)}
    assert not loaded & {"fastapi", "uvicorn", "sqlalchemy", "alembic", "prometheus_client", "ray"}
