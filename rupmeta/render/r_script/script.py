"""``results.json`` → an R script that computes it again with metafor and says where it differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from rupmeta.render.r_script.bias import bias_lines
from rupmeta.render.r_script.literals import r_comment, r_text
from rupmeta.render.r_script.models import model_of
from rupmeta.render.r_script.moderators import moderator_lines
from rupmeta.render.r_script.pooled import pool_lines
from rupmeta.render.r_script.stability import leave_one_out_lines

__all__ = ["write_r_script"]

Results = Mapping[str, Any]

ABOUT = (
    "# Every headline number is computed again by metafor from the effects below and stands beside ours.",
    "# The status is 1 when one differs by more than its tolerance: 1e-6 of the number, 1e-5 to 1e-4 where",
    "# both programs search, 2e-3 in selection models.",
)


def write_r_script(results: Results) -> str:
    """The script: effects, calls of metafor, our numbers; exit status 1 when a number differs."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Results) -> Iterator[str]:
    yield r_comment(results["title"])
    yield r_comment(
        f"Written by rupmeta {results['version']} from results.json. Run: Rscript reproduce.R (needs metafor)"
    )
    yield from ABOUT
    if any(a["pool"] is not None and a["pool"]["synthetic"] for a in results["analyses"].values()):
        yield "# Synthetic data, not evidence."
    yield ""
    yield files("rupmeta.render").joinpath("templates", "reproduce.R").read_text(encoding="utf-8").rstrip()
    for name in results["order"]:
        analysis = results["analyses"][name]
        yield ""
        yield f"# {'-' * 4} {name} {'-' * max(4, 90 - len(name))}"
        if analysis["question"]:
            yield r_comment(analysis["question"])
        if analysis["pool"] is None:
            yield f"section({r_text(name)})"
            yield f"leave({r_text(name)}, {r_text('nothing to estimate: ' + (analysis['reason'] or ''))})"
            continue
        model = model_of(analysis["pool"])
        yield from pool_lines(name, analysis, model)
        yield from moderator_lines(name, analysis, model)
        yield from leave_one_out_lines(name, analysis, model)
        yield from bias_lines(name, analysis)
    yield ""
    yield "finish()"
