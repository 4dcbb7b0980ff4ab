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

ROOT = Path(__file__).parents[2]
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
            process.wait(30)


def announced(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(600):
        found = re.search(r"http://[\d.]+:\d+", log.read_text())
        if found:
            return f"{found[0]}/"
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def ready(page: Page) -> Page:
    page.wait_for_selector("#translate:not([disabled])")
    return page


def test_paste_proved_explained_permalink(service: str, open_page: Open) -> None:
    page = ready(open_page(service))
    page.locator("#source .ace_content").click()
    page.keyboard.insert_text((ROOT / "examples" / "tally.s").read_text())
    page.select_option("#to", "riscv")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#state")).to_have_text(re.compile(r"^done: \d+ proved$"))
    page.locator(".block-list .row", has_text=".L2").first.click()
    expect(page.locator("#about")).to_contain_text("Held at entry")
    expect(page.locator("#about")).to_contain_text("Candidates (")
    expect(page.locator("#source .block-chosen")).to_be_visible()
    expect(page.locator("#target .block-chosen")).to_be_visible()
    page.click("#tab-graph")
    expect(page.locator(".node.chosen")).to_have_attribute("aria-label", re.compile(r"^\.L2, proved, goes to .*\.L2"))
    assert re.search(r"#/jobs/[\w-]+/\d+\.\d+$", page.url)
    again = open_page(page.url)
    expect(again.locator("#about h2")).to_have_text(".L2")
    expect(again.locator("#source .ace_content")).to_contain_text("movapd")


def test_a_broken_file_is_told_at_its_line(service: str, open_page: Open, tmp_path: Path) -> None:
    broken = tmp_path / "broken.s"
    broken.write_text("\t.text\nf:\n\tmovl\t$1, %\n\tret\n")
    page = ready(open_page(service))
    page.set_input_files("#file", broken)
    expect(page.locator("#name")).to_have_value("broken.s")
    page.click("#translate")
    expect(page.locator("#problem button").first).to_have_text(re.compile(r"^3:\d+: error: "))
    expect(page.locator("#source .ace_gutter-cell.ace_error").first).to_have_text("3")


def test_results_are_downloaded_and_the_report_shows_them(service: str, open_page: Open, tmp_path: Path) -> None:
    page = ready(open_page(service))
    page.select_option("#examples", label="tally.s: x86-64 to AArch64")
    expect(page.locator("#name")).to_have_value("tally.s")
    page.click("#translate")
    expect(page.locator("#state")).to_have_text(re.compile("^done: "))
    with page.expect_download() as report:
        page.select_option("#download", label="report (HTML)")
    saved = tmp_path / "report.html"
    report.value.save_as(saved)
    with page.expect_download() as output:
        page.locator("#download").select_option(index=1)
    output.value.save_as(tmp_path / "out.s")
    assert "tally" in (tmp_path / "out.s").read_text()
    job = re.search(r"jobs/([\w-]+)", page.url)
    assert job
    for address in (saved.as_uri(), f"{service}v1/jobs/{job[1]}/report.html"):
        shown = open_page(address)
        expect(shown.locator(".block-list .row").first).to_be_visible()
        expect(shown.locator(".node").first).to_be_visible()
