"""Every sentence of whole pages and of commands, over a grid of drawn reviews: none says more than it may."""

from __future__ import annotations

import random
from typing import Any

import pytest
from reviews import correlation, run_cli, write_review
from sentences import faults_of, sentences_of, split

from rupmeta.pipeline.load import load_review
from rupmeta.render.report import collect, parts
from rupmeta.render.report.files import compute_results
from rupmeta.render.report.pages import build_document
from rupmeta.render.report.sections.page import STATUS

PHASES = ("early", "late", "middle")
#: k, the true correlation, status, relation, randomised: every value of each, most pairs.
GRID = [
    (1, 0.5, "posthoc", "repair-outcome", False),
    (2, 0.0, "prespecified", "repair-outcome", False),
    (3, 0.5, "prespecified", "training-outcome", True),
    (3, 0.0, "posthoc", "training-outcome", False),
    (9, 0.5, "posthoc", "repair-outcome", False),
    (9, 0.0, "prespecified", "training-outcome", True),
    (10, 0.4, "prespecified", "training-outcome", False),
    (10, -0.4, "posthoc", "repair-outcome", False),
    (24, 0.4, "prespecified", "repair-outcome", False),
    (24, 0.0, "posthoc", "training-outcome", True),
]


def drawn(folder: Any, k: int, r: float, status: str, relation: str, randomized: bool) -> Any:
    """A review of ``k`` invented studies around ``r``, with two moderators."""
    rng = random.Random(k)
    studies = {}
    for i in range(k):
        n = rng.randint(20, 160)
        content = correlation(round(max(-0.9, min(0.9, r + rng.gauss(0, 0.12))), 2), n)
        content["relation"] = relation
        content["design"] = "randomized" if randomized else "naturalistic"
        content["therapy"] = {"psychotherapy": True, "sessions": 8 + 2 * (i % 7)}
        for effect in content["effects"]:
            effect["phase"] = PHASES[i % 3]
            effect["comparison"] = "untrained" if relation == "training-outcome" else "continuous"
        studies[f"s{i:02d}"] = content
    analysis = {
        "question": "Are they related?",
        "where": {"relation": relation},
        "status": status,
        "moderators": ["phase", "therapy.sessions"],
    }
    return write_review(folder, studies, {"rupmeta": 1, "title": "Drawn", "analyses": {"main": analysis}})


@pytest.mark.parametrize("cell", GRID, ids=lambda cell: "-".join(map(str, cell)))
def test_no_sentence_of_a_page_says_more_than_it_may(cell, tmp_path, monkeypatch):
    k, _, status, _, randomized = cell
    monkeypatch.setattr(parts, "PERMUTATIONS", 20)  # sentences, not digits
    if k > 15:
        monkeypatch.setattr(collect, "PARTS", {n: p for n, p in collect.PARTS.items() if n != "gosh"})
    folder = load_review(drawn(tmp_path / "studies", *cell))
    results = compute_results(folder, folder.problems)
    document = build_document(results)
    item = results["analyses"]["main"]
    sentences = list(sentences_of(document))
    assert len(sentences) > 60
    wrong = [
        (found, text)
        for text in sentences
        if (found := faults_of(text, k=item["pool"]["k"], randomized=randomized))
    ]
    assert wrong == []
    # association is kept, and each analysis wears its status
    (section,) = (part for part in document.sections if part.id == "analysis-main")
    assert section.title.endswith(f"({STATUS[status]})")
    whole = " ".join(sentences)
    if not randomized:
        assert "correlational" in whole.lower()
    pooled = item["pool"]["estimate"]
    if k >= 10 and pooled["ci_lb"] <= 0 <= pooled["ci_ub"]:
        assert "includes no association" in whole


#: Commands that speak in sentences of their own, on reviews that ship.
COMMANDS: dict[tuple[str, ...], int | None] = {
    ("pool", "studies"): 3,
    ("pool", "studies/examples/worked", "--small-k", "--bayes"): None,
    ("pool", "studies/examples/worked", "--dependence", "all"): None,
    ("bias", "studies"): 3,
    ("bias", "studies/examples/worked"): None,
    ("moderators", "studies/examples/worked"): None,
    ("moderators", "studies/examples/worked", "--by", "phase", "--by", "comparison", "--overlap"): None,
    ("moderators", "studies/examples/worked", "--analysis", "training", "--by", "therapy.sessions"): 6,
    ("sensitivity", "studies/examples/worked", "--fragility", "--outliers", "--confounding"): None,
    ("sensitivity", "studies"): 3,
    ("multiverse", "studies/examples/worked", "--permute", "20", "--analysis", "training"): 6,
    ("diff", "studies/examples/update/2011", "studies/examples/update/2018"): None,
    ("agreement", "studies/examples/double/a", "studies/examples/double/b"): None,
    ("power", "studies/examples/worked"): None,
}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_sentence_of_a_command_says_more_than_it_may(command):
    done = run_cli(*command)
    assert done.returncode == 0, done.stderr
    # lines are broken for the screen: a paragraph ends at an empty line
    paragraphs = [
        " ".join(part.split()) for text in (done.stdout, done.stderr) for part in text.split("\n\n")
    ]
    wrong = [
        (found, sentence)
        for paragraph in paragraphs
        for sentence in split(paragraph)
        if (found := faults_of(sentence, k=COMMANDS[command]))
    ]
    assert wrong == []


class TestTheRules:
    @pytest.mark.parametrize(
        "sentence",
        [
            "Rupture repair leads to better outcome.",
            "There is no publication bias.",
            "There is no association of repair with outcome.",
            "High heterogeneity was found, I² = 80%.".replace("High", "high"),
            "Effects differ only in the late phase.",
            "The interval is nan.",
        ],
    )
    def test_what_is_never_said_is_found(self, sentence):
        assert faults_of(sentence)

    def test_a_verdict_is_found_where_effects_are_few(self):
        sentence = "Over 9 effects, rupture repair was associated with better outcome, r = .29."
        assert faults_of(sentence, k=9)
        assert not faults_of(sentence, k=10)

    @pytest.mark.parametrize(
        "sentence",
        [
            "The interval includes no association.",
            "An association does not show that repair causes better outcome.",
            "None of this says whether one thing brings about the other.",
        ],
    )
    def test_what_may_be_said_is_not(self, sentence):
        assert not faults_of(sentence, k=3)
