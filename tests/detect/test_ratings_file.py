"""Files of ratings: what is read, and every fault with its place and its sentence."""

# ruff: noqa: E501  (a message stands on one line, as it is printed)

from __future__ import annotations

import math

import pytest

from rupmeta.errors import InputError, UsageError
from rupmeta.read.ratings.format import RatingsFile, RatingsFormat
from rupmeta.read.ratings.reader import parse_ratings

HEAD = "client,session,score\n"


def read(text: str, **form: object) -> RatingsFile:
    return parse_ratings(text.encode("utf-8"), "x.csv", RatingsFormat(**form))  # type: ignore[arg-type]


def faults(text: str, **form: object) -> list[str]:
    with pytest.raises(InputError) as stop:
        read(text, **form)
    return [str(problem) for problem in stop.value.problems]


SCALE = {"low": 1.0, "high": 5.0}
FAULTS = [
    ("client,session,wai\n1,1,4\n", {}, "x.csv:1:1: error[RAT-COL] no column score; wai? use --columns score=wai"),
    ("client;session;score\n1;1;4\n", {}, "x.csv:1:1: error[RAT-COL] the columns are not separated by ','; try --sep ';'"),
    (HEAD + "7,3,n/a\n", {}, "x.csv:2:5: error[RAT-NUM] score: n/a: leave the cell empty"),
    (HEAD + "7,3,.\n", {}, "x.csv:2:5: error[RAT-NUM] score: .: leave the cell empty"),
    (HEAD + '7,3,"4,2"\n', {}, 'x.csv:2:5: error[RAT-NUM] score: 4,2: decimal comma? use --sep ";" --decimal ","'),
    (HEAD + "7,3,-99\n", SCALE, "x.csv:2:5: error[RAT-RANGE] score: -99 is outside 1-5; a code for missing? leave it empty"),
    (HEAD + "7,3,48\n", SCALE, "x.csv:2:5: error[RAT-RANGE] score: 48 is outside 1-5; a sum? --scale WAI-SR/sum"),
    (HEAD + "7,3,4.1\n7,03,4.1\n", {}, "x.csv:3:3: error[RAT-DUP] session: client 7, session 03 again (line 2)"),
    (HEAD + "7,third,4\n", {}, "x.csv:2:3: error[RAT-SESSION] session: third is no session; whole numbers from 0 or dates like 2026-01-10"),
    (HEAD + "7,-1,4\n", {}, "x.csv:2:3: error[RAT-SESSION] session: -1 is no session; whole numbers from 0 or dates like 2026-01-10"),
    (HEAD + "7,2026-02-30,4\n", {}, "x.csv:2:3: error[RAT-SESSION] session: 2026-02-30 is no date of the calendar"),
    (HEAD + "7,1,4\n7,2026-01-10,4\n", {}, "x.csv:3:1: error[RAT-SESSION] sessions are numbers and dates (1, 2026-01-10); use one kind"),
    (HEAD + "7,1,4,9\n", {}, "x.csv:2:1: error[RAT-COL] 4 fields, the header has 3; decimal commas? use --sep \";\" --decimal \",\""),
    (HEAD + ",1,4\n", {}, "x.csv:2:1: error[RAT-SESSION] client: no client in this row"),
    (HEAD + "7,1,nan\n", {}, "x.csv:2:5: error[RAT-NUM] score: nan: leave the cell empty"),
    (HEAD + "7,1,1e999\n", {}, "x.csv:2:5: error[RAT-NUM] score: 1e999 is not a number; an empty cell or NA means that there is no rating"),
    (HEAD + "7,1,-99\n", {}, "x.csv:2:5: error[RAT-RANGE] score: -99: a code for missing? leave it empty; a score? state the range, --scale min=…,max=…"),
    (HEAD, {}, "x.csv:1:1: error[RAT-COL] the file holds no ratings"),
    (HEAD + '7,1,4\n"7,2,4\n7,3,5\n', {}, "x.csv:3:1: error[RAT-COL] a quotation mark is opened here and never closed"),
    ("", {}, "x.csv:1:1: error[RAT-COL] the file has no header"),
    (
        "client,session,score,rater\n7,1,4,patient\n7,1,4,therapist\n", {},
        "x.csv:1:1: error[RAT-MIXED] raters patient, therapist: choose one with --rater",
    ),
    (
        "client,session,score,bdi\n7,1,4,12\n7,2,4,14\n", {"outcomes": ("bdi",)},
        "x.csv:3:7: error[RAT-OUTCOME] bdi: bdi has 2 values for client 7: 12 and 14"
        "; an outcome is one value per client, the same in every row",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "form", "sentence"), FAULTS)
def test_faults(text: str, form: dict[str, object], sentence: str) -> None:
    assert [fault.replace("] : ", "] ") for fault in faults(text, **form)] == [sentence]


def test_all_faults_at_once_sorted_by_place() -> None:
    found = faults(HEAD + "7,x,4\n7,2,n/a\n7,3,9\n", **SCALE)
    assert [fault.split("[")[1].split("]")[0] for fault in found] == ["RAT-SESSION", "RAT-NUM", "RAT-RANGE"]


def test_a_flood_of_faults_is_counted() -> None:
    found = faults(HEAD + "".join(f"7,{i},n/a\n" for i in range(500)))
    assert len(found) == 201
    assert found[-1].startswith("x.csv:202:7: ")  # a place of the file: the first fault that is not listed
    assert "300 more faults" in found[-1]


def test_an_outcome_that_varies_is_one_fault_a_client() -> None:
    rows = "".join(f"{client},{t},4,{client + t}\n" for client in range(3) for t in range(1, 9))
    found = faults("client,session,score,bdi\n" + rows, outcomes=("bdi",))
    assert [fault.split(": error")[0] for fault in found] == ["x.csv:3:7", "x.csv:11:7", "x.csv:19:7"]


@pytest.mark.parametrize(
    ("written", "asked", "shown"), [(",", ";", "','"), ("\t", ",", "tab"), ("|", ",", "'|'")]
)
def test_the_separator_of_the_file_is_named(written: str, asked: str, shown: str) -> None:
    text = "client,session,score\n7,1,4\n".replace(",", written)
    (fault,) = faults(text, sep=asked)
    assert fault.endswith(f"the columns are not separated by '{asked}'; try --sep {shown}")


def test_guesses_at_columns_look_at_names_and_values() -> None:
    found = faults("praxis;patient;datum;wai_summe;bsi\nNord;P1;2026-01-10;48;1,5\n", sep=";", decimal=",")
    assert [fault.split("use --columns ")[1] for fault in found] == [
        "client=patient", "score=wai_summe", "session=datum",
    ]  # fmt: skip
    (no_session,) = faults("client,when,score\n7,2026-01-10,4\n")
    assert "session=when" in no_session
    (nothing,) = faults("who,session,score\nx,1,4\n")
    assert nothing.endswith("no column client; the file has who, session, score")


def test_not_utf8() -> None:
    with pytest.raises(InputError) as stop:
        parse_ratings(HEAD.encode() + b"M\xfcller,1,4\n", "x.csv")
    assert str(stop.value.problems[0]).startswith("x.csv:2:2: error[FILE-ENC]")


def test_missing_scores_blank_lines_bom_and_windows_ends() -> None:
    found = read("\ufeffclient,session,score\r\n7,1,4.5\r\n\r\n7,2,NA\r\n7,3,\r\n")
    assert found.clients == ("7", "7", "7")
    assert found.sessions == (1, 2, 3)
    assert found.scores[0] == 4.5
    assert all(math.isnan(score) for score in found.scores[1:])


def test_the_other_dialect() -> None:
    found = read("client;session;score\n7;1;4,25\n7;2;4\n", sep=";", decimal=",")
    assert found.scores == (4.25, 4.0)
    with pytest.raises(UsageError, match="dialects"):
        RatingsFormat(sep="|")


def test_own_names_raters_studies_and_therapists() -> None:
    text = "site,pid,occ,wai,who,therapist\nA,1,1,4,patient,T1\nA,1,1,3,therapist,T1\nB,1,1,5,patient,T2\n"
    names = {"study": "site", "client": "pid", "session": "occ", "score": "wai", "rater": "who"}
    found = read(text, columns=names, rater="patient")
    assert (found.clients, found.scores) == (("A/1", "B/1"), (4.0, 5.0))
    assert found.therapists == {"A/1": "T1", "B/1": "T2"}
    with pytest.raises(UsageError, match="observer is not in"):
        read(text, columns=names, rater="observer")
    with pytest.raises(UsageError, match="is none of client"):
        RatingsFormat(columns={"nobody": "x"})


def test_dates_become_ranks_within_the_client() -> None:
    found = read(HEAD + "7,2026-03-01,4\n7,2026-01-10,3\n8,2026-02-01,5\n")
    assert (found.sessions, found.dated) == ((2, 1, 1), True)


def test_outcomes_may_stand_in_one_row_and_be_absent() -> None:
    found = read("client,session,score,bdi\n7,1,4,\n7,2,4,12\n8,1,4,\n", outcomes=("bdi",))
    assert found.outcomes == {"bdi": {"7": 12.0}}
    assert [problem.message for problem in found.problems] == ["1 of 2 clients have no bdi"]
