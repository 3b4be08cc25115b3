"""No page lies: examples print what they show, links lead somewhere, keys and commands are all there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from reviews import run_cli

sys.path.insert(0, str(Path(__file__).parent))
from commands_page import PAGE, commands_page
from keys_table import fill_tables, key_rows
from pages import OWN_FOLDER, ROOT, Block, all_pages, blocks, matches, renew, run_block, run_page

PAGES = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in all_pages()}
EXAMPLES = [
    pytest.param(block, id=f"{name.removesuffix('.md')} {block.command}")
    for name, text in PAGES.items()
    if OWN_FOLDER not in text
    for block in blocks(text)
]
_FENCE = re.compile(r"```.*?```", re.DOTALL)
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")


@pytest.mark.parametrize("block", EXAMPLES)
def test_an_example_prints_what_the_page_shows(block: Block) -> None:
    printed = run_block(block)
    assert matches(block.output, printed), renew(block.output, printed)


@pytest.mark.parametrize("page", [name for name, text in PAGES.items() if OWN_FOLDER in text])
def test_a_tutorial_can_be_followed(page: str) -> None:
    for done in run_page(PAGES[page]):
        assert matches(done.block.output, done.printed), renew(done.block.output, done.printed)


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: dict[str, int] = {}
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", _FENCE.sub("", text), flags=re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
    return {slug if i == 0 else f"{slug}-{i}" for slug, n in found.items() for i in range(n + 1)}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    dead = []
    for found in _LINK.finditer(_FENCE.sub("", PAGES[page])):
        target, _, anchor = found["target"].partition("#")
        if re.match(r"https?:|mailto:", found["target"]):
            continue
        file = (ROOT / page).parent / target if target else ROOT / page
        inside = file.exists() and file.resolve().is_relative_to(ROOT.resolve())
        if not inside or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            dead.append(found["target"])
    assert dead == []


def test_the_index_has_every_page() -> None:
    index = PAGES["docs/README.md"]
    for page in PAGES:
        if page.startswith("docs/") and page != "docs/README.md":
            assert f"]({page.removeprefix('docs/')})" in index, page
    assert "](docs/README.md)" in PAGES["README.md"]


def test_the_reference_of_commands_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == commands_page(), "run python tests/house/pages.py"


@pytest.mark.parametrize("kind", ["review", "study"])
def test_every_key_of_a_file_is_explained(kind: str) -> None:
    page = PAGES[f"docs/{kind}-yaml.md"]
    assert page == fill_tables(page), "run python tests/house/pages.py"
    wanted = [key for key, *_ in key_rows(kind)]
    assert len(wanted) > 50
    assert len(set(wanted)) == len(wanted)
    assert sorted(re.findall(r"^\| `([^`]+)`", page, flags=re.MULTILINE)) == sorted(wanted)
    assert all(what for _, what, _, _ in key_rows(kind))


def test_the_examples_of_keys_are_read(tmp_path: Path) -> None:
    """The protocol and the study on the pages are sound files."""
    for kind, name in (("review", "review.yaml"), ("study", "example2024.yaml")):
        (body,) = re.findall(r"```yaml\n(.*?)```", PAGES[f"docs/{kind}-yaml.md"], flags=re.DOTALL)
        (tmp_path / name).write_text(body, encoding="utf-8")
    done = run_cli("check", str(tmp_path))
    assert done.returncode == 0, done.stdout
    assert " 0 warnings" in done.stdout
    assert run_cli("effects", str(tmp_path)).returncode == 0
