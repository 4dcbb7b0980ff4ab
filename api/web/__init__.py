"""The page at ``/``: static files, all of them known when the server starts.

``routes`` gives the page and everything it loads, with ``POLICY``: it may load from its own server only, and nothing in
the documents themselves runs. Answers carry the digest of their content, so that a browser asks again but gets a file
only when it changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MEDIA_TYPES = {
    ".cob": "text/plain; charset=utf-8",
    ".c": "text/plain; charset=utf-8",
    ".s": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
"""What is served; other files in the folders, such as licences, are plain text."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file: what a browser gets."""

    content: bytes
    media_type: str

    @property
    def tag(self) -> str:
        return f'"{sha256(self.content).hexdigest()[:32]}"'


def assets() -> dict[str, Asset]:
    """Every file by its path on the server. The parts that reports are made of come from ``transpile.html``."""
    page, parts = files("transpile.api") / "web", files("transpile.html")
    found = dict(_under(page, "/web"))
    found |= _under(parts / "parts", "/web/parts")
    found |= _under(parts / "vendor", "/web/vendor")
    return {"/": found.pop("/web/index.html"), **found}


def routes() -> list[Route]:
    """To be added to the application as they are."""
    return [_route(path, asset) for path, asset in assets().items()]


def _under(folder: Traversable, path: str) -> Iterator[tuple[str, Asset]]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _under(one, f"{path}/{one.name}")
        elif not one.name.endswith((".py", ".pyc")):
            suffix = f".{one.name.rpartition('.')[2]}"
            media_type = MEDIA_TYPES.get(suffix, "text/plain; charset=utf-8")
            yield f"{path}/{one.name}", Asset(one.read_bytes(), media_type)


def _route(path: str, asset: Asset) -> Route:
    headers = {"ETag": asset.tag, "Cache-Control": "no-cache", "Content-Security-Policy": POLICY}

    async def answer(request: Request) -> Response:
        if request.headers.get("if-none-match") == asset.tag:
            return Response(status_code=304, headers=headers)
        return Response(asset.content, headers=headers, media_type=asset.media_type)

    return Route(path, answer, include_in_schema=False)
