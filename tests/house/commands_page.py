"""docs/commands.md: the help of every command, as the program prints it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from reviews import ROOT, run_cli

from rupmeta.cli.app import COMMANDS
from rupmeta.cli.manual import staged

PAGE = ROOT / "docs" / "commands.md"


def commands_page() -> str:
    """The page of today."""
    groups = list(staged(list(COMMANDS)))
    lines = [
        "# Commands",
        "",
        "What `rupmeta COMMAND --help` prints, for every command. Data goes to stdout, notes and errors to",
        "stderr. Answers are tables, CSV or JSON: `--format` says which, else the suffix of `-o`. Nothing is",
        "overwritten without `--force`. Written anew by `python tests/house/pages.py docs/commands.md`.",
        "",
    ]
    for title, names in groups:
        lines.append(f"- {title}: {', '.join(f'[{name}](#{name})' for name in names)}")
    for _, names in groups:
        for name in names:
            page = run_cli(name, "--help").stdout.rstrip("\n")
            lines += ["", f"## {name}", "", "```text", page, "```"]
    return "\n".join(lines) + "\n"
