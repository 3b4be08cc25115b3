"""Classes of very many clients: little is kept of each piece of a file; how it was cut does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.classify import NONE, detect_ruptures
from rupmeta.detect.expected import sample_clients
from rupmeta.detect.rules import Pool
from rupmeta.detect.series import Ratings, join_ratings
from rupmeta.detect.settings import Settings
from rupmeta.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from rupmeta.detect.parquet import ParquetRatings

__all__ = ["Summary", "summarise_on_cluster", "summarise_parquet", "summarise_pieces"]


@dataclass(frozen=True)
class Summary:
    """Clients in the order of their labels, with class, group, ratings and episodes; sums in ``counts``.

    ``at_max``: ratings at the best score, None without one. ``masked``: clients without rupture whose last
    third lies a reliable change below their first. ``sample``: series of classifiable clients, those that
    ``sample_clients`` picks of all, to simulate noise with.
    """

    clients: NDArray[Any]
    kind: NDArray[np.int8]
    group: NDArray[np.int8]
    n: NDArray[np.int32]
    repaired: NDArray[np.int32]
    unrepaired: NDArray[np.int32]
    censored: NDArray[np.int32]
    counts: dict[str, int]
    at_max: int | None
    masked: int
    sample: Ratings


def summarise_pieces(pieces: Iterable[Ratings], settings: Settings, seed: int = 0) -> Summary:
    """Detect piece by piece; every piece holds complete clients."""
    require_independent(settings)
    found: list[Summary] = []
    sample = join_ratings([])
    for piece in _one_ahead(pieces):
        one = summarise(piece, settings, seed)
        sample = _sampled([sample, one.sample], seed)
        found.append(replace(one, sample=join_ratings([])))
    return replace(join_summaries(found, seed), sample=sample)


def _one_ahead(pieces: Iterable[Ratings]) -> Iterator[Ratings]:
    """The pieces, the next one read while the last is judged; at most two are held."""
    todo = iter(pieces)
    with ThreadPoolExecutor(1) as reader:
        waiting = reader.submit(next, todo, None)
        while (piece := waiting.result()) is not None:
            waiting = reader.submit(next, todo, None)
            yield piece


def summarise_parquet(source: ParquetRatings, settings: Settings, seed: int = 0) -> Summary:
    """Detect a file of any size in bounded memory: as it stands if it is sorted by client, else sorted."""
    from rupmeta.detect.parquet import Unordered

    try:
        return summarise_pieces(source.ordered(), settings, seed)
    except Unordered:
        return summarise_pieces(source.sorted(), settings, seed)


def summarise_on_cluster(
    source: ParquetRatings, settings: Settings, client: Any, *, buckets: int, seed: int = 0
) -> Summary:
    """The same on a Dask cluster: a bucket of clients is a task, so a client may lie in several parts.

    ``client``: a ``distributed.Client``. The result does not depend on the number of buckets or workers.
    """
    require_independent(settings)
    try:
        import distributed  # noqa: F401  (says that the extra is there before work is handed out)
    except ImportError as error:
        raise MissingExtraError("cluster", "A Dask cluster") from error
    futures = client.map(
        _bucket_summary, range(buckets), source=source, of=buckets, settings=settings, seed=seed, pure=False
    )
    return join_summaries(client.gather(futures), seed)


def _bucket_summary(
    number: int, *, source: ParquetRatings, of: int, settings: Settings, seed: int
) -> Summary:
    return summarise(source.bucket(number, of), settings, seed)


def require_independent(settings: Settings) -> None:
    """Pieces know nothing of each other: what depends on all clients must be stated."""
    scale = settings.scale
    if settings.pooled:
        raise UsageError("spreads over all clients are not computed in streaming; use --sd own, --spread own")
    if scale.reliability is not None and scale.sd is None:
        raise UsageError("in streaming the SD of the scale must be stated: --scale …,sd=.60")


def summarise(piece: Ratings, settings: Settings, seed: int) -> Summary:
    """What is kept of the clients of one piece."""
    found = detect_ruptures(piece, settings, Pool())
    small = {
        name: getattr(found, name).astype(np.int32) for name in ("n", "repaired", "unrepaired", "censored")
    }
    at_max = None if settings.scale.high is None else int(np.rint(np.nansum(found.at_max * found.n)))
    chosen = np.flatnonzero(found.classified)
    chosen = chosen[sample_clients(found.clients[chosen], seed)]
    return Summary(
        found.clients,
        found.kind,
        found.group,
        counts=found.counts(),
        at_max=at_max,
        masked=int((found.fallen & (found.kind == NONE)).sum()),
        sample=piece.take(chosen),
        **small,
    )


def _sampled(parts: list[Ratings], seed: int) -> Ratings:
    """The sample of all clients from those of their parts, sorted by label."""
    joined = join_ratings([part for part in parts if part.m])
    kept = sample_clients(joined.clients, seed)
    return joined.take(kept[np.argsort(joined.clients[kept], kind="stable")])


def join_summaries(parts: list[Summary], seed: int = 0) -> Summary:
    """All clients, sorted by label; a label in two parts is an error of the cutting and refused."""
    parts = [part for part in parts if len(part.clients)]
    if not parts:
        return summarise(join_ratings([]), Settings(), seed)
    counts = {key: sum(part.counts[key] for part in parts) for key in parts[0].counts}
    names = ("clients", "kind", "group", "n", "repaired", "unrepaired", "censored")
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    labels = columns["clients"]
    if np.any(labels[1:] <= labels[:-1]):
        order = np.argsort(labels, kind="stable")
        columns = {name: values[order] for name, values in columns.items()}
        labels = columns["clients"]
        if np.any(labels[1:] == labels[:-1]):
            raise ValueError("a client lies in two pieces")
    tops = [part.at_max for part in parts if part.at_max is not None]
    return Summary(
        counts=counts,
        at_max=sum(tops) if tops else None,
        masked=sum(part.masked for part in parts),
        sample=_sampled([part.sample for part in parts], seed),
        **columns,
    )
