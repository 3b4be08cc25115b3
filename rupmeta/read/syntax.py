"""What libyaml says about broken YAML, said so that an author can mend it."""

from __future__ import annotations

import yaml

from rupmeta.read.yaml_files import Fault

__all__ = ["syntax_fault"]

_RESERVED = "@%*&!>|`"


def syntax_fault(error: yaml.MarkedYAMLError, text: str) -> Fault:
    """The one fault behind a parser error: position, and a hint for tabs, colons, signs and quotes."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    problem = error.problem or error.context or "cannot be read"
    lines = text.split("\n")
    here = lines[line] if line < len(lines) else ""
    if "control characters" in problem:
        return Fault(line + 1, column + 1, "FILE-ENC", (), "a control character; delete it")
    return Fault(line + 1, column + 1, "YAML-SYNTAX", (), _sentence(problem, here, column, error))


def _sentence(problem: str, line: str, column: int, error: yaml.MarkedYAMLError) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    value = line.split(":", 1)[1].strip() if ":" in line else line.strip().removeprefix("- ")
    if "\t" in indent or line[column : column + 1] == "\t":
        return "tab in indentation; use spaces"
    if "mapping values are not allowed" in problem:
        return 'text that holds a colon and a blank is quoted: "…: …"; or is the indentation wrong?'
    if value[:1] and value[:1] in _RESERVED:
        return f'text that starts with {value[:1]} is quoted: "{value[:40]}"'
    if "unexpected end of stream" in problem or "while scanning a quoted scalar" in (error.context or ""):
        opened = error.context_mark
        where = f" (opened at {opened.line + 1}:{opened.column + 1})" if opened is not None else ""
        return f"a quotation mark is not closed{where}; close it"
    if "',' or '}'" in problem:
        return "a { is not closed, or a comma is missing between two keys; write {r: .29, n: 79}"
    if "',' or ']'" in problem:
        return "a [ is not closed, or a comma is missing between two items; write [.10, .46]"
    if "expected ':'" in problem or "expected key" in problem:
        return "a line without a colon; write `key: value`, or is the indentation wrong?"
    if "did not find expected '-' indicator" in problem or "did not find expected key" in problem:
        return "the indentation does not match the lines above; line up the keys of one mapping"
    return f"{problem}; check quotes, colons and indentation"
