"""`--html` in Chromium: one file, from disk, with the page's own parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="needs playwright: pip install 'transpile[dev]'")

from playwright.sync_api import Browser, Page, expect

import transpile
from transpile import html
from transpile.core import verdict as verdicts
from transpile.options import Options
from transpile.translation import Attempt, BlockResult, FunctionResult, Rung, Translation

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
Open = Callable[..., Page]
expect.set_options(timeout=60_000)
HOSTILE = "</script><img src=x onerror=alert(1)>&lt;\"'"


def block(label: str, line: int, verdict: verdicts.Verdict, text: str = "nop") -> BlockResult:
    tried = Attempt("rules", 1, verdict, text=(text,), filled=(text,))
    rung = Rung("race-free", "open", text, (text,))
    relation = {"rax": text}
    return BlockResult(label, line, line + 1, (text,), (text,), verdict, relation, text, 1, 7, (tried,), rungs=(rung,))


@pytest.fixture
def every_verdict(tmp_path: Path) -> str:
    """A report with every verdict, and one of hostile text."""
    blocks = (
        block("one", 1, verdicts.Proved()),
        block("two", 3, verdicts.Tested(200, 7, "no loop was unrolled")),
        block("three", 5, verdicts.Refuted({"rdi": 2**64 - 1, "edi": 5}, ("rax",))),
        block("four", 7, verdicts.Undecided("out of resources")),
    )
    first = Translation("", "a.s", "riscv", (FunctionResult("f", blocks),))
    second = Translation(
        "", HOSTILE, "riscv", (FunctionResult(HOSTILE, (block(HOSTILE, 1, verdicts.Proved(), HOSTILE),)),)
    )
    path = tmp_path / "report.html"
    path.write_text(html.page([first, second], "tested"), "utf-8")
    return path.as_uri()


def test_first_what_does_not_meet_the_requirement(every_verdict: str, open_page: Open) -> None:
    page = open_page(every_verdict)
    expect(page.get_by_role("heading", name="three")).to_be_visible()
    about = page.locator(".about")
    expect(about).to_contain_text("18446744073709551615 (-1)")
    expect(about).to_contain_text("race-free")
    expect(page.locator(".listing .chosen")).to_have_count(2)
    page.locator(".block-list .row", has_text="two").hover()
    expect(page.locator(".listing .piece.marked .gutter").first).to_contain_text("≈ 3")


def test_lists_are_filtered_and_files_are_linked(every_verdict: str, open_page: Open) -> None:
    page = open_page(every_verdict)
    page.get_by_role("button", name="proved 1").click()
    expect(page.locator(".block-list li:visible")).to_have_count(3)
    page.get_by_role("link", name="img").click()
    expect(page.locator(".file-view h2")).to_have_text(f"{HOSTILE} to riscv")
    expect(page.locator(".about .panel")).to_contain_text(HOSTILE)
    assert page.locator("img, [onerror]").count() == 0
    expect(open_page(f"{every_verdict}#0.1").get_by_role("heading", name="two")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 360)])
def test_roles_names_and_contrast(every_verdict: str, open_page: Open, scheme: str, width: int) -> None:
    page = open_page(every_verdict, scheme, width)
    page.evaluate(AXE)
    rules = "['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']"
    asked = f"axe.run(document, {{runOnly: {rules}, resultTypes: ['violations']}}).then(found => found.violations)"
    assert [(row["id"], node["html"][:200]) for row in page.evaluate(asked) for node in row["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_control_flow_of_assembly_is_drawn(open_page: Open, tmp_path: Path) -> None:
    source = "\t.text\n\t.type f, @function\nf:\n\tmovl\t%edi, %eax\n.L2:\n\tsubl\t$1, %eax\n\tjne\t.L2\n\tret\n"
    path = tmp_path / "report.html"
    done = transpile.translate(source, "riscv", file="f.s", options=Options(jobs=1, lm="none"))
    path.write_text(html.page([done], "tested"), "utf-8")
    page = open_page(path.as_uri())
    expect(page.locator(".node")).to_have_count(sum(1 for _ in done.blocks))
    page.locator(".node", has_text=".L2").click()
    expect(page.locator(".about h3").first).to_have_text(".L2")


def test_without_scripts_there_are_the_verdicts(every_verdict: str, browser: Browser) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(every_verdict)
    expect(page.get_by_role("cell", name="out of resources")).to_be_visible()
    expect(page.get_by_role("cell", name="rdi = 0xffffffffffffffff")).to_be_visible()
    page.close()
