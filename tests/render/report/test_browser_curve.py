"""The brush on the specification curve, in Chromium: its counts against Python's, its manners."""

from __future__ import annotations

import random
from statistics import median
from typing import Any

import pytest
from report_pages import shipped_results

from rupmeta.render.multiverse.figure import curve_columns
from rupmeta.render.numbers import number

FIGURE = "figure:has(#repair-specification)"
SELECT = "([from, to, option]) => Object.assign(rupmeta.curves.get('repair'), {from, to, option}).summary()"


def in_python(answer: dict[str, Any], first: int, last: int, option: str) -> dict[str, Any]:
    """The same from the answer itself, row by row."""
    found, columns = answer["specifications"], curve_columns(answer)
    size = len(found["estimate"])
    order = sorted(range(size), key=lambda i: (found["estimate"][i], i))
    labels = {  # choice → the words of the row that every specification takes, in order of size
        choice["label"]: [choice["options"][j] for j in taken]
        for choice, taken in zip(columns["choices"], columns["taken"], strict=True)
    }
    rows = range(first - 1, last)
    if option:
        d, j = map(int, option.split("."))
        choice = columns["choices"][d]
        rows = [i for i in rows if labels[choice["label"]][i] == choice["options"][j]]
    x = [found["estimate"][order[i]] for i in rows]
    above = sum(found["ci_lb"][order[i]] > 0 for i in rows)
    below = sum(found["ci_ub"][order[i]] < 0 for i in rows)
    more = {
        (name, word): (sum(taken[i] == word for i in rows), taken.count(word))
        for name, taken in labels.items()
        for word in dict.fromkeys(taken)
        if len(x) < size and sum(taken[i] == word for i in rows) * size > taken.count(word) * len(x)
    }
    return {"x": x, "above": above, "below": below, "open": len(x) - above - below, "more": more}


@pytest.mark.parametrize("seed", range(3))
def test_the_counts_are_those_of_python(visit: Any, pages: Any, seed: int) -> None:
    page = visit(pages("worked"))
    for name in ("repair", "no-rupture"):
        answer = shipped_results("examples/worked")["analyses"][name]["parts"]["multiverse"]["result"]
        rng, size = random.Random(seed), answer["counts"]["specifications"]
        for trial in range(12):
            first, last = sorted(rng.choices(range(1, size + 1), k=2))
            rows = page.evaluate("name => rupmeta.curves.get(name).rows", name)
            option = rng.choice(["", *rows]) if trial else ""
            first, last = (first, last) if trial else (1, size)
            got = page.evaluate(SELECT.replace("repair", name), [first, last, option])
            want = in_python(answer, first, last, option)
            x = want["x"]
            assert got["n"] == len(x)
            assert [got[key] for key in ("above", "below", "open")] == [
                want[key] for key in ("above", "below", "open")
            ]
            if x:
                assert (got["low"], got["high"]) == (min(x), max(x))
                assert got["median"] == pytest.approx(median(x), rel=1e-12)
            else:
                assert got["median"] is None
            assert {(o["choice"], o["label"]): (o["inside"], o["all"]) for o in got["options"]} == want[
                "more"
            ]
            more = [o["more"] for o in got["options"]]
            assert more == sorted(more, reverse=True)


def test_all_are_the_curve_of_the_report(visit: Any, pages: Any) -> None:
    page = visit(pages("worked"))
    answer = shipped_results("examples/worked")["analyses"]["repair"]["parts"]["multiverse"]["result"]
    curve, size = answer["curve"], answer["counts"]["specifications"]
    got = page.evaluate(SELECT, [1, size, ""])
    assert got["median"] == pytest.approx(curve["median"], rel=1e-9)
    assert got["above"] == round(curve["share_above"] * size)
    assert got["below"] == round(curve["share_below"] * size)
    told = page.locator(f"{FIGURE} .status").text_content()
    low, mid, high = (number(curve[key], "bounded") for key in ("lowest", "median", "highest"))
    assert f"All {size} specifications: r from {low} to {high}, median {mid}." in told
    assert page.locator(f"{FIGURE} li").count() == 0


def test_dragging_selects_a_stretch_and_reset_restores_the_figure(visit: Any, pages: Any) -> None:
    page = visit(pages("worked"))
    drawn = "document.getElementById('repair-specification').innerHTML"
    python, svg = page.evaluate(drawn), page.locator("#repair-specification")
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()
    _, _, left, right = map(float, svg.get_attribute("data-x").split())
    _, _, _, top = map(float, svg.get_attribute("data-y").split())
    scale = box["width"] / float(svg.get_attribute("viewBox").split()[2])
    at = lambda share: box["x"] + scale * (left + share * (right - left))  # noqa: E731
    y = box["y"] + scale * (top + 30)
    page.mouse.move(at(0.5), y)
    page.mouse.down()
    page.mouse.move(at(0.3), y, steps=4)
    page.mouse.move(at(0.251), y + 20)
    page.mouse.up()
    first, last = page.evaluate("(({from, to}) => [from, to])(rupmeta.curves.get('repair'))")
    assert 73 <= first <= 78
    assert 149 <= last <= 153
    assert page.evaluate("location.hash") == f"#repair-specification?from={first}&to={last}"
    told = page.locator(f"{FIGURE} .status").text_content()
    assert told.startswith(f"{last - first + 1} of 300 specifications selected: r from ")
    assert page.locator(f"{FIGURE} li").count() > 0
    assert page.locator("#repair-specification .veil").count() == 2
    again = visit(pages("worked"), hash_=page.evaluate("location.hash"))
    assert again.locator(f"{FIGURE} .status").text_content() == told
    page.locator(f"{FIGURE} button", has_text="Reset").click()
    assert page.evaluate(drawn) == python
    assert "?" not in page.evaluate("location.hash")


def test_a_row_of_the_dashboard_selects_all_that_take_its_option(visit: Any, pages: Any) -> None:
    page = visit(pages("worked"))
    label = page.locator("#repair-specification text.study", has_text="left out (Cook's distance)")
    label.click()
    told = page.locator(f"{FIGURE} .status").text_content()
    assert told.startswith("96 of 300 specifications selected")
    first = page.locator(f"{FIGURE} li").first.text_content()
    assert first.startswith(
        "Influential samples: left out (Cook's distance) in 96 of 96 (100%) against 96 of"
    )
    label.click(force=True)
    assert page.locator(f"{FIGURE} .status").text_content().startswith("All 300")


def test_the_keyboard_does_the_same(visit: Any, pages: Any) -> None:
    page = visit(pages("worked"))
    figure = page.locator(FIGURE)
    last = figure.get_by_label("Last specification")
    last.focus()
    page.keyboard.press("Home")
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    assert figure.locator(".status").text_content().startswith("10 of 300 specifications selected")
    estimate = page.evaluate("rupmeta.data.curves.repair.estimate[9]")
    assert last.get_attribute("aria-valuetext") == f"number 10 of 300, r = {number(estimate, 'bounded')}"
    figure.get_by_label("First specification").focus()
    page.keyboard.press("End")
    assert figure.locator(".status").text_content().startswith("1 of 300 specifications selected")
    only = figure.get_by_label("Only specifications with")
    only.focus()
    only.select_option("0.0")
    assert "0 of 300 specifications selected." in figure.locator(".status").text_content()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert figure.locator(".status").text_content().startswith("All 300")


def test_without_script_the_figure_is_whole(visit: Any, pages: Any) -> None:
    page = visit(pages("worked"), java_script_enabled=False)
    assert page.locator("#repair-specification").is_visible()
    assert page.locator(f"{FIGURE} .controls, {FIGURE} .status").count() == 0
