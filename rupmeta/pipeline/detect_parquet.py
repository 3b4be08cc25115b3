"""Parquet ratings as a source like any other, or summarised in pieces when they do not fit into memory."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from rupmeta.detect.classify import complete_scale
from rupmeta.detect.parquet import ParquetRatings, open_parquet
from rupmeta.detect.settings import Settings
from rupmeta.pipeline.detect import Source
from rupmeta.read.folder import InputFile
from rupmeta.read.ratings import RatingsFile, RatingsFormat

__all__ = ["LARGE", "fingerprint", "read_parquet"]

#: Ratings above which a file is summarised piece by piece.
LARGE = 20_000_000


def read_parquet(path: str, settings: Settings, form: RatingsFormat) -> Source:
    """All ratings of a Parquet file or folder, in memory."""
    opened = open_parquet(path, form, settings.scale)
    ratings = opened.whole()
    empty: tuple[float, ...] = ()
    raters = (form.rater,) if form.rater else ()
    file = RatingsFile(path, (), (), empty, {}, {}, raters, (), dated=False, therapists={}, problems=())
    return Source(file, ratings, complete_scale(settings, ratings), fingerprint(path, opened))


def fingerprint(path: str, opened: ParquetRatings) -> InputFile:
    """Bytes and SHA-256 of a file; of a folder, of its parts' digests in the order of their names."""
    digests, size = [], 0
    for file in opened.files:
        state = sha256()
        with Path(file).open("rb") as stream:
            while block := stream.read(1 << 20):
                state.update(block)
                size += len(block)
        digests.append(state.hexdigest())
    both = digests[0] if len(digests) == 1 else sha256("".join(digests).encode()).hexdigest()
    return InputFile(path, size, both)
