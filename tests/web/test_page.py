"""The page in Chromium, over a service of the same shapes with real translations."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright", reason="needs playwright: pip install 'transpile[dev]'")

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).parents[2]
expect.set_options(timeout=60_000)
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
Open = Callable[..., Page]
SMALL = """\t.text
\t.globl clamp
\t.type clamp, @function
clamp:
\tmovl\t%edi, %eax
\tcmpl\t$255, %edi
\tjle\t.L2
\tmovl\t$255, %eax
.L2:
\tret
\t.size clamp, .-clamp
"""
LONG = "".join(SMALL.replace("clamp", f"clamp{n}").replace(".L2", f".L{n}") for n in range(20))
WHOLE = 60
"""Blocks of LONG: more than the service gives at once."""


def ready(page: Page) -> Page:
    page.wait_for_selector("#translate:not([disabled])")
    return page


def paste(page: Page, text: str) -> None:
    """As a person does: click into the editor, paste."""
    page.locator("#source .ace_content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def translate_small(page: Page) -> None:
    paste(ready(page), SMALL)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#state")).to_have_text("done: 3 proved")


def accessible(page: Page) -> None:
    page.evaluate(AXE)
    rules = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
    asked = f"axe.run(document, {{runOnly: {rules}, resultTypes: ['violations']}}).then(found => found.violations)"
    broken = [(row["id"], node["html"][:200]) for row in page.evaluate(asked) for node in row["nodes"]]
    assert broken == []


def mark_of(cell: Locator) -> str:
    """What stands before a line in the gutter."""
    return str(cell.evaluate("cell => getComputedStyle(cell, '::after').content"))


def test_blocks_turn_proved_while_it_runs(site: str, open_page: Open, fake: Any) -> None:
    fake.held, fake.drops = 20, 1
    page = ready(open_page(site))
    paste(page, LONG)
    page.click("#translate")
    rows = page.locator(".block-list li")
    expect(rows).to_have_count(20)
    expect(page.locator("#state")).to_have_text(f"20 of {WHOLE} blocks")
    expect(page.locator("#cancel")).to_be_visible()
    expect(page.locator("#target .ace_content")).to_contain_text("sext.w")
    fake.held = None
    expect(page.locator("#state")).to_have_text(f"done: {WHOLE} proved")
    expect(rows).to_have_count(WHOLE)
    expect(page.locator("#live")).to_have_text(f"Job done: {WHOLE} proved.")
    expect(page.locator("#cancel")).to_be_hidden()


def test_examples_come_with_their_direction(site: str, open_page: Open) -> None:
    page = ready(open_page(site))
    page.select_option("#examples", label="tally.s: x86-64 to AArch64")
    page.locator("#source").get_by_text("trace_of_powers:").wait_for()
    expect(page.locator("#name")).to_have_value("tally.s")
    expect(page.locator("#to")).to_have_value("aarch64")


def test_a_proof_is_explained_and_has_a_link_of_its_own(site: str, open_page: Open) -> None:
    page = open_page(site)
    translate_small(page)
    page.locator(".block-list .row", has_text=".L2").click()
    panel = page.locator("#about")
    expect(panel.get_by_role("heading", name=".L2")).to_be_visible()
    expect(panel).to_contain_text("Held at entry")
    expect(panel).to_contain_text("Candidates (1)")
    address = page.url
    assert re.search(r"#/jobs/job-1/0\.2$", address)
    again = open_page(address)
    expect(again.locator("#about").get_by_role("heading", name=".L2")).to_be_visible()
    expect(again.locator("#source")).to_contain_text("clamp:")
    expect(again.locator("#name")).to_have_value("input.s")
    expect(again.locator("#state")).to_have_text("done: 3 proved")


def test_both_sides_mark_the_block_under_the_pointer(site: str, open_page: Open) -> None:
    page = ready(open_page(site))
    paste(page, LONG)
    page.select_option("#to", "aarch64")
    page.click("#translate")
    expect(page.locator("#state")).to_have_text(f"done: {WHOLE} proved")
    page.locator(".block-list .row").last.hover()
    for side in ("#source", "#target"):
        expect(page.locator(f"{side} .block-marked")).to_be_visible()
    page.keyboard.press("Alt+1")
    page.keyboard.press("Control+Home")
    line = page.locator("#source .ace_line", has_text="cmpl").first.bounding_box()
    assert line is not None
    page.mouse.move(line["x"] + 60, line["y"] + 5)
    expect(page.locator(".block-list li.marked .label")).to_have_text("clamp0")
    expect(page.locator(".block-list li.marked")).to_be_in_viewport()
    expect(page.locator("#target .block-marked")).to_be_visible()


def test_verdicts_are_marks_and_not_only_colours(site: str, open_page: Open) -> None:
    page = open_page(site)
    translate_small(page)
    for side in ("#source", "#target"):
        cell = page.locator(f"{side} .ace_gutter-cell.first").first
        assert mark_of(cell) == '"✓"'
    assert page.locator(".block-list .row").first.inner_text().startswith("✓")
    page.click("#tab-graph")
    expect(page.locator(".node .mark").first).to_have_text("✓")


def test_an_unproved_block_shows_why(site: str, open_page: Open) -> None:
    page = ready(open_page(site))
    paste(page, SMALL.replace("cmpl\t$255, %edi", "fsin"))
    page.click("#translate")
    expect(page.locator("#state")).to_contain_text("undecided")
    expect(page.locator("#about .badge").first).to_have_text(re.compile("undecided"))
    expect(page.locator("#about .reason").first).to_contain_text("fsin")


def test_a_broken_file_has_its_message_at_its_line(site: str, open_page: Open) -> None:
    page = ready(open_page(site))
    broken = SMALL.replace("movl\t$255, %eax", "movl\t$255, %")
    page.evaluate(
        """text => {
        const carried = new DataTransfer();
        carried.items.add(new File([text], "broken.s"));
        for (const name of ["dragenter", "drop"])
          document.body.dispatchEvent(new DragEvent(name, { dataTransfer: carried, bubbles: true, cancelable: true }));
    }""",
        broken,
    )
    expect(page.locator("#name")).to_have_value("broken.s")
    expect(page.locator("#source")).to_contain_text("clamp:")
    page.click("#translate")
    message = page.locator("#problem button")
    expect(message).to_have_text(re.compile(r"^8:\d+: error: "))
    expect(page.locator("#source .ace_gutter-cell.ace_error")).to_have_text("8")
    message.click()
    expect(page.locator("#source textarea")).to_have_attribute("aria-label", "Source, Cursor at row 8")


def test_name_and_direction_are_guessed_from_the_text(site: str, open_page: Open) -> None:
    page = ready(open_page(site))
    paste(page, (ROOT / "examples" / "savings.cob").read_text())
    expect(page.locator("#name")).to_have_value("input.cob")
    expect(page.locator("#to")).to_have_value("python")
    paste(page, (ROOT / "examples" / "saxpy.c").read_text())
    expect(page.locator("#name")).to_have_value("input.c")
    expect(page.locator("#to option")).to_have_text("CUDA (not here)")
    expect(page.locator("#translate")).to_be_disabled()


def test_options_and_companions_go_along(site: str, open_page: Open, fake: Any) -> None:
    page = ready(open_page(site))
    page.click("#options-switch")
    page.select_option("#option-require", "proved")
    page.fill("#option-rlimit", "1000000")
    page.check("#option-trap_division")
    page.set_input_files("#options input[type=file]", {"name": "a.inc", "mimeType": "text/plain", "buffer": b"# x\n"})
    expect(page.locator(".companions")).to_contain_text("a.inc")
    translate_small(page)
    [asked] = fake.asked
    assert asked["options"] == {"require": "proved", "rlimit": 1000000, "trap_division": True}
    assert asked["companions"] == {"a.inc": "# x\n"}
    assert asked["files"] == [{"name": "input.s", "source": SMALL}]


def test_everything_works_with_the_keyboard_alone(site: str, open_page: Open) -> None:
    page = ready(open_page(site))
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Alt+1")
    page.keyboard.insert_text(SMALL)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#state")).to_have_text("done: 3 proved")
    page.keyboard.press("Alt+3")
    for key, label in (("Home", "clamp"), ("ArrowDown", ".Ltp_clamp_0"), ("End", ".L2")):
        page.keyboard.press(key)
        expect(page.locator(".row:focus .label")).to_have_text(label)
    assert page.locator(".row:focus").evaluate("row => getComputedStyle(row).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#about h2")).to_have_text(".L2")
    page.keyboard.press("Alt+4")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#about h2")).not_to_have_text("clamp")
    page.keyboard.press("Alt+5")
    expect(page.locator("#about")).to_be_focused()
    page.keyboard.press("Alt+2")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.locator("#target :focus")).to_have_count(0)
    page.locator("#tab-list").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 1000), ("light", 360)])
def test_roles_names_contrast_and_sizes(site: str, open_page: Open, scheme: str, width: int) -> None:
    page = open_page(site, scheme, width)
    translate_small(page)
    page.click("#options-switch")
    accessible(page)
    page.click("#tab-graph")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_editors_say_what_they_are(site: str, open_page: Open) -> None:
    page = ready(open_page(site))
    expect(page.get_by_role("textbox", name="Source, Cursor at row 1")).to_have_count(1)
    expect(page.get_by_role("textbox", name="Target, read only, Cursor at row 1")).to_have_count(1)


def test_the_theme_is_kept(site: str, open_page: Open) -> None:
    page = ready(open_page(site, "light"))
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.click("#theme")
    page.click("#theme")
    expect(page.locator("#theme")).to_have_text("Theme: dark")
    assert page.evaluate(ground) != light
    page.reload()
    expect(page.locator("#theme")).to_have_text("Theme: dark")


HOSTILE = "</script><img src=x onerror=alert(1)>&lt;\"'"


def test_text_of_an_input_is_never_markup(site: str, open_page: Open, fake: Any) -> None:
    page = open_page(site)
    translate_small(page)
    for block in fake.jobs["job-1"].blocks:
        rung = {"name": HOSTILE, "outcome": "open", "detail": HOSTILE, "assumptions": [HOSTILE]}
        block |= {"label": HOSTILE, "function": HOSTILE, "reason": HOSTILE, "verdict": "refuted", "rungs": [rung]}
        block |= {"relation": {HOSTILE: HOSTILE}, "source": [HOSTILE], "target": [HOSTILE], "successors": [HOSTILE]}
        block["evidence"] = {"witness": {HOSTILE: "0xffffffff"}, "differs": [HOSTILE]}
        block["history"] = [dict(block["history"][0], target=[HOSTILE], filled=[HOSTILE], proposer=HOSTILE)]
    fake.jobs["job-1"].diagnostics = [
        {"severity": "warning", "message": HOSTILE, "hint": HOSTILE, "line": 3, "column": 1}
    ]
    fake.jobs["job-1"].name = HOSTILE
    again = ready(open_page(page.url))
    expect(again.locator("#about")).to_contain_text("4294967295 (-1)")
    expect(again.locator("#about")).to_contain_text(HOSTILE)
    expect(again.locator("#problem")).to_contain_text(HOSTILE)
    again.click("#tab-graph")
    expect(again.locator(".node").first).to_be_visible()
    assert again.locator("img, [onerror]").count() == 0


def test_a_server_that_wants_a_key_gets_one(site: str, open_page: Open, fake: Any) -> None:
    fake.key = "secret"
    page = open_page(site)
    page.get_by_label("API key").fill("secret")
    page.get_by_role("button", name="Use").click()
    ready(page)


def test_a_job_that_is_not_there_is_said_to_be_so(site: str, open_page: Open) -> None:
    page = open_page(f"{site}#/jobs/nowhere")
    expect(page.get_by_role("alert")).to_have_text("There is no such job.")


def test_an_edited_source_is_not_marked_with_old_verdicts(site: str, open_page: Open) -> None:
    page = open_page(site)
    translate_small(page)
    page.keyboard.press("Alt+1")
    page.keyboard.type("x")
    expect(page.locator("#source-note")).to_contain_text("edited")
    expect(page.locator("#source .of-block")).to_have_count(0)
    expect(page.locator("#target .of-block").first).to_be_visible()
