"""The console blocks of docs/shipped-review.md, and (as a script) their output of today.

A line of three dots stands for any number of lines that are left out, wherever it stands.
``python tests/house/shipped_page.py`` refreshes the page after a change of output: every part that is
shown keeps the lines that are most like its first and its last one. Read the diff before committing it.
"""

from __future__ import annotations

import re
import shlex
import sys
from difflib import SequenceMatcher
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from readme import BLOCK, ROOT
from reviews import run_cli

PAGE = ROOT / "docs" / "shipped-review.md"
DOTS = "..."


def run(command: str) -> str:
    """What the command prints: stdout, then stderr."""
    done = run_cli(*shlex.split(command)[1:])
    return done.stdout + done.stderr


def parts(shown: str) -> list[list[str]]:
    """The runs of lines between the dots; an empty first or last one where a block begins or ends in dots."""
    found: list[list[str]] = [[]]
    for line in shown.splitlines():
        if line == DOTS:
            found.append([])
        else:
            found[-1].append(line)
    return found


def matches(shown: str, output: str) -> bool:
    """Whether ``output`` is ``shown``, with at least one line in the place of every line of dots."""
    rest = output.rstrip("\n").splitlines()
    first, *others = parts(shown)
    if not others:
        return rest == first
    if rest[: len(first)] != first:
        return False
    rest = rest[len(first) :]
    *middle, last = others
    for part in middle:
        starts = (at for at in range(1, len(rest)) if rest[at : at + len(part)] == part)
        at = next(starts, None)
        if at is None:
            return False
        rest = rest[at + len(part) :]
    return len(rest) > len(last) and rest[len(rest) - len(last) :] == last


def renew(shown: str, output: str) -> str:
    """The same parts of today's output."""
    lines = output.rstrip("\n").splitlines()
    found = parts(shown)
    if len(found) == 1:
        return "\n".join(lines) + "\n"
    kept, at = [], 0
    for number, part in enumerate(found):
        if not part:
            kept.append("")
            continue
        start = 0 if number == 0 else _most_like(part[0], lines, at)
        end = len(lines) - 1 if number == len(found) - 1 else _most_like(part[-1], lines, start)
        kept.append("\n".join(lines[start : end + 1]) + "\n")
        at = end + 1
    return f"{DOTS}\n".join(kept)


def _most_like(line: str, lines: list[str], start: int) -> int:
    """The place of the line from ``start`` on that is most like ``line``."""
    return max(
        range(start, len(lines)),
        key=lambda at: SequenceMatcher(None, line, lines[at], autojunk=False).ratio(),
    )


def refresh(text: str) -> str:
    """The page with the output of today."""

    def replace(match: re.Match[str]) -> str:
        renewed = renew(match["output"], run(match["command"]))
        return f"```console\n$ {match['command']}\n{renewed}```"

    return BLOCK.sub(replace, text)


if __name__ == "__main__":
    PAGE.write_text(refresh(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
