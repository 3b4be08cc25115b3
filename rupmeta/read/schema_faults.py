"""What pydantic refuses, as findings: which key, what was found, what is allowed, what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from rupmeta.read.number_text import number_fault
from rupmeta.read.salvage import record_type
from rupmeta.read.yaml_files import Fault, KeyPath, Place, Tree

__all__ = ["nearest", "schema_faults", "split_number", "without_nulls"]

#: Names that papers and other software use.
_ALIASES = {
    "or": "odds_ratio", "rr": "risk_ratio", "rho": "spearman", "rs": "spearman", "m1": "mean1", "m2": "mean2",
    "x2": "chi2", "chisq": "chi2", "chi_square": "chi2", "cohens_d": "d", "hedges_g": "g", "smd": "d",
    "journal": "container", "p_value": "p", "pvalue": "p", "pval": "p", "n_total": "n",
}  # fmt: skip
#: What a word outside the vocabulary is not, where the key alone makes no sentence.
_NOUNS = {"better": "direction (better)", "favours": "side (favours)", "kind": "kind of outcome"}
_FEW = 12
#: Fields that are shares of 1, never percents.
_PROPORTIONS = frozenset(
    {"personality_disorder", "proportion1", "proportion2", "risk2", "r2", "eta2", "level"}
)
#: Letters from which on the beginning of a word says which word is meant.
_PREFIX = 4
_MAPPING_EXAMPLES = {
    "source": '; write {where: "Table 2, p. 130"}',
    "outcome": "; write {name: …, kind: symptoms, better: lower}",
    "reported": "; write {r: .29, n: 79}",
    "sample": "; write {n: 79}",
}

_MAPPING_TYPES = frozenset({"dict_type", "model_type", "model_attributes_type"})


def without_nulls(values: Any, model: type[BaseModel] | None) -> Any:
    """``values`` without the known keys that are null: null and absent both mean "not reported".

    A null stays where it says something of its own: a criterion that is null is not asked for.
    """
    if isinstance(values, list):
        return [without_nulls(item, model) for item in values]
    if not isinstance(values, dict):
        return values
    if model is None:
        return values
    kept: dict[str, Any] = {}
    for key, value in values.items():
        takes_null, record, is_keyed = _shapes(model).get(key, (True, None, False))
        if value is None and not takes_null:
            continue
        if record is not None and isinstance(value, dict) and is_keyed:
            kept[key] = {
                name: {} if item is None else without_nulls(item, record) for name, item in value.items()
            }
        else:
            kept[key] = without_nulls(value, record)
    return kept


@cache
def _shapes(model: type[BaseModel]) -> dict[str, tuple[bool, type[BaseModel] | None, bool]]:
    """Of every field: whether it takes null, the record in it, and whether that is a mapping of records."""
    annotations = {name: field.annotation for name, field in model.model_fields.items()}
    return {
        name: (NoneType in get_args(annotation), record_type(annotation)[0], _is_keyed(annotation))
        for name, annotation in annotations.items()
    }


def _is_keyed(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) is dict


def schema_faults(
    values: dict[str, Any], model: type[BaseModel], tree: Tree
) -> tuple[list[Fault], frozenset[KeyPath]]:
    """Every fault that the schema ``model`` finds, and the key paths at fault."""
    cleaned = without_nulls(values, model)
    try:
        model.model_validate(cleaned)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    else:
        return [], frozenset()
    grouped: dict[KeyPath, list[Any]] = {}
    for item in errors:
        grouped.setdefault(_key_path(item["loc"], cleaned, item["type"]), []).append(item)
    for path in [path for path in grouped if _is_union_noise(path, grouped)]:
        del grouped[path]
    faults: list[Fault] = []
    explained: set[KeyPath] = set()
    for path, found in grouped.items():
        if found[0]["type"] == "extra_forbidden" and not _covered(path, tree.bad):
            fault, meant = _unknown_key(path, found[0]["input"], model, tree)
            faults.append(fault)
            explained.add((*path[:-1], meant) if meant else path)
    for path, found in grouped.items():
        if found[0]["type"] == "extra_forbidden" or _covered(path, tree.bad) or path in explained:
            continue
        faults.append(_fault(path, found, model, tree))
    return faults, frozenset(grouped) | {fault.key for fault in faults}


def _is_union_noise(path: KeyPath, grouped: dict[KeyPath, list[Any]]) -> bool:
    """Whether a mapping is only refused as text because something inside it is at fault."""
    deeper = any(len(other) > len(path) and other[: len(path)] == path for other in grouped)
    return deeper and isinstance(grouped[path][0]["input"], dict | list)


def _covered(path: KeyPath, bad: frozenset[KeyPath]) -> bool:
    return any(path[:i] in bad for i in range(1, len(path) + 1))


def _key_path(loc: Sequence[str | int], values: Any, kind: str) -> KeyPath:
    """pydantic's location without the names of union members."""
    path: list[str | int] = []
    here = values
    for i, part in enumerate(loc):
        inside = (isinstance(here, dict) and part in here) or (
            isinstance(here, list) and isinstance(part, int)
        )
        if inside:
            here = here[part]
            path.append(part)
        elif kind == "missing" and i == len(loc) - 1:
            path.append(part)
    return tuple(path)


def _model_at(path: KeyPath, model: type[BaseModel]) -> type[BaseModel] | None:
    """The record type of the mapping at ``path``."""
    here: type[BaseModel] | None = model
    keyed = False
    for part in path:
        if isinstance(part, int) or keyed:
            keyed = False
            continue
        field = here.model_fields.get(part) if here is not None else None
        if field is None:
            return None
        here = record_type(field.annotation)[0]
        keyed = _is_keyed(field.annotation)
    return here


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that ``word`` is most like, blind to case, blanks and underscores.

    One that begins with ``word``, or that ``word`` begins with, comes before one that is spelt alike.

    >>> nearest("unrepaired", ["unrepaired-rupture", "untrained"]), nearest("yeer", ["year", "title"])
    ('unrepaired-rupture', 'year')
    """
    folded = {re.sub(r"[ _]+", "-", name.lower()): name for name in reversed(known)}
    typed = re.sub(r"[ _]+", "-", word.strip().lower())
    if len(typed) >= _PREFIX and typed not in folded:
        longer = [name for name in folded if name.startswith(typed)]
        if longer:
            return folded[min(longer, key=lambda name: (len(name), name))]
        inside = [name for name in folded if len(name) >= _PREFIX and typed.startswith(f"{name}-")]
        if len(inside) == 1:
            return folded[inside[0]]
    match = get_close_matches(typed, list(folded), n=1, cutoff=0.6)
    return folded[match[0]] if match else None


def _unknown_key(path: KeyPath, value: Any, model: type[BaseModel], tree: Tree) -> tuple[Fault, str | None]:
    place = tree.locate(path)
    key, parent = str(path[-1]), path[:-1]
    record = _model_at(parent, model)
    known = sorted(record.model_fields) if record is not None else []
    where = next((str(part) for part in reversed(parent) if isinstance(part, str)), "the file")
    meant = nearest(key, known)
    if value is None and (split := split_number(path, tree)) is not None:
        return split, None
    if ":" in key and value is None:
        name, rest = key.split(":", 1)
        message = f"a space is missing after the colon; write {name}: {rest}"
        meant = None
    elif (alias := _ALIASES.get(key.strip().lower())) in known:
        meant = alias
        message = f"{key} is not a key of {where}; did you mean {meant}?"
    elif "(" in key:
        message = f"{key} is not a key of {where}; write the number in parentheses as a key of its own"
        meant = None
    elif homes := _homes(key, model):
        message = f"{key} is not a key of {where}; it belongs to {' or '.join(homes)}"
        meant = None
    elif meant is not None:
        message = f"{key} is not a key of {where}; did you mean {meant}?"
    else:
        listed = f"it has {', '.join(known)}" if len(known) <= _FEW else "`rupmeta schema` lists its keys"
        message = f"{key} is not a key of {where}; {listed}"
    return Fault(place.key_line, place.key_column, "UNKNOWN-KEY", path, message), meant


def split_number(path: KeyPath, tree: Tree) -> Fault | None:
    """``{r: 0,29, n: 40}`` is r = 0 and a key 29 for YAML; None if no number stands before the digits."""
    digits, parent = str(path[-1]), path[:-1]
    before: str | None = None
    for name in tree.keys(parent):
        if name == digits:
            break
        before = name
    if before is None or not digits.isdigit():
        return None
    place = tree.locate((*parent, before))
    if place.text is None or place.quoted or not re.fullmatch(r"[-+]?\d+", place.text):
        return None
    thousands = len(digits) == 3 and place.text.lstrip("+-") != "0"
    either = f" or, without thousands separator, {place.text}{digits}" if thousands else ""
    message = f"{place.text},{digits}: decimal comma? write {place.text}.{digits}{either}"
    return Fault(place.line, place.column, "NUM-COMMA", (*parent, before), message)


def _homes(key: str, model: type[BaseModel]) -> list[str]:
    """The sections that do have ``key``."""
    homes = []
    for name, field in model.model_fields.items():
        record = record_type(field.annotation)[0]
        if record is not None and key in record.model_fields:
            homes.append(name)
    return homes[:3]


def _fault(path: KeyPath, errors: list[Any], model: type[BaseModel], tree: Tree) -> Fault:
    kinds = {error["type"] for error in errors}
    first = errors[0]
    if "missing" in kinds:
        place = tree.locate(path[:-1])
        code, message = _missing(path, model)
        return Fault(place.key_line, place.key_column, code, path, message)
    place = tree.locate(path)
    code, message = _value_fault(path, first["input"], kinds, first, place, tree)
    return Fault(place.line, place.column, code, path, message)


def _missing(path: KeyPath, model: type[BaseModel]) -> tuple[str, str]:
    key = str(path[-1])
    if path == ("rupmeta",):
        return "VERSION", "the format version is missing; write rupmeta: 1"
    record = _model_at(path[:-1], model)
    field = record.model_fields.get(key) if record is not None else None
    about = f": {field.description}" if field is not None and field.description else ""
    return "MISSING-KEY", f"{key} is required{about}"


def _value_fault(
    path: KeyPath, value: Any, kinds: set[str], error: dict[str, Any], place: Place, tree: Tree
) -> tuple[str, str]:
    name = next((str(part) for part in reversed(path) if isinstance(part, str)), "the file")
    shown = _shown(value, place)
    if kinds & {"too_long", "too_short"}:
        return _length(path, value, tree)
    if kinds & {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}:
        return _bound(name, value, place.text or str(value))
    if "literal_error" in kinds:
        return _word(name, value, error["ctx"]["expected"], shown)
    if "bool_type" in kinds and len(kinds) == 1:
        return _truth(value, shown)
    needs_number = kinds & {"float_type", "int_type", "int_from_float", "finite_number"}
    whole = bool(kinds & {"int_type", "int_from_float"})
    if needs_number and "string_type" not in kinds:
        return _number(name, value, place, shown, whole=whole)
    wanted = [
        word
        for word, types in (
            ("text", {"string_type"}),
            ("a number", {"float_type", "int_type"}),
            ("true or false", {"bool_type"}),
            ("a list", {"list_type"}),
            ("a mapping", set(_MAPPING_TYPES)),
        )
        if kinds & types
    ]
    hint = _example(name, value, wanted[:1], place)
    return "TYPE", f"{shown}; {name} is {' or '.join(wanted) or 'something else'}{hint}"


#: Words that people write into an empty field.
_NOTHING = frozenset({"none", "no", "na", "n/a", "nothing", "-", "0"})


def _example(name: str, value: Any, wanted: list[str], place: Place) -> str:
    """What to write where the kind of value is wrong."""
    if wanted == ["text"] and place.text is not None:
        return f'; write "{place.text}"'
    if wanted == ["a mapping"]:
        return _MAPPING_EXAMPLES.get(name, "; write its keys below it, indented")
    if wanted == ["a list"] and name in ("ci", "ci1", "ci2"):
        return "; write [lower, upper]"
    if wanted == ["a list"] and isinstance(value, dict):
        return '; begin each item with "- "'
    if wanted == ["a list"] and str(place.text).lower() in _NOTHING:
        return "; leave it out, or write []"
    if wanted == ["a list"] and place.text is not None:
        return f"; write [{place.text}]" if "," not in place.text else f'; write ["{place.text}"]'
    return ""


def _shown(value: Any, place: Place) -> str:
    """What was found, in words."""
    if isinstance(value, dict):
        return "a mapping is found"
    if isinstance(value, list):
        return "a list is found"
    if value is None:
        return "nothing is found"
    text = place.text if place.text is not None else str(value)
    kind = "true or false" if isinstance(value, bool) else "text" if isinstance(value, str) else "a number"
    return f"{text[:60]} is {kind}"


def _number(name: str, value: Any, place: Place, shown: str, *, whole: bool) -> tuple[str, str]:
    if isinstance(value, str):
        fault = number_fault(value[:200], quoted=place.quoted, whole=whole, proportion=name in _PROPORTIONS)
        return fault or ("TYPE", f"{shown}; {name} is a number")
    if whole and isinstance(value, float):
        text = place.text or str(value)
        if value.is_integer():
            return "N-INT", f"{text} is not written as a whole number; write {int(value)}"
        if name == "year":
            return "TYPE", f"{text} is not a year"
        return "N-INT", f"{text} is not a number of people; weighted or imputed? enter yi and vi"
    return "TYPE", f"{shown}; {name} is a number"


def _truth(value: Any, shown: str) -> tuple[str, str]:
    words = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
    if isinstance(value, str) and value.lower() in words:
        return "YAML11", f"{value} is text in YAML 1.2; write {words[value.lower()]}"
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return "TYPE", f'"{value}" is text; write {value.lower()} without quotes'
    return "TYPE", f"{shown}; write true or false"


def _word(name: str, value: Any, expected: str, shown: str) -> tuple[str, str]:
    words = re.findall(r"'([^']*)'", expected) or re.findall(r"\d+", expected)
    if isinstance(value, dict | list):
        return "TYPE", f"{shown}; {name} is one of {', '.join(words)}"
    text = str(value)
    noun = _NOUNS.get(name, name)
    article = "an" if noun[:1] in "aeiou" else "a"
    meant = nearest(text, words) if isinstance(value, str) else None
    advice = f"did you mean {meant}?" if meant is not None else f"write {_either(words)}"
    return "ENUM", f"{text[:60]} is not {article} {noun}; {advice}"


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _bound(name: str, value: float, text: str) -> tuple[str, str]:
    if name == "level":
        return "OPT", f"level {text}: write {value / 100:g}" if 50 < value < 100 else (
            f"level {text} is not a level (above 0.5, below 1); write 0.95"
        )
    if name == "rho":
        return "OPT", f"rho {text} is not a correlation between -1 and 1; write 0.5"
    if name in _PROPORTIONS:
        hint = f"; {text} % is {value / 100:g}" if 1 < value <= 100 else ""
        return "NUM-PCT", f"{text}: {name} is a proportion (0 to 1){hint}"
    return "N-INT", f"{name} = {text}; a positive number is needed, or leave the key out"


def _length(path: KeyPath, value: Any, tree: Tree) -> tuple[str, str]:
    texts = [tree.locate((*path, i)).text or "…" for i in range(len(value))]
    shown = f"[{', '.join(texts)}]" if len(texts) <= 8 else "the list"
    if len(texts) == 4 and all(re.fullmatch(r"[-+]?\d+", text) for text in texts):
        pairs = f"[{texts[0]}.{texts[1]}, {texts[2]}.{texts[3]}]"
        return "NUM-COMMA", f"{shown} has 4 items; decimal commas? write {pairs}"
    return "TYPE", f"{shown} has {len(texts)} items; write two, [lower, upper]"
