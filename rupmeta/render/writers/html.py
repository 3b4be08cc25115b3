"""A document as one self-contained HTML page: no script, no outside request, a content-security policy."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from rupmeta.render.document import Document
from rupmeta.render.figures.layout import Layout
from rupmeta.render.writers.terminal import plain

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["document_to_html"]


def document_to_html(document: Document) -> str:
    """The page; every text is escaped by the template engine, figures are inline SVG of the house's own
    painter.
    """
    from markupsafe import Markup

    style = _resource("report.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _template().render(
        document=document,
        style=Markup(style),  # noqa: S704  # a file of the package, not user text
        style_digest=digest,
        drawing=_draw,
    )


def _draw(layout: Layout) -> object:
    from markupsafe import Markup

    from rupmeta.render.figures.svg_painter import paint_svg

    return Markup(paint_svg(layout))  # noqa: S704  # the painter escapes every text itself


def _harmless(value: object) -> object:
    """User text without control and bidirectional override characters; markup of the house as it is."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else plain(value)


@cache
def _resource(name: str) -> str:
    return files("rupmeta.render").joinpath("templates", name).read_text(encoding="utf-8")


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
    return environment.from_string(_resource("report.html.j2"))
