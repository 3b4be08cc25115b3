"""A document as one self-contained HTML page: no outside request, a security policy, whole without script."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from rupmeta.render.document import Details, Document, Explorer, FigureBlock, Records, TableBlock, blocks_of
from rupmeta.render.figures.layout import Layout
from rupmeta.render.numbers import NBSP
from rupmeta.render.writers.figure_style import figure_style
from rupmeta.render.writers.terminal import plain

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup


__all__ = ["document_to_html", "embed_json", "italicise"]

#: The page's program, one file a matter, in the order in which they run.
SCRIPTS = (
    *("dom", "numbers", "fit", "strip", "explorer", "funnel", "curve"),
    *("links", "drawer", "tables", "frame", "selftest"),
)
SHORT = 12  # letters of a first column that needs no room of its own
LONG = 40  # rows of a table that is closed and stays so on paper
#: Latin letters that stand for statistics are italic, Greek ones upright (APA 7, 6.44).
_STATISTIC = re.compile(
    r"(?<![\w.])[rdgzptFQkNZb](?=\s?(?:[=<>≥≤]|\(\d)|\s[\[(][\dA-Z])|^[rdgzptFQkNZb]$|\b[IR](?=²)"
)

_GLUE = re.compile(r"(</i>²?|[τρδμ]²?) = ")  # a line never ends inside k = 4


def document_to_html(document: Document) -> str:
    """The page; every text is escaped by the template engine, figures are inline SVG of the house's own
    painter.

    The script finds the data of the explorers and what they share in one block of JSON.
    """
    from markupsafe import Markup

    drawn = (block.layout.palette for block in blocks_of(document) if isinstance(block, FigureBlock))
    style, script = figure_style(next(drawn, "okabe-ito")) + _resource("report.css"), _script()
    explorers = [block for block in blocks_of(document) if isinstance(block, Explorer)]
    data = {**document.data, "analyses": [dict(item.data) for item in explorers]}
    return _template().render(
        document=document,
        style=Markup(style),  # noqa: S704  # a file of the package, not user text
        style_digest=_digest(style),
        script=Markup(script),  # noqa: S704  # likewise
        script_digest=_digest(script),
        data=Markup(embed_json(data)),  # noqa: S704  # escaped for a script element
        drawing=_draw,
        bulky=_bulky,
        labelled=_labelled,
    )


def embed_json(value: Any) -> str:
    """Canonical JSON that no HTML parser can leave: ``<``, ``>`` and ``&`` as escapes.

    >>> "</" in embed_json({"label": "</script>"})
    False
    """
    text = json.dumps(
        _harmless_within(value), sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def italicise(text: str) -> Markup:
    """Text as HTML with the letters of statistics in italics.

    >>> str(italicise("Q(10) = 24.1, p < .001; I² = 9%")).replace(NBSP, " ")
    '<i>Q</i>(10) = 24.1, <i>p</i> &lt; .001; <i>I</i>² = 9%'
    """
    from markupsafe import Markup, escape

    clean, parts, last = plain(text), [], 0
    for match in _STATISTIC.finditer(clean):
        parts += [str(escape(clean[last : match.start()])), f"<i>{match.group()}</i>"]
        last = match.end()
    parts.append(str(escape(clean[last:])))
    joined = _GLUE.sub(rf"\g<1>{NBSP}={NBSP}", "".join(parts))
    return Markup(joined)  # noqa: S704  # every piece of text was escaped


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _draw(layout: Layout) -> object:
    from markupsafe import Markup

    from rupmeta.render.figures.painters.inline import paint_inline

    return Markup(plain(paint_inline(layout)))  # noqa: S704  # the painter escapes every text itself


def _bulky(block: Details) -> bool:
    """Whether the block holds nothing but records or long tables, which stay closed on paper."""
    return all(
        isinstance(inner, Records) or (isinstance(inner, TableBlock) and len(inner.table.rows) > LONG)
        for inner in block.blocks
    )


def _labelled(rows: Iterable[Sequence[str]]) -> bool:
    """Whether the first column holds words that need room where a table is narrow."""
    return any(row and len(row[0]) > SHORT for row in rows)


def _stem(path: str) -> str:
    return PurePosixPath(path).stem


def _harmless(value: object) -> object:
    """User text without control and bidirectional override characters; markup of the house as it is."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else plain(value)


def _harmless_within(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _harmless_within(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_harmless_within(item) for item in value]
    return _harmless(value)


@cache
def _resource(name: str) -> str:
    return files("rupmeta.render").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _script() -> str:
    """The files of the program as one function of its own, so that they share names with nobody else."""
    parts = "\n".join(_resource(f"page/{name}.js") for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    environment.filters |= {"statistics": italicise, "stem": _stem}
    return environment.from_string(_resource("report.html.j2"))
