"""The same people, papers or numbers twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any, NamedTuple

from rupmeta.lint.findings import Finding, FolderRule, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.printed import decimals
from rupmeta.read.folder import Folder, StudyFile
from rupmeta.read.study import Citation
from rupmeta.read.yaml_files import KeyPath

__all__ = ["FOLDER_RULES", "RULES"]

_RESOLVER = re.compile(r"^(https?://(dx\.)?doi\.org/|doi:\s*)")
_WORDS = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
#: How many neighbours in alphabetical order a title is compared with: near-equal titles sort side by side.
_NEIGHBOURS = 3


def check_ids(study: StudyView) -> Iterator[Finding]:
    """An effect id twice in a study."""
    first: dict[str, int] = {}
    for i, effect in enumerate(study.study.effects):
        if effect.id in first:
            place = study.file.locate(("effects", first[effect.id], "id"))
            message = f"effect id {effect.id} again (first at {place.line}:{place.column}); give it another"
            yield Finding(("effects", i, "id"), message)
        elif effect.id is not None:
            first[effect.id] = i


#: The numbers that tell one comparison group from another: one set of keys for each kind of route.
_SECOND = (
    ("events2", "n2"),
    ("proportion2", "n2"),
    ("c", "d"),
    ("mean2", "sd2", "n2"),
    ("mean2", "se2", "n2"),
    ("mean2", "ci2", "n2"),
    ("median2", "quartiles2", "n2"),
    ("median2", "range2", "n2"),
    ("median2", "iqr2", "n2"),
    ("adj_mean2", "sd2", "n2"),
    ("adj_mean2", "se_adj2", "n2"),
    ("pre_mean2", "post_mean2", "sd_pre2", "n2"),
    ("mean_change2", "sd_pre2", "n2"),
    ("mean_change2", "sd_change2", "n2"),
)
#: Coarse numbers agree by chance; they need a group 1 that is another one and sizes that are printed.
_FIRST = (
    "mean1", "sd1", "se1", "n1", "events1", "proportion1", "a", "b", "median1", "adj_mean1", "pre_mean1",
    "post_mean1", "mean_change1",
)  # fmt: skip


@needs("n2", "c")
def check_shared_control(study: StudyView) -> Iterator[Finding]:
    """Two effects on one outcome whose comparison group is the same and whose group 1 is not."""
    seen: dict[tuple[Any, ...], RouteView] = {}
    for route in study.routes:
        values = route.values
        names = next((keys for keys in _SECOND if all(name in values for name in keys)), None)
        if names is None:
            continue
        outcome = getattr(route.effect.outcome, "name", None)
        group = (outcome, *names, *(str(values[name]) for name in names))
        other = seen.setdefault(group, route)
        differs = any(other.values.get(k) != values.get(k) for k in _FIRST)
        if other.key[1] != route.key[1] and differs:
            size = values["n2"] if "n2" in values else f"{values['c'] + values['d']:g}"
            both = f"effects[{other.key[1]}] and effects[{route.key[1]}]"
            message = f"{both} share their comparison group (n = {size})"
            yield Finding((*route.key, names[-1]), message)


class _Paper(NamedTuple):
    """What tells one paper from another, of citations in fields and of citations in one line."""

    doi: str | None
    families: list[str]
    year: int | None
    title: str | None
    at: KeyPath


_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+[^\s\"<>.,;)]")
_YEAR = re.compile(r"\(((?:19|20)\d\d)[a-z]?\)\.?\s*([^.?!]*)")


def _paper(citation: str | Citation) -> _Paper:
    """DOI, family names, year and title; of a line ``Ek, A. (2018). Title. Journal`` what stands in it."""
    if isinstance(citation, Citation):
        doi = _RESOLVER.sub("", citation.doi.strip().lower()) if citation.doi else None
        return _Paper(doi, _families(citation), citation.year, citation.title, ("citation", "title"))
    doi_found, dated = _DOI.search(citation), _YEAR.search(citation)
    first = re.split(r"[,(&]| and | et al", citation, maxsplit=1)[0].strip().lower()
    return _Paper(
        doi=doi_found[0].lower() if doi_found else None,
        families=[first] if first and dated else [],
        year=int(dated[1]) if dated else None,
        title=dated[2].strip() or None if dated else None,
        at=("citation",),
    )


def check_studies(folder: Folder, studies: tuple[StudyView, ...]) -> Iterator[tuple[StudyFile, Finding]]:
    """Two files for one paper: equal DOI (error); equal first author, year and n, or nearly equal titles."""
    dois: dict[str, StudyFile] = {}
    people: dict[tuple[str, int, int], StudyFile] = {}
    told: set[str] = set()
    for study in studies:
        file, citation = study.file, study.study.citation
        if citation is None:
            continue
        doi, names, year, _, _ = _paper(citation)
        if doi and doi in dois:
            told.add(file.id)
            key = ("citation", "doi") if isinstance(citation, Citation) else ("citation",)
            yield file, Finding(key, f"same DOI as {dois[doi].path}; keep one of them")
            continue
        if doi:
            dois[doi] = file
        n = study.study.sample.n
        if names and year is not None and n is not None:
            other = people.setdefault((names[0], year, n), file)
            if other is not file:
                told.add(file.id)
                message = f"same first author, year and n = {n} as {other.path}; the same study?"
                yield file, Finding(("citation",), message, "warning")
    del folder
    for file, other, at in _similar_titles(studies):
        if file.id not in told:
            told.add(file.id)
            message = f"nearly the title of {other.path}; the same study?"
            yield file, Finding(at, message, "warning")


def _similar_titles(studies: tuple[StudyView, ...]) -> Iterator[tuple[StudyFile, StudyFile, KeyPath]]:
    """Pairs of titles alike at .95 or more with the same numbers in them, later file and its key first."""
    titles: list[tuple[str, str, StudyFile]] = []
    places: dict[str, KeyPath] = {}
    for study in studies:
        citation = study.study.citation
        paper = None if citation is None else _paper(citation)
        if paper is not None and paper.title and len(paper.title) >= 20:
            places[study.file.id] = paper.at
            title = " ".join(_WORDS.findall(paper.title.lower()))
            titles.append((title, " ".join(_DIGITS.findall(title)), study.file))
    forward = sorted(titles, key=lambda item: (item[0], item[2].id))
    backward = sorted(titles, key=lambda item: (item[0][::-1], item[2].id))
    for ordered in (forward, backward):
        for i, (title, digits, file) in enumerate(ordered):
            for other_title, other_digits, other in ordered[i + 1 : i + 1 + _NEIGHBOURS]:
                if digits == other_digits and _alike(title, other_title):
                    later, earlier = (file, other) if file.id > other.id else (other, file)
                    yield later, earlier, places[later.id]


def _alike(a: str, b: str) -> bool:
    if a == b:
        return True
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return matcher.real_quick_ratio() >= 0.95 and matcher.quick_ratio() >= 0.95 and matcher.ratio() >= 0.95


def _families(citation: Citation) -> list[str]:
    return [author.split(",")[0].strip().lower() for author in citation.authors or () if author]


def check_numbers(folder: Folder, studies: tuple[StudyView, ...]) -> Iterator[tuple[StudyFile, Finding]]:
    """Two effects with all reported numbers equal, at least two of them with two decimals."""
    del folder
    seen: dict[tuple[Any, ...], tuple[StudyFile, int]] = {}
    for study in studies:
        by_effect: dict[int, list[RouteView]] = {}
        for route in study.routes:
            by_effect.setdefault(int(route.key[1]), []).append(route)
        for i, routes in by_effect.items():
            if sum(type(x) is not int for route in routes for x in route.values.values()) < 2:
                continue  # no two numbers with decimals
            numbers = _numbers(routes)
            other = seen.setdefault(numbers, (study.file, i))
            if other == (study.file, i) or _fine_numbers(routes) < 2:
                continue
            where = (
                f"effects[{other[1]}]"
                if other[0] is study.file
                else f"effects[{other[1]}] in {other[0].path}"
            )
            message = f"the numbers of effects[{i}] are those of {where}: copied?"
            yield study.file, Finding(("effects", i, "reported"), message)


def _numbers(routes: list[RouteView]) -> tuple[Any, ...]:
    """All numbers of an effect, by key."""
    return tuple(
        sorted(
            (name, str(value))
            for route in routes
            for name, value in route.values.items()
            if isinstance(value, float | int | list)
        )
    )


def _fine_numbers(routes: list[RouteView]) -> int:
    """How many of the printed numbers have two decimals or more."""
    return sum(
        decimals(route.printed(name)) >= 2
        for route in routes
        for name, value in route.values.items()
        if isinstance(value, float)
    )


def check_samples(folder: Folder, studies: tuple[StudyView, ...]) -> Iterator[tuple[StudyFile, Finding]]:
    """Samples shared between studies: declared (info), or suspected from author and n (warning)."""
    del folder
    declared: dict[str, StudyFile] = {}
    suspects: dict[tuple[str, int], list[StudyView]] = {}
    for study in studies:
        sample = study.study.sample
        if sample is None:
            continue
        if sample.id is not None:
            other = declared.setdefault(sample.id, study.file)
            if other is not study.file:
                message = f"shares sample {sample.id} with {other.path}; they are one cluster"
                yield study.file, Finding(("sample", "id"), message, "info")
        citation = study.study.citation
        if sample.n is not None and citation is not None:
            for name in dict.fromkeys(_paper(citation).families):
                suspects.setdefault((name, sample.n), []).append(study)
    told: set[str] = set()
    for (_, n), group in suspects.items():
        for first, second in combinations(group[:20], 2):
            if second.file.id in told or _settled(first, second):
                continue
            told.add(second.file.id)
            message = (
                f"shares an author and n = {n} with {first.file.id}; same sample? give both one sample.id"
            )
            yield second.file, Finding(("sample", "n"), message, "warning")


def _settled(first: StudyView, second: StudyView) -> bool:
    """Whether both samples are named, or ``DUP-STUDY`` speaks of the pair."""
    if first.study.sample.id is not None and second.study.sample.id is not None:
        return True
    a, b = _paper(first.study.citation), _paper(second.study.citation)
    return a.year == b.year and a.year is not None and a.families[:1] == b.families[:1]


RULES: dict[str, StudyRule] = {"DUP-ID": check_ids, "CTRL": check_shared_control}

FOLDER_RULES: dict[str, FolderRule] = {
    "DUP-STUDY": check_studies,
    "DUP-NUM": check_numbers,
    "OVERLAP": check_samples,
}
