"""review.yaml: versions, options, fields that no study has, analyses."""

import pytest

from rupmeta.errors import UsageError
from rupmeta.read.folder import read_folder

STUDY = "citation: x\nrelation: repair-outcome\nmoderators: {quality: 3}\n"


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "a.yaml").write_text(STUDY, encoding="utf-8")

    def run(text):
        (tmp_path / "studies" / "review.yaml").write_text(text, encoding="utf-8")
        folder = read_folder("studies", strict=False)
        return folder, [str(problem) for problem in folder.problems]

    return run


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rupmeta: 2\n", "1:10: error[VERSION] rupmeta: format 2 is newer than this rupmeta (1); upgrade it"),
        ("title: x\n", "1:1: error[VERSION] rupmeta: the format version is missing; write rupmeta: 1"),
        (
            "rupmeta: 1\nanalyses: {a: {model: {level: 95}}}\n",
            "2:31: error[OPT] analyses.a.model.level: level 95: write 0.95",
        ),
        (
            "rupmeta: 1\nanalyses: {a: {model: {level: 0.05}}}\n",
            "2:31: error[OPT] analyses.a.model.level: "
            "level 0.05 is not a level (above 0.5, below 1); write 0.95",
        ),
        (
            "rupmeta: 1\nanalyses: {a: {dependence: {rho: 1}}}\n",
            "2:34: error[OPT] analyses.a.dependence.rho: "
            "rho 1 takes a plain mean of the effects: add weights: equal, or write 0.5",
        ),
        (
            "rupmeta: 1\nanalyses: {a: {modrators: [phase]}}\n",
            "2:16: error[UNKNOWN-KEY] analyses.a.modrators: modrators is not a key of a; "
            "did you mean moderators?",
        ),
        (
            "rupmeta: 1\nanalyses: {a: {moderators: [phase, qualty]}}\n",
            "2:36: error[UNKNOWN-KEY] analyses.a.moderators[1]: no study has a field qualty; "
            "did you mean quality?",
        ),
        (
            "rupmeta: 1\nanalyses: {a: {where: {relatio: other}}}\n",
            "2:24: error[UNKNOWN-KEY] analyses.a.where.relatio: no study has a field relatio; "
            "did you mean relation?",
        ),
        (
            "rupmeta: 1\nanalyses: {a: {model: {method: rem}}}\n",
            "2:32: error[ENUM] analyses.a.model.method: rem is not a method; did you mean REML?",
        ),
        (
            "rupmeta: 1\ncriteria: {publication: [peer reviewed]}\n",
            "2:26: error[ENUM] criteria.publication[0]: peer reviewed is not a publication; "
            "did you mean peer-reviewed?",
        ),
        (
            "rupmeta: 1\ncriteria: {alliance_tracking: {min_measurements: 0}}\n",
            "2:50: error[N-INT] criteria.alliance_tracking.min_measurements: min_measurements = 0; "
            "a positive number is needed, or leave the key out",
        ),
    ],
)
def test_faults_of_the_protocol(read, text, expected):
    assert read(text)[1] == [f"studies/review.yaml:{expected}"]


def test_a_sound_protocol(read):
    folder, problems = read(
        "rupmeta: 1\nanalyses:\n"
        "  main: {where: {relation: [repair-outcome]}, moderators: [quality, therapy.sessions]}\n"
        "  other: null\n"
    )
    assert problems == []
    assert folder.declared
    assert folder.analysis()[0] == "main"
    assert folder.analysis("other")[1].measure == "ZCOR"
    with pytest.raises(
        UsageError,
        match=r"no analysis 'mian'; did you mean main\? studies/review\.yaml has main, other",
    ):
        folder.analysis("mian")


def test_without_a_protocol_the_fields_defaults_apply(tmp_path):
    (tmp_path / "a.yaml").write_text(STUDY, encoding="utf-8")
    folder = read_folder(tmp_path)
    assert not folder.declared
    assert folder.analysis()[0] == "all"
    assert folder.review.criteria.publication == ["peer-reviewed", "in-press"]
    assert folder.review.criteria.alliance_tracking.min_measurements == 3
