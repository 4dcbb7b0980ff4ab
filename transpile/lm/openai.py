"""``openai:MODEL@URL``: any endpoint that speaks the chat completions of the OpenAI API.

Requests run concurrently, wait as the endpoint tells them to, and are tried again after failures that may pass. What
an endpoint does not know (several answers at once, a seed) is left out from then on. An endpoint that cannot be used
ends in ``trouble``, and is asked again in a later file; a question that fails alone has no answers. The key comes from
the environment and goes nowhere but into the requests.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from transpile.errors import ToolError, UsageError, printable
from transpile.lm.asking import ModelProposer, Question, Usage
from transpile.lm.remembered import AnswerCache, key_of
from transpile.lm.settings import Settings
from transpile.lm.wire import Dialect, Line, complaint_of, completions_url, read_reply, retry_after
from transpile.native.abi import TargetIsa

if TYPE_CHECKING:
    import httpx

KEYS = ("TRANSPILE_LM_KEY", "OPENAI_API_KEY")
BASE = "OPENAI_BASE_URL"
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
GIVE_UP_AFTER = 3
"""Requests lost in a row, each after all its attempts, until the endpoint counts as broken."""
AGAIN_S, LATEST_AGAIN_S = 60.0, 900.0
"""After which an endpoint that was given up is asked again: each time twice as long."""
PASSING = frozenset((408, 409, 425, 429, 500, 502, 503, 504, 529))
CLOSED = {
    401: f"set {' or '.join(KEYS)}",
    402: "the account has no credit",
    403: f"set {' or '.join(KEYS)}",
    404: "check the model's name and the URL",
}
"""Statuses that no further request can change -> the hint."""


class Lost(Exception):
    """A request has no answer."""


class Passing(Exception):
    """An attempt failed in a way that may pass; ``pause`` in seconds if the endpoint named it."""

    def __init__(self, reason: str, pause: float | None = None, unreachable: bool = False) -> None:
        super().__init__(reason)
        self.pause = pause
        self.unreachable = unreachable


@dataclass(frozen=True, slots=True)
class Job:
    """One request: answers to question number ``question``."""

    question: int
    wanted: int
    seed: int


@dataclass(slots=True)
class Endpoint:
    """A model behind an URL. ``sleep`` waits that many seconds."""

    model: str
    url: str
    settings: Settings
    sleep: Callable[[float], None] = time.sleep
    usage: Usage = field(default_factory=Usage)
    trouble: ToolError | None = None
    missed: ToolError | None = None
    dialect: Dialect = field(default_factory=Dialect)
    resume_at: float = 0.0
    lost_in_a_row: int = 0
    given_up: int = 0
    """How often, since it last answered."""
    again_at: float = 0.0
    deadline: float = inf
    answered: bool = False
    """Whether any question of this file was."""
    cache: AnswerCache | None = None
    line: Line | None = None
    owner: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        return f"openai:{self.model}"

    def begin(self) -> None:
        """A file begins: ``total_s`` counts from here, and what was given up long enough ago is asked again, once."""
        now = time.monotonic()
        self.deadline = now + self.settings.total_s if self.settings.total_s else inf
        self.answered, self.missed = False, None
        if self.trouble is not None and now >= self.again_at:
            self.trouble = None
            self.lost_in_a_row = min(self.lost_in_a_row, GIVE_UP_AFTER - 1)

    def answer(self, questions: Sequence[Question]) -> list[list[str]]:
        """See ``Model``. One request wants all answers to a question; those that are missing are asked for singly."""
        cache = self._open()
        begun = time.monotonic()
        keys = [self._key(question) for question in questions]
        texts = [cache.answers(key) or [] for key in keys]
        asked = [i for i, found in enumerate(texts) if not found]
        self.usage.cached += len(questions) - len(asked)
        if self.dialect.several:
            self._run(questions, texts, [Job(i, questions[i].samples, self.settings.seed) for i in asked])
        several = [i for i in asked if questions[i].samples > 1]
        if several and all(len(texts[i]) <= 1 for i in several) and any(texts[i] for i in several):
            self.dialect.several = False
        self._run(questions, texts, self._missing(questions, texts, asked))
        for i in asked:
            if len(texts[i]) >= questions[i].samples:
                cache.remember(keys[i], texts[i])
        self.usage.seconds += time.monotonic() - begun
        return texts

    def close(self) -> None:
        if self.owner == os.getpid() and self.cache is not None:
            self.cache.close()
        self.line = self.cache = None

    def _missing(self, questions: Sequence[Question], texts: list[list[str]], asked: Sequence[int]) -> list[Job]:
        """Requests for single answers; a question that was lost is not asked again."""
        jobs: list[Job] = []
        for i in asked:
            if texts[i] or not self.dialect.several:
                jobs += [Job(i, 1, self.settings.seed + j) for j in range(len(texts[i]), questions[i].samples)]
        return jobs

    def _open(self) -> AnswerCache:
        """Connections belong to the process that made them."""
        if self.cache is None or self.owner != os.getpid():
            import httpx

            key = next((os.environ[name] for name in KEYS if os.environ.get(name)), "")
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            self.line = Line(self.url, headers, httpx.create_ssl_context())
            self.cache = AnswerCache(self.settings.cache)
            self.lock = threading.Lock()
            self.owner = os.getpid()
        return self.cache

    def _key(self, question: Question) -> bytes:
        chosen = self.settings
        return key_of(question, self.url, self.model, chosen.temperature, chosen.seed, chosen.max_tokens)

    def _run(self, questions: Sequence[Question], texts: list[list[str]], jobs: Sequence[Job]) -> None:
        """Send ``jobs`` and add what comes back to ``texts``, in the order of the jobs."""
        if not jobs:
            return
        with ThreadPoolExecutor(max(1, min(self.settings.concurrency, len(jobs)))) as pool:
            found = list(pool.map(lambda job: self._ask(questions[job.question], job), jobs))
        for job, answers in zip(jobs, found, strict=True):
            texts[job.question] += answers

    def _ask(self, question: Question, job: Job) -> list[str]:
        """The answers of one request; none if it is lost."""
        try:
            answers = self._attempts(question, job)
        except Lost as lost:
            with self.lock:
                self.usage.lost += 1
                self.lost_in_a_row += 1
                self.missed = self.missed or ToolError(f"a request to {self.url} was lost: {printable(str(lost))}")
                if self.lost_in_a_row >= GIVE_UP_AFTER:
                    self._give_up(str(lost), "see the endpoint's log")
            return []
        with self.lock:
            self.lost_in_a_row = self.given_up = 0
            self.answered = True
        return answers[: job.wanted]

    def _attempts(self, question: Question, job: Job) -> list[str]:
        """Raises Lost."""
        failures = 0
        pauses = random.Random(f"{job.question} {job.seed}")
        while True:
            while self.trouble is None and (left := min(self.resume_at, self.deadline) - time.monotonic()) > 0:
                self.sleep(left)
            with self.lock:
                if self.trouble is None and time.monotonic() >= self.deadline:
                    self._give_up(f"its {self.settings.total_s:g} seconds for this file are over", "ask it for less")
                    self.again_at = 0.0 if self.answered else self.again_at
            if self.trouble is not None:
                raise Lost(self.trouble.message)
            try:
                return self._request(question, job)
            except Passing as error:
                failures += 1
                if failures > self.settings.retries:
                    if error.unreachable:
                        with self.lock:
                            self._give_up(str(error), "start the server, or check the URL after '@'")
                    raise Lost(str(error)) from None
                self._pause(error.pause, FIRST_PAUSE * 2 ** (failures - 1) * pauses.uniform(0.75, 1.25))

    def _pause(self, named: float | None, ours: float) -> None:
        """Before another attempt: what the endpoint named holds for all requests."""
        with self.lock:
            self.usage.retries += 1
            if named is not None:
                self.resume_at = max(self.resume_at, time.monotonic() + min(named, LONGEST_PAUSE))
        if named is None:
            self.sleep(max(0.0, min(ours, LONGEST_PAUSE, self.deadline - time.monotonic())))

    def _give_up(self, reason: str, hint: str) -> None:
        if self.trouble is None:
            self.again_at = time.monotonic() + min(AGAIN_S * 2.0**self.given_up, LATEST_AGAIN_S)
            self.given_up += 1
            message = f"the language model '{self.name}' at {self.url} is not used: {printable(reason)}"
            self.trouble = ToolError(message, f"{hint}; blocks are translated without it")

    def _request(self, question: Question, job: Job) -> list[str]:
        """One exchange, again for each part of the request that the endpoint does not know; raises Passing, Lost."""
        while True:
            with self.lock:
                self.usage.requests += 1
                changes = self.dialect.changes
                body = self.dialect.request(self.model, question, job.wanted, job.seed, self.settings)
            status, headers, content = self._post(body)
            if status == 200:
                return self._read(content)
            complaint = complaint_of(content)
            told = f"HTTP {status} {complaint[:200]}".rstrip()
            with self.lock:
                if status in CLOSED or "insufficient_quota" in complaint:
                    self._give_up(told, CLOSED.get(status, CLOSED[402]))
                    raise Lost(told)
                if status in (400, 422) and (self.dialect.changes > changes or self.dialect.adapt(complaint.lower())):
                    continue
            if status in PASSING:
                raise Passing(told, retry_after(headers, time.time()))
            raise Lost(told)

    def _post(self, body: dict[str, object]) -> tuple[int, httpx.Headers, bytes]:
        import httpx

        assert self.line is not None
        left = self.deadline - time.monotonic()
        try:
            return self.line.post(body, max(0.001, min(self.settings.timeout_s, left)))
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
            raise Passing(reason, unreachable=isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)) from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise Lost(str(error)) from None

    def _read(self, content: bytes) -> list[str]:
        try:
            reply = read_reply(content)
        except ValueError as error:
            raise Passing(f"the response is no completion: {error}") from None
        with self.lock:
            self.usage.tokens_in += reply.tokens_in
            self.usage.tokens_out += reply.tokens_out
        return list(reply.texts)


def build(model_at_url: str, target: TargetIsa, settings: Settings) -> ModelProposer:
    """The proposer of ``openai:MODEL@URL``."""
    return ModelProposer(endpoint(model_at_url, settings), target, settings)


def endpoint(model_at_url: str, settings: Settings) -> Endpoint:
    """The endpoint of ``openai:MODEL@URL``; without ``@URL`` the one in the environment is taken."""
    model, url = model_at_url, os.environ.get(BASE, "")
    for scheme in ("@http://", "@https://", "@"):
        head, found, tail = model_at_url.rpartition(scheme)
        if found:
            model, url = head, scheme[1:] + tail
            break
    if not model or not url:
        raise UsageError(f"'openai:{model_at_url}' names no model at an URL", "write openai:MODEL@http://HOST:PORT/v1")
    return Endpoint(model, completions_url(url), settings)
