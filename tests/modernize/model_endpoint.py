"""An endpoint that answers as it was told."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_METHOD = re.compile(r"Answer with a better `(\w+)`")


@dataclass
class Server:
    """``texts``: the answers by the name of the method, one request after another, the last one for ever; other methods
    are refused politely. ``got``: the conversations."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    got: list[list[dict[str, str]]] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)
    port: int = 0

    @property
    def lm(self) -> str:
        return f"openai:m@http://127.0.0.1:{self.port}/v1"

    def answer(self, messages: list[dict[str, str]]) -> str:
        self.got.append(messages)
        found = _METHOD.search(messages[1]["content"])
        name = found[1] if found else ""
        known = self.texts.get(name, ["It is good as it is."])
        self.asked[name] = self.asked.get(name, 0) + 1
        return known[min(self.asked[name], len(known)) - 1]

    def about(self, name: str) -> list[list[dict[str, str]]]:
        """The conversations about a method."""
        return [one for one in self.got if f"`{name}`" in one[1]["content"]]


@contextmanager
def serving() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["content-length"])))
            text = state.answer(asked["messages"])
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
    try:
        yield state
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
