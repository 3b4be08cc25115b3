"""Every sentence at the edges of its predicate; exactly one holds; none says more than the numbers."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rupmeta.render
from rupmeta.lint.causal import find_causal
from rupmeta.render.claims.asymmetry import ASYMMETRY, asymmetry_facts
from rupmeta.render.claims.captions import CAPTIONS, figure_caption
from rupmeta.render.claims.claim import Facts, placeholders, say
from rupmeta.render.claims.moderators import MODERATOR, moderator_facts
from rupmeta.render.claims.registry import TOPICS

NUMBER = st.floats(-2, 2, allow_nan=False)
COUNT = st.integers(1, 40)
P = st.floats(0, 1, allow_nan=False)
SUBJECT = st.sampled_from(["repair-outcome", "training-outcome", "other", None])

#: Topic → values that can occur together.
VALUES = {
    "status": st.fixed_dictionaries({
        "status": st.sampled_from(["prespecified", "posthoc", "undeclared"]),
        "registration": st.none() | st.just("PROSPERO 1"),
    }),
    "conversion": st.tuples(COUNT, st.integers(0, 9)).map(
        lambda pair: {"converted": max(pair), "approximate": pair[1]}
    ) | st.just({"converted": 0, "approximate": 0}),
    "model": st.fixed_dictionaries({"method": st.sampled_from(["REML", "EE", "DL"])}),
    "line": st.fixed_dictionaries({"method": st.sampled_from(["REML", "EE", "DL"])}),
    "several": st.fixed_dictionaries(
        {"approach": st.sampled_from(["none", "aggregate", "multilevel", "che"])}
    ),
    "robust": st.fixed_dictionaries({"df": st.floats(0.5, 40)}),
    "dependence": st.fixed_dictionaries(
        {"approach": st.sampled_from(["none", "aggregate", "multilevel", "che"])}
    ),
    "exploration": st.fixed_dictionaries({"moderators": st.integers(0, 3)}),
    "software": st.just({"version": "1"}),
    "causality": st.fixed_dictionaries({
        "subject": SUBJECT,
        "designs": st.lists(st.sampled_from(["randomized", "naturalistic", "?"]), min_size=1),
    }),
    **dict.fromkeys(
        ("caution", "caution_full"),
        st.tuples(SUBJECT, COUNT, COUNT).map(
            lambda t: {"subject": t[0], "random": min(t[1:]) - 1, "studies": max(t[1:])}
        ) | st.builds(lambda s, k: {"subject": s, "random": k, "studies": k}, SUBJECT, st.integers(0, 5)),
    ),
    "pooled": st.tuples(COUNT, NUMBER, NUMBER).map(
        lambda t: {"k": t[0], "lb": min(t[1:]), "ub": max(t[1:])}
    ),
    "heterogeneity": st.fixed_dictionaries({
        "tau2": st.none() | st.floats(0, 3), "df": st.integers(0, 20),
        "pi": st.booleans(),
    }).map(lambda v: {**v, "pi_lb": -0.1 if v["pi"] else None, "pi_ub": 0.2 if v["pi"] else None}),
    "moderator": st.fixed_dictionaries(
        {"k": COUNT, "p": st.none() | P, "smallest": st.none() | st.integers(1, 9)}
    ).map(lambda v: {**v, "padj": v["p"]}),
    "asymmetry": st.fixed_dictionaries({"k": COUNT, "p": st.none() | P}),
    "trim_and_fill": st.fixed_dictionaries({"filled": st.none() | st.integers(0, 9)}),
    "step": st.fixed_dictionaries({"p": P, "ratio": st.none() | st.floats(0, 50)})
    | st.just({"p": None, "ratio": None}),
    "beta": st.fixed_dictionaries({"p": P, "flat": st.booleans()}) | st.just({"p": None, "flat": False}),
    "leave_one_out": st.integers(2, 20).flatmap(
        lambda rows: st.fixed_dictionaries({"rows": st.just(rows), "moved": st.integers(0, rows)})
    ),
    "forest": st.fixed_dictionaries({"k": COUNT, "pi": st.booleans()}),
    "funnel": st.fixed_dictionaries({"k": COUNT}),
    "studies": st.fixed_dictionaries({"k": COUNT}),
}  # fmt: skip


def chosen(topic, **values):
    found = [claim.code for claim in TOPICS[topic] if claim.fits(Facts(values))]
    assert len(found) == 1, (topic, values, found)
    return found[0]


def test_every_topic_is_tried():
    assert set(VALUES) == set(TOPICS)
    codes = [claim.code for topic in TOPICS.values() for claim in topic]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("topic", sorted(TOPICS))
@given(data=st.data())
def test_exactly_one_claim_holds_of_any_numbers(topic, data):
    chosen(topic, **data.draw(VALUES[topic]))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"k": 1, "lb": 0.01, "ub": 0.3}, "POOLED-ONE"),
        ({"k": 2, "lb": 0.01, "ub": 0.3}, "POOLED-FEW-ABOVE"),
        ({"k": 9, "lb": -0.01, "ub": 0.3}, "POOLED-FEW-OPEN"),
        ({"k": 9, "lb": 0.0, "ub": 0.3}, "POOLED-FEW-OPEN"),
        ({"k": 9, "lb": 0.001, "ub": 0.3}, "POOLED-FEW-ABOVE"),
        ({"k": 9, "lb": -0.3, "ub": -0.001}, "POOLED-FEW-BELOW"),
        ({"k": 10, "lb": 0.0, "ub": 0.3}, "POOLED-OPEN"),
        ({"k": 10, "lb": -0.3, "ub": 0.0}, "POOLED-OPEN"),
        ({"k": 10, "lb": 1e-9, "ub": 0.3}, "POOLED-ABOVE"),
        ({"k": 10, "lb": -0.3, "ub": -1e-9}, "POOLED-BELOW"),
    ],
)
def test_the_edges_of_a_pooled_claim(values, code):
    assert chosen("pooled", **values) == code


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"k": 9, "p": 0.001}, "ASYMMETRY-FEW"),
        ({"k": 10, "p": None}, "ASYMMETRY-UNKNOWN"),
        ({"k": 10, "p": 0.0499}, "ASYMMETRY-SEEN"),
        ({"k": 10, "p": 0.05}, "ASYMMETRY-NOT-SEEN"),
    ],
)
def test_the_edges_of_an_asymmetry_claim(values, code):
    assert chosen("asymmetry", **values) == code


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"k": 10, "p": 0.01, "padj": 0.04, "smallest": 5}, "MODERATOR-DIFFERS"),
        ({"k": 10, "p": 0.01, "padj": 0.05, "smallest": 5}, "MODERATOR-UNCLEAR"),
        ({"k": 10, "p": 0.01, "padj": 0.01, "smallest": 4}, "MODERATOR-FEW"),
        ({"k": 9, "p": 0.01, "padj": 0.01, "smallest": None}, "MODERATOR-FEW"),
        ({"k": 10, "p": 0.01, "padj": 0.01, "smallest": None}, "MODERATOR-DIFFERS"),
        ({"p": None}, "MODERATOR-NONE"),
    ],
)
def test_the_edges_of_a_moderator_claim(values, code):
    assert chosen("moderator", **values) == code


@pytest.mark.parametrize(("df", "code"), [(3.99, "ROBUST-FEW"), (4.0, "ROBUST")])
def test_the_edge_of_a_robust_row(df, code):
    assert chosen("robust", df=df) == code


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"subject": "training-outcome", "designs": ["randomized"]}, "CAUSALITY-RANDOMIZED"),
        ({"subject": "training-outcome", "designs": ["randomized", "?"]}, "CAUSALITY-TRAINING"),
        ({"subject": "repair-outcome", "designs": ["randomized"]}, "CAUSALITY-REPAIR"),
    ],
)
def test_only_randomised_training_escapes_the_word_correlational(values, code):
    assert chosen("causality", **values) == code
    if code != "CAUSALITY-RANDOMIZED":
        (claim,) = (claim for claim in TOPICS["causality"] if claim.code == code)
        assert "correlational" in claim.template


class TestTemplates:
    @pytest.mark.parametrize("claim", [c for t in TOPICS.values() for c in t], ids=lambda c: c.code)
    def test_no_template_is_causal(self, claim):
        words = find_causal(claim.template)
        if claim.denies:
            assert words
            assert "does not show" in claim.template
        else:
            assert words == []

    @pytest.mark.parametrize("claim", [c for t in TOPICS.values() for c in t], ids=lambda c: c.code)
    def test_no_template_gives_the_verdicts_that_are_never_given(self, claim):
        never = r"no (publication )?bias|no association\b|high heterogeneity|only in the"
        assert not re.search(never, claim.template.replace("includes no association", ""))

    def test_every_text_of_a_package_that_speaks_of_repair_is_free_of_causal_words(self):
        """All string constants of ``render``, not only claims; a sentence may deny a cause."""
        found = []
        for path in sorted(Path(rupmeta.render.__path__[0]).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docs:
                    continue
                text = node.value
                about = re.search(r"\b(repair|training|alliance|rupture)", text, re.IGNORECASE)
                denies = re.search(r"\b(not|no|never|whether)\b|\?", text)
                if about and find_causal(text) and not denies:
                    found.append((path.name, node.lineno, text))
        assert found == []


class TestFacts:
    def test_every_placeholder_of_a_chosen_claim_has_its_text(self):
        entry = {
            "name": "phase", "k": 12, "padj": 0.03, "reason": None,
            "omnibus": {"stat": 8.0, "df1": 2, "df2": None, "pval": 0.01},
            "subgroups": [{"level": "early", "k": 6}, {"level": "late", "k": 6}],
        }  # fmt: skip
        assert say(MODERATOR, moderator_facts(entry)) == (
            "Phase of treatment: effects differed between its levels, χ²(2) = 8.00, "
            "p\u00a0=\u00a0.010 (adjusted p\u00a0=\u00a0.030)."
        )
        none = {**entry, "omnibus": None, "reason": "1 level"}
        assert say(MODERATOR, moderator_facts(none)) == "Phase of treatment: no model (1 level)."
        few = {**entry, "subgroups": [{"level": "early", "k": 4}, {"level": "late", "k": 8}]}
        assert "the level Early has 4 of 12 effects" in (say(MODERATOR, moderator_facts(few)) or "")

    def test_an_asymmetry_that_cannot_be_had_says_why(self):
        answer = {"k": 12, "egger": None, "reasons": {"egger": "all effects have the same precision"}}
        sentence = say(ASYMMETRY, asymmetry_facts(answer))
        assert sentence == "Asymmetry cannot be judged: all effects have the same precision."

    def test_placeholders_are_read_from_templates(self):
        assert placeholders("{a} and {b}") == ("a", "b")


class TestCausalWords:
    @pytest.mark.parametrize(
        "text",
        [
            "Repair improves outcome", "repair leads to better outcome", "Does repair cause change?",
            "training reduces dropout", "the impact of repair", "due to repair",
            "repair makes therapy better",
            "Is repair effective?", "repair increases the outcome", "repair has an effect on symptoms",
        ],
    )  # fmt: skip
    def test_are_found(self, text):
        assert find_causal(text)

    @pytest.mark.parametrize(
        "text",
        [
            "Is repair associated with better outcome?", "the effect size was r = .29", "11 effects",
            "a random-effects model", "clients who improvise", "the case of one client", "causeway",
        ],
    )  # fmt: skip
    def test_are_not_found_in_statistics(self, text):
        assert find_causal(text) == []


@pytest.mark.parametrize("kind", sorted(CAPTIONS))
def test_captions_of_figures_say_nothing_causal_and_name_their_scale(kind):
    pool = {"report_as": ["r", "d"], "level": 0.95, "k": 1}
    title, note = figure_caption(kind, pool, "phase of treatment")
    assert find_causal(f"{title} {note}") == []
    assert not re.search(r"[{}]", title + note)
    assert not title.endswith(".")
    assert note == "" or note.endswith(".")
    assert "1 effects" not in title + note
