"""Parquet: the same classes however a file is cut, sorted or spread over parts; a real Dask cluster."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from series_a_to_l import WAI, settings

from rupmeta.detect import parquet, summary
from rupmeta.detect.classify import detect_ruptures
from rupmeta.detect.expected import expected_in_sample, hash_labels, sample_clients
from rupmeta.detect.parquet import ParquetRatings, open_parquet
from rupmeta.detect.rules import Pool
from rupmeta.detect.scale import Scale
from rupmeta.detect.simulate import Design, Simulated, simulate_ratings
from rupmeta.detect.summary import Summary, summarise_on_cluster, summarise_parquet, summarise_pieces
from rupmeta.errors import InputError, UsageError
from rupmeta.read.ratings.format import RatingsFormat

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

SAMPLE = simulate_ratings(Design(clients=150), 4)


def table(sample: Simulated, order: np.ndarray | slice = slice(None), **columns: Any) -> Any:
    rows = {name: values[order] for name, values in sample.rows.items()}
    return pa.table({**rows, **columns})


def opened(path: Path, **form: Any) -> ParquetRatings:
    return open_parquet(str(path), RatingsFormat(**form), WAI)


def equal(one: Summary, two: Summary) -> None:
    for name in ("clients", "kind", "group", "n", "repaired", "unrepaired", "censored"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
    assert (one.counts, one.at_max, one.masked) == (two.counts, two.at_max, two.masked)
    assert np.array_equal(one.sample.clients, two.sample.clients)
    assert one.sample.score.tobytes() == two.sample.score.tobytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One sorted file, one in any order, one cut into parts in the middle of clients."""
    place = tmp_path_factory.mktemp("parquet")
    pq.write_table(table(SAMPLE), place / "sorted.parquet")
    order = np.random.default_rng(1).permutation(len(SAMPLE.rows["client"]))
    pq.write_table(table(SAMPLE, order), place / "any.parquet")
    (place / "parts").mkdir()
    for i, part in enumerate(np.array_split(order, 3)):
        pq.write_table(table(SAMPLE, part), place / "parts" / f"part-{i}.parquet")
    return place


@pytest.fixture(scope="module")
def expected() -> Summary:
    return summarise_pieces([SAMPLE.ratings], settings("rci"))


@pytest.mark.parametrize("chunk", [7, 50, 333, 10_000])
def test_any_chunking_gives_the_same_classes(
    folder: Path, expected: Summary, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "CHUNK", chunk)
    equal(summarise_parquet(opened(folder / "sorted.parquet"), settings("rci")), expected)


@pytest.mark.parametrize("chunk", [64, 500])
def test_the_sample_for_noise_does_not_depend_on_the_pieces(
    folder: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten of 150 clients, chosen by their labels, so that the shares are the same to the last bit."""
    monkeypatch.setattr(summary, "sample_clients", partial(sample_clients, many=10))
    monkeypatch.setattr(parquet, "CHUNK", chunk)
    chosen = settings("rci")
    whole = detect_ruptures(SAMPLE.ratings, chosen)
    judged = np.flatnonzero(whole.classified)
    expected = whole.clients[judged[sample_clients(whole.clients[judged], 7, 10)]]
    for name in ("sorted.parquet", "any.parquet"):
        found = summarise_parquet(opened(folder / name), chosen, 7)
        assert found.sample.clients.tolist() == expected.tolist()
        shares = expected_in_sample(found.sample, chosen, Pool(), seed=7, per_client=5)
        same = expected_in_sample(
            SAMPLE.ratings.take(found.sample.clients - 1), chosen, Pool(), seed=7, per_client=5
        )
        assert shares == same


def test_hashed_labels_pick_every_client_alike() -> None:
    """The lower half of the hashes holds 500 of every 1,000 labels, within 4 standard errors."""
    for labels in (np.arange(4000), np.array([f"P{i:04d}" for i in range(4000)])):
        chosen = sample_clients(labels, 3, 2000)
        assert (np.diff(chosen) > 0).all()
        parts = np.bincount(chosen // 1000, minlength=4)
        assert np.abs(parts - 500).max() < 4 * np.sqrt(1000 * 0.25)
        assert len(np.unique(hash_labels(labels, 3))) == 4000
    # Padding by longer labels in the same array changes nothing.
    alone, padded = hash_labels(np.array(["a"]), 1), hash_labels(np.array(["a", "longer"]), 1)
    assert alone[0] == padded[0]


@pytest.mark.parametrize("name", ["any.parquet", "parts"])
def test_any_order_gives_the_same_classes(folder: Path, expected: Summary, name: str) -> None:
    equal(summarise_parquet(opened(folder / name), settings("rci")), expected)


def test_in_memory_equals_the_rows(folder: Path) -> None:
    whole = opened(folder / "any.parquet", outcomes=("post",)).whole()
    assert whole.score.tobytes() == SAMPLE.ratings.score.tobytes()
    assert whole.outcomes["post"].tolist() == SAMPLE.ratings.outcomes["post"].tolist()
    one, two = (detect_ruptures(ratings, settings()) for ratings in (whole, SAMPLE.ratings))
    assert one.counts() == two.counts()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_dask_cluster_gives_the_same_classes(folder: Path, expected: Summary) -> None:
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
    )
    with cluster, distributed.Client(cluster) as client:
        for buckets in (1, 5):
            found = summarise_on_cluster(opened(folder / "parts"), settings("rci"), client, buckets=buckets)
            equal(found, expected)


def test_text_labels_studies_and_raters(tmp_path: Path) -> None:
    n = 12
    rows = {
        "client": ["b"] * 6 + ["a"] * 6,
        "session": [1, 2, 3, 4, 5, 6] * 2,
        "score": [4.0, 4.1, 2.5, 4.0, 4.0, 4.1] * 2,
        "rater": ["patient"] * n,
    }
    pq.write_table(pa.table(rows), tmp_path / "x.parquet")
    found = summarise_parquet(opened(tmp_path / "x.parquet"), settings("rci"))
    assert found.clients.tolist() == ["a", "b"]
    assert found.counts["repaired"] == 2
    rows["rater"][3] = "therapist"
    pq.write_table(pa.table(rows), tmp_path / "y.parquet")
    with pytest.raises(InputError, match="choose one with --rater"):
        opened(tmp_path / "y.parquet").whole()
    assert len(opened(tmp_path / "y.parquet", rater="patient").whole().score) == 11


def test_dates_and_studies(tmp_path: Path) -> None:
    """Days become ranks; the same label in two studies is two clients, in the order of the joined label."""
    days = [date(2026, 1, day) for day in (5, 3, 9, 20, 12, 28)]
    rows = {
        "client": ["7"] * 6 + ["7"] * 6,
        "study": ["A b"] * 6 + ["A"] * 6,
        "session": days * 2,
        "score": [4.1, 4.0, 2.5, 4.0, 4.0, 4.1] * 2,
    }
    pq.write_table(pa.table(rows), tmp_path / "x.parquet")
    source = opened(tmp_path / "x.parquet")
    assert source.dated
    found = source.whole()
    assert found.clients.tolist() == ["A b/7", "A/7"]
    assert found.session.tolist() == [1, 2, 3, 4, 5, 6] * 2
    assert found.score.tolist() == [4.0, 4.1, 2.5, 4.0, 4.0, 4.1] * 2
    rows["session"] = [days[0]] * 2 + days[2:] + days
    pq.write_table(pa.table(rows), tmp_path / "y.parquet")
    with pytest.raises(InputError, match="client A b/7, session 2026-01-05 again"):
        opened(tmp_path / "y.parquet").whole()


def test_rows_without_client_or_session_and_columns_of_the_wrong_type(tmp_path: Path) -> None:
    for columns, code, words in (
        ({"client": [1, None], "session": [1, 2]}, "RAT-SESSION", "no client in this row"),
        ({"client": ["a", None], "session": [1, 2]}, "RAT-SESSION", "no client in this row"),
        ({"client": [1, 1], "session": [1, None]}, "RAT-SESSION", "no session in this row"),
        ({"client": [1, 1], "session": ["1", "2"]}, "RAT-SESSION", "store it as whole numbers or dates"),
    ):
        pq.write_table(pa.table({**columns, "score": [4.0, 4.1]}), tmp_path / "x.parquet")
        with pytest.raises(InputError) as stop:
            opened(tmp_path / "x.parquet").whole()
        (problem,) = stop.value.problems
        assert (problem.code, words in problem.message) == (code, True), problem


def test_therapists_and_codes_for_missing(tmp_path: Path) -> None:
    rows = {
        "client": [1, 1, 2],
        "session": [1, 2, 1],
        "score": [4.0, 4.1, 4.2],
        "therapist": ["B", "A", None],
    }
    pq.write_table(pa.table(rows), tmp_path / "x.parquet")
    assert opened(tmp_path / "x.parquet").therapists() == {"1": "A"}
    pq.write_table(pa.table({**rows, "score": [4.0, 999.0, 4.2]}), tmp_path / "y.parquet")
    with pytest.raises(InputError, match="999: a code for missing"):
        open_parquet(str(tmp_path / "y.parquet"), RatingsFormat(), Scale()).whole()


def test_faults_in_a_folder_name_the_part(folder: Path, tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"client": [1, 1], "session": [1, 2], "score": [4.0, 4.1]}), tmp_path / "a.parquet"
    )
    pq.write_table(
        pa.table({"client": [2, 2], "session": [1, 2], "score": [4.0, 9.0]}), tmp_path / "b.parquet"
    )
    with pytest.raises(InputError) as stop:
        opened(tmp_path).whole()
    (problem,) = stop.value.problems
    assert (Path(problem.path).name, problem.line) == ("b.parquet", 2)
    (tmp_path / "c.parquet").write_text("client,session,score\n", encoding="utf-8")
    with pytest.raises(UsageError, match="not a Parquet file"):
        opened(tmp_path)


FAULTS = [
    ({"session": [1, 1], "score": [4.0, 4.0]}, "RAT-DUP", "client 7, session 1 again (row 1)"),
    ({"session": [1, 2], "score": [4.0, -99.0]}, "RAT-RANGE", "-99 is outside 1-5"),
    ({"session": [-1, 2], "score": [4.0, 4.0]}, "RAT-SESSION", "-1 is no session"),
    ({"session": [1.5, 2], "score": [4.0, 4.0]}, "RAT-SESSION", "1.5 is no session"),
    ({"session": [1, 2], "score": [4.0, 4.0], "bdi": [12, 14]}, "RAT-OUTCOME", "bdi has 2 values for"),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "code", "words"), FAULTS)
def test_faults_name_the_row(tmp_path: Path, columns: dict[str, Any], code: str, words: str) -> None:
    pq.write_table(pa.table({"client": [7, 7], **columns}), tmp_path / "x.parquet")
    form = {"outcomes": ("bdi",)} if "bdi" in columns else {}
    with pytest.raises(InputError) as stop:
        opened(tmp_path / "x.parquet", **form).whole()
    (problem,) = stop.value.problems
    assert (problem.code, words in problem.message) == (code, True), problem


def test_missing_columns_and_files(tmp_path: Path) -> None:
    pq.write_table(pa.table({"client": [1], "occ": [1], "score": [4.0]}), tmp_path / "x.parquet")
    with pytest.raises(InputError, match="no column session; the file has client, occ, score"):
        opened(tmp_path / "x.parquet")
    assert opened(tmp_path / "x.parquet", columns={"session": "occ"}).rows == 1
    with pytest.raises(UsageError, match="no Parquet file"):
        opened(tmp_path / "absent.parquet")


def test_streaming_asks_for_what_depends_on_all_clients(folder: Path) -> None:
    for chosen in (settings("diff-sd", spread="pooled"), settings(sd="stricter")):
        with pytest.raises(UsageError, match="not computed in streaming"):
            summarise_parquet(opened(folder / "sorted.parquet"), chosen)
