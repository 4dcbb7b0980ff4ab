"""Who proposes beside the rules: what is taken, what is refused, what a model is told, what hostile answers do."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from transpile.c.parse import parse_text
from transpile.core import verdict
from transpile.cuda.plan_text import parse
from transpile.errors import UsageError
from transpile.offload.answers import MAX_BYTES, AnswerError, parse_answer
from transpile.offload.chain import chain
from transpile.offload.proposers import Idea, Seat, Task, Tried, forbidden
from transpile.offload.translate import Choices, Offloaded, translate_c_text
from transpile.options import Options
from transpile.solvers.loops.analysis import analyse

DOWN = """void f(int n, int m, float *restrict a, const float *restrict b)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            a[j * n + i] = 2 * b[j * n + i];
}
"""
"""Neighbours along the inner loop are far apart."""
CARRIED = """void f(int n, float *a)
{
    for (int i = 1; i < n; i++)
        a[i] = a[i - 1];
}
"""
ARRAYS = "array a: m * n out\narray b: m * n in\n"
ACROSS = f"{ARRAYS}3:5: grid x=3:5 y=4:9 block 32x8\n"
WRONG = f"{ARRAYS.replace('out', 'in')}3:5: grid x=3:5 y=4:9 block 32x8\n"
WHOLE = """#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>
static void check(cudaError_t error)
{
    if (error != cudaSuccess) {
        fprintf(stderr, "%s\\n", cudaGetErrorString(error));
        exit(1);
    }
}
__global__ void spread(int n, float *a)
{
    const long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x + 1;
    if (i < n)
        a[i] = a[0];
}
void f(int n, float *a)
{
    float *d;
    if (n < 2)
        return;
    check(cudaMalloc((void **)&d, sizeof(float) * n));
    check(cudaMemcpy(d, a, sizeof(float) * n, cudaMemcpyHostToDevice));
    spread<<<(n + 255) / 256, 256>>>(n, d);
    check(cudaGetLastError());
    check(cudaMemcpy(a, d, sizeof(float) * n, cudaMemcpyDeviceToHost));
    check(cudaFree(d));
}
"""


@dataclass
class Server:
    """Answers with ``texts``, one request after another, the last one for ever."""

    texts: list[str] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0

    @property
    def lm(self) -> str:
        return f"openai:m@http://127.0.0.1:{self.port}/v1"


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            text = state.texts[min(len(state.got), len(state.texts)) - 1]
            reply = {"choices": [{"message": {"content": text}}], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}
            content = json.dumps(reply).encode()
            self.send_response(200)
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


def done(text: str, choices: Choices, lm: str, **more: Any) -> Offloaded:
    options = Options(lm=lm, temperature=0.0, lm_retries=0, **more)
    return translate_c_text(text, "f.c", replace(choices, models=options))


def told(found: Offloaded) -> list[str]:
    return [diagnostic.message for diagnostic in found.translation.diagnostics]


def test_a_cheaper_plan_that_is_proved_stands(choices: Choices) -> None:
    usual = done(DOWN, choices, "none")
    found = done(DOWN, choices, "search", samples=2)
    assert usual.plan is not None and found.plan is not None
    assert dict(usual.plan.steps[0].how.axes)["x"].line == 4
    assert dict(found.plan.steps[0].how.axes)["x"].line == 3
    (block,) = found.translation.blocks
    assert isinstance(block.verdict, verdict.Proved) and block.proposer == "search"
    assert next(usual.translation.blocks).history == () and next(usual.translation.blocks).proposer == "rules"
    row = block.yields.rows["search", "samples"]
    assert (row.chosen, row.proved) == (1, 1) and row.saved > 0


def test_a_plan_from_an_endpoint_is_carried_out(choices: Choices, server: Server) -> None:
    server.texts = [f"Neighbours should be neighbours.\n```\n{ACROSS}```\n"]
    found = done(DOWN, choices, server.lm)
    (block,) = found.translation.blocks
    assert isinstance(block.verdict, verdict.Proved) and block.proposer == "openai:m"
    row = block.yields.rows["openai:m", "samples"]
    assert (row.requests, row.tokens_in, row.tokens_out, row.chosen) == (1, 7, 3, 1)
    asked = server.got[0]["messages"][1]["content"]
    assert "- 3:5: the loop over 'i' is parallel" in asked and "a[j * n + i]" in asked and "32x8" in asked


def test_what_is_refuted_goes_back_with_the_reason(choices: Choices, server: Server) -> None:
    server.texts = [f"```\n{WRONG}```", f"```\n{ACROSS.replace('a: m * n out', 'a: m out')}```", f"```\n{ACROSS}```"]
    found = done(DOWN, choices, server.lm, feedback=2)
    assert "'a' is 'in', but a kernel writes it" in server.got[1]["messages"][3]["content"]
    assert "It is refuted. tested: " in server.got[2]["messages"][3]["content"]
    (block,) = found.translation.blocks
    assert isinstance(block.verdict, verdict.Proved) and block.proposer == "openai:m"
    assert [one.verdict.word for one in block.history] == ["undecided", "refuted", "proved"]


def test_without_anything_better_the_rules_plan_stands(choices: Choices, server: Server) -> None:
    server.texts = ["I cannot."]
    found, usual = done(DOWN, choices, server.lm), done(DOWN, choices, "none")
    assert found.translation.text == usual.translation.text and found.plan == usual.plan
    assert next(found.translation.blocks).yields.rows["openai:m", "samples"].unread == 1


def test_an_endpoint_that_is_not_there_costs_nothing_but_a_warning(choices: Choices) -> None:
    found = done(DOWN, choices, "openai:m@http://127.0.0.1:9/v1")
    assert isinstance(next(found.translation.blocks).verdict, verdict.Proved)
    assert any("is not used" in message for message in told(found))


def test_a_loop_that_carries_a_dependence_is_no_axis_whoever_says_so(choices: Choices, server: Server) -> None:
    server.texts = ["```\narray a: n inout\n3:5: grid x=3:5 block 32\n```"]
    found = done(CARRIED, choices, server.lm, feedback=1)
    assert found.translation.text == "" and found.plan is None
    assert "may not run there" in server.got[1]["messages"][3]["content"]


def test_a_whole_text_stands_where_no_plan_does(choices: Choices, server: Server) -> None:
    server.texts = [f"```cuda\n{WHOLE}```"]
    found = done(CARRIED, choices, server.lm)
    (block,) = found.translation.blocks
    assert isinstance(block.verdict, verdict.Proved | verdict.Tested) and block.proposer == "openai:m"
    assert found.plan is None and "__global__ void spread" in found.translation.text
    assert any("was written by 'openai:m' as a whole" in message for message in told(found))


def test_a_wrong_whole_text_is_refuted(choices: Choices, server: Server) -> None:
    server.texts = [f"```cuda\n{WHOLE.replace('a[0];', 'a[1];')}```"]
    assert done(CARRIED, choices, server.lm).translation.text == ""


HOSTILE = {
    "include": WHOLE.replace("<stdio.h>", '"/etc/passwd"'),
    "include of a device": WHOLE.replace("<stdio.h>", "</dev/zero>"),
    "assembly": WHOLE.replace("    float *d;", '    float *d; asm("nop");'),
    "a call of the system": WHOLE.replace("    float *d;", '    float *d; system("true");'),
    "a file": WHOLE.replace("    float *d;", '    float *d; fopen("x", "w");'),
    "a call through a pointer": WHOLE.replace("    float *d;", "    float *d; ((void (*)(void))0)();"),
    "a constructor": WHOLE.replace("static void check", "__attribute__((constructor)) static void check"),
    "other parameters": WHOLE.replace("void f(int n, float *a)", "void f(long n, float *a)"),
    "another name": WHOLE.replace("void f(int n", "void g(int n"),
    "a digraph": WHOLE.replace("#include <stdio.h>", "%:include <stdio.h>"),
    "a continued line": WHOLE.replace("#include <stdio.h>", '#inc\\\nlude "x"'),
    "no C": WHOLE.replace("{", "(("),
    "a template": WHOLE.replace("static void check", "template <class T> static void check"),
    "too long": WHOLE + "/" * MAX_BYTES,
    "too many lines": "```\n" + WHOLE + "\n" * 5000 + "```",
    "prose": "The loop is sequential, so that nothing can be done.",
    "nothing": "",
    "fences": "```\n```",
    "a plan that is none": "```\n3: grid x=3 block 9999999999x1\n```",
    "a thought": f"<think>```\n{ACROSS}```",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_answers_are_no_ideas(what: str) -> None:
    function = parse_text(CARRIED, "f.c").function("f")
    with pytest.raises(AnswerError):
        parse_answer(HOSTILE[what], function)


def test_plain_answers_are_read() -> None:
    function = parse_text(CARRIED, "f.c").function("f")
    assert parse_answer(WHOLE, function).text == WHOLE
    assert parse_answer(ACROSS, function) == parse_answer(f"So:\n~~~\n{ACROSS}~~~\nThat is all.", function)
    assert parse_answer(f"<think>```no```</think>{ACROSS}", function) == Idea(parse(ACROSS))


@dataclass
class Faulty:
    name: str = "faulty"

    def propose(self, task: Task, feedback: Sequence[Tried]) -> list[Idea]:
        raise ValueError("\x1b[31mbroken")


def test_a_proposer_that_raises_is_asked_no_more_than_three_times() -> None:
    unit = parse_text(DOWN, "f.c")
    analysis = analyse(unit, unit.function("f"))
    asked: Callable[[], list[Idea]]
    seat = Seat(Faulty())
    asked = lambda: seat.propose(Task(unit, unit.function("f"), analysis, None, None), ())  # type: ignore[arg-type]  # noqa: E731
    assert [asked() for _ in range(5)] == [[]] * 5
    assert seat.faults == 3 and "broken" in seat.trouble and "\x1b" not in seat.trouble


def test_what_the_analysis_forbids_is_told_by_line() -> None:
    unit = parse_text(CARRIED, "f.c")
    analysis = analyse(unit, unit.function("f"))
    assert forbidden(parse("array a: n inout\n3: grid x=3\n"), analysis).startswith(
        "3: the loop over 'i' is sequential"
    )
    assert forbidden(parse("array a: n inout\n3: single\n"), analysis) == ""


def test_the_chain_is_as_in_the_other_direction() -> None:
    assert chain(Options(lm="none")) == []
    assert [seat.name for seat in chain(Options(lm="random,search"))] == ["random", "search"]
    with pytest.raises(UsageError):
        chain(Options(lm="magic"))
