"""Risk-of-bias judgements that their tool does not know: a tool, a domain or a word."""

from __future__ import annotations

from collections.abc import Mapping

from rupmeta.read.documents import tree_of
from rupmeta.read.rob_tools import OVERALL, SHIPPED, TOOLS_FOLDER, Tool
from rupmeta.read.schema_faults import nearest
from rupmeta.read.study import Study
from rupmeta.read.yaml_files import Fault, KeyPath

__all__ = ["rob_faults"]


def rob_faults(study: Study, text: str, tools: Mapping[str, Tool]) -> tuple[Fault, ...]:
    """Faults of ``risk_of_bias``; ``tools`` are those that may be named, by id."""
    rated = study.risk_of_bias
    if rated is None or not rated.tool:  # of a damaged file what is left may have no tool
        return ()
    tool = tools.get(rated.tool)
    if tool is None:
        known = sorted({*tools, *SHIPPED})
        advice = f"describe another one in {TOOLS_FOLDER}/NAME.yaml"
        return (_fault(("tool",), rated.tool, "tool for risk of bias", known, text, advice=advice),)
    faults = []
    domains = (*tool.domains, OVERALL)
    for field, named in (("domains", rated.domains or {}), ("reasons", rated.reasons or {})):
        faults += [
            _fault((field, domain), domain, f"domain of {tool.name}", domains, text, at_key=True)
            for domain in named
            if domain not in domains
        ]
    for domain, word in (rated.domains or {}).items():
        if domain in domains and word not in tool.judgements:
            words = tuple(tool.judgements)
            faults.append(_fault(("domains", domain), word, f"judgement of {tool.name}", words, text))
    return tuple(faults)


def _fault(
    key: tuple[str, ...],
    found: str,
    what: str,
    known: tuple[str, ...] | list[str],
    text: str,
    *,
    at_key: bool = False,
    advice: str = "",
) -> Fault:
    path: KeyPath = ("risk_of_bias", *key)
    place = tree_of(text).locate(path)
    meant = nearest(found, known)
    hint = f"did you mean {meant}? " if meant else ""
    message = f"{found} is no {what}; {hint}known: {', '.join(known)}" + (f"; {advice}" if advice else "")
    line, column = (place.key_line, place.key_column) if at_key else (place.line, place.column)
    return Fault(line, column, "UNKNOWN-KEY" if at_key else "ENUM", path, message)
