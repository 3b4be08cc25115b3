"""Where ratings come from: CSV in memory, or Parquet in pieces."""

from __future__ import annotations

from rupmeta.detect.settings import Settings
from rupmeta.pipeline.detect import Source, read_source
from rupmeta.pipeline.detect_parquet import is_parquet, read_parquet
from rupmeta.read.ratings import RatingsFormat

__all__ = ["open_source"]


def open_source(path: str, settings: Settings, form: RatingsFormat) -> Source:
    """Read the ratings at ``path``; Parquet files and folders of them need the extra ``big``."""
    if is_parquet(path):
        return read_parquet(path, settings, form)
    return read_source(path, settings, form)
