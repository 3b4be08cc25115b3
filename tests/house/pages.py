"""The documentation's examples: every page is run as it stands, and (as a script) written anew.

``python tests/house/pages.py [PAGE…]`` refreshes the output of all console blocks of README.md and docs/, the
tables of keys, docs/commands.md and the notebook; read the diff before committing it.

A console block is one command with what it prints; a line of three dots stands for any number of lines
that are left out, dots at the end of a line for its rest, and a block that shows no output is not run. The
commands of a page that says ``<!-- run in a new folder -->`` are all run, one after the other, in a folder of
their own, where ``$ cd FOLDER`` counts and a YAML block that begins with ``# FILE`` is written to that file
first; those of other pages are run in the checkout.
"""

from __future__ import annotations

import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from reviews import ROOT, run_cli

DOTS = "..."
OWN_FOLDER = "<!-- run in a new folder -->"
BLOCK = re.compile(r"```console\n\$ (?P<command>(?:rupmeta|cd) [^\n]+)\n(?P<output>.*?)```", re.DOTALL)
_STEP = re.compile(rf"{BLOCK.pattern}|```yaml\n# (?P<file>[\w./-]+\.yaml)\n(?P<body>.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A command as it stands on a page, with the output printed there."""

    command: str
    output: str


@dataclass(frozen=True)
class Done:
    """A block and what its command printed now."""

    block: Block
    printed: str


def all_pages() -> list[Path]:
    """README.md and every page of docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(text: str) -> list[Block]:
    """All console blocks that show what a command prints, in order; others say what could be typed."""
    found = [Block(match["command"], match["output"]) for match in BLOCK.finditer(text)]
    return [block for block in found if shows_output(block)]


def shows_output(block: Block) -> bool:
    """Whether there is something to compare with."""
    return bool(block.output.strip()) and not block.output.startswith("$ ")


def run(command: str, cwd: Path = ROOT) -> str:
    """What the command prints: stdout, then stderr, as in a terminal where notes come last."""
    done = run_cli(*shlex.split(command)[1:], cwd=cwd)
    return done.stdout + done.stderr


def run_block(block: Block, cwd: Path = ROOT) -> str:
    """What the command prints; without its notes where the page neither shows nor leaves out some."""
    printed = run(block.command, cwd)
    told = "\nNotes\n" in block.output or DOTS in block.output.splitlines()
    bare = printed.partition("\n\nNotes\n")[0]
    return printed if told and not matches(block.output, bare) else bare


def run_page(text: str) -> Iterator[Done]:
    """Every console block of a page with what it prints now."""
    if OWN_FOLDER not in text:
        yield from (Done(block, run_block(block)) for block in blocks(text))
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for step in _STEP.finditer(text):
            if step["file"]:
                (place / step["file"]).write_text(step["body"], encoding="utf-8")
                continue
            block = Block(step["command"], step["output"])
            if block.command.startswith("cd "):
                place = place / block.command.removeprefix("cd ")
                yield Done(block, "")
            else:
                yield Done(block, run_block(block, place))


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
    first, *others = parts(shown.rstrip("\n"))
    if not others:
        return _same(first, rest)
    if not _same(first, rest[: len(first)]):
        return False
    rest = rest[len(first) :]
    *middle, last = others
    for part in middle:
        starts = (at for at in range(1, len(rest)) if _same(part, rest[at : at + len(part)]))
        at = next(starts, None)
        if at is None:
            return False
        rest = rest[at + len(part) :]
    return len(rest) > len(last) and _same(last, rest[len(rest) - len(last) :])


def _same(shown: list[str], lines: list[str]) -> bool:
    """Whether the lines are those shown; one that ends in dots shows how its line begins."""
    return len(shown) == len(lines) and all(
        line.startswith(one.removesuffix(DOTS)) if one.endswith(f" {DOTS}") else line == one
        for one, line in zip(shown, lines, strict=True)
    )


def renew(shown: str, output: str) -> str:
    """The same parts of today's output: each keeps the lines most like its first and its last one."""
    lines = output.rstrip("\n").splitlines()
    found = parts(shown)
    if len(found) == 1:
        return "\n".join(lines) + "\n" if lines else ""
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
    """The page with the output of today; what still matches is left alone."""
    now = iter([done.printed for done in run_page(text)])

    def replace(match: re.Match[str]) -> str:
        if OWN_FOLDER not in text and not shows_output(Block(match["command"], match["output"])):
            return match[0]
        printed = next(now)
        shown = match["output"] if matches(match["output"], printed) else renew(match["output"], printed)
        return f"```console\n$ {match['command']}\n{shown}```"

    return BLOCK.sub(replace, text)


def main(names: list[str]) -> None:
    """Refresh the pages named, or all."""
    from commands_page import PAGE, commands_page
    from keys_table import fill_tables
    from notebook import NOTEBOOK, executed, read_notebook, write_notebook

    for page in [Path(name).resolve() for name in names] or all_pages():
        text = page.read_text(encoding="utf-8")
        new = commands_page() if page == PAGE else refresh(fill_tables(text))
        if new != text:
            page.write_text(new, encoding="utf-8")
            print(f"refreshed {page.relative_to(ROOT)}")
    if not names:
        NOTEBOOK.write_text(write_notebook(executed(read_notebook())), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
