"""The page in Debian's Chromium: its numbers, its manners, its looks at every size."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from browser_answers import fit_in_python, near, text_in_python

from rupmeta.render.numbers import NBSP, number

CASES = json.loads((Path(__file__).parent / "number_cases.json").read_text(encoding="utf-8"))["cases"]
WIDTHS = (390, 768, 1280)


#: Keep the first analysis, and the first few of what repeats.
THIN = """() => {
    const others = [...document.querySelectorAll("section[id^=analysis-]")].slice(1);
    for (const section of others) section.remove();
    const few = (rows, n) => [...rows].slice(n).forEach(row => row.remove());
    for (const table of document.querySelectorAll("table")) few(table.rows, 3);
    for (const svg of document.querySelectorAll("svg.figure"))
        for (const kind of ["g.row", "text.tick", "text.study"]) few(svg.querySelectorAll(kind), 3);
    for (const list of [".record", ".rows .study:not(.pooled)", ".strip button"])
        few(document.querySelectorAll(list), 5);
    for (const link of document.querySelectorAll(".toc a"))
        if (!document.getElementById(link.hash.slice(1))) link.parentElement.remove();
}"""


def violations(found: Any) -> list[tuple[str, Any, int]]:
    return [(v["id"], v["nodes"][0]["target"], len(v["nodes"])) for v in found.response["violations"]]


class TestNumbers:
    def test_the_page_prints_the_shared_cases(self, visit: Any, pages: Any) -> None:
        page = visit(pages("3"))
        texts = page.evaluate(
            "cases => cases.map(([x, kind, digits]) => rupmeta.number(x, kind, digits))", CASES
        )
        assert [text.replace(NBSP, " ") for text in texts] == [case[3] for case in CASES]

    def test_the_page_prints_random_numbers_as_python_does(self, visit: Any, pages: Any) -> None:
        rng = random.Random(20260101)
        kinds = ("bounded", "unbounded", "tau2", "percent", "weight", "count")
        cases = []
        for _ in range(5000):
            kind = rng.choice(kinds)
            size = {"bounded": 1.0, "percent": 100.0, "weight": 100.0}.get(kind, 10 ** rng.uniform(-6, 5))
            x = rng.uniform(0 if kind in ("tau2", "percent", "weight", "count") else -size, size)
            x = round(x, rng.randint(1, 6)) if rng.random() < 0.7 else x  # halves are where printers differ
            cases.append([x, kind, rng.choice([None, None, 3])])
        page = visit(pages("3"))
        texts = page.evaluate(
            "cases => cases.map(([x, kind, digits]) => rupmeta.number(x, kind, digits))", cases
        )
        assert texts == [number(x, kind, digits=digits) for x, kind, digits in cases]

    @pytest.mark.parametrize("name", ["worked", "24"])
    def test_seeded_subsets_equal_python(self, visit: Any, pages: Any, name: str) -> None:
        page = visit(pages(name))
        infos = {info["name"]: info for info in page.evaluate("rupmeta.data.analyses")}
        info = infos["repair"]
        ids = [study["id"] for study in info["studies"]]
        rng = random.Random(7)
        for number_ in range(50):
            out = set(rng.sample(ids, rng.randint(0, len(ids) - 1)))
            method, test = rng.choice(info["methods"])[0], rng.choice(info["tests"])[0]
            level, scale = rng.choice((0.9, 0.95, 0.99)), rng.choice(info["scales"])["id"]
            python = fit_in_python(info, out, method, test, level)
            got = page.evaluate(
                """([out, method, test, level, scale]) => {
                    const e = rupmeta.explorers.get("repair");
                    e.out = new Set(out); Object.assign(e.state, {method, test, level, scale}); e.show(false);
                    const [, fit] = e.fit();
                    return [fit, e.pooledRow.querySelector(".effect").textContent, e.status.textContent];
                }""",
                [sorted(out), method, test, level, scale],
            )
            fit, text, status = got
            interval, h = python.estimate.interval(), python.heterogeneity
            where = f"subset {number_}: {method}, {test}, {level}, k = {python.k}"
            assert near(fit["estimate"], python.estimate.estimate), where
            half = interval.ub - interval.lb  # a limit near zero is as exact as the interval is wide
            assert fit["ci_lb"] == pytest.approx(interval.lb, rel=1e-9, abs=1e-9 * half), where
            assert fit["ci_ub"] == pytest.approx(interval.ub, rel=1e-9, abs=1e-9 * half), where
            if python.k > 1:
                assert fit["tau2"] == pytest.approx(h.tau2, rel=1e-7, abs=1e-10), where
                assert fit["I2"] == pytest.approx(h.I2, rel=1e-7, abs=1e-7), where
            assert (fit["pi_lb"] is None) == (python.prediction is None), where
            if python.prediction is not None:
                assert fit["pi_lb"] == pytest.approx(python.prediction.lb, rel=1e-8, abs=1e-8 * half), where
            initial = not out and (method, test, level, scale) == tuple(
                page.evaluate("Object.values(rupmeta.explorers.get('repair').initial).slice(0, 4)")
            )
            if not initial:
                assert text == text_in_python(info, python, scale), where
                assert text in status

    @pytest.mark.parametrize("name", ["worked", "24", "3"])
    def test_every_leave_one_out_equals_the_report(self, visit: Any, pages: Any, name: str) -> None:
        page = visit(pages(name))
        for info in page.evaluate("rupmeta.data.analyses"):
            scale = info["scales"][0]["id"]
            for check in info["checks"]:
                got = page.evaluate(
                    """([name, omitted]) => {
                        const e = rupmeta.explorers.get(name);
                        e.reset(false);
                        e.out = new Set(e.info.studies.filter(s => s.cluster === omitted).map(s => s.id));
                        e.show(false);
                        return [e.fit()[1], e.pooledRow.querySelector(".effect").textContent];
                    }""",
                    [info["name"], check["omitted"]],
                )
                half = check["ci_ub"] - check["ci_lb"]
                for key in ("estimate", "ci_lb", "ci_ub"):
                    # both sides start from numbers with ten digits
                    assert got[0][key] == pytest.approx(check[key], rel=1e-9, abs=2e-9 * half)
                assert f"{info['scales'][0]['symbol']} = {got[1]}" == info["without"][check["omitted"]][scale]

    @pytest.mark.parametrize("name", ["worked", "studies", "24", "200"])
    def test_selftest(self, visit: Any, pages: Any, name: str) -> None:
        page = visit(pages(name), hash_="#selftest")
        assert page.evaluate("document.documentElement.dataset.selftest") == "ok"

    def test_a_dependent_model_is_not_pooled_again(self, visit: Any, pages: Any) -> None:
        page = visit(pages("che"))
        (info,) = page.evaluate("rupmeta.data.analyses")
        assert not info["repool"]
        assert page.locator(".controls select[name=method]").count() == 0
        page.locator(".toggle[role=button]").first.click()
        first = info["studies"][0]["cluster"]
        assert info["without"][first]["r"] in page.locator("#explore-repair .status").text_content()


class TestUse:
    def test_keyboard_leaves_a_study_out_and_reset_restores_the_page(self, visit: Any, pages: Any) -> None:
        page = visit(pages("worked"))
        box = page.locator("#explore-repair")
        before = box.locator(".rows").inner_text()
        status = box.locator(".status").text_content()
        row = box.locator(".toggle[role=button]").nth(8)
        row.focus()
        page.keyboard.press("Space")
        assert row.get_attribute("aria-pressed") == "false"
        assert "k = 10 of 11" in box.locator(".pooled").text_content()
        assert "exploratory" in box.locator(".status").text_content()
        page.keyboard.press("Enter")
        assert row.get_attribute("aria-pressed") == "true"
        page.keyboard.press("Enter")
        box.locator("select[name=scale]").select_option("d")
        box.locator("select[name=level]").select_option("0.99")
        box.locator("select[name=sort]").select_option("effect")
        assert "d [99% CI]" in box.locator(".head").text_content()
        box.locator(".reset").click()
        assert box.locator(".rows").inner_text() == before
        assert box.locator(".toggle[aria-pressed=false]").count() == 0
        assert box.locator(".status").text_content() == status

    def test_a_permalink_opens_the_same_state(self, visit: Any, pages: Any) -> None:
        page = visit(pages("worked"))
        box = page.locator("#explore-repair")
        box.locator(".toggle[role=button]").first.click()
        box.locator("select[name=method]").select_option("DL")
        box.locator("select[name=filter]").select_option("phase=late")
        told, link = box.locator(".status").text_content(), page.evaluate("location.hash")
        assert link.startswith("#explore-repair?")
        again = visit(pages("worked"), hash_=link)
        assert again.locator("#explore-repair .status").text_content() == told
        assert (
            again.locator("#explore-repair .study:visible[data-row]").count() == 5
        )  # four late ones, pooled

    def test_sorting_moves_rows_and_not_numbers(self, visit: Any, pages: Any) -> None:
        page = visit(pages("24"))
        box = page.locator("#explore-repair")
        box.locator("select[name=sort]").select_option("effect")
        order = box.locator(".study[data-row]:not(.pooled)").evaluate_all(
            "rows => rows.map(r => r.dataset.row)"
        )
        studies = page.evaluate("rupmeta.data.analyses[0].studies")
        assert order == [s["id"] for s in sorted(studies, key=lambda s: s["yi"])]

    def test_a_study_opens_with_its_source(self, visit: Any, pages: Any) -> None:
        page = visit(pages("studies"))
        page.locator("#explore-repair .open a").first.click()
        dialog = page.locator("dialog[open]")
        assert "Source" in dialog.text_content()
        assert dialog.locator("blockquote").count() >= 1
        assert "provisional" in dialog.text_content()
        page.keyboard.press("Escape")
        assert page.locator("dialog[open]").count() == 0

    def test_a_table_is_saved_as_csv(self, visit: Any, pages: Any) -> None:
        page = visit(pages("worked"), accept_downloads=True)
        with page.expect_download() as download:
            page.locator("button[aria-label='Save CSV: table repair-pooled']").click()
        assert download.value.suggested_filename == "repair-pooled.csv"
        lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
        assert lines[1] == 'r,".29 [.10, .47]","[-.35, .75]"'

    def test_the_theme_can_be_chosen(self, visit: Any, pages: Any) -> None:
        page = visit(pages("3"), color_scheme="light")
        ground = "getComputedStyle(document.body).backgroundColor"
        assert page.evaluate(ground) == "rgb(255, 255, 255)"
        page.locator("#theme").click()
        assert page.evaluate(ground) == "rgb(22, 24, 29)"
        page.emulate_media(media="print")
        assert page.evaluate(ground) == "rgb(255, 255, 255)"

    def test_without_script_everything_is_there(self, visit: Any, pages: Any) -> None:
        page = visit(pages("worked"), java_script_enabled=False)
        assert page.locator("#explore-repair .study[data-row]").count() == 12
        assert page.locator("#explore-repair .pooled").inner_text().split() == [
            "Pooled", "(k", "=", "11)", "1,314", ".29", "[.10,", ".47]", "100%",
        ]  # fmt: skip
        assert page.locator("#repair-forest").is_visible()
        assert not page.locator(".controls").first.is_visible()
        assert not page.locator("#theme").is_visible()


class TestLooks:
    @pytest.mark.parametrize("name", ["1", "3", "24", "200", "studies", "worked", "living"])
    @pytest.mark.parametrize("width", WIDTHS)
    def test_nothing_is_wider_than_the_window(self, visit: Any, pages: Any, name: str, width: int) -> None:
        page = visit(pages(name), width=width)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    @pytest.mark.parametrize("name", ["studies", "worked"])
    def test_a_wide_table_keeps_its_first_column_and_says_that_it_scrolls(
        self, visit: Any, pages: Any, name: str
    ) -> None:
        page = visit(pages(name), width=390)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        page.wait_for_function("document.querySelectorAll('.hint').length > 20")
        wrong = page.evaluate(
            """() => [...document.querySelectorAll("main .scroll")].filter(box => {
                const hint = box.previousElementSibling, wide = box.scrollWidth > box.clientWidth + 1;
                return wide !== Boolean(hint?.matches(".hint:not([hidden])"));
            }).map(box => box.ariaLabel)"""
        )
        assert wrong == []
        got = page.evaluate(
            """() => [...document.querySelectorAll("main .scroll > table.labelled")].map(table => {
                const box = table.parentElement, cell = table.querySelector("tbody td");
                if (box.scrollWidth <= box.clientWidth + 1) return null;
                box.scrollLeft = 1000;
                const [at, edge] = [cell.getBoundingClientRect(), box.getBoundingClientRect()];
                return [table.dataset.name, at.left - edge.left, at.width, edge.width];
            }).filter(found => found)"""
        )
        assert len(got) > 10
        for table, left, width, window in got:
            assert left == pytest.approx(0, abs=1), table
            assert 120 <= width <= 0.5 * window, table

    @pytest.mark.parametrize("name", ["studies", "worked"])
    def test_no_table_is_cut_on_paper(self, visit: Any, pages: Any, name: str) -> None:
        paper = 720  # A4 and Letter between their margins, in px
        page = visit(pages(name), width=paper)
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        cut = page.evaluate(
            """paper => [...document.querySelectorAll("main :is(table, svg)")].filter(node =>
                node.checkVisibility() && node.getBoundingClientRect().right > paper + 1
            ).map(node => node.id || node.dataset.name)""",
            paper,
        )
        assert cut == []
        assert page.locator(".hint:visible, .controls:visible, .strip:visible").count() == 0

    @pytest.mark.parametrize("name", ["studies", "worked"])
    def test_the_answer_is_on_the_first_screen(self, visit: Any, pages: Any, name: str) -> None:
        page = visit(pages(name))
        for text in ("How sure are we?", "What it does not show", "What it rests on", "What would turn it"):
            box = page.locator("#summary dt", has_text=text).bounding_box()
            assert box["y"] + box["height"] < 900, text

    @pytest.mark.parametrize("width", WIDTHS)
    def test_the_answer_at_a_glance_is_small_and_legible(self, visit: Any, pages: Any, width: int) -> None:
        page = visit(pages("worked"), width=width)
        svg = page.locator(".answer #repair-answer")
        box = svg.bounding_box()
        assert 40 <= box["height"] <= 70
        assert "11 effects from r = .03 to .74" in svg.locator("desc").text_content()
        tick = svg.locator("text").first.bounding_box()
        assert tick["height"] >= 9

    @pytest.mark.parametrize(
        ("name", "scheme", "opened"),
        [
            ("studies", "light", True),
            ("studies", "dark", True),
            ("worked", "dark", False),
            ("living", "light", True),
            ("living", "dark", True),
        ],
    )
    def test_axe_finds_nothing(self, visit: Any, pages: Any, name: str, scheme: str, opened: bool) -> None:
        axe = pytest.importorskip("axe_playwright_python.sync_playwright")
        page = visit(pages(name), color_scheme=scheme)
        if opened:
            page.evaluate("document.querySelectorAll('details.more').forEach(d => { d.open = true; })")
            page.evaluate("document.querySelectorAll('.data').forEach(d => { d.open = true; })")
            page.evaluate("document.querySelectorAll('details.record')[0].open = true")
        assert violations(axe.Axe().run(page)) == []

    def test_axe_finds_no_fault_of_structure_with_everything_open(self, visit: Any, pages: Any) -> None:
        axe = pytest.importorskip("axe_playwright_python.sync_playwright")
        page = visit(pages("worked"))
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": False}}}
        assert violations(axe.Axe().run(page, options=options)) == []

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("name", ["worked", "200"])
    def test_axe_finds_nothing_with_everything_open(
        self, visit: Any, pages: Any, name: str, scheme: str
    ) -> None:
        """A few of every kind: axe looks at each word by itself, and a thousand rows are alike."""
        axe = pytest.importorskip("axe_playwright_python.sync_playwright")
        page = visit(pages(name), color_scheme=scheme)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        page.locator("#explore-repair .toggle[role=button]").nth(1).click()
        if name == "worked":
            page.locator("#repair-specification text.study").nth(3).click()
        page.evaluate(THIN)
        found = axe.Axe().run(page, options={"resultTypes": ["violations"]})
        assert violations(found) == []
