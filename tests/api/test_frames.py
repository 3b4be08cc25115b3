"""Data frames in place of study files."""

from __future__ import annotations

import json
import math

import pandas as pd  # noqa: TID253  # what the tests are about
import pyarrow as pa  # noqa: TID253
import pytest
from reviews import ROOT

import rupmeta

ROWS = [
    {"slab": "Zeta", "yi": 0.21, "vi": 0.021, "n": 51, "phase": "early", "dose": 8.5},
    {"slab": "Alpha (2001)", "yi": 0.35, "vi": 0.012, "n": 86, "phase": "late", "dose": 12.5},
    {"slab": "Mu", "yi": 0.10, "vi": 0.016, "n": 66, "phase": "early", "dose": 9.5},
    {"slab": "Beta", "yi": 0.44, "vi": 0.030, "n": None, "phase": None, "dose": 16.5},
]
FRAME = pd.DataFrame(ROWS)


class Polars:
    """What a polars frame can do that is needed: names of columns, and columns to iterate over."""

    columns = tuple(ROWS[0])

    def __getitem__(self, name: str) -> list[object]:
        return [row[name] for row in ROWS]


@pytest.mark.parametrize(
    "frame",
    [
        FRAME,
        FRAME.convert_dtypes(),
        {name: [row[name] for row in ROWS] for name in ROWS[0]},
        ROWS,
        pa.table(FRAME),
        Polars(),
    ],
    ids=["pandas", "pandas-nullable", "columns", "records", "arrow", "polars"],
)
def test_every_kind_of_frame_is_the_same(frame: object) -> None:
    found = rupmeta.pool_effects(rupmeta.read_frame(frame, measure="ZCOR"))
    assert found.to_json() == rupmeta.pool_effects(rupmeta.read_frame(ROWS, measure="ZCOR")).to_json()
    assert found.k == 4


def test_numbers_are_those_of_metafor() -> None:
    """dat.molloy2014 through escalc(measure="ZCOR"), rma(yi, vi): 0.1499 (SE 0.0316), tau² 0.0081."""
    case = json.loads((ROOT / "tests/reference/data/pool_molloy2014.json").read_text(encoding="utf-8"))
    frame = pd.DataFrame({"yi": case["all"]["yi"], "vi": case["all"]["vi"]})
    found = rupmeta.pool_effects(rupmeta.read_frame(frame, measure="ZCOR"), test="z")
    assert found.estimate.estimate == pytest.approx(0.1499171485, abs=1e-8)
    assert found.estimate.se == pytest.approx(0.0315599602, abs=1e-8)
    assert found.tau2 == pytest.approx(0.0081, abs=5e-5)


def test_rows_keep_their_order_and_labels() -> None:
    table = rupmeta.pool_effects(FRAME).to_frame()
    assert table["study"].tolist() == [*(row["slab"] for row in ROWS), "pooled"]
    labels = [effect["label"] for effect in rupmeta.pool_effects(FRAME).answer["effects"]]
    assert labels == [row["slab"] for row in ROWS]


def test_a_scale_of_its_own_is_shown_as_it_is() -> None:
    found = rupmeta.pool_effects(FRAME)
    assert list(found.reported) == ["gen"]
    assert found.reported["gen"]["estimate"] == found.estimate.estimate
    ratios = rupmeta.pool_effects(rupmeta.read_frame(FRAME, measure="OR"))
    assert list(ratios.reported) == ["or", "d"]
    assert ratios.reported["or"]["estimate"] == pytest.approx(math.exp(ratios.estimate.estimate))


def test_standard_errors_do_for_variances() -> None:
    frame = FRAME.assign(se=FRAME["vi"] ** 0.5).drop(columns="vi")
    assert rupmeta.pool_effects(frame).estimate.se == pytest.approx(rupmeta.pool_effects(FRAME).estimate.se)


def test_other_columns_are_moderators() -> None:
    studies = rupmeta.read_frame(FRAME)
    assert studies.moderators == ("dose", "phase")
    assert len(rupmeta.explore_moderators(studies).answer["moderators"]) == 2
    few = rupmeta.read_frame(FRAME, moderators=["dose"])
    assert [row["name"] for row in rupmeta.explore_moderators(few).answer["moderators"]] == ["dose"]
    by = rupmeta.explore_moderators(few, "phase")  # the rest can still be asked about
    assert by.answer["left_out"][0]["study"] == "Beta"


def test_rows_of_a_label_are_effects_of_a_study() -> None:
    frame = FRAME.assign(slab=["A", "A", "B", "C"])
    assert rupmeta.pool_effects(frame).k == 3  # aggregated, as the house default is
    assert rupmeta.pool_effects(frame, dependence="none").k == 4
    assert rupmeta.pool_effects(FRAME.assign(sample=["x", "x", "y", "z"])).k == 3


def test_no_note_speaks_of_files() -> None:
    notes = rupmeta.pool_effects(FRAME).notes
    assert "NO-PROTOCOL" not in {note.code for note in notes}
    assert "SYNTH" not in {note.code for note in notes}
    invented = rupmeta.pool_effects(rupmeta.read_frame(FRAME, synthetic=True))
    assert "SYNTH" in {note.code for note in invented.notes}
    assert "synthetic data, not evidence" in invented._repr_html_()


def test_every_stage_takes_a_frame() -> None:
    studies = rupmeta.read_frame(FRAME, measure="ZCOR", title="Mine", year="phase")
    assert len(rupmeta.compute_effects(studies)) == 4
    assert rupmeta.assess_bias(studies).bias.k == 4
    assert set(rupmeta.check_sensitivity(studies).tables) == {
        "leave_one_out", "cumulative", "influence", "estimators",
    }  # fmt: skip
    assert "Zeta" in str(rupmeta.draw_figure(studies))
    assert rupmeta.screen_studies(studies).answer["counts"]["included"] == 4


def test_a_report_of_a_frame(tmp_path) -> None:
    report = rupmeta.write_report(
        rupmeta.read_frame(FRAME, measure="ZCOR", title="Mine"), tmp_path / "out", formats=["html"]
    )
    assert report.page is not None
    assert "Zeta" in report.page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ({"yi": [0.1, None, 0.2, 0.3]}, {}, "row 2 (Alpha (2001)): yi is missing"),
        ({"yi": [0.1, "x", 0.2, math.inf]}, {}, "row 4 (Beta): yi is inf"),
        ({"vi": [0.1, 0.0, 0.2, -1.0]}, {}, "row 4 (Beta): vi is -1.0; it must be a number above 0"),
        ({"n": [1, 2, -3, 4]}, {}, "row 3 (Mu): n is -3"),
        ({}, {"measure": "zcor"}, "ZCOR"),
        ({}, {"yi": "YI"}, "did you mean yi?"),
        ({}, {"moderators": ["dosis"]}, "no column dosis"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(change, options, said: str) -> None:
    with pytest.raises(rupmeta.UsageError) as raised:
        rupmeta.read_frame(FRAME.assign(**change), **options)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (FRAME.drop(columns="yi"), "no column yi"),
        (FRAME.drop(columns="vi"), "neither variances"),
        (FRAME.head(0), "no rows"),
        ({"yi": [1.0], "vi": [1.0, 2.0]}, "unequal length"),
        (FRAME.assign(slab="A", sample=[1, 2, 3, 4]), "labels of their own"),
        ([], "list is no table"),
    ],
)
def test_what_is_no_frame_of_effects(frame, said: str) -> None:
    with pytest.raises(rupmeta.UsageError, match=said):
        rupmeta.read_frame(frame)
