"""The pages on multiverse, fragility and confounding cannot lie: their examples print what they show."""

from __future__ import annotations

import re

from reviews import ROOT, run_cli, write_review

from rupmeta.read.yaml_files import load_yaml

PAGES = ROOT / "docs" / "methods"
EXAMPLES = [
    (page, *match)
    for page in ("multiverse", "fragility", "confounding", "stability")
    for match in re.findall(
        r"```console\n\$ rupmeta ([^\n]+)\n(.*?)```",
        (PAGES / f"{page}.md").read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
]


def test_every_page_has_an_example():
    assert {page for page, _, _ in EXAMPLES} == {"multiverse", "fragility", "confounding", "stability"}


def test_the_declaration_on_the_page_is_read(tmp_path):
    text = (PAGES / "multiverse.md").read_text(encoding="utf-8")
    (declared,) = re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
    tree = load_yaml(declared)
    assert tree.root is not None
    write_review(tmp_path, {}, {"rupmeta": 1, **tree.root.value})
    assert run_cli("check", str(tmp_path)).returncode == 0
