"""Examples of every command, which stand first in its help; each of them is run by a test.

The folder ``studies/`` is the one that commands take when none is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["EXAMPLES", "Example"]


@dataclass(frozen=True, slots=True)
class Example:
    """A command line and what it does."""

    command: str
    does: str


#: Command → its examples, the simplest first; the empty name is the overview.
EXAMPLES: Mapping[str, tuple[Example, ...]] = {
    "": (
        Example("rupmeta init my-review", "Begin a review."),
        Example("rupmeta check studies/", "Find what is wrong in the files."),
        Example("rupmeta pool studies/", "Pool them."),
        Example("rupmeta plot forest studies/", "Draw them."),
        Example("rupmeta report studies/", "Write everything into reports/."),
    ),
    "check": (
        Example("rupmeta check studies/", "Every finding with file, line and column."),
        Example("rupmeta check studies/ --strict", "Warnings fail too, as a check before merging should."),
        Example("rupmeta check studies/ -o findings.csv", "The findings as a table."),
        Example("rupmeta check --explain SDSE", "What a code means and what to do."),
    ),
    "screen": (
        Example("rupmeta screen studies/", "Who is in, who is out and why."),
        Example("rupmeta screen studies/ --flow", "The PRISMA 2020 flow diagram as text."),
        Example("rupmeta screen studies/ --flow -o flow.svg", "The same as a drawing."),
        Example("rupmeta screen studies/ -o screening.csv", "One row a study."),
    ),
    "effects": (
        Example("rupmeta effects studies/", "One row for every effect."),
        Example(
            "rupmeta effects studies/ --routes", "Every route to each, with its formula and its numbers."
        ),
        Example("rupmeta effects studies/ --measure SMD -o g.csv", "On another scale, into a file."),
    ),
    "convert": (
        Example("rupmeta convert r=.29 n=79 --to d", "A correlation as d, with every step."),
        Example("rupmeta convert t=2.31 n1=22 n2=22 --to r", "A t test as a correlation."),
        Example("rupmeta convert odds_ratio=2.5 ci=1.2,5.2 --to d --json", "An odds ratio, for programs."),
    ),
    "pool": (
        Example("rupmeta pool studies/", "The first analysis of review.yaml."),
        Example("rupmeta pool studies/ --analysis training", "Another one."),
        Example(
            "rupmeta pool studies/ --where phase=late --where phase=middle", "Only effects with a value."
        ),
        Example(
            "rupmeta pool studies/ --method DL --test z", "Another model; the output says that it departs."
        ),
        Example("rupmeta pool studies/ --small-k --bayes", "By every method for few studies, and Bayesian."),
        Example("rupmeta pool studies/ -o pooled.csv", "Studies and weights as a table."),
    ),
    "moderators": (
        Example("rupmeta moderators studies/", "Every moderator that review.yaml declares, one model each."),
        Example("rupmeta moderators studies/ --by phase", "One in full: levels, coefficients, test."),
        Example("rupmeta moderators studies/ --by phase --pairwise", "Which levels differ."),
        Example('rupmeta moderators studies/ --formula "~ therapy.sessions"', "A formula."),
        Example("rupmeta moderators studies/ --by phase --permute 1000 --seed 1", "A permutation test."),
    ),
    "bias": (
        Example("rupmeta bias studies/", "Asymmetry, selection, and the mean under every adjustment."),
        Example("rupmeta bias studies/ --egger-model rma", "Egger's test in the mixed model."),
        Example("rupmeta bias studies/ --selection beta -o bias.csv", "The beta model in full, as a table."),
    ),
    "sensitivity": (
        Example("rupmeta sensitivity studies/", "Leave-one-out, cumulative, influence, estimators."),
        Example("rupmeta sensitivity studies/ --leave-one-out -o loo.csv", "One of them, as a table."),
        Example("rupmeta sensitivity studies/ --gosh --seed 1 --jobs 2", "All subsets."),
        Example("rupmeta sensitivity studies/ --fragility --confounding", "What would turn the conclusion."),
    ),
    "multiverse": (
        Example("rupmeta multiverse studies/", "Every combination of the defensible choices."),
        Example("rupmeta multiverse studies/ --permute 0 -o specifications.csv", "One row a specification."),
    ),
    "power": (
        Example("rupmeta power --k 10 --n 80 --r 0.20", "What ten planned studies of 80 clients could show."),
        Example(
            "rupmeta power studies/ --add 5,10 --n 100 --smallest 0.10", "What further studies would add."
        ),
    ),
    "plot": (
        Example("rupmeta plot forest studies/", "As text, and as repair-forest.svg in this folder."),
        Example("rupmeta plot forest studies/ --by phase -o forest.png", "With subgroups, as a picture."),
        Example("rupmeta plot funnel studies/ --text", "Only as text."),
        Example("rupmeta plot bubble studies/ --by therapy.sessions -o bubble.pdf", "Effects over a number."),
        Example("rupmeta plot forest studies/ --format csv", "The rows behind the picture."),
    ),
    "report": (
        Example("rupmeta report studies/", "Write reports/: pages, tables, figures, results.json."),
        Example("rupmeta report studies/ --check", "Fail when reports/ does not say what the files say."),
        Example("rupmeta report studies/ -o out --formats html,pdf", "Another folder, other formats."),
    ),
    "init": (
        Example("rupmeta init my-review", "A folder with a protocol, an invented study and checks."),
        Example('rupmeta init . --title "Repair in groups" --no-example', "Here, without an example."),
    ),
    "new": (
        Example("rupmeta new larsson2018", "A study file in which every field is explained."),
        Example(
            "rupmeta new larsson2018 --doi 10.1080/10503307.2016.1174345 --year 2018 --to studies/",
            "With what is known of the paper.",
        ),
    ),
    "import": (
        Example(
            "rupmeta import data.csv --as plain --set relation=repair-outcome --set outcome.kind=symptoms "
            "--set outcome.better=lower --dry-run",
            "What would become of a sheet.",
        ),
        Example(
            "rupmeta import data.csv --set relation=repair-outcome --set outcome.kind=symptoms "
            "--set outcome.better=lower",
            "The same with what the sheet does not say; writes one file a study.",
        ),
        Example("rupmeta import search.ris --dry-run", "References: files with a citation, to be filled in."),
    ),
    "export": (
        Example("rupmeta export effects studies/ -o effects.csv", "Effect sizes for other programs."),
        Example("rupmeta export ris studies/ -o studies.ris", "References for a reference manager."),
        Example("rupmeta export metafor studies/ -o repair.csv", "Data, and the R script that pools them."),
        Example(
            "rupmeta export studies studies/ -o all.csv", "Everything; import makes the same files of it."
        ),
    ),
    "agreement": (
        Example("rupmeta agreement old/ studies/", "Field by field, and the pooled effect under each."),
        Example("rupmeta agreement old/ studies/ -o agreement.csv", "The fields as a table."),
    ),
    "protocol": (
        Example("rupmeta protocol show studies/", "The plan, and whether it is frozen."),
        Example("rupmeta protocol freeze studies/ --date 2026-01-10", "Freeze it before seeing the data."),
    ),
    "diff": (
        Example("rupmeta diff old/ studies/", "What changed, and what it did to the answer."),
        Example("rupmeta diff old/ studies/ -o whats-new.md", "A page for a living review."),
        Example("rupmeta diff old/ studies/ --figure steps.svg", "The steps as a figure."),
    ),
    "detect": (
        Example(
            "rupmeta detect studies/sessions/harbour.csv --scale WAI-SR", "Ruptures and repairs by client."
        ),
        Example(
            "rupmeta detect studies/sessions/harbour.csv --rule all --resamples 0 --replications 0",
            "Every rule side by side.",
        ),
        Example(
            "rupmeta detect studies/sessions/harbour.csv --scale WAI-SR --resamples 0 -o clients.csv",
            "One row a client.",
        ),
    ),
    "schema": (
        Example("rupmeta schema study", "The JSON Schema of a study file."),
        Example("rupmeta schema review -o review.schema.json", "That of review.yaml, for an editor."),
        Example("rupmeta schema results", "That of results.json, for a program that reads reports."),
    ),
    "cite": (
        Example("rupmeta cite", "The program, and the review in studies/."),
        Example("rupmeta cite --format bibtex", "The same for LaTeX."),
    ),
    "doctor": (
        Example("rupmeta doctor", "What is here, what is missing, and the command that installs it."),
        Example("rupmeta doctor --json", "The same for a program."),
    ),
    "help": (
        Example("rupmeta help", "All commands, by stage."),
        Example("rupmeta help pool", "One command."),
    ),
}
