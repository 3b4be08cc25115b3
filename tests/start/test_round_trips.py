"""What is exported and imported again is the same: study files, effects, citations."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reviews import ROOT, run_cli, write_review

from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import read_folder
from rupmeta.render.exports.kinds import Request
from rupmeta.render.exports.studies import export_studies

REVIEWS = ("studies", "studies/examples/worked", "studies/examples/molloy2014")
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def records(folder: Path) -> dict[str, dict[str, Any]]:
    """Every study as a plain mapping, without what was not reported."""
    return {
        file.id: file.study.model_dump(exclude_none=True, exclude_unset=True)
        for file in read_folder(folder, strict=False).studies
    }


def tidy(value: Any) -> Any:
    """Without empty mappings and lists: leaving a key out and leaving it empty mean the same."""
    if isinstance(value, Mapping):
        kept = {key: tidy(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in ({}, [], None)}
    return [tidy(inner) for inner in value] if isinstance(value, list) else value


def carried(kind: str, folder: Path, home: Path, suffix: str, *options: str) -> Path:
    """Export ``folder`` and import the result into an empty folder."""
    there = home / "studies"
    there.mkdir(parents=True)
    shutil.copy(folder / "review.yaml", there)
    file = home / f"x{suffix}"
    done = run_cli("export", kind, str(folder), *options, "-q", "-o", str(file))
    assert done.returncode == 0, done.stderr
    done = run_cli("import", str(file), "--to", str(there))
    assert done.returncode == 0, done.stdout + done.stderr
    return there


@pytest.mark.parametrize("review", REVIEWS)
@pytest.mark.parametrize(
    ("suffix", "options"),
    [(".csv", ()), (".tsv", ()), (".xlsx", ()), (".csv", ("--sep", ";", "--decimal", ","))],
)
def test_whole_study_files(tmp_path, review, suffix, options):
    there = carried("studies", ROOT / review, tmp_path, suffix, *options)
    assert {key: tidy(value) for key, value in records(there).items()} == {
        key: tidy(value) for key, value in records(ROOT / review).items()
    }
    # Every number also keeps its digits: .30 is not .3.
    before = {file.id: file for file in read_folder(ROOT / review).studies}
    for file in read_folder(there).studies:
        for i, effect in enumerate(file.study.effects):
            for j, route in enumerate(effect.reported):
                for key in route.keys_given():
                    address = ("effects", i, "reported", j, key)
                    old, new = before[file.id].printed(address), file.printed(address)
                    assert (old or "").removeprefix("+") == (new or ""), address


WORDS = st.text("abz é本'\"\\:#-[]{}|;,=0.9eE+@ \n", min_size=1, max_size=10).map(str.strip).filter(bool)
PEOPLE = st.integers(5, 500)
R = st.floats(-0.95, 0.95).map(lambda x: round(x, 3))
SCALAR = st.one_of(st.booleans(), st.integers(-99, 99), st.floats(-9, 9).map(lambda x: round(x, 4)), WORDS)
CITATIONS = st.fixed_dictionaries(
    {},
    optional={
        "authors": st.lists(WORDS.filter(lambda w: not w.replace(".", "").isupper()), min_size=1, max_size=3),
        "year": st.integers(1900, 2099), "title": WORDS, "container": WORDS,
        "volume": st.integers(1, 99) | WORDS, "pages": WORDS,
    },
)  # fmt: skip
ROUTES = st.one_of(
    st.fixed_dictionaries({"r": R, "n": PEOPLE}),
    st.fixed_dictionaries({"t": st.floats(-9, 9), "df": PEOPLE}),
    R.map(lambda d: {"d": d, "ci": [round(d - 0.3, 3), round(d + 0.3, 3)]}),
    st.fixed_dictionaries(
        {"p": st.sampled_from([0.03, "<.001", "ns"]), "n": PEOPLE, "favours": st.just("repair")}
    ),
    st.fixed_dictionaries({"yi": R, "vi": st.floats(1e-9, 9), "measure": st.just("ZCOR")}),
)  # fmt: skip


@st.composite
def studies(draw: st.DrawFn) -> dict[str, Any]:
    effects = []
    for i in range(draw(st.integers(0, 3))):
        effect = {
            "id": f"e{i}",
            "outcome": {
                "name": draw(WORDS),
                "kind": "symptoms",
                "better": draw(st.sampled_from(["lower", "higher"])),
            },
            "reported": draw(st.lists(ROUTES, min_size=1, max_size=3)),
            "source": {"where": draw(WORDS)},
            "moderators": draw(st.dictionaries(st.sampled_from("pqr"), SCALAR, max_size=2)),
        }
        effects.append(effect)
    return {
        "citation": draw(CITATIONS.filter(bool) | WORDS),
        "relation": draw(st.sampled_from(["repair-outcome", "training-outcome", "other"])),
        "sample": draw(st.fixed_dictionaries({}, optional={"n": PEOPLE, "diagnosis": WORDS})),
        "therapy": draw(
            st.fixed_dictionaries({}, optional={"psychotherapy": st.booleans(), "sessions": st.floats(1, 60)})
        ),
        "moderators": draw(st.dictionaries(st.sampled_from("xyz"), SCALAR, max_size=3)),
        "effects": effects,
        **draw(st.fixed_dictionaries({}, optional={"note": WORDS, "publication": st.just("preprint")})),
    }


@given(st.dictionaries(st.sampled_from(["a2001", "B", "c-3"]), studies(), min_size=1))
@QUICK
def test_any_study_file(files):
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        write_review(home / "before", files)
        there = home / "studies"
        there.mkdir()
        (home / "x.csv").write_bytes(
            export_studies(Request(read_folder(home / "before"), Overrides(), ".csv")).data
        )
        done = run_cli("import", str(home / "x.csv"), "--to", str(there))
        assert done.returncode == 0, done.stdout + done.stderr
        assert tidy(records(there)) == tidy(records(home / "before"))


@pytest.mark.parametrize("review", REVIEWS)
def test_effects_to_the_bit(tmp_path, review):
    from rupmeta.pipeline.analyse import prepare_effects
    from rupmeta.pipeline.load import load_review

    there = carried("effects", ROOT / review, tmp_path, ".csv")
    before, after = (prepare_effects(load_review(folder)).single for folder in (ROOT / review, there))
    assert [(row.study, row.effect) for row in after.rows] == [(row.study, row.effect) for row in before.rows]
    assert after.yi.tolist() == before.yi.tolist()
    assert after.vi.tolist() == before.vi.tolist()
    assert [row.n for row in after.rows] == [row.n for row in before.rows]
    assert [row.provisional for row in after.rows] == [row.provisional for row in before.rows]
    assert [row.synthetic for row in after.rows] == [row.synthetic for row in before.rows]


FORMS = [("ris", ".ris"), ("bibtex", ".bib"), ("csl", ".json")]


def flat(citation: Any) -> dict[str, Any]:
    """A citation as a bibliography can hold it: white space is one space, ``28`` and 28 are the same."""
    fields = {"title": citation} if isinstance(citation, str) else citation
    return {
        key: [" ".join(item.split()) for item in value]
        if isinstance(value, list)
        else " ".join(str(value).split())
        for key, value in fields.items()
        if value not in (None, [], "")
    }


@pytest.mark.parametrize(("kind", "suffix"), FORMS)
@pytest.mark.parametrize("review", REVIEWS)
def test_citations_of_the_reviews(tmp_path, kind, suffix, review):
    there = carried(kind, ROOT / review, tmp_path, suffix)
    before, after = records(ROOT / review), records(there)
    assert {key: flat(study["citation"]) for key, study in after.items()} == {
        key: flat(study["citation"]) for key, study in before.items()
    }
    assert {key: study.get("publication") for key, study in after.items()} == {
        key: study.get("publication") for key, study in before.items()
    }


NAMES = (
    st.text("abzÅéß本O'.- ", min_size=4, max_size=8)
    .map(lambda name: " ".join(name.split()))
    .filter(lambda name: len(name) > 3 and name[0] not in "-.'O" and name[-1] not in "-.'")
)
PERSON = st.one_of(
    st.tuples(NAMES, st.sampled_from(["A.", "B. C.", "Dé"])).map(", ".join),
    NAMES.filter(lambda n: " " not in n),
)
TITLES = (
    st.text("abZ é本&%$#_{}~^\\\"':;,-. ()", min_size=1, max_size=20)
    .map(lambda t: " ".join(t.split()))
    .filter(bool)
)


@pytest.mark.parametrize(("kind", "suffix"), FORMS)
@given(
    citation=st.fixed_dictionaries(
        {"title": TITLES, "year": st.integers(1900, 2099)},
        optional={
            "authors": st.lists(PERSON, min_size=1, max_size=3), "container": TITLES,
            "volume": st.integers(1, 99), "issue": st.integers(1, 9),
            "pages": st.sampled_from(["12-34", "e1021", 7]), "publisher": TITLES,
            "doi": st.sampled_from(["10.1000/a_b(1)2<3>", "10.1037/ccp0000100"]),
            "pmid": st.integers(1, 10**8), "url": st.just("https://example.org/a_b%20c?d=1&e=~f#g"),
        },
    ),
    publication=st.sampled_from(
        ["peer-reviewed", "in-press", "preprint", "dissertation", "chapter", "report", "unpublished"]
    ),
)  # fmt: skip
@QUICK
def test_any_citation(kind, suffix, citation, publication):
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        study = {"citation": citation, "publication": publication, "relation": "other"}
        write_review(home / "before", {"a": study})
        done = read_folder(carried(kind, home / "before", home, suffix)).studies[0].study
        assert not isinstance(done.citation, str)
        assert flat(json.loads(done.citation.model_dump_json())) == flat(citation)
        assert done.publication == publication
