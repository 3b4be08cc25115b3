"""Pages whose console blocks are run; as a script it writes their output of today.

python tests/house/guide_pages.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from readme import BLOCK, ROOT
from shipped_page import renew, run

PAGES = tuple(
    page
    for name in ("living-review", "methods/agreement", "methods/power")
    if (page := ROOT / "docs" / f"{name}.md").exists()
)


def refresh(text: str) -> str:
    """The page with the output of today."""

    def replace(match: re.Match[str]) -> str:
        return f"```console\n$ {match['command']}\n{renew(match['output'], run(match['command']))}```"

    return BLOCK.sub(replace, text)


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(refresh(page.read_text(encoding="utf-8")), encoding="utf-8")
