"""Draw the gallery of docs/figures.md: every command of the page, with ``-o docs/images/figure-<name>``.

    python benchmarks/make_gallery.py            # rewrites docs/images/figure-*
    python benchmarks/make_gallery.py forest rob # these alone

The commands stand on the page, each under its picture; nothing is listed here. Pictures are SVG with real
text; where that is too large (thousands of cells), the page names a PNG.
"""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rupmeta.render.figures.layout import Layout

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "figures.md"
ENTRY = re.compile(r"!\[[^\]]*\]\((images/figure-[^)]+)\)\s+```sh\n(rupmeta plot [^\n]+)\n```")


def entries() -> list[tuple[str, str]]:
    """(image, command) of every picture on the page, in order."""
    return ENTRY.findall(PAGE.read_text(encoding="utf-8"))


def draw(image: str, command: str) -> Path:
    """Run the command as it stands and write its picture, an SVG as small as the report's own."""
    from rupmeta.cli.app import build_app
    from rupmeta.render.figures.painters import matplotlib
    from rupmeta.render.figures.painters.svg import paint_svg

    def small_svg(layout: Layout, page: int = 0, *, palette: str | None = None, **_: object) -> bytes:
        return paint_svg(layout, page, palette=palette).encode("utf-8")

    matplotlib.svg_bytes = small_svg  # type: ignore[assignment]

    target = PAGE.parent / image
    asked = shlex.split(command)[1:]
    arguments = [*asked, "--force", "--quiet", "-o", str(target)]
    try:
        build_app(arguments)(arguments, prog_name="rupmeta")
    except SystemExit as end:
        if end.code:
            raise RuntimeError(f"{command} ended with {end.code}") from end
    return target


def main(names: list[str]) -> None:
    """Draw what is named, or everything."""
    for image, command in entries():
        if names and not any(image.startswith(f"images/figure-{name}.") for name in names):
            continue
        target = draw(image, command)
        print(f"{target.stat().st_size / 1000:6.1f} kB  {image}  {command}")


if __name__ == "__main__":
    main(sys.argv[1:])
