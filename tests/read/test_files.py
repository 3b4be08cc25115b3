"""Bytes, names and folders: what is read, what is not, and how paths are shown."""

import hashlib

import pytest

from rupmeta.errors import InputError, UsageError
from rupmeta.read.documents import MAX_BYTES, decode, digest
from rupmeta.read.folder import read_folder

STUDY = """\
citation: Falkenström (2018). A study.
relation: repair-outcome
effects: []
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "studies").mkdir()
    return tmp_path / "studies"


def problems(path="studies"):
    return [str(problem) for problem in read_folder(path, strict=False).problems]


def test_bom_crlf_and_decomposed_letters_are_fine(folder):
    decomposed = STUDY.replace("ö", "o\u0308").replace("\n", "\r\n")
    (folder / "a.yaml").write_bytes(b"\xef\xbb\xbf" + decomposed.encode())
    read = read_folder("studies")
    assert read.problems == ()
    assert read.studies[0].study.citation == "Falkenström (2018). A study."


def test_the_digest_is_that_of_the_text_with_lf_and_without_bom():
    crlf = b"\xef\xbb\xbf" + STUDY.replace("\n", "\r\n").encode()
    assert digest(crlf) == digest(STUDY.encode()) == hashlib.sha256(STUDY.encode()).hexdigest()


def test_latin_1_is_refused_where_it_shows(folder):
    (folder / "a.yaml").write_bytes(STUDY.encode("latin-1"))
    assert problems() == [
        "studies/a.yaml:1:20: error[FILE-ENC] byte 20 (0xF6) is not UTF-8; save the file as UTF-8"
    ]


def test_a_control_character_is_refused_where_it_stands(folder):
    (folder / "a.yaml").write_text(STUDY.replace("A study", "A \x1b[31mstudy"), encoding="utf-8")
    assert problems() == ["studies/a.yaml:1:33: error[FILE-ENC] control character U+001B; delete it"]


def test_a_file_over_one_mebibyte_is_refused(folder):
    (folder / "a.yaml").write_text("#" * (MAX_BYTES + 1), encoding="utf-8")
    assert problems() == ["studies/a.yaml:1:1: error[FILE-SIZE] 1.0 MiB; a study file holds at most 1 MiB"]
    assert decode(b"#" * MAX_BYTES)[1] == ()


def test_an_empty_file_is_refused(folder):
    (folder / "a.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert problems() == [
        "studies/a.yaml:1:1: error[FILE-DOC] the file is empty; "
        "rupmeta schema study says what a study file holds"
    ]


def test_names_that_cannot_be_ids_or_differ_only_in_case(folder):
    for name in ("a b", "Larsson2018", "larsson2018"):
        (folder / f"{name}.yaml").write_text(STUDY, encoding="utf-8")
    assert problems() == [
        "studies/a b.yaml:1:1: error[FILE-NAME] 'a b' cannot be a study id; "
        "name the file with letters, digits, '.', '_' and '-'",
        "studies/larsson2018.yaml:1:1: error[FILE-NAME] differs only in case from Larsson2018.yaml; "
        "rename one of them",
    ]


def test_files_that_look_like_studies_and_are_not_read(folder):
    (folder / "a.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "larsson2018.yml").write_text(STUDY, encoding="utf-8")
    (folder / "drafts").mkdir()
    (folder / "drafts" / "b.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "other").mkdir()
    (folder / "other" / "review.yaml").write_text("rupmeta: 1\n", encoding="utf-8")
    (folder / "other" / "c.yaml").write_text("not: read\n", encoding="utf-8")
    assert problems() == [
        "studies/drafts/b.yaml:1:1: warning[FILE-NAME] drafts/b.yaml is not read; "
        "move it beside review.yaml, or give its folder a review.yaml of its own",
        "studies/larsson2018.yml:1:1: warning[FILE-NAME] larsson2018.yml is not read; "
        "rename it to larsson2018.yaml",
    ]
    assert [study.id for study in read_folder("studies").studies] == ["a"]


@pytest.mark.parametrize("typed", ["studies", "studies/", "./studies", "../{}/studies"])
def test_paths_are_shown_as_typed(folder, typed):
    (folder / "a.yaml").write_text("citation: x\n", encoding="utf-8")
    typed = typed.format(folder.parent.name)
    assert problems(typed)[0].startswith(f"{typed.rstrip('/')}/a.yaml:1:1: error[MISSING-KEY]")


def test_inside_the_folder_paths_have_no_folder(folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "a.yaml").write_text("citation: x\n", encoding="utf-8")
    assert problems(".")[0].startswith("a.yaml:1:1: error[MISSING-KEY]")


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("studeis", "there is no folder studeis; did you mean studies"),
        ("studies/a.txt", "studies/a.txt is a file; name the folder that holds it: studies"),
        (
            "studies",
            r"studies holds no study files \(\*.yaml\); rupmeta schema study says what a study file holds",
        ),
    ],
)
def test_what_is_no_folder_of_studies(folder, typed, advice):
    (folder / "a.txt").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=advice):
        read_folder(typed)


def test_strict_reading_raises_every_error_and_keeps_warnings_out(folder):
    (folder / "a.yaml").write_text("relation: repair_outcome\n", encoding="utf-8")
    (folder / "b.yml").write_text("", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_folder("studies")
    assert [problem.code for problem in caught.value.problems] == ["MISSING-KEY", "ENUM"]


def test_session_files_are_inputs_of_the_answer(folder):
    route = "{sessions: sessions/A.csv, outcome_column: bdi}"
    effect = f"""effects:
  - id: x
    outcome: {{name: BDI, kind: symptoms, better: lower}}
    reported: [{route}]
    source: {{where: data}}
"""
    (folder / "a.yaml").write_text(STUDY.replace("effects: []\n", effect), encoding="utf-8")
    (folder / "sessions").mkdir()
    (folder / "sessions" / "a.csv").write_text("client,session,score\n", encoding="utf-8")
    assert problems() == [
        "studies/a.yaml:6:27: error[PATH-MISS] effects[0].reported[0].sessions: "
        "there is no file sessions/A.csv in the studies folder; did you mean a.csv?"
    ]
    (folder / "sessions" / "A.csv").write_text(
        "client,session,score\r\n1,1,4\r\n", encoding="utf-8", newline=""
    )
    assert problems() == [
        "studies/sessions/A.csv:1:1: error[RAT-COL] no column bdi; the file has client, session, score"
    ]
    text = "client,session,score,bdi\r\n1,1,4,9\r\n"
    (folder / "sessions" / "A.csv").write_text(text, encoding="utf-8", newline="")
    read = read_folder("studies")
    assert [item.path for item in read.inputs] == ["studies/a.yaml", "studies/sessions/A.csv"]
    assert read.inputs[1].sha256 == hashlib.sha256(text.replace("\r", "").encode()).hexdigest()


def test_a_symlink_out_of_the_folder_is_refused(folder, tmp_path):
    (tmp_path / "secret.csv").write_text("x", encoding="utf-8")
    (folder / "in.csv").symlink_to(tmp_path / "secret.csv")
    route = "{sessions: in.csv, outcome_column: bdi}"
    text = STUDY.replace(
        "effects: []",
        f"effects: [{{id: x, outcome: {{name: B, kind: symptoms, better: lower}}, reported: [{route}], "
        "source: {where: data}}]",
    )
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    assert [line.split("[")[1].split("]")[0] for line in problems()] == ["PATH-OUT"]
