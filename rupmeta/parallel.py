"""One way to do much work in pieces: in this process, in several, or on a Dask cluster that is already there.

The pieces and the random numbers of each are fixed before any work begins, so the result depends on the seed
and never on how many workers there were or which of them failed. Finished pieces outlive an interruption: the
next run with the same function, pieces and seed goes on from there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import shutil
import sys
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from rupmeta.errors import MissingExtraError, UsageError

__all__ = ["Interrupted", "cache_folder", "map_in_parallel", "split_work"]

Item = TypeVar("Item")
Result = TypeVar("Result")

PATIENCE = 1.0  # seconds before progress is shown and finished pieces are kept
CELLS = 2**18  # rows times effects of one piece
SMALLEST = 64


class Interrupted(KeyboardInterrupt):
    """The user stopped the work; the message says how far it got."""


def split_work(rows: int, columns: int) -> list[int]:
    """Sizes of the pieces that ``rows`` of ``columns`` effects are done in; they depend on nothing else.

    >>> split_work(10_000, 100)
    [2621, 2621, 2621, 2137]
    """
    size = max(SMALLEST, CELLS // max(1, columns))
    return [min(size, rows - start) for start in range(0, rows, size)]


def cache_folder() -> Path:
    """Where finished pieces wait: ``$XDG_CACHE_HOME/rupmeta``, by default ``~/.cache/rupmeta``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rupmeta"


def map_in_parallel(
    function: Callable[[Item, np.random.Generator], Result],
    items: Sequence[Item],
    *,
    seed: int,
    jobs: int = 1,
    dask: str | None = None,
    label: str = "",
    cache: Path | None = None,
) -> list[Result]:
    """``[function(item, generator), ...]`` in the order of ``items``.

    Parameters
    ----------
    function
        Must be importable (a function of a module, or a ``functools.partial`` of one) when ``jobs`` or
        ``dask`` send it elsewhere. Large arrays belong into the partial, not into the items.
    items
        The pieces of work, each long enough to be worth sending away (tenths of a second).
    seed
        Item i gets the generator of child i of ``SeedSequence(seed)``.
    jobs
        Processes; 1 works in this one, -1 takes a process for each processor.
    dask
        Address of a running Dask scheduler, such as ``tcp://10.0.0.1:8786``; needs the extra ``cluster``. A
        piece whose worker dies is done again by another.
    label
        What is being done, for progress and messages on stderr.
    cache
        Folder in which finished pieces wait for the next run, once the work has taken a second; it is emptied
        when the work is complete. None keeps nothing.

    Raises
    ------
    Interrupted
        Ctrl-C; the message says how many pieces are done.
    UsageError
        No such number of processes, or no scheduler at the address.
    MissingExtraError
        Dask is not installed.
    """
    if jobs < 1 and jobs != -1:
        raise UsageError(f"--jobs {jobs}: a number of processes, or -1 for one on each processor")
    seeds = np.random.SeedSequence(seed).spawn(len(items))
    store = _Store(None if cache is None else cache / _fingerprint(function, items, seed))
    done: dict[int, Any] = store.read(len(items))
    left = [i for i in range(len(items)) if i not in done]
    tasks = [(function, i, items[i], seeds[i]) for i in left]
    watch = _Watch(label, len(items), len(done))
    try:
        with contextlib.closing(_run(tasks, jobs, dask)) as results:
            for index, result in results:
                done[index] = result
                watch.tick(len(done))
                if watch.long:
                    store.write(done)
    except KeyboardInterrupt:
        store.write(done)
        kept = "; the next run goes on from there" if store.folder is not None and done else ""
        raise Interrupted(
            f"interrupted {label or 'work'} after {len(done)} of {len(items)} pieces{kept}"
        ) from None
    finally:
        watch.close()
    store.clear()
    return [done[i] for i in range(len(items))]


Task = tuple[Callable[[Any, np.random.Generator], Any], int, Any, np.random.SeedSequence]


def _call(task: Task) -> tuple[int, Any]:
    function, index, item, seed = task
    return index, function(item, np.random.default_rng(seed))


def _run(tasks: Sequence[Task], jobs: int, dask: str | None) -> Generator[tuple[int, Any], None, None]:
    """Results as they come in, with their number."""
    if dask is None and (jobs == 1 or len(tasks) < 2):
        yield from map(_call, tasks)
        return
    from joblib import Parallel, delayed, parallel_config

    with contextlib.ExitStack() as stack:
        if dask is not None:
            _connect(dask, stack)
            stack.enter_context(parallel_config(backend="dask"))
            jobs = -1
        parallel = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
        with contextlib.closing(parallel(delayed(_call)(task) for task in tasks)) as results:
            yield from results


def _connect(address: str, stack: contextlib.ExitStack) -> None:
    """A client of the scheduler at ``address``, current until ``stack`` closes."""
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingExtraError("cluster", "--dask") from error
    try:
        client: Any = Client  # untyped
        stack.enter_context(client(address, timeout=10, set_as_default=True))
    except (OSError, ValueError) as error:
        raise UsageError(f"--dask {address}: no Dask scheduler answers there ({error})") from error


def _fingerprint(function: Callable[..., Any], items: Iterable[Any], seed: int) -> str:
    """Function, arguments, pieces and seed in a few letters; another version of rupmeta starts anew."""
    from rupmeta import __version__

    content = pickle.dumps((__version__, function, list(items), seed), protocol=5)
    return hashlib.sha256(content).hexdigest()[:24]


class _Store:
    """Finished pieces on disk, one file each."""

    def __init__(self, folder: Path | None):
        self.folder = folder
        self.kept: set[int] = set()

    def read(self, size: int) -> dict[int, Any]:
        """The pieces of an earlier run; an unreadable one is done again."""
        found: dict[int, Any] = {}
        if self.folder is None or not self.folder.is_dir():
            return found
        for index in range(size):
            with contextlib.suppress(OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError):
                # Files of this user, written by an earlier run of this program.
                found[index] = pickle.loads((self.folder / f"{index}.pickle").read_bytes())  # noqa: S301
        self.kept = set(found)
        return found

    def write(self, done: dict[int, Any]) -> None:
        """Keep what is not kept yet; a full disk costs only the resumption."""
        if self.folder is None:
            return
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            for index in sorted(done.keys() - self.kept):
                target = self.folder / f"{index}.pickle"
                temporary = target.with_suffix(f".{os.getpid()}.tmp")
                temporary.write_bytes(pickle.dumps(done[index], protocol=5))
                temporary.replace(target)
                self.kept.add(index)

    def clear(self) -> None:
        """The work is complete: nothing is left to resume."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


class _Watch:
    """Progress on a terminal's stderr, after a second."""

    def __init__(self, label: str, total: int, done: int):
        self.label, self.total, self.resumed = label or "work", total, done
        self.start = time.monotonic()
        self.shown = False

    @property
    def long(self) -> bool:
        """Whether the work has gone on long enough to bother."""
        return time.monotonic() - self.start >= PATIENCE

    def tick(self, done: int) -> None:
        """A piece is done."""
        if not (self.long and sys.stderr.isatty()):
            return
        rate = (done - self.resumed) / (time.monotonic() - self.start)
        ahead = (self.total - done) / rate if rate > 0 else 0.0
        text = f"{self.label}: {done} of {self.total} pieces, about {ahead:.0f} s to go"
        sys.stderr.write(f"\r{text:<78}")
        sys.stderr.flush()
        self.shown = True

    def close(self) -> None:
        """Leave a clean line."""
        if self.shown:
            sys.stderr.write("\r" + " " * 78 + "\r")
            sys.stderr.flush()
