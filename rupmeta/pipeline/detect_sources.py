"""Where ratings come from: CSV in memory, or Parquet in pieces."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from rupmeta.detect.classify import complete_scale
from rupmeta.detect.series import Ratings
from rupmeta.detect.settings import Settings
from rupmeta.effects.from_sessions import series_of
from rupmeta.errors import UsageError
from rupmeta.read.documents import digest
from rupmeta.read.folder import InputFile
from rupmeta.read.ratings.format import RatingsFile, RatingsFormat
from rupmeta.read.ratings.reader import parse_ratings

__all__ = ["Source", "is_parquet", "open_source", "read_file", "read_source"]


@dataclass(frozen=True)
class Source:
    """A file of ratings that was read: its rows, its series, its digest."""

    file: RatingsFile
    ratings: Ratings
    settings: Settings
    input: InputFile


def read_source(path: str, settings: Settings, form: RatingsFormat) -> Source:
    """Read CSV ratings from a file or, for ``-``, from stdin; ``InputError`` holds every fault."""
    scale = settings.scale
    file, read = read_file(path, replace(form, low=scale.min, high=scale.max))
    ratings = series_of(file, settings)
    return Source(file, ratings, complete_scale(settings, ratings), read)


def read_file(path: str, form: RatingsFormat) -> tuple[RatingsFile, InputFile]:
    """The rows of a CSV file, or of stdin for ``-``, and its digest."""
    try:
        raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    return parse_ratings(raw, path, form), InputFile(path, len(raw), digest(raw))


def is_parquet(path: str) -> bool:
    """Whether the path is a Parquet file or a folder of them."""
    return path != "-" and (Path(path).suffix.lower() in (".parquet", ".pq") or Path(path).is_dir())


def open_source(path: str, settings: Settings, form: RatingsFormat) -> Source:
    """Read the ratings at ``path``; Parquet files and folders of them need the extra ``big``."""
    if is_parquet(path):
        from rupmeta.pipeline.detect_parquet import read_parquet

        return read_parquet(path, settings, form)
    return read_source(path, settings, form)
