"""The Python sessions of a page: every block marked ``pycon``, run in order in one namespace."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

SESSIONS = re.compile(r"```pycon\n(.*?)```", re.DOTALL)


def run_sessions(page: Path) -> list[str]:
    """What does not print what the page shows; empty when all do."""
    failures: list[str] = []
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    names: dict[str, object] = {}
    text = page.read_text(encoding="utf-8")
    for found in SESSIONS.finditer(text):
        line = text[: found.start()].count("\n") + 1
        test = parser.get_doctest(found[1], names, page.name, str(page), line)
        runner.run(test, out=failures.append, clear_globs=False)
        names = test.globs
    return failures
