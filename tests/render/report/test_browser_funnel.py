"""The funnel plot of the page as a control: contours, pseudo interval, studies left out; in Chromium."""

from __future__ import annotations

import random
from statistics import NormalDist
from typing import Any

import pytest
from browser_answers import fit_in_python

FIGURE = "figure:has(#repair-funnel)"
DRAWING = "document.getElementById('repair-funnel').innerHTML"
LINES = """() => {
    const svg = document.getElementById("repair-funnel");
    const at = (node, name) => Number(node.getAttribute(name));
    const line = [...svg.querySelectorAll("line.estimate")].find(n => at(n, "x1") === at(n, "x2"));
    return [line && at(line, "x1"), [...svg.querySelectorAll("path.funnel")].map(n => n.getAttribute("d"))];
}"""


def axis_of(page: Any, name: str) -> tuple[float, float, float, float]:
    told = page.locator("#repair-funnel").get_attribute(f"data-{name}")
    lo, hi, left, right = map(float, told.split())
    return lo, hi, left, right


def on(axis: tuple[float, float, float, float], value: float) -> float:
    lo, hi, left, right = axis
    return left + (min(max(value, lo), hi) - lo) / (hi - lo) * (right - left)


@pytest.mark.parametrize("name", ["worked", "24"])
def test_the_pooled_line_follows_the_studies_that_stay(visit: Any, pages: Any, name: str) -> None:
    page = visit(pages(name))
    info = next(i for i in page.evaluate("rupmeta.data.analyses") if i["name"] == "repair")
    x, se = axis_of(page, "x"), axis_of(page, "se")
    ids = [study["id"] for study in info["studies"]]
    rng, z = random.Random(3), NormalDist().inv_cdf(0.975)
    for _ in range(6):
        out = set(rng.sample(ids, rng.randint(1, len(ids) - 1)))
        page.evaluate(
            "out => { const e = rupmeta.explorers.get('repair'); e.out = new Set(out); e.show(false); }",
            sorted(out),
        )
        estimate = fit_in_python(info, out, info["method"], info["asked"], info["level"]).estimate.estimate
        line, cones = page.evaluate(LINES)
        assert line == pytest.approx(on(x, estimate), abs=0.006)
        for d, sign in zip(cones, (-1, 1), strict=True):
            edge = x[1] if sign == 1 else x[0]
            depth = min(se[1], (edge - estimate) * sign / z)
            start, end = (tuple(map(float, part.split(","))) for part in d[1:].split("L"))
            assert start == pytest.approx((on(x, estimate), se[2]), abs=0.006)
            assert end == pytest.approx((on(x, estimate + sign * z * depth), on(se, depth)), abs=0.006)
        left = page.locator("#repair-funnel .row.left").evaluate_all("rows => rows.map(r => r.dataset.row)")
        assert set(left) == out
        assert page.locator("#repair-funnel .row.left .cross").count() == len(out)


def test_reset_restores_the_drawing_of_python(visit: Any, pages: Any) -> None:
    without = visit(pages("worked"), java_script_enabled=False)
    assert without.locator("#repair-funnel").is_visible()
    assert without.locator(f"{FIGURE} .controls").count() == 0
    page = visit(pages("worked"))
    python = page.evaluate(DRAWING)
    assert python.count("<circle") == without.locator("#repair-funnel circle").count()
    for box in page.locator(f"{FIGURE} input[type=checkbox]").all():
        box.uncheck()
    assert page.locator("#repair-funnel [class*=contour]").count() == 0
    assert page.locator("#repair-funnel .funnel").count() == 0
    assert page.locator("#repair-funnel text", has_text="p >").count() == 0
    page.locator(f"{FIGURE} button", has_text="Reset").click()
    assert page.evaluate(DRAWING) == python
    page.locator("#explore-repair .toggle[role=button]").nth(2).click()
    assert page.evaluate(DRAWING) != python
    assert page.locator(f"{FIGURE} .note", has_text="left out").is_visible()
    page.locator("#explore-repair .reset").click()
    assert page.evaluate(DRAWING) == python
    assert not page.locator(f"{FIGURE} .note", has_text="left out").is_visible()


@pytest.mark.parametrize(
    ("hidden", "labels"),
    [
        (["p = .05"], ["p > .10", ".01 < p < .10", "p < .01"]),
        (["p = .10"], ["p > .05", ".01 < p < .05", "p < .01"]),
        (["p = .01"], ["p > .10", ".05 < p < .10", "p < .05"]),
        (["p = .01", "p = .10"], ["p > .05", "p < .05"]),
    ],
)
def test_the_key_says_what_the_fields_left_mean(
    visit: Any, pages: Any, hidden: list[str], labels: list[str]
) -> None:
    page = visit(pages("worked"))
    for text in hidden:
        page.get_by_label(f"contour {text}").first.uncheck()
    texts = page.locator("#repair-funnel text").all_text_contents()
    assert [text for text in texts if "p <" in text or "p >" in text] == labels
    fields = page.locator("#repair-funnel path[class^=contour]").count()
    assert fields == 3 - len(hidden)


def test_what_is_hidden_stands_in_the_address(visit: Any, pages: Any) -> None:
    page = visit(pages("worked"))
    page.get_by_label("pseudo interval").nth(0).uncheck()
    link = page.evaluate("location.hash")
    anchor = link[1:].split("?")[0]
    again = visit(pages("worked"), hash_=link)
    assert again.locator(f"#{anchor} .funnel").count() == 0
    again.get_by_label("pseudo interval").nth(0).focus()
    again.keyboard.press("Space")
    assert again.locator(f"#{anchor} .funnel").count() == 3  # two sides, and the key
    assert "?" not in again.evaluate("location.hash")


def test_what_all_studies_gave_is_hidden_while_some_are_out(visit: Any, pages: Any) -> None:
    page = visit(pages("24"))
    marks = page.locator("#repair-funnel :is(.egger, .adjusted, .filled)")
    before = marks.count()
    assert before > 0
    page.locator("#explore-repair .toggle[role=button]").first.click()
    assert marks.count() == 0
    page.locator("#explore-repair .toggle[role=button]").first.click()
    assert marks.count() == before
