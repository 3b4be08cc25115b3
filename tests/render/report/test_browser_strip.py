"""The leave-one-out strip of the explorer, in Debian's Chromium."""

from __future__ import annotations

import random
from typing import Any

import pytest
from browser_answers import fit_in_python, near, text_in_python

STRIP = "#explore-repair .strip"
#: What the strip shows, row by row: the fit, the printed interval, the remark.
ROWS = """name => {
    const e = rupmeta.explorers.get(name), fits = e.strip.fits();
    return e.strip.units.map((study, i) => {
        const row = e.strip.buttons[i], text = selector => row.querySelector(selector).textContent;
        const moved = row.classList.contains("moved");
        return [study.id, fits[i], text(".effect"), text(".side"), moved, row.hidden];
    });
}"""


def side_in_python(fit: Any) -> str:
    interval = fit.estimate.interval()
    return "above" if interval.lb > 0 else "below" if interval.ub < 0 else "open"


@pytest.mark.parametrize("name", ["worked", "24"])
def test_every_row_of_seeded_subsets_equals_python(visit: Any, pages: Any, name: str) -> None:
    page = visit(pages(name))
    info = next(i for i in page.evaluate("rupmeta.data.analyses") if i["name"] == "repair")
    ids = [study["id"] for study in info["studies"]]
    rng, moved, words = random.Random(11), 0, {"above": "above", "below": "below", "open": "holds"}
    for _ in range(10):
        out = set(rng.sample(ids, rng.randint(0, len(ids) - 2)))
        method, test = rng.choice(info["methods"])[0], rng.choice(info["tests"])[0]
        level, scale = rng.choice((0.9, 0.95, 0.99)), rng.choice(info["scales"])["id"]
        page.evaluate(
            """([out, method, test, level, scale]) => {
                const e = rupmeta.explorers.get("repair");
                e.out = new Set(out); Object.assign(e.state, {method, test, level, scale}); e.show(false);
            }""",
            [sorted(out), method, test, level, scale],
        )
        whole = side_in_python(fit_in_python(info, out, method, test, level))
        for id_, fit, text, remark, marked, hidden in page.evaluate(ROWS, "repair"):
            assert not hidden
            if id_ in out:
                assert (fit, text, remark) == (None, "—", "left out")
                continue
            python = fit_in_python(info, out | {id_}, method, test, level)
            interval = python.estimate.interval()
            half = interval.ub - interval.lb
            assert near(fit["estimate"], python.estimate.estimate)
            assert fit["ci_lb"] == pytest.approx(interval.lb, rel=1e-9, abs=1e-9 * half)
            assert fit["ci_ub"] == pytest.approx(interval.ub, rel=1e-9, abs=1e-9 * half)
            assert text == text_in_python(info, python, scale)
            assert marked == (side_in_python(python) != whole)
            assert (words[side_in_python(python)] in remark) == marked
            moved += marked
    assert moved > 0 or name == "24"


@pytest.mark.parametrize("name", ["worked", "3", "che"])
def test_at_first_the_rows_are_those_of_the_report(visit: Any, pages: Any, name: str) -> None:
    page = visit(pages(name))
    for info in page.evaluate("rupmeta.data.analyses"):
        rows = page.evaluate(ROWS, info["name"])
        clusters = {study["id"]: study["cluster"] for study in info["studies"]}
        first = info["scales"][0]
        assert len(rows) == len(info["checks"])
        for id_, fit, text, *_ in rows:
            check = next(c for c in info["checks"] if c["omitted"] == clusters[id_])
            assert fit["estimate"] == pytest.approx(check["estimate"], rel=1e-9)
            assert f"{first['symbol']} = {text}" == info["without"][clusters[id_]][first["id"]]


def test_a_row_that_turns_the_answer_says_so_in_words(visit: Any, pages: Any) -> None:
    page = visit(pages("worked"))
    page.locator("#explore-repair select[name=level]").select_option("0.99")
    texts = page.locator(f"{STRIP} .moved .side").all_text_contents()
    assert texts
    assert set(texts) == {"◆ interval holds zero"}
    assert page.locator(f"{STRIP} .all .side").text_content() == "interval above zero"


def test_pointing_at_a_row_shows_the_answer_without_it_and_pressing_keeps_it(visit: Any, pages: Any) -> None:
    page = visit(pages("worked"))
    box, row = page.locator("#explore-repair"), page.locator(f"{STRIP} button").nth(8)
    before, told = box.locator(".rows").inner_html(), box.locator(".status").text_content()
    row.hover()
    assert box.locator(".status").text_content().startswith("Without Synthetic Maple (2013), exploratory")
    assert "k = 10 of 11" in box.locator(".pooled").text_content()
    assert page.evaluate("location.hash") == ""
    page.locator("h1").hover()
    assert box.locator(".status").text_content() == told
    assert box.locator(".rows").inner_html() == before
    row.click()
    page.locator("h1").hover()
    assert row.get_attribute("aria-pressed") == "true"
    assert "k = 10 of 11" in box.locator(".pooled").text_content()
    assert "maple2013" in page.evaluate("location.hash")


def test_the_strip_is_one_stop_of_the_keyboard_with_arrows_inside(visit: Any, pages: Any) -> None:
    page = visit(pages("worked"))
    box = page.locator("#explore-repair")
    assert page.locator(f"{STRIP} button[tabindex='0']").count() == 1
    page.locator(f"{STRIP} summary").focus()
    page.keyboard.press("Tab")
    assert "Without Synthetic Alder" in box.locator(".status").text_content()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    focused = "document.activeElement.dataset.unit"
    rows = [study["id"] for study in page.evaluate("rupmeta.explorers.get('repair').info.studies")]
    assert page.evaluate(focused) == rows[-2]
    assert "Without Synthetic Rowan" in box.locator(".status").text_content()
    page.keyboard.press("Space")
    assert box.locator(".toggle[aria-pressed=false]").count() == 1
    page.keyboard.press("Enter")
    assert box.locator(".toggle[aria-pressed=false]").count() == 0


def test_rows_stand_in_the_order_of_the_studies_and_leave_with_them(visit: Any, pages: Any) -> None:
    page = visit(pages("worked"))
    box = page.locator("#explore-repair")
    box.locator("select[name=sort]").select_option("effect")
    box.locator("select[name=filter]").select_option("phase=late")
    ids = "nodes => nodes.filter(n => !n.hidden).map(n => n.dataset.row ?? n.dataset.unit)"
    studies = box.locator(".study[data-row]:not(.pooled)").evaluate_all(ids)
    assert page.locator(f"{STRIP} button").evaluate_all(ids) == studies
    assert len(studies) == 4


def test_a_dependent_model_shows_what_was_computed_without_a_sample(visit: Any, pages: Any) -> None:
    page = visit(pages("che"))
    row = page.locator(f"{STRIP} button").nth(1)
    row.click()
    (info,) = page.evaluate("rupmeta.data.analyses")
    sample = info["studies"][1]["cluster"]
    assert info["without"][sample]["r"] in page.locator("#explore-repair .status").text_content()
    told = page.locator("#explore-repair .pooled .effect").text_content()
    assert info["without"][sample]["r"] == f"r = {told}"
    assert (
        page.locator(f"{STRIP} .all .effect").text_content()
        in page.locator("#explore-repair .status").text_content()
    )


def test_two_hundred_studies_wait_until_they_are_asked(visit: Any, pages: Any) -> None:
    page = visit(pages("200"))
    assert page.locator(f"{STRIP}[open]").count() == 0
    page.locator(f"{STRIP} summary").click()
    assert page.locator(f"{STRIP} button").count() == 200
    assert page.locator(f"{STRIP} button .plot svg").count() == 200
