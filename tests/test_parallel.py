"""The same numbers from one process, several, and a Dask cluster that loses a worker."""

from __future__ import annotations

import functools
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from effect_tables import effects_table
from reviews import run_cli

from rupmeta import parallel
from rupmeta.errors import UsageError
from rupmeta.explore.bootstrap import bootstrap_effects
from rupmeta.parallel import Interrupted, map_in_parallel, split_work


def draw(scale: float, item: int, rng: np.random.Generator) -> tuple[int, float]:
    return item, scale * float(rng.random())


def count_and_draw(folder: str, item: int, rng: np.random.Generator) -> float:
    with open(os.path.join(folder, "log"), "a", encoding="utf-8") as log:  # noqa: PTH118, PTH123
        log.write(f"{item}\n")
    if item == 3 and not os.path.exists(os.path.join(folder, "second")):  # noqa: PTH110, PTH118
        raise KeyboardInterrupt
    return float(rng.random())


def test_pieces_depend_on_sizes_alone() -> None:
    assert split_work(0, 10) == []
    assert sum(split_work(100_001, 40)) == 100_001
    assert split_work(10, 10**9) == [10]
    assert set(split_work(10_000, 10**9)[:-1]) == {64}


def test_processes_give_the_numbers_of_one() -> None:
    work = functools.partial(draw, 2.0)
    alone = map_in_parallel(work, range(5), seed=7)
    assert [item for item, _ in alone] == [0, 1, 2, 3, 4]
    assert len({x for _, x in alone}) == 5
    assert map_in_parallel(work, range(5), seed=7, jobs=2) == alone
    assert (
        map_in_parallel(work, range(3), seed=7) == alone[:3]
    )  # a piece's numbers do not depend on the others
    assert map_in_parallel(work, range(5), seed=8) != alone


def test_an_interrupted_run_is_resumed(tmp_path: Path) -> None:
    work, cache = functools.partial(count_and_draw, str(tmp_path)), tmp_path / "cache"
    with pytest.raises(Interrupted, match=r"trial after 3 of 5 pieces; the next run goes on"):
        map_in_parallel(work, range(5), seed=1, cache=cache, label="trial")
    (tmp_path / "second").touch()
    resumed = map_in_parallel(work, range(5), seed=1, cache=cache)
    assert (tmp_path / "log").read_text().split() == ["0", "1", "2", "3", "3", "4"]
    assert resumed == map_in_parallel(work, range(5), seed=1)
    assert list(cache.iterdir()) == []  # complete: nothing is left to resume


def test_another_seed_or_a_spoilt_file_starts_anew(tmp_path: Path) -> None:
    work, cache = functools.partial(count_and_draw, str(tmp_path)), tmp_path / "cache"
    with pytest.raises(Interrupted):
        map_in_parallel(work, range(5), seed=1, cache=cache)
    (kept,) = cache.iterdir()
    (kept / "1.pickle").write_bytes(b"not a pickle")
    (kept / "2.pickle").write_bytes(pickle.dumps(0.5)[:-3])
    (tmp_path / "second").touch()
    map_in_parallel(work, range(5), seed=2, cache=cache)
    map_in_parallel(work, range(5), seed=1, cache=cache)
    log = (tmp_path / "log").read_text().split()
    assert log == ["0", "1", "2", "3", *"01234", "1", "2", "3", "4"]


def test_progress_is_for_terminals_and_long_work(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(parallel, "PATIENCE", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(sys.stderr, "write", lambda text: shown.append(text) or len(text))
    map_in_parallel(functools.partial(draw, 1.0), range(2), seed=1, label="draws")
    assert shown[0].startswith("\rdraws: 1 of 2 pieces, about ")
    assert shown[-1].strip() == ""


def test_wrong_addresses_and_numbers() -> None:
    with pytest.raises(UsageError, match="--jobs 0"):
        map_in_parallel(functools.partial(draw, 1.0), range(2), seed=1, jobs=0)


def test_a_statistic_does_not_depend_on_where_it_is_computed() -> None:
    rng = np.random.default_rng(2)
    effects = effects_table(rng.normal(size=3000), np.full(3000, 0.5))
    alone = bootstrap_effects(effects, method="DL", iterations=250, seed=4)
    assert bootstrap_effects(effects, method="DL", iterations=250, seed=4, jobs=2) == alone


SLOW = """
import os, sys, time
def slow(item, rng):
    time.sleep(0.1)
    return item, float(rng.random()), os.getpid()
"""


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A scheduler and two workers, processes of their own; and a module that they can import."""
    pytest.importorskip("distributed")
    (tmp_path / "slow_work.py").write_text(SLOW, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "OPENBLAS_NUM_THREADS": "1"}

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
        return subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    contact = tmp_path / "scheduler.json"
    scheduler = start(
        "dask_scheduler",
        "--port",
        "0",
        "--no-dashboard",
        "--host",
        "127.0.0.1",
        "--scheduler-file",
        str(contact),
    )
    workers = [
        start(
            "dask_worker", "--scheduler-file", str(contact), "--nthreads", "1", "--no-nanny", "--no-dashboard"
        )
        for _ in range(2)
    ]
    started = time.monotonic()
    while not contact.exists() and time.monotonic() - started < 30:
        time.sleep(0.05)
    import json

    try:
        yield json.loads(contact.read_text(encoding="utf-8"))["address"], workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
        for process in (*workers, scheduler):
            process.wait()


@pytest.mark.filterwarnings("ignore")  # of dask and its event loop about the worker that dies
def test_a_dask_cluster_that_loses_a_worker_gives_the_same_numbers(cluster) -> None:
    import threading

    from slow_work import slow

    address, workers = cluster
    assert [x for _, x, _ in map_in_parallel(slow, range(2), seed=3, dask=address)]
    threading.Timer(0.8, workers[0].send_signal, [signal.SIGKILL]).start()
    found = map_in_parallel(slow, range(24), seed=3, dask=address)
    alone = map_in_parallel(slow, range(2), seed=3)
    assert [item for item, _, _ in found] == list(range(24))
    assert [x for _, x, _ in found[:2]] == [x for _, x, _ in alone]
    assert len({x for _, x, _ in found}) == 24
    assert len({process for _, _, process in found}) == 2  # both took part before one died
    assert workers[0].wait(timeout=5) == -signal.SIGKILL


def test_a_multiverse_can_be_sent_away() -> None:
    command = ("multiverse", "studies/examples/worked", "--permute", "60", "--json")
    alone, sent = run_cli(*command), run_cli(*command, "--jobs", "2")
    assert alone.returncode == sent.returncode == 0
    assert alone.stdout == sent.stdout


def test_the_command_says_how_far_it_got(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def stop(*_: object) -> tuple[int, float]:
        raise KeyboardInterrupt

    monkeypatch.setattr(parallel, "_call", stop)
    done = run_cli("sensitivity", "studies/examples/worked", "--bootstrap", "200")
    assert done.returncode == 130
    assert done.stderr.strip() == "interrupted bootstrap after 0 of 1 pieces"


def test_no_scheduler_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    done = run_cli("sensitivity", "studies/examples/worked", "--bootstrap", "200", "--dask", "nonsense://x")
    assert done.returncode == 2
    assert "no Dask scheduler answers" in done.stderr
