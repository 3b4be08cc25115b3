"""The committed example files hold the published rows and nothing else, and pool as in metafor.

Molloy, O'Carroll & Ferguson (2014), Annals of Behavioral Medicine, 47, 92-101; rows of dat.molloy2014 in
the R package metadat 1.2-0, in its order. Fits: R 4.2.2, metafor 5.1-12, convergence threshold 1e-12.
"""

import math
from pathlib import Path

import pytest
import yaml

from rupmeta.pipeline.analyse import synthesise
from rupmeta.pipeline.regress import moderate_by
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import read_folder
from rupmeta.read.review import Review
from rupmeta.read.study import Study

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


#: rma(measure="ZCOR", ri, ni), test z: mean, se, interval; tau2, I2, Q; prediction interval.
POOLED = {
    "estimate": (0.1499171485175, 0.0315599601659938, 0.0880607632386335, 0.211773533796367),
    "heterogeneity": (0.00810956082430392, 61.7296546892391, 38.1595154236157),
    "prediction": (-0.0371089361879372, 0.336943233222937),
}
#: rma(..., mods = ~ name), test z: coefficients, standard errors, QM.
REGRESSIONS = {
    "meanage": (
        (0.274074844327117, -0.00240276939353952),
        (0.108982369247073, 0.00201010996906423),
        1.42884311886274,
    ),
    "quality": (
        (0.208210523541518, -0.0312349145912098),
        (0.0796177164556463, 0.0390603052992137),
        0.639454103391072,
    ),
    "design": (
        (0.170076968496135, -0.0298325851868508),
        (0.0551157259909489, 0.0682376987654567),
        0.191131837113629,
    ),
}
#: Both programs iterate to 1e-10 or finer; what is left is rounding in another order.
ITERATED = 1e-8


def test_pooled_as_in_metafor():
    fit = synthesise(read_folder(FOLDER), Overrides(test="z")).fit
    mu, spread, prediction = fit.estimate, fit.heterogeneity, fit.prediction
    assert (mu.estimate, mu.se, mu.ci_lb, mu.ci_ub) == pytest.approx(POOLED["estimate"], rel=ITERATED)
    assert (spread.tau2, spread.I2, spread.Q) == pytest.approx(POOLED["heterogeneity"], rel=ITERATED)
    assert (prediction.lb, prediction.ub) == pytest.approx(POOLED["prediction"], rel=ITERATED)


@pytest.mark.parametrize("moderator", sorted(REGRESSIONS))
def test_regressed_as_in_metafor(moderator):
    b, se, QM = REGRESSIONS[moderator]
    fit = moderate_by(read_folder(FOLDER), [moderator], Overrides(test="z"))[1].fit
    assert [estimate.estimate for estimate in fit.coefficients] == pytest.approx(b, rel=ITERATED)
    assert [estimate.se for estimate in fit.coefficients] == pytest.approx(se, rel=ITERATED)
    assert fit.omnibus.stat == pytest.approx(QM, rel=ITERATED)


def test_the_normal_interval_is_the_published_one():
    """r = .15, 95 % CI [.09, .21] in the abstract, from a normal interval: test z, to two digits."""
    mu = synthesise(read_folder(FOLDER), Overrides(test="z")).fit.estimate
    printed = [math.tanh(z) for z in (mu.estimate, mu.ci_lb, mu.ci_ub)]
    assert printed == pytest.approx([0.15, 0.09, 0.21], abs=0.005)
