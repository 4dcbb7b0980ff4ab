"""The page over `transpile serve`, as it is installed: jobs, workers, sandbox, database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="needs playwright: pip install 'transpile[dev]'")
for needed in ("fastapi", "uvicorn", "sqlalchemy", "alembic"):
    pytest.importorskip(needed, reason=f"needs {needed}: pip install 'transpile[api]'")

from playwright.sync_api import Page, expect  # noqa: E402

Open = Callable[..., Page]
expect.set_options(timeout=60_000)
SERVE = "import sys; from transpile.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address, once it says it."""
    folder = tmp_path_factory.mktemp("service")
    arguments = ["serve", "--port", "0", "--workers", "1", "--database", str(folder / "jobs.sqlite")]
    with (folder / "log").open("w+") as log:
        command = [sys.executable, "-P", "-c", SERVE, *arguments]
        process = subprocess.Popen(command, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"})
        try:
            yield announced(process, folder / "log")
        finally:
            process.terminate()
            process.wait(60)


def announced(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(1800):
        found = re.search(r"http://[\d.]+:\d+", log.read_text())
        if found:
            return f"{found[0]}/"
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def ready(page: Page) -> Page:
    page.wait_for_selector("#translate:not([disabled])")
    return page


SMALL = """\t.text
\t.globl sum
\t.type sum, @function
sum:
\txorl\t%eax, %eax
.L2:
\taddl\t%edi, %eax
\tsubl\t$1, %edi
\tjne\t.L2
\tret
\t.size sum, .-sum
"""


def test_paste_proved_explained_permalink_downloads(service: str, open_page: Open, tmp_path: Path) -> None:
    """One test, so that one process of pytest starts the service."""
    page = ready(open_page(service))
    page.locator("#source .ace_content").click()
    page.keyboard.insert_text(SMALL)
    page.select_option("#to", "aarch64")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#state")).to_have_text("done: 3 proved")
    page.locator(".block-list .row", has_text=".L2").first.click()
    expect(page.locator("#about")).to_contain_text("Held at entry")
    expect(page.locator("#about")).to_contain_text("Candidates (")
    expect(page.locator("#source .block-chosen")).to_be_visible()
    expect(page.locator("#target .block-chosen")).to_be_visible()
    page.click("#tab-graph")
    expect(page.locator(".node.chosen")).to_have_attribute("aria-label", re.compile(r"^\.L2, proved, goes to .*\.L2"))
    found = re.search(r"#/jobs/([\w-]+)/\d+\.\d+$", page.url)
    assert found
    again = open_page(page.url)
    expect(again.locator("#about h2")).to_have_text(".L2")
    expect(again.locator("#source .ace_content")).to_contain_text("subl")
    downloaded(again, f"{service}v1/jobs/{found[1]}/report.html", open_page, tmp_path)
    told_at_its_line(ready(open_page(service)), tmp_path)


def downloaded(page: Page, kept: str, open_page: Open, folder: Path) -> None:
    with page.expect_download() as report:
        page.select_option("#download", label="report (HTML)")
    saved = folder / "report.html"
    report.value.save_as(saved)
    with page.expect_download() as output:
        page.locator("#download").select_option(index=1)
    output.value.save_as(folder / "out.s")
    assert "sum:" in (folder / "out.s").read_text()
    for address in (saved.as_uri(), kept):
        shown = open_page(address)
        expect(shown.locator(".block-list .row").first).to_be_visible()
        expect(shown.locator(".node").first).to_be_visible()


def told_at_its_line(page: Page, folder: Path) -> None:
    broken = folder / "broken.s"
    broken.write_text("\t.text\nf:\n\tmovl\t$1, %\n\tret\n")
    page.set_input_files("#file", broken)
    expect(page.locator("#name")).to_have_value("broken.s")
    page.click("#translate")
    expect(page.locator("#problem button").first).to_have_text(re.compile(r"^3:\d+: error: "))
    expect(page.locator("#source .ace_gutter-cell.ace_error").first).to_have_text("3")
