"""``python tests/house/shipped_page.py`` refreshes docs/shipped-review.md; see ``pages``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from pages import ROOT, main

if __name__ == "__main__":
    main([str(ROOT / "docs" / "shipped-review.md")])
