"""Chat completions on the wire: the request in what the endpoint understands, the response read as untrusted data."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from transpile.errors import UsageError
from transpile.lm.answer import MAX_BYTES
from transpile.lm.asking import Question
from transpile.lm.settings import Settings

if TYPE_CHECKING:
    import ssl

    import httpx

MAX_RESPONSE = 4 << 20
_SEVERAL = ("'n'", '"n"', "`n`", "n >", "n must", "choices")


@dataclass(slots=True)
class Dialect:
    """What an endpoint was found to understand; ``changes`` counts what was given up."""

    seed: bool = True
    several: bool = True
    """More than one answer to a request (``n``)."""
    temperature: bool = True
    system: bool = True
    limit: str = "max_tokens"
    changes: int = 0

    def adapt(self, complaint: str) -> bool:
        """Give up what a refused request was blamed for; False if that is nothing that can be."""
        if "max_completion_tokens" in complaint and self.limit == "max_tokens":
            self.limit = "max_completion_tokens"
        elif "seed" in complaint and self.seed:
            self.seed = False
        elif "temperature" in complaint and self.temperature:
            self.temperature = False
        elif "system" in complaint and "role" in complaint and self.system:
            self.system = False
        elif self.several and any(word in complaint for word in _SEVERAL):
            self.several = False
        else:
            return False
        self.changes += 1
        return True

    def request(self, model: str, question: Question, wanted: int, seed: int, settings: Settings) -> dict[str, Any]:
        """The body of a request for ``wanted`` answers."""
        messages = [{"role": m.role, "content": m.content} for m in question.messages]
        if not self.system and len(messages) > 1 and messages[0]["role"] == "system":
            system = messages.pop(0)["content"]
            messages[0]["content"] = f"{system}\n\n{messages[0]['content']}"
        body: dict[str, Any] = {"model": model, "messages": messages, self.limit: settings.max_tokens}
        if self.temperature:
            body["temperature"] = settings.temperature
        if self.seed:
            body["seed"] = seed
        if wanted > 1 and self.several:
            body["n"] = wanted
        return body


@dataclass(frozen=True, slots=True)
class Reply:
    """A response's answers, and the tokens it says it took."""

    texts: tuple[str, ...]
    tokens_in: int = 0
    tokens_out: int = 0


def completions_url(url: str) -> str:
    """The URL of the chat completions below a base URL: ``localhost:8000`` is ``http://localhost:8000/v1/chat/…``."""
    full = url.rstrip("/") if "://" in url else f"http://{url.rstrip('/')}"
    scheme, _, rest = full.partition("://")
    host, _, path = rest.partition("/")
    if scheme not in ("http", "https") or not host or any(c.isspace() or not c.isprintable() for c in full):
        raise UsageError(f"'{url}' is not the URL of an endpoint", "write openai:MODEL@http://HOST:PORT/v1")
    if path.endswith("chat/completions"):
        return full
    return f"{full}/chat/completions" if path else f"{full}/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class Line:
    """How an endpoint is reached: its URL, the headers of every request, and whose certificates are trusted."""

    url: str
    headers: Mapping[str, str]
    trusted: ssl.SSLContext

    def post(self, body: Mapping[str, Any], timeout_s: float) -> tuple[int, httpx.Headers, bytes]:
        """Status, headers and content.

        Raises httpx.TransportError; also when the whole takes longer than ``timeout_s``, however slowly its bytes come.
        """
        import httpx

        try:
            return asyncio.run(self._posted(body, timeout_s))
        except TimeoutError:
            raise httpx.ReadTimeout("the answer took too long") from None

    async def _posted(self, body: Mapping[str, Any], timeout_s: float) -> tuple[int, httpx.Headers, bytes]:
        import httpx

        async with (
            asyncio.timeout(timeout_s),
            httpx.AsyncClient(timeout=timeout_s, headers=self.headers, verify=self.trusted) as client,
            client.stream("POST", self.url, json=body) as response,
        ):
            content = bytearray()
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > MAX_RESPONSE:
                    raise httpx.ReadError(f"the response is longer than {MAX_RESPONSE} bytes")
            return response.status_code, response.headers, bytes(content)


def read_reply(content: bytes) -> Reply:
    """Raises ValueError if ``content`` is no completion."""
    try:
        data = json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    choices = data.get("choices") if isinstance(data, dict) else None
    if not isinstance(choices, list) or not choices:
        raise ValueError("no choices")
    texts = tuple(text[: MAX_BYTES + 1] for choice in choices if (text := _text(choice)) is not None)
    usage = data.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return Reply(texts, _count(counts.get("prompt_tokens")), _count(counts.get("completion_tokens")))


def complaint_of(content: bytes) -> str:
    """What an error response says."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return content[:500].decode("utf-8", "replace")
    for name in ("error", "detail"):
        if isinstance(data, dict) and name in data:
            data = data[name]
    if isinstance(data, dict):
        data = " ".join(str(data[name]) for name in ("message", "code", "param") if data.get(name))
    return str(data)[:500]


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that the endpoint wants us to wait; ``now`` is the time of day."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.replace(".", "", 1).isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _text(choice: object) -> str | None:
    message = choice.get("message") if isinstance(choice, dict) else None
    text = message.get("content") if isinstance(message, dict) else None
    return text if isinstance(text, str) else None


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 1 << 40 else 0
