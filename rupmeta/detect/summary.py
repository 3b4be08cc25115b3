"""Classes of very many clients: little is kept of each piece of a file; how it was cut does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.classify import CLASSES, Detection, detect_ruptures
from rupmeta.detect.rules import Pool
from rupmeta.detect.series import Ratings
from rupmeta.detect.settings import Settings
from rupmeta.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from rupmeta.detect.parquet import ParquetRatings

__all__ = ["Summary", "summarise_on_cluster", "summarise_parquet", "summarise_pieces"]


@dataclass(frozen=True)
class Summary:
    """Clients in the order of their labels, with class, group, ratings and episodes; sums in ``counts``."""

    clients: NDArray[Any]
    kind: NDArray[np.int8]
    group: NDArray[np.int8]
    n: NDArray[np.int32]
    repaired: NDArray[np.int32]
    unrepaired: NDArray[np.int32]
    censored: NDArray[np.int32]
    counts: dict[str, int]


def summarise_pieces(pieces: Iterable[Ratings], settings: Settings) -> Summary:
    """Detect piece by piece; every piece holds complete clients."""
    require_independent(settings)
    found = (_summary(detect_ruptures(piece, settings, Pool())) for piece in _one_ahead(pieces))
    return join_summaries(list(found))


def _one_ahead(pieces: Iterable[Ratings]) -> Iterator[Ratings]:
    """The pieces, the next one read while the last is judged; at most two are held."""
    todo = iter(pieces)
    with ThreadPoolExecutor(1) as reader:
        waiting = reader.submit(next, todo, None)
        while (piece := waiting.result()) is not None:
            waiting = reader.submit(next, todo, None)
            yield piece


def summarise_parquet(source: ParquetRatings, settings: Settings) -> Summary:
    """Detect a file of any size in bounded memory: in one pass if it is sorted by client, else in buckets."""
    from rupmeta.detect.parquet import PARTS, Unordered

    try:
        return summarise_pieces(source.ordered(), settings)
    except Unordered:
        return summarise_pieces((source.bucket(number, PARTS) for number in range(PARTS)), settings)


def summarise_on_cluster(source: ParquetRatings, settings: Settings, client: Any, *, buckets: int) -> Summary:
    """The same on a Dask cluster: a bucket of clients is a task, so a client may lie in several parts.

    ``client``: a ``distributed.Client``. The result does not depend on the number of buckets or workers.
    """
    require_independent(settings)
    try:
        import distributed  # noqa: F401  (says that the extra is there before work is handed out)
    except ImportError as error:
        raise MissingExtraError("cluster", "A Dask cluster") from error
    futures = client.map(
        _bucket_summary, range(buckets), source=source, of=buckets, settings=settings, pure=False
    )
    return join_summaries(client.gather(futures))


def _bucket_summary(number: int, *, source: ParquetRatings, of: int, settings: Settings) -> Summary:
    return _summary(detect_ruptures(source.bucket(number, of), settings, Pool()))


def require_independent(settings: Settings) -> None:
    """Pieces know nothing of each other: what depends on all clients must be stated."""
    scale = settings.scale
    if settings.pooled:
        raise UsageError("spreads over all clients are not computed in streaming; use --sd own, --spread own")
    if scale.reliability is not None and scale.sd is None:
        raise UsageError("in streaming the SD of the scale must be stated: --scale …,sd=.60")


def _summary(found: Detection) -> Summary:
    small = {
        name: getattr(found, name).astype(np.int32) for name in ("n", "repaired", "unrepaired", "censored")
    }
    return Summary(found.clients, found.kind, found.group, counts=found.counts(), **small)


def join_summaries(parts: list[Summary]) -> Summary:
    """All clients, sorted by label; a label in two parts is an error of the cutting and refused."""
    parts = [part for part in parts if len(part.clients)]
    if not parts:
        empty = np.zeros(0, dtype=np.int32)
        small = np.zeros(0, dtype=np.int8)
        names = (*CLASSES, "clients", "classifiable", "episodes")
        return Summary(empty, small, small, empty, empty, empty, empty, dict.fromkeys(names, 0))
    counts = {key: sum(part.counts[key] for part in parts) for key in parts[0].counts}
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("clients", "kind", "group", "n", "repaired", "unrepaired", "censored")
    }
    labels = columns["clients"]
    if np.any(labels[1:] <= labels[:-1]):
        order = np.argsort(labels, kind="stable")
        columns = {name: values[order] for name, values in columns.items()}
        labels = columns["clients"]
        if np.any(labels[1:] == labels[:-1]):
            raise ValueError("a client lies in two pieces")
    return Summary(counts=counts, **columns)
