"""A browser and the pages it opens, for the tests of the report's page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from report_pages import results_of, shipped, synthetic_review, write_page

from rupmeta.render.report import collect

CHROMIUM = Path("/usr/bin/chromium")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What opens a browser carries the marker, shares a worker and is skipped where there is none."""
    for item in items:
        if "visit" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A page by name, written once: ``worked``, ``living``, ``studies``, ``che``, or so many studies."""
    folder = tmp_path_factory.mktemp("pages")
    made: dict[str, Path] = {}

    def write(name: str) -> Path:
        if name in made:
            return made[name]
        with pytest.MonkeyPatch.context() as patch:
            if name == "200":  # what takes long there looks as it does at 24
                kept = {
                    key: collect.PARTS[key] for key in ("bias", "leave_one_out", "influence", "confounding")
                }
                patch.setattr(collect, "PARTS", kept)
            if name in ("worked", "living"):
                source = shipped(f"examples/{name}")
            elif name == "studies":
                source = shipped(".")
            elif name == "che":
                source = synthetic_review(
                    folder / "che", 4, model={"dependence": {"approach": "che", "rho": 0.5}}
                )
            else:
                source = synthetic_review(folder / f"k{name}", int(name))
            made[name] = write_page(results_of(source), folder / f"{name}.html")
        return made[name]

    return write


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open a page in a context of its own; what goes wrong in it fails the test."""
    contexts, wrong = [], []

    def open_page(path: Path, *, hash_: str = "", width: int = 1280, **settings: Any) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True, reduced_motion="reduce", **settings
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda m: wrong.append(f"console: {m.text}") if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: wrong.append(f"page: {error}"))
        page.on(
            "request",
            lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else wrong.append(r.url),
        )
        page.goto(path.as_uri() + hash_)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
