"""Parquet ratings as a source like any other, or summarised in pieces when they do not fit into memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from rupmeta.detect.classify import complete_scale
from rupmeta.detect.expected import Expected, expected_in_sample
from rupmeta.detect.parquet import PARTS, ParquetRatings, open_parquet
from rupmeta.detect.parquet_columns import require_package
from rupmeta.detect.rules import Pool
from rupmeta.detect.series import Ratings
from rupmeta.detect.settings import Settings
from rupmeta.detect.summary import Summary, summarise_on_cluster, summarise_parquet
from rupmeta.errors import MissingExtraError, UsageError
from rupmeta.pipeline.detect_sources import Source, is_parquet
from rupmeta.read.folder import InputFile
from rupmeta.read.problems import Problem
from rupmeta.read.ratings.format import RatingsFile, RatingsFormat

__all__ = [
    "LARGE",
    "MANY",
    "Summarised",
    "count_ratings",
    "fingerprint",
    "read_parquet",
    "summarise_file",
]

#: Ratings above which a file is summarised piece by piece, whatever is asked for …
LARGE = 20_000_000
#: … and above which it is when people are to read the answer: nobody reads so long a list of clients.
MANY = 2_000_000


@dataclass(frozen=True)
class Summarised:
    """Classes of all clients of a large file, the settings they were found with, what noise would show."""

    summary: Summary
    settings: Settings
    rows: int
    dated: bool
    expected: tuple[Expected, ...]
    input: InputFile


def count_ratings(path: str) -> int:
    """Rows of a Parquet file or folder; 0 for anything else. Nothing but metadata is read."""
    if not is_parquet(path):
        return 0
    parquet: Any = require_package("pyarrow.parquet")
    place = Path(path)
    files = sorted(place.glob("*.parquet")) if place.is_dir() else [place]
    try:
        return sum(parquet.read_metadata(file).num_rows for file in files)
    except (OSError, ValueError):
        return 0  # opening it says why


def read_parquet(path: str, settings: Settings, form: RatingsFormat) -> Source:
    """All ratings of a Parquet file or folder, in memory."""
    opened = open_parquet(path, form, settings.scale)
    if opened.rows > LARGE:
        raise UsageError(
            f"{path} holds {opened.rows:,} ratings, too many for effects and figures: --stream counts "
            "classes in bounded memory"
        )
    ratings = opened.whole()
    empty: tuple[float, ...] = ()
    raters = (form.rater,) if form.rater else ()
    file = RatingsFile(
        path, (), (), empty, {}, {}, raters, (), dated=opened.dated, therapists=opened.therapists(),
        problems=tuple(_without(path, ratings)),
    )  # fmt: skip
    return Source(file, ratings, complete_scale(settings, ratings), fingerprint(path, opened))


def _without(path: str, ratings: Ratings) -> Iterator[Problem]:
    """Outcomes that some clients lack."""
    for name, values in ratings.outcomes.items():
        missing = int(np.isnan(values).sum())
        if missing:
            message = f"{missing} of {ratings.m} clients have no {name}"
            yield Problem(path, 1, 1, "RAT-OUTCOME", "warning", name, message)


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


def summarise_file(
    path: str,
    settings: Settings,
    form: RatingsFormat,
    *,
    cluster: str | None,
    seed: int = 20260101,
    per_client: int = 1000,
) -> Summarised:
    """Classes and counts of a Parquet file or folder of any size, in bounded memory or on a Dask cluster.

    ``cluster``: the address of a scheduler, or ``local`` for one of this machine; None: no cluster. The
    result is the same.
    """
    opened = open_parquet(path, form, settings.scale)
    summary = (
        summarise_parquet(opened, settings, seed)
        if cluster is None
        else _on_cluster(opened, settings, cluster, seed)
    )
    expected = expected_in_sample(summary.sample, settings, Pool(), seed=seed, per_client=per_client)
    return Summarised(summary, settings, opened.rows, opened.dated, expected, fingerprint(path, opened))


def _on_cluster(opened: ParquetRatings, settings: Settings, cluster: str, seed: int) -> Summary:
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise MissingExtraError("cluster", "--cluster") from error
    if cluster != "local":
        with distributed.Client(cluster) as client:
            return summarise_on_cluster(opened, settings, client, buckets=PARTS, seed=seed)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local,
        distributed.Client(local) as client,
    ):
        return summarise_on_cluster(opened, settings, client, buckets=PARTS, seed=seed)
