"""An endpoint as it may behave: slow, busy, gone, talking nonsense; against a real HTTP server on this machine."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from transpile import translate
from transpile.cli import main
from transpile.errors import UsageError
from transpile.lm import openai, seats
from transpile.lm.asking import ModelProposer, Question
from transpile.lm.openai import Endpoint
from transpile.lm.prompt import Message
from transpile.lm.settings import Settings
from transpile.lm.wire import completions_url, retry_after
from transpile.options import Options
from transpile.planning import BlockUnit, FilePlan, Proposal
from transpile.targets import target_isa

Reply = tuple[int, dict[str, str], bytes]
HASTE = Settings(samples=2, retries=2, timeout_s=5.0, concurrency=4)


def completion(*texts: str) -> Reply:
    choices = [{"message": {"role": "assistant", "content": text}} for text in texts]
    usage = {"prompt_tokens": 100, "completion_tokens": 10 * len(texts)}
    return 200, {}, json.dumps({"choices": choices, "usage": usage}).encode()


def fault(status: int, message: str = "", **headers: str) -> Reply:
    return status, headers, json.dumps({"error": {"message": message}}).encode()


@dataclass
class Server:
    """Answers as ``behave`` says, which gets the request and its number; keeps what it got."""

    behave: Callable[[dict[str, Any], int], Reply] = lambda body, number: completion("nop")
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    busy: int = 0
    most: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with state.lock:
                state.got.append(body)
                state.headers.append(dict(self.headers))
                number = len(state.got)
                state.busy += 1
                state.most = max(state.most, state.busy)
            status, headers, content = state.behave(body, number)
            with state.lock:
                state.busy -= 1
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, args=(0.02,))
    thread.start()
    yield state
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*openai.KEYS, openai.BASE):
        monkeypatch.delenv(name, raising=False)


def question(text: str = "?", samples: int = 2) -> Question:
    return Question((Message("system", "be brief"), Message("user", text)), samples)


def endpoint(server: Server, settings: Settings = HASTE, **more: Any) -> Endpoint:
    return Endpoint("m", completions_url(server.url), settings, sleep=lambda seconds: None, **more)


def test_several_answers_in_one_request(server: Server) -> None:
    server.behave = lambda body, number: completion(*["nop"] * body.get("n", 1))
    model = endpoint(server)
    assert model.answer([question("a"), question("b")]) == [["nop", "nop"]] * 2
    assert len(server.got) == 2 and server.got[0]["n"] == 2 and server.got[0]["max_tokens"] == HASTE.max_tokens
    assert (model.usage.tokens_in, model.usage.tokens_out, model.usage.requests) == (200, 40, 2)


def test_an_endpoint_without_several_answers_is_asked_singly(server: Server) -> None:
    server.behave = lambda body, number: completion(f"seed {body['seed']}")
    model = endpoint(server, Settings(samples=3, seed=7, retries=0))
    assert model.answer([question(samples=3)]) == [["seed 7", "seed 8", "seed 9"]]
    server.got.clear()
    model.answer([question("again", 3)])
    assert [body.get("n") for body in server.got] == [None] * 3


@pytest.mark.parametrize(
    ("complaint", "without", "then"),
    [
        ("Unsupported parameter: 'max_tokens', use 'max_completion_tokens'", "max_tokens", "max_completion_tokens"),
        ("Unknown field: seed", "seed", "model"),
        ("'temperature' does not support 0.8 with this model", "temperature", "model"),
        ("'n' must be 1", "n", "model"),
    ],
)
def test_what_an_endpoint_does_not_know_is_left_out(server: Server, complaint: str, without: str, then: str) -> None:
    server.behave = lambda body, number: fault(400, complaint) if without in body else completion("nop")
    model = endpoint(server)
    assert model.answer([question()]) == [["nop", "nop"]]
    assert without not in server.got[-1] and then in server.got[-1]
    assert model.trouble is None and model.usage.lost == 0


def test_failures_that_pass_are_tried_again(server: Server) -> None:
    replies = {1: fault(503), 2: fault(429, "slow down", Retry_After="0"), 3: completion("nop", "nop")}
    server.behave = lambda body, number: replies[number]
    model = endpoint(server)
    assert model.answer([question()]) == [["nop", "nop"]]
    assert (model.usage.requests, model.usage.retries, model.usage.lost) == (3, 2, 0)


def test_the_named_pause_is_kept_by_all_requests(server: Server) -> None:
    begun = time.monotonic()
    times: list[float] = []

    def behave(body: dict[str, Any], number: int) -> Reply:
        times.append(time.monotonic() - begun)
        return fault(429, Retry_After="0.6") if number == 1 else completion("nop")

    server.behave = behave
    model = Endpoint("m", completions_url(server.url), Settings(retries=3, concurrency=1))
    assert model.answer([question("a", 1), question("b", 1)]) == [["nop"], ["nop"]]
    assert len(times) == 3 and times[1] - times[0] >= 0.55


def test_answers_that_take_too_long_are_lost(server: Server) -> None:
    server.behave = lambda body, number: (time.sleep(0.5), completion("nop"))[1]
    model = endpoint(server, Settings(timeout_s=0.1, retries=1))
    assert model.answer([question()]) == [[]]
    assert model.usage.requests == 2 and model.usage.lost == 1 and model.trouble is None


NONSENSE = [
    b"",
    b"<html>hello</html>",
    b"null",
    b"[]",
    b"{}",
    b'{"choices": []}',
    b'{"choices": 7}',
    b"[" * 100_000,
    b"\xff\xfe",
]


@pytest.mark.parametrize("content", NONSENSE)
def test_nonsense_is_no_answer(server: Server, content: bytes) -> None:
    server.behave = lambda body, number: (200, {}, content)
    model = endpoint(server)
    assert model.answer([question()]) == [[]]
    assert model.usage.lost == 1


@pytest.mark.parametrize(
    "choice",
    [None, 3, {}, {"message": None}, {"message": {"content": None}}, {"message": {"content": [{"text": "x"}]}}],
)
def test_choices_without_text_are_no_answers(server: Server, choice: object) -> None:
    content = json.dumps({"choices": [choice], "usage": {"prompt_tokens": "many", "completion_tokens": -1}}).encode()
    server.behave = lambda body, number: (200, {}, content)
    model = endpoint(server)
    assert model.answer([question()]) == [[]]
    assert model.usage.tokens_in == model.usage.tokens_out == 0


def test_responses_without_end_are_cut(server: Server) -> None:
    server.behave = lambda body, number: (200, {}, b" " * (5 << 20))
    model = endpoint(server, Settings(retries=0))
    assert model.answer([question()]) == [[]]


def test_an_unreachable_endpoint_is_told_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model = Endpoint("m", f"http://127.0.0.1:{port}/v1/chat/completions", HASTE, sleep=lambda seconds: None)
    assert model.answer([question(str(i)) for i in range(20)]) == [[] for _ in range(20)]
    assert model.trouble is not None and "127.0.0.1" in model.trouble.message and "URL" in model.trouble.hint
    requests = model.usage.requests
    assert model.answer([question("more")]) == [[]] and model.usage.requests == requests <= 12


@pytest.mark.parametrize("status", [401, 403, 404])
def test_refusals_that_no_retry_changes(server: Server, status: int) -> None:
    server.behave = lambda body, number: fault(status, "no such thing\x1b[31m")
    model = endpoint(server, Settings(concurrency=1))
    assert model.answer([question("a"), question("b")]) == [[], []]
    assert len(server.got) == 1 and model.trouble is not None
    assert str(status) in model.trouble.message and "\x1b" not in model.trouble.message


def test_a_spent_quota_is_not_waited_for(server: Server) -> None:
    content = json.dumps({"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}).encode()
    server.behave = lambda body, number: (429, {}, content)
    model = endpoint(server)
    model.answer([question()])
    assert len(server.got) == 1 and model.trouble is not None


def test_an_endpoint_that_only_fails_is_given_up(server: Server) -> None:
    server.behave = lambda body, number: fault(500, "out of memory")
    model = endpoint(server, Settings(retries=1, concurrency=1))
    model.answer([question(str(i)) for i in range(10)])
    assert len(server.got) == 2 * openai.GIVE_UP_AFTER
    assert model.trouble is not None and "out of memory" in model.trouble.message


def test_what_was_given_up_is_asked_again_in_a_later_file(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.behave = lambda body, number: fault(500, "out of memory")
    model = endpoint(server, Settings(retries=0, concurrency=1))
    model.answer([question(str(i)) for i in range(10)])
    asked = len(server.got)
    model.begin()
    assert model.answer([question()]) == [[]] and len(server.got) == asked
    model.again_at = 0.0
    model.begin()
    assert model.answer([question("a"), question("b")]) == [[], []] and len(server.got) == asked + 1
    assert model.again_at > time.monotonic() + openai.AGAIN_S
    model.again_at = 0.0
    model.begin()
    server.behave = lambda body, number: completion("nop", "nop")
    assert model.answer([question("a"), question("b")]) == [["nop", "nop"]] * 2
    assert model.trouble is None and model.given_up == 0


@pytest.mark.parametrize("answered", [False, True])
def test_all_requests_of_a_file_end_in_time(server: Server, answered: bool) -> None:
    """However long each may take. An endpoint that was only too slow is asked again in the next file."""

    def behave(body: dict[str, Any], number: int) -> Reply:
        if number > 1 or not answered:
            time.sleep(0.5)
        return completion("nop", "nop")

    server.behave = behave
    settings = Settings(samples=2, concurrency=1, total_s=0.4)
    model = Endpoint("m", completions_url(server.url), settings)
    model.begin()
    texts = model.answer([question(str(i)) for i in range(20)])
    assert [bool(found) for found in texts] == [answered] + [False] * 19
    assert len(server.got) < 5
    assert model.trouble is not None and "0.4 seconds for this file are over" in model.trouble.message
    model.begin()
    assert (model.trouble is None) == answered


def test_an_answer_that_comes_drop_by_drop_is_given_up() -> None:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not over.wait(0.02):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1/chat/completions"
        model = Endpoint("m", url, Settings(timeout_s=0.2, retries=0))
        try:
            assert model.answer([question()]) == [[]]
        finally:
            over.set()
            thread.join()
    assert model.missed is not None and "took too long" in model.missed.message


def test_what_is_translated_without_an_answer_is_not_kept(server: Server, tmp_path: Path) -> None:
    source = (Path(__file__).parents[1] / "golden/sources/calls.s").read_text()
    options = Options(jobs=1, store=tmp_path / "s.sqlite", lm=f"openai:m@{server.url}", samples=2, lm_retries=0)
    server.behave = lambda body, number: fault(500)
    first = translate(source, to="riscv", options=options)
    assert any("did not answer everything" in diagnostic.message for diagnostic in first.diagnostics)
    asked = len(server.got)
    server.behave = lambda body, number: completion("nop", "nop")
    seats._built.cache_clear()
    again = translate(source, to="riscv", options=options)
    assert not any(diagnostic.passing for diagnostic in again.diagnostics)
    after = len(server.got)
    assert after > asked
    translate(source, to="riscv", options=options)
    assert len(server.got) == after


def test_one_question_that_is_too_long_does_not_stop_the_others(server: Server) -> None:
    server.behave = lambda body, number: (
        fault(400, "maximum context length") if "long" in body["messages"][1]["content"] else completion("nop", "nop")
    )
    model = endpoint(server)
    assert model.answer([question("a"), question("long"), question("b")]) == [["nop", "nop"], [], ["nop", "nop"]]
    assert model.trouble is None


def test_requests_run_at_once_but_not_too_many(server: Server) -> None:
    server.behave = lambda body, number: (time.sleep(0.05), completion("nop", "nop"))[1]
    endpoint(server, Settings(concurrency=3)).answer([question(str(i)) for i in range(9)])
    assert 2 <= server.most <= 3


def test_answers_are_remembered(server: Server, tmp_path: Path) -> None:
    server.behave = lambda body, number: completion(f"first {number}", "second")
    settings = Settings(cache=tmp_path, temperature=0.5)
    first = endpoint(server, settings)
    answers = first.answer([question("a"), question("b")])
    first.close()
    second = endpoint(server, settings)
    assert second.answer([question("a"), question("b")]) == answers
    assert len(server.got) == 2 and second.usage.cached == 2 and second.usage.tokens_in == 0
    second.answer([question("a", 1)])
    endpoint(server, Settings(cache=tmp_path, temperature=0.6)).answer([question("a")])
    assert len(server.got) == 4
    (tmp_path / "answers.sqlite").write_bytes(b"no database")
    assert endpoint(server, settings).answer([question("c")]) != [[]]


def test_the_key_is_sent_and_told_nowhere(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "second")
    monkeypatch.setenv("TRANSPILE_LM_KEY", "s3cret")
    server.behave = lambda body, number: fault(401, "bad key") if number > 1 else completion("nop", "nop")
    model = endpoint(server, Settings(cache=tmp_path))
    model.answer([question("a")])
    model.answer([question("b")])
    assert {name.lower(): value for name, value in server.headers[0].items()}["authorization"] == "Bearer s3cret"
    assert model.trouble is not None and "s3cret" not in model.trouble.render()
    model.close()
    assert all(b"s3cret" not in path.read_bytes() for path in tmp_path.iterdir())


def test_urls() -> None:
    assert completions_url("localhost:8000") == "http://localhost:8000/v1/chat/completions"
    assert completions_url("https://h/v1/") == "https://h/v1/chat/completions"
    assert completions_url("https://h/x/chat/completions") == "https://h/x/chat/completions"
    for wrong in ("", "ftp://h", "http://", "http://a b/"):
        with pytest.raises(UsageError):
            completions_url(wrong)
    assert retry_after({"retry-after": "3.5"}, 0.0) == 3.5
    assert retry_after({"retry-after": "Thu, 01 Jan 1970 00:01:00 GMT"}, 20.0) == 40.0
    assert retry_after({"retry-after": "soon"}, 0.0) is None


def test_models_and_urls_of_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    target = target_isa("riscv")
    for argument, model, url in (
        ("org/m:7b@http://h:1/v1", "org/m:7b", "http://h:1/v1/chat/completions"),
        ("a@b@https://h", "a@b", "https://h/v1/chat/completions"),
        ("m@localhost:80", "m", "http://localhost:80/v1/chat/completions"),
    ):
        found = openai.build(argument, target, HASTE).model
        assert isinstance(found, Endpoint) and (found.model, found.url) == (model, url)
    for wrong in ("m", "@http://h", ""):
        with pytest.raises(UsageError):
            openai.build(wrong, target, HASTE)
    monkeypatch.setenv(openai.BASE, "http://base/v1")
    assert isinstance(openai.build("m", target, HASTE).model, Endpoint)


def test_answers_become_candidates(server: Server, tally: tuple[FilePlan, list[tuple[BlockUnit, Proposal]]]) -> None:
    plan, found = tally
    units = [unit for unit, _ in found[:6]]
    server.behave = lambda body, number: completion(
        "```\nnop\nnop\n```", "nop", "nop # again", "call system", "bl system"
    )
    proposer = ModelProposer(endpoint(server, Settings(samples=5)), plan.target, Settings(samples=5))
    proposer.prepare(units)
    asked = len(server.got)
    for unit in units:
        candidates = proposer.propose(unit, ())
        assert [c.cost for c in candidates] == [1, 2] and {c.proposer for c in candidates} == {"openai:m"}
    assert len(server.got) == asked == proposer.usage.questions <= len(units)
    assert sum(proposer.usage.refused.values()) >= 2 * len(units)


def test_the_command_line_counts_tokens_and_tells_the_cost(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = str(Path(__file__).parents[1] / "golden/sources/calls.s")
    report = tmp_path / "r.json"
    arguments = [source, "--to", "riscv", "-o", str(tmp_path / "o.s"), "--store", "none", "--lm-cache", "none", "-j1"]
    model = f"openai:m@{server.url}"
    assert main([*arguments, "--lm", model, "--lm-price", "1,10", "--feedback", "0", "--report", str(report)]) == 0
    told = capsys.readouterr().err
    [row] = [row for row in json.loads(report.read_text())["yields"] if row["step"] == "samples"]
    assert row["requests"] == len(server.got) > 0
    assert row["tokens_in"] == 100 * len(server.got)
    assert row["tokens_out"] == 10 * len(server.got)
    cost = (row["tokens_in"] + 10 * row["tokens_out"]) / 1e6
    assert f"cost of {row['tokens_in']} tokens in and {row['tokens_out']} out: {cost:.4g}" in told


def test_a_price_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["f.s", "--to", "riscv", "--lm-price", "cheap"]) == 2
    assert "'cheap' is not two prices" in capsys.readouterr().err
