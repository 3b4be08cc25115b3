"""``manifest.json``: what a report was made from and what it consists of; no clock, host or absolute path."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Any

from rupmeta import __version__
from rupmeta.read.folder import InputFile
from rupmeta.render.figures.layout import Layout

__all__ = ["LIBRARIES", "SCHEMA", "build_manifest", "compare_class", "environment"]

SCHEMA = "rupmeta/manifest/1"
#: Libraries that can change a byte of the output.
LIBRARIES = ("jinja2", "matplotlib", "numpy", "pydantic", "scipy")
#: How files are compared; others by their bytes.
CLASSES = {".png": "layout", ".pdf": "layout", ".svg": "svg", ".docx": "document"}


def environment() -> dict[str, Any]:
    """Where a report is made, as far as its bytes depend on it."""
    return {
        "python": platform.python_version(),
        "platform": f"{sys.platform}-{platform.machine()}",
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def compare_class(path: str) -> str:
    """How a file of the report is compared.

    ``bytes``; ``layout``, by the digest of what was drawn, as compressed bytes differ between machines;
    ``svg``, bytes where the same libraries drew it, else the layout; ``document``, ``word/document.xml``.
    """
    return CLASSES.get(PurePosixPath(path).suffix, "bytes")


def build_manifest(
    inputs: tuple[InputFile, ...],
    outputs: Mapping[str, bytes],
    layouts: Mapping[str, Layout],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """Inputs and outputs with their hashes; drawings also with the digest of their layout."""
    entries = []
    for path in sorted(outputs):
        entry: dict[str, Any] = {
            "path": path,
            "bytes": len(outputs[path]),
            "sha256": hashlib.sha256(outputs[path]).hexdigest(),
            "compare": compare_class(path),
        }
        stem = path.removeprefix("figures/").rpartition(".")[0]
        layout = layouts.get(stem) or layouts.get(stem.rpartition("-")[0])  # a page of several: -1, -2
        if entry["compare"] in ("svg", "layout") and layout is not None:
            entry["layout"] = layout.digest()
        entries.append(entry)
    return {
        "schema": SCHEMA,
        "rupmeta": __version__,
        **environment(),
        "options": dict(options),
        "inputs": [{"path": item.path, "bytes": item.bytes, "sha256": item.sha256} for item in inputs],
        "results_sha256": hashlib.sha256(outputs["results.json"]).hexdigest(),
        "outputs": entries,
    }
