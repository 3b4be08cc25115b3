"""Any file that a reviewer brings → study files beside those that are there."""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rupmeta.errors import UsageError
from rupmeta.read.folder import InputFile
from rupmeta.read.layout import show
from rupmeta.start.bibliography import FORMATS, read_references
from rupmeta.start.drafts import Finding
from rupmeta.start.intake import Intake, take_in
from rupmeta.start.intake_references import take_in_references
from rupmeta.start.judge import judge
from rupmeta.start.mapping import Mapped, read_mapping, with_pairs
from rupmeta.start.new_study import find_schema, study_names, write_new
from rupmeta.start.present import look_around
from rupmeta.start.sheets import Sheet, read_delimited, read_excel

__all__ = ["Brought", "Wish", "bring", "write_brought"]

#: Endings → what the file is; anything else is delimited text.
_ENDINGS = {
    ".ris": "ris", ".bib": "bibtex", ".bibtex": "bibtex", ".json": "csl", ".rm5": "rm5", ".xlsx": "excel",
    ".xlsm": "excel",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """How the user wants the file read."""

    mapping: Path | None = None
    columns: tuple[tuple[str, str], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    form: str | None = None
    sheet: str | None = None
    sep: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file gave: the intake, the texts of new study files, those that are there already, findings."""

    intake: Intake
    texts: Mapping[str, str]
    present: Mapping[str, str]
    findings: tuple[Finding, ...]
    inputs: tuple[InputFile, ...]


def bring(file: str, folder: Path, wish: Wish) -> Brought:
    """Read ``file`` for the studies in ``folder``; nothing is written.

    A study that is in the folder already, by its id or its DOI, is left alone: one with data is a finding.
    """
    if not folder.is_dir():
        raise UsageError(
            f"there is no folder {show(folder)}; rupmeta init makes a review, --to names another"
        )
    raw, name = _content(file)
    mapped = Mapped() if wish.mapping is None else read_mapping(wish.mapping)
    mapped = with_pairs(mapped, wish.columns, wish.constants)
    mapped = dataclasses.replace(mapped, missing=mapped.missing | set(wish.missing))
    form = _form(file, wish, mapped)
    intake = _take_in(form, raw, file, name, wish, mapped)
    there = look_around(folder)
    present: dict[str, str] = {}
    rows: list[int] = []
    names: list[str] = []
    kept = []
    for draft in intake.drafts:
        known = there.find(draft)
        if known is None:
            kept.append(draft)
        elif draft.effects:
            rows.extend(draft.rows)
            names.append(f"{known}.yaml")
        else:
            present[draft.id] = known
    intake.drafts = kept
    message = f"{show(folder)} has these studies already, and no file is ever changed: {', '.join(names)}"
    findings = (Finding(tuple(rows), None, None, message),) if names else ()
    schema = find_schema(folder)
    judged = judge(intake, "" if schema is None else f"# yaml-language-server: $schema={schema}\n")
    inputs = (InputFile(name, len(raw), hashlib.sha256(raw).hexdigest()),)
    return Brought(intake, judged.texts, present, (*judged.findings, *findings), inputs)


def _content(file: str) -> tuple[bytes, str]:
    if file == "-":
        return sys.stdin.buffer.read(), "stdin"
    path = Path(file)
    if path.is_dir():
        raise UsageError(f"{show(path)} is a folder; name a file")
    try:
        return path.read_bytes(), path.name
    except OSError as error:
        raise UsageError(f"{show(path)} cannot be read: {error.strerror}") from error


def _form(file: str, wish: Wish, mapped: Mapped) -> str:
    """``sheet``, ``excel``, ``rm5``, or a format of references."""
    if wish.form in FORMATS:
        return str(wish.form)
    ending = "" if file == "-" else Path(file).suffix.lower()
    if ending == ".xls":
        raise UsageError(f"{Path(file).name}: the old Excel format is not read; save it as .xlsx or as CSV")
    form = _ENDINGS.get(ending, "sheet")
    if form in FORMATS and (wish.form is not None or mapped.columns):
        raise UsageError(f"{Path(file).name} is {FORMATS[form]}: it has no columns for --as or --mapping")
    return form


def _take_in(form: str, raw: bytes, file: str, name: str, wish: Wish, mapped: Mapped) -> Intake:
    encoding = wish.encoding or mapped.encoding or "utf-8"
    if form in FORMATS:
        try:
            text = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        except (UnicodeDecodeError, LookupError) as error:
            raise UsageError(
                f"{name} is not {encoding}: {error}; --encoding names another, such as cp1252"
            ) from error
        return take_in_references(read_references(text, form), name, FORMATS[form], mapped)
    if wish.form is not None:
        mapped = dataclasses.replace(mapped, dialect=wish.form)
    return take_in(_sheet(form, raw, file, name, wish, mapped, encoding), mapped)


def _sheet(form: str, raw: bytes, file: str, name: str, wish: Wish, mapped: Mapped, encoding: str) -> Sheet:
    if form == "rm5":
        from rupmeta.start.revman import read_revman

        return dataclasses.replace(read_revman(raw, name), about="a RevMan 5 review")
    if form == "excel":
        found = read_excel(Path(file), sheet=wish.sheet or mapped.sheet)
        return dataclasses.replace(found, decimal=wish.decimal or mapped.decimal or ".")
    decimal = wish.decimal or mapped.decimal
    if decimal not in (None, ".", ","):
        raise UsageError(f"--decimal {decimal}: choose . or ,")
    return read_delimited(raw, name, sep=wish.sep or mapped.sep, decimal=decimal, encoding=encoding)


def write_brought(brought: Brought, folder: Path, *, partial: bool = False) -> tuple[str, ...]:
    """Write the new study files, all or none; with ``partial`` those that nothing speaks against."""
    if brought.findings and not partial:
        return ()
    names = sorted(brought.texts)
    taken = {name.lower() for name in study_names(folder)}
    assert not taken.intersection(name.lower() for name in names), "ids were made to be new"
    for name in names:
        write_new(folder / f"{name}.yaml", brought.texts[name])
    return tuple(names)
