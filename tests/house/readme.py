"""The console blocks of README.md: read them, run them, and (as a script) write their output anew.

``python tests/house/readme.py`` refreshes the README after a change of output; read the diff before
committing it. A block ending in a line of three dots shows the first lines of a longer output.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```console\n\$ (?P<command>rupmeta [^\n]+)\n(?P<output>.*?)```", re.DOTALL)
SHOWN_LINES = 16


@dataclass(frozen=True)
class Block:
    """A command as it stands in the README, with the output printed there."""

    command: str
    output: str

    @property
    def cut(self) -> bool:
        """Whether only the first lines are shown."""
        return self.output.endswith("...\n")


def blocks(text: str) -> list[Block]:
    """All console blocks, in order."""
    return [Block(match["command"], match["output"]) for match in BLOCK.finditer(text)]


def run(command: str, cwd: Path) -> str:
    """What the command prints: stdout, then stderr, as in a terminal where notes come last."""
    environment = {**os.environ, "NO_COLOR": "1", "TERM": "dumb"}
    result = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return result.stdout + result.stderr


def first_lines(output: str) -> str:
    """The beginning of a long output, up to the end of a paragraph if one ends in time."""
    lines = output.splitlines(keepends=True)[:SHOWN_LINES]
    return "".join(lines).rstrip("\n") + "\n...\n"


def refresh(text: str) -> str:
    """The README with the output of today."""

    def replace(match: re.Match[str]) -> str:
        block = Block(match["command"], match["output"])
        output = run(block.command, ROOT)
        shown = first_lines(output) if block.cut else output
        return f"```console\n$ {block.command}\n{shown}```"

    return BLOCK.sub(replace, text)


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(refresh(readme.read_text(encoding="utf-8")), encoding="utf-8")
