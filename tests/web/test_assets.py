"""What the page is made of, without a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

pytest.importorskip("starlette", reason="needs starlette: pip install 'transpile[api]'")

from starlette.applications import Starlette

from transpile.api.web import POLICY, assets, routes

ROOT = Path(__file__).parents[2]
ASSETS = assets()
OWN = {path: asset.content.decode() for path, asset in ASSETS.items() if "/vendor/" not in path}

OF_OTHERS = {path: asset.content.decode() for path, asset in ASSETS.items() if "/vendor/" in path and ".js" in path}


@pytest.fixture(scope="module")
def client(serving: Callable[[Starlette], AbstractContextManager[str]]) -> Iterator[httpx.Client]:
    with serving(Starlette(routes=routes())) as address, httpx.Client(base_url=address) as client:
        yield client


def test_what_the_page_names_is_there() -> None:
    named = re.findall(r'(?:src|href)="(web/[^"]+)"', OWN["/"])
    assert named
    assert {f"/{path}" for path in named} <= set(ASSETS)


@pytest.mark.parametrize("path", [path for path in OWN if path.endswith(".js")])
def test_what_a_module_imports_is_there(path: str) -> None:
    folder = path.rpartition("/")[0]
    for name in re.findall(r'from "([^"]+)"', OWN[path]):
        parts = f"{folder}/{name}".replace("/./", "/")
        assert re.sub(r"/[^/]+/\.\./", "/", parts) in ASSETS


def test_nothing_runs_inside_a_document() -> None:
    assert "unsafe" not in POLICY
    assert not re.search(r"<script>|<style| style=| on\w+=", OWN["/"])
    assert not any("innerHTML" in text or "insertAdjacentHTML" in text for text in OWN.values())


def test_examples_are_those_of_the_repository() -> None:
    for name in ("tally.s", "saxpy.c", "savings.cob"):
        assert ASSETS[f"/web/examples/{name}"].content == (ROOT / "examples" / name).read_bytes()


@pytest.mark.parametrize("library", ["ace", "dagre"])
def test_a_library_comes_with_its_licence(library: str) -> None:
    assert b"Copyright" in ASSETS[f"/web/vendor/{library}/LICENSE"].content


def test_documented_versions_are_those_that_are_there() -> None:
    documented = (ROOT / "docs" / "web.md").read_text("utf-8")
    axe = (ROOT / "tests" / "web" / "vendor" / "axe.min.js").read_text("utf-8")
    ace, dagre = (
        ASSETS[path].content.decode() for path in ("/web/vendor/ace/ace.js", "/web/vendor/dagre/dagre.min.js")
    )
    for text, name, form in ((ace, "ace-builds", 'version="{}"'), (dagre, "dagre", '"{}"'), (axe, "axe-core", "v{}")):
        found = re.search(rf"^\| \[.*{name}.*\| ([\d.]+) \|", documented, re.MULTILINE)
        assert found and form.format(found[1]) in text


def test_the_documented_policy_is_the_one_that_is_sent() -> None:
    assert POLICY in (ROOT / "docs" / "web.md").read_text("utf-8")


def test_a_file_is_sent_once(client: httpx.Client) -> None:
    first = client.get("/web/js/main.js")
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert first.headers["content-security-policy"] == POLICY
    assert client.get("/web/js/main.js", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/web/__init__.py", "/web/..%2f__init__.py", "/web/js/../../jobs/model.py", "/web/"])
def test_nothing_else_is_sent(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
