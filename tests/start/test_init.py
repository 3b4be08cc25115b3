"""``rupmeta init`` and ``rupmeta new``: what they write works at once, and nothing is ever overwritten."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from reviews import run_cli

from rupmeta import __version__
from rupmeta.read.json_schema import json_schema
from rupmeta.read.yaml_files import load_yaml
from rupmeta.start.study_ids import id_from_citation, id_from_words, spare_id
from rupmeta.start.study_template import EXAMPLE_ROUTES, study_template

SCHEMA_LINE = re.compile(r"# yaml-language-server: \$schema=(\S+)")


def started(folder: Path, *more: str) -> Path:
    done = run_cli("init", "my", *more, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "my"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


class TestInit:
    def test_everything_works_at_once(self, tmp_path):
        review = started(tmp_path)
        assert run_cli("check", "--strict", cwd=review).returncode == 0
        pooled = run_cli("pool", cwd=review)
        assert pooled.returncode == 0
        assert "SYNTHETIC" in pooled.stdout
        assert run_cli("pool", "--analysis", "training", cwd=review).returncode == 3
        assert run_cli("report", cwd=review).returncode == 0
        assert run_cli("report", "--check", cwd=review).returncode == 0

    def test_without_the_example_there_is_nothing_to_pool_and_that_is_said(self, tmp_path):
        review = started(tmp_path, "--no-example")
        assert run_cli("check", cwd=review).returncode == 0
        done = run_cli("pool", cwd=review)
        assert done.returncode == 3
        assert "0 studies read" in done.stderr
        assert "example.yaml" not in (review / "README.md").read_text(encoding="utf-8")
        assert run_cli("report", cwd=review).returncode == 0

    def test_editors_find_a_schema_that_accepts_the_file(self, tmp_path):
        review = started(tmp_path)
        for path in sorted((review / "studies").glob("*.yaml")):
            text = path.read_text(encoding="utf-8")
            schema = (path.parent / SCHEMA_LINE.match(text).group(1)).resolve()
            assert schema.is_relative_to(review)
            values = load_yaml(text).root.value
            jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(values)

    def test_the_workflow_checks_reports_and_compares_with_this_version(self, tmp_path):
        workflow = yaml.safe_load(
            (started(tmp_path) / ".github/workflows/review.yml").read_text(encoding="utf-8")
        )
        steps = [step.get("run", "") for step in workflow["jobs"]["review"]["steps"]]
        assert any(f"rupmeta=={__version__}" in step for step in steps)
        assert any(step.startswith("rupmeta check") for step in steps)
        assert steps[-1] == "rupmeta report studies --check"
        # Every command of the workflow is one of this program, and is green on the new review.
        review = tmp_path / "my"
        run_cli("report", cwd=review)
        for step in steps:
            if step.startswith("rupmeta "):
                assert run_cli(*step.split()[1:], cwd=review).returncode == 0, step

    def test_nothing_is_overwritten(self, tmp_path):
        review = started(tmp_path)
        for path in bytes_of(review):
            (review / path).write_text("mine", encoding="utf-8")
        before = bytes_of(review)
        done = run_cli("init", "my", cwd=tmp_path)
        assert done.returncode == 0
        assert bytes_of(review) == before
        assert all(f"kept {path}" in done.stdout for path in before)
        assert "reports/** -text" in done.stdout
        assert "rupmeta schema study > schemas/study.schema.json" in done.stdout

    def test_what_is_missing_is_added_to_a_review_that_exists(self, tmp_path):
        review = started(tmp_path)
        (review / "studies/example.yaml").rename(review / "studies/larsson2018.yaml")
        (review / "README.md").unlink()
        done = run_cli("init", cwd=review)
        assert "wrote README.md" in done.stdout
        assert not (review / "studies/example.yaml").exists(), "a review with studies needs no example"

    @pytest.mark.parametrize("way", ["my", "my/studies", "my/reports"])
    def test_a_file_in_the_way_is_refused(self, tmp_path, way):
        target = tmp_path / way
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("mine", encoding="utf-8")
        done = run_cli("init", "my", cwd=tmp_path)
        assert done.returncode == 2
        assert f"{way} is a file" in done.stderr
        assert bytes_of(tmp_path) == {way: b"mine"}

    @pytest.mark.parametrize(
        "title", ["Ruptures: a review", '- [x] "quoted" #1', "Ünïcode\u2028title", "null"]
    )
    def test_any_title_is_kept(self, tmp_path, title):
        review = started(tmp_path, "--title", title)
        values = load_yaml((review / "studies/review.yaml").read_text(encoding="utf-8")).root.value
        assert values["title"] == title

    def test_json(self, tmp_path):
        body = json.loads(run_cli("init", "my", "--json", cwd=tmp_path).stdout)
        assert body["schema"] == "rupmeta/init/1"
        assert "studies/review.yaml" in body["result"]["written"]


class TestNew:
    def test_a_study_file_is_valid_at_once_and_completes_in_an_editor(self, tmp_path):
        review = started(tmp_path)
        done = run_cli(
            "new", "larsson2018", "--doi", "https://doi.org/10.1080/10503307.2016.1174345", "--year", "2018",
            "--authors", "Holmqvist Larsson, M.; Falkenström, F.", "--title", 'Ruptures: "why" # not',
            cwd=review,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        text = (review / "studies/larsson2018.yaml").read_text(encoding="utf-8")
        values = load_yaml(text).root.value
        jsonschema.Draft202012Validator(json_schema("study")).validate(values)
        assert values["citation"]["authors"] == ["Holmqvist Larsson, M.", "Falkenström, F."]
        assert values["citation"]["title"] == 'Ruptures: "why" # not'
        assert values["citation"]["doi"] == "10.1080/10503307.2016.1174345"
        assert SCHEMA_LINE.match(text).group(1) == "../schemas/study.schema.json"
        assert run_cli("check", cwd=review).returncode == 0

    def test_every_field_of_the_format_is_there_and_explained(self):
        template = study_template({})
        schema = json_schema("study")
        parts = ("Citation", "Sample", "Therapy", "Alliance", "Rupture", "Effect", "Outcome", "Extraction")
        for record in (schema, *(schema["$defs"][name] for name in parts)):
            for name in record["properties"]:
                assert re.search(rf"^[# ]*(- )?{name}:(?: .*# \S|$| \[\]$)", template, re.MULTILINE), name

    def test_the_effect_in_the_comments_is_valid_when_it_is_uncommented(self):
        template = study_template({"year": 2018})
        lines = template.replace("effects: []", "effects:").splitlines()
        start = lines.index("effects:") + 1
        end = next(i for i in range(start, len(lines)) if not lines[i].startswith("# "))
        lines[start:end] = [line.removeprefix("# ") for line in lines[start:end]]
        values = load_yaml("\n".join(lines)).root.value
        jsonschema.Draft202012Validator(json_schema("study")).validate(values)
        assert [set(route) for route in values["effects"][0]["reported"]] == [
            set(r) for r, _ in EXAMPLE_ROUTES
        ]

    @pytest.mark.parametrize("number", range(len(EXAMPLE_ROUTES)))
    def test_every_example_route_gives_an_effect(self, tmp_path, number):
        from rupmeta.start.yaml_text import flow_text

        route = flow_text(EXAMPLE_ROUTES[number][0])
        (tmp_path / "studies").mkdir()
        (tmp_path / "studies/a.yaml").write_text(
            "citation: A (2001)\npublication: peer-reviewed\nrelation: repair-outcome\n"
            "therapy: {psychotherapy: true}\nrupture: {measure: observer}\neffects:\n- id: main\n"
            "  outcome: {name: x, kind: symptoms, better: lower}\n  source: {where: p. 1}\n"
            f"  reported: [{route}]\n",
            encoding="utf-8",
        )
        done = run_cli("effects", "--json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["result"]["effects"][0]["vi"] > 0

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("Larsson 2018", "such as larsson2018"), ("../x", "cannot be a study id"),
            ("review", "cannot be"), ("a.yaml", "without its ending: a"), ("EXAMPLE", "example.yaml exists"),
            ("", "cannot be a study id"),
        ],
    )  # fmt: skip
    def test_a_name_that_cannot_be(self, tmp_path, name, said):
        review = started(tmp_path)
        before = bytes_of(review)
        done = run_cli("new", name, cwd=review)
        assert done.returncode == 2
        assert said in done.stderr
        assert bytes_of(review) == before

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("--doi", "larsson"), "is no DOI"), (("--relation", "repair"), "choose repair-outcome"),
            (("--to", "nowhere"), "rupmeta init"),
        ],
    )  # fmt: skip
    def test_options_that_make_no_sense(self, tmp_path, arguments, said):
        done = run_cli("new", "a2001", *arguments, cwd=started(tmp_path))
        assert done.returncode == 2
        assert said in done.stderr


class TestIds:
    @pytest.mark.parametrize(
        ("words", "made"),
        [("Ćwik, 1999", "cwik1999"), ("O'Brien (2020a)", "obrien2020a"),
         ("van der Berg & Li 2011", "vanderberg2011"),
         ("Øst 1989", "ost1989"), ("!!!", "study"), ("Study 4", "study-4"), ("李 (2012)", "2012")],
    )  # fmt: skip
    def test_from_words(self, words, made):
        assert id_from_words(words) == made

    def test_from_a_citation(self):
        assert id_from_citation(["Ågren, B."], 2001) == "agren2001"
        assert id_from_citation([], None, "The repair of ruptures in therapy") == "the-repair-of-ruptures"

    def test_spare_ones(self):
        assert spare_id("a2001", ["A2001", "a2001b"]) == "a2001c"
        assert spare_id("review", []) == "review-b"
