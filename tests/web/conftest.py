"""Chromium, and servers on free ports for it to look at. What is not installed skips the tests that need it."""

from __future__ import annotations

import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

sys.path[:0] = [str(Path(__file__).parent)]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    reason = "needs playwright: pip install 'transpile[dev]'"
    playwright = pytest.importorskip("playwright.sync_api", reason=reason)
    if CHROMIUM is None:
        pytest.skip("needs chromium on PATH")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def context(browser: Any) -> Iterator[Any]:
    """One for all tests, as its pages are: making them costs more than most tests take."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def open_page(context: Any) -> Iterator[Callable[..., Any]]:
    """A page without history or storage. What goes wrong in it, a blocked script or style among that, fails the test;
    so does any address outside its own server."""
    troubles: list[str] = []
    idle = list(context.pages)
    used: list[tuple[Any, dict[str, Any]]] = []

    def opened(url: str, color_scheme: str = "light", width: int = 1400, height: int = 900) -> Any:
        page = idle.pop() if idle else context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=color_scheme)
        page.set_default_timeout(60_000)
        used.append((page, listeners(url[:20], troubles)))
        for event, listener in used[-1][1].items():
            page.on(event, listener)
        page.goto(url)
        return page

    yield opened
    for page, heard in used:
        page.evaluate("try { localStorage.clear(); sessionStorage.clear() } catch {}")
        page.goto("about:blank")
        for event, listener in heard.items():
            page.remove_listener(event, listener)
    assert troubles == []


def listeners(origin: str, troubles: list[str]) -> dict[str, Callable[[Any], Any]]:
    def said(message: Any) -> None:
        if message.type in ("error", "warning") and "the server responded with a status of 4" not in message.text:
            troubles.append(message.text)

    def asked(request: Any) -> None:
        if not request.url.startswith((origin, "blob:", "about:blank")):
            troubles.append(request.url)

    return {"console": said, "request": asked, "pageerror": lambda error: troubles.append(str(error))}


@pytest.fixture(scope="session")
def serving() -> Callable[[Any], AbstractContextManager[str]]:
    """The address of an application on a free port, as long as the context lasts."""
    uvicorn = pytest.importorskip("uvicorn", reason="needs uvicorn: pip install 'transpile[api]'")

    @contextmanager
    def served(app: Any) -> Iterator[str]:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
            thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
            thread.start()
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
            server.should_exit = True
            thread.join(10)

    return served


@pytest.fixture(scope="session")
def fake_site(serving: Callable[[Any], AbstractContextManager[str]]) -> Iterator[tuple[Any, str]]:
    """The fake service, and the address of the page over it."""
    pytest.importorskip("starlette", reason="needs starlette: pip install 'transpile[api]'")
    from fake_service import Fake

    fake = Fake()
    with serving(fake.app) as address:
        yield fake, address


@pytest.fixture
def fake(fake_site: tuple[Any, str]) -> Iterator[Any]:
    fake_site[0].reset()
    yield fake_site[0]
    fake_site[0].held = None


@pytest.fixture
def site(fake: Any, fake_site: tuple[Any, str]) -> str:
    return fake_site[1]
