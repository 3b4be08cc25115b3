"""Text that stands where a number belongs: what was probably meant."""

from __future__ import annotations

import re

__all__ = ["number_fault"]

_MINUSES = "\u2212\u2010\u2011\u2012\u2013\u2014\u2015\ufe63\uff0d"
_MINUS = re.compile(f"[{_MINUSES}]")
_MISSING = frozenset(
    {"na", "n/a", "n.a.", "nan", "inf", "-inf", "+inf", ".", "-", "--", "?", "none", "missing"}
)
#: Of these, words and signs that can be the value of a moderator.
_WORDS = frozenset({"none", "missing", "?"})
_COMMA = re.compile(r"[-+]?\d*,\d+\Z")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?\Z")
_PERCENT = re.compile(r"([-+]?\d*\.?\d+)\s*%\Z")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_YAML11_WORDS = frozenset({"yes", "no", "on", "off", "y"})


def number_fault(
    text: str, *, quoted: bool = False, whole: bool = False, proportion: bool = False, free: bool = False
) -> tuple[str, str] | None:
    """Code and sentence for ``text`` where a number is needed; None when it holds no number at all.

    ``whole`` says that a whole number is needed, so that ``1,314`` is read as one with a thousands separator;
    ``proportion`` that percents cannot be meant; ``free`` that text may stand there too, as in a moderator.
    """
    bare = text.strip()
    if free and bare.lower() in _WORDS:
        return None
    if bare.lower() in _MISSING or (len(bare) == 1 and bare in _MINUSES):
        return "NUM-NAN", f"{text}: leave the key out or write null"
    if minus := _MINUS.search(bare):
        plain = _MINUS.sub("-", bare)
        return "NUM-MINUS", f"{text!r} has a typographic minus (U+{ord(minus.group()):04X}); type {plain}"
    if whole and _THOUSANDS.match(bare):
        return "NUM-TEXT", f"{text} has a thousands separator; write {bare.replace(',', '')}"
    if _COMMA.match(bare):
        return "NUM-COMMA", f"{text}: write {bare.replace(',', '.')}"
    if percent := _PERCENT.match(bare):
        either = "" if proportion else f", or {percent.group(1)} if percents are meant"
        return "NUM-PCT", f"{text}: write a proportion, {float(percent.group(1)) / 100:.6g}{either}"
    if not quoted and (meant := _yaml11(bare)) is not None:
        return "YAML11", f"{text} is text in YAML 1.2; write {meant}"
    number = _NUMBER.search(bare)
    if number is None:
        return None
    if number.group() == bare:
        return "NUM-TEXT", f'"{text}" is text; write {bare} without quotes'
    digits = bare.translate(_LOOKALIKES)
    if not free and digits != bare and _NUMBER.fullmatch(digits):
        return "NUM-TEXT", f'"{text}" holds a letter in place of a digit; write {digits}'
    rest = bare.replace(number.group(), "", 1).strip()
    advice = ""
    if set(rest) <= set("*†‡"):
        advice = " and put the star's meaning into source.quote"
    elif rest.startswith("("):
        advice = " and give the number in parentheses a key of its own"
    elif _THOUSANDS.match(bare) or re.fullmatch(r"\d{1,3}([\s\u00a0\u202f]\d{3})+", bare):
        return "NUM-TEXT", f'"{text}" is text; write {re.sub(r"[^0-9.+-]", "", bare)}'
    return "NUM-TEXT", f'"{text}" is text; write {number.group()}{advice}'


#: Letters that a scan or a finger puts where a digit belongs.
_LOOKALIKES = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1"})


def _yaml11(text: str) -> str | None:
    """The number (or what to do) for plain text that YAML 1.1 reads as a number or truth value."""
    if text.lower() in _YAML11_WORDS:
        return "a number"
    if re.fullmatch(r"[-+]?\d[\d_]*\d(\.[\d_]*)?", text) and "_" in text:
        return text.replace("_", "")
    if re.fullmatch(r"[-+]?0x[0-9a-fA-F]+", text):
        return str(int(text, 16))
    if re.fullmatch(r"[-+]?0o[0-7]+", text):
        return str(int(text, 8))
    if re.fullmatch(r"\d+(:[0-5]?\d)+", text):
        return "one number, in one unit"
    return None
