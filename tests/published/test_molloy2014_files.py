"""The committed example files hold the published rows and nothing else.

Molloy, O'Carroll & Ferguson (2014), Annals of Behavioral Medicine, 47, 92-101; rows of dat.molloy2014 in
the R package metadat 1.2-0, in its order.
"""

import math
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "studies" / "examples" / "molloy2014"

# file, year, ri, ni, controls, design, a_measure, c_measure, meanage, quality
ROWS = [
    ("axelsson2009", 2009, 0.187, 109, "none", "cross-sectional", "self-report", "other", 22, 1),
    ("axelsson2011", 2011, 0.162, 749, "none", "cross-sectional", "self-report", "NEO", 53.59, 1),
    ("bruce2010", 2010, 0.34, 55, "none", "prospective", "other", "NEO", 43.36, 2),
    ("christensen1999", 1999, 0.32, 107, "none", "cross-sectional", "self-report", "other", 41.7, 1),
    ("christensen_smith1995", 1995, 0.27, 72, "none", "prospective", "other", "NEO", 46.39, 2),
    ("cohen2004", 2004, 0, 65, "none", "prospective", "other", "NEO", 41.2, 2),
    ("dobbels2005", 2005, 0.175, 174, "none", "cross-sectional", "self-report", "NEO", 52.3, 1),
    ("ediger2007", 2007, 0.05, 326, "multiple", "prospective", "self-report", "NEO", 41, 3),
    ("insel2006", 2006, 0.26, 58, "none", "prospective", "other", "other", 77, 2),
    ("jerant2011", 2011, 0.01, 771, "multiple", "prospective", "other", "NEO", 78.6, 3),
    ("moran1997", 1997, -0.09, 56, "multiple", "prospective", "other", "NEO", 57.2, 2),
    ("ocleirigh2007", 2007, 0.37, 91, "none", "prospective", "self-report", "NEO", 37.9, 2),
    ("penedo2003", 2003, 0, 116, "none", "cross-sectional", "self-report", "NEO", 39.2, 1),
    ("quine2012", 2012, 0.15, 537, "none", "prospective", "self-report", "other", 69, 2),
    ("stilley2004", 2004, 0.24, 158, "none", "prospective", "other", "NEO", 46.2, 3),
    ("wiebe_christensen1997", 1997, 0.04, 65, "none", "prospective", "other", "NEO", 56, 1),
]
COLUMNS = ("controls", "design", "a_measure", "c_measure", "meanage", "quality")


def test_there_is_one_file_for_each_row_in_the_order_of_the_rows():
    files = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "review")
    assert files == [row[0] for row in ROWS]


@pytest.mark.parametrize(("number", "row"), list(enumerate(ROWS, start=1)), ids=[row[0] for row in ROWS])
def test_a_file_holds_its_row(number, row):
    stem, year, ri, ni, *moderators = row
    study = yaml.safe_load((FOLDER / f"{stem}.yaml").read_text("utf-8"))
    (effect,) = study["effects"]

    assert study["citation"]["year"] == year
    assert study["sample"] == {"n": ni}
    assert study["moderators"] == dict(zip(COLUMNS, moderators, strict=True))
    assert effect["reported"] == [{"r": ri, "n": ni}]
    assert effect["source"]["where"] == f"dat.molloy2014, row {number}"
    assert "therapy" not in study, "columns that the data set lacks stay empty"


def test_the_files_fit_the_record_and_pass_their_own_criteria():
    from rupmeta.read.review import Review
    from rupmeta.read.study import Study

    review = Review.model_validate(yaml.safe_load((FOLDER / "review.yaml").read_text("utf-8")))
    assert review.criteria.model_dump() == {
        "psychotherapy": None,
        "publication": None,
        "relation": ["other"],
        "alliance_tracking": None,
    }
    for stem, *_ in ROWS:
        study = Study.model_validate(yaml.safe_load((FOLDER / f"{stem}.yaml").read_text("utf-8")))
        assert study.relation == "other"
        assert not study.extraction.synthetic


def test_the_equal_effects_mean_is_that_of_metafor():
    """Recomputed from the rows by hand; metafor 5.1-12, R 4.2.2: rma(measure="ZCOR", ri, ni, method="EE")."""
    z = [math.atanh(row[2]) for row in ROWS]
    w = [row[3] - 3 for row in ROWS]
    mean = math.fsum(a * b for a, b in zip(z, w, strict=True)) / math.fsum(w)
    assert mean == pytest.approx(0.125176663755514, rel=1e-12)  # closed form, 15 digits printed
