"""References in APA form (Publication Manual, 7th ed., chapters 9 and 10), by its rules; invented works."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupmeta.render.apa_reference import apa_reference, link_of, reference_key, reference_text

ARTICLE: dict[str, Any] = {
    "authors": ["Alder, A."], "year": 2001, "title": "Tension and repair",
    "container": "Invented Journal", "volume": 12, "issue": 3, "pages": "45-67",
}  # fmt: skip


def italics(citation: dict[str, Any], publication: str | None = None) -> list[str]:
    return [text for text, italic in apa_reference(citation, publication) if italic]


@pytest.mark.parametrize(
    ("change", "publication", "expected"),
    [
        ({}, None, "Alder, A. (2001). Tension and repair. Invented Journal, 12(3), 45–67."),
        ({"issue": None}, None, "Alder, A. (2001). Tension and repair. Invented Journal, 12, 45–67."),
        ({"volume": None, "issue": None, "pages": None}, None,
         "Alder, A. (2001). Tension and repair. Invented Journal."),
        ({"title": None}, None, "Alder, A. (2001). Invented Journal, 12(3), 45–67."),
        ({"title": "Who repairs?"}, None, "Alder, A. (2001). Who repairs? Invented Journal, 12(3), 45–67."),
        ({"year": None}, None, "Alder, A. (n.d.). Tension and repair. Invented Journal, 12(3), 45–67."),
        ({"year": None}, "in-press",
         "Alder, A. (in press). Tension and repair. Invented Journal, 12(3), 45–67."),
        ({"authors": []}, None, "Tension and repair. (2001). Invented Journal, 12(3), 45–67."),
        ({"authors": [], "title": None}, None, "Anonymous. (2001). Invented Journal, 12(3), 45–67."),
        (
            {"container": None, "volume": None, "issue": None, "pages": None,
             "publisher": "Invented University"},
            "dissertation",
            "Alder, A. (2001). Tension and repair [Dissertation]. Invented University.",
        ),
        (
            {"volume": None, "issue": None, "container": "A Handbook", "publisher": "House"},
            "chapter",
            "Alder, A. (2001). Tension and repair. In A Handbook (pp. 45–67). House.",
        ),
    ],
)  # fmt: skip
def test_what_is_not_told_leaves_no_trace(change, publication, expected):
    citation = {key: value for key, value in {**ARTICLE, **change}.items() if value is not None}
    assert reference_text(citation, publication) == expected


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        (["Alder, A.", "Birch, B."], "Alder, A., & Birch, B. ("),
        (["Alder, A.", "Birch, B.", "Cedar, C."], "Alder, A., Birch, B., & Cedar, C. ("),
        (["Holmqvist Larsson, Mattias Jan"], "Holmqvist Larsson, M. J. ("),
        (["Alder, Jean-Paul"], "Alder, J.-P. ("),
        (["Alder, J.-P."], "Alder, J.-P. ("),
        (["Alder"], "Alder. ("),
        ([f"A{i}, B." for i in range(20)], f"{', '.join(f'A{i}, B.' for i in range(19))}, & A19, B. ("),
        ([f"A{i}, B." for i in range(21)], f"{', '.join(f'A{i}, B.' for i in range(19))}, … A20, B. ("),
    ],
)
def test_authors(authors, expected):
    assert reference_text({**ARTICLE, "authors": authors}).startswith(expected)


def test_journal_and_volume_are_italic_or_else_the_title():
    assert italics(ARTICLE) == ["Invented Journal", "12"]
    thesis = {"authors": ["Alder, A."], "year": 2001, "title": "Repair"}
    assert italics(thesis, "dissertation") == ["Repair"]
    assert italics(thesis) == ["Repair."]
    assert italics({"text": "As somebody typed it"}) == []


def test_links_and_order():
    assert link_of({"doi": "10.1/x", "url": "https://elsewhere"}) == "https://doi.org/10.1/x"
    assert link_of({"url": "javascript:alert(1)"}) is None
    works = [{"title": "The bond"}, {"authors": ["Alder, A."], "year": 2003},
             {"authors": ["Alder, A."], "year": 2001},
             {"authors": ["alder, B."], "year": 1999}, {"text": "Cedar (2000)"}]  # fmt: skip
    assert [work.get("year") for work in sorted(works, key=reference_key)] == [2001, 2003, 1999, None, None]
    assert sorted(works, key=reference_key)[3] == {"title": "The bond"}


WORD = st.text("abcdé ", min_size=1).filter(str.strip)
CITATION = st.fixed_dictionaries(
    {},
    optional={
        "authors": st.lists(WORD, max_size=25), "year": st.integers(1900, 2030), "title": WORD,
        "container": WORD,
        "volume": st.integers(1, 99), "issue": st.integers(1, 12), "pages": st.just("1-2"), "publisher": WORD,
    },
)  # fmt: skip


@given(CITATION, st.sampled_from([None, "peer-reviewed", "dissertation", "chapter", "in-press", "preprint"]))
def test_any_citation_is_a_sentence_of_alternating_pieces(citation, publication):
    pieces = apa_reference(citation, publication)
    text = "".join(piece for piece, _ in pieces)
    assert text.endswith(".")
    assert ".." not in text.replace("…", "")
    assert all(a[1] != b[1] for a, b in pairwise(pieces))
