"""Parquet ratings as a source like any other, or summarised in pieces when they do not fit into memory."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from rupmeta.detect.classify import complete_scale
from rupmeta.detect.parquet import PARTS, ParquetRatings, open_parquet
from rupmeta.detect.settings import Settings
from rupmeta.detect.summary import Summary, summarise_on_cluster, summarise_parquet
from rupmeta.errors import MissingExtraError, UsageError
from rupmeta.pipeline.detect import Source
from rupmeta.read.folder import InputFile
from rupmeta.read.ratings import RatingsFile, RatingsFormat

__all__ = ["LARGE", "Summarised", "fingerprint", "is_parquet", "read_parquet", "summarise_file"]

#: Ratings above which a file is summarised piece by piece.
LARGE = 20_000_000


@dataclass(frozen=True)
class Summarised:
    """Classes of all clients of a large file, and the settings they were found with."""

    summary: Summary
    settings: Settings
    rows: int


def is_parquet(path: str) -> bool:
    """Whether the path is a Parquet file or a folder of them."""
    return path != "-" and (Path(path).suffix.lower() in (".parquet", ".pq") or Path(path).is_dir())


def read_parquet(path: str, settings: Settings, form: RatingsFormat) -> Source:
    """All ratings of a Parquet file or folder, in memory."""
    opened = open_parquet(path, form, settings.scale)
    if opened.rows > LARGE:
        raise UsageError(f"{path} holds {opened.rows:,} ratings: --stream counts classes in bounded memory")
    if form.direct:
        raise UsageError("--direct reads CSV")
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


def summarise_file(path: str, settings: Settings, form: RatingsFormat, *, cluster: str | None) -> Summarised:
    """Classes and counts of a Parquet file or folder of any size, in bounded memory or on a Dask cluster.

    ``cluster``: the address of a scheduler, or ``local`` for one of this machine; None: no cluster. The
    result is the same.
    """
    opened = open_parquet(path, form, settings.scale)
    if cluster is None:
        return Summarised(summarise_parquet(opened, settings), settings, opened.rows)
    return Summarised(_on_cluster(opened, settings, cluster), settings, opened.rows)


def _on_cluster(opened: ParquetRatings, settings: Settings, cluster: str) -> Summary:
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise MissingExtraError("cluster", "--cluster") from error
    if cluster != "local":
        with distributed.Client(cluster) as client:
            return summarise_on_cluster(opened, settings, client, buckets=PARTS)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local,
        distributed.Client(local) as client,
    ):
        return summarise_on_cluster(opened, settings, client, buckets=PARTS)
