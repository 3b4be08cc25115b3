"""How often does the linter cry wolf? Published data sets as study files, and sound studies drawn at random.

Every error and warning is listed: a finding on data that were printed and re-analysed for decades is taken as
a false alarm, unless the page of the linter says why it is not.

Run ``python benchmarks/lint_false_alarms.py``; it takes a few seconds.
"""

from __future__ import annotations

import random

from reference_studies import count, find_codes, read_data_sets, read_escalc_cases, rich_studies


def main() -> None:
    print("| data | studies | effects | routes | findings | studies with a finding | which |")
    print("|---|---|---|---|---|---|---|")
    sets = {
        **read_data_sets(),
        "escalc cases": read_escalc_cases(),
        "drawn": rich_studies(random.Random(1), 400),
    }
    total = told = 0
    listed = []
    for name, studies in sets.items():
        findings = [found for found in find_codes(studies) if found[1] != "info"]
        effects = sum(len(study["effects"]) for study in studies.values())
        routes = sum(len(effect["reported"]) for study in studies.values() for effect in study["effects"])
        with_one = len({study for study, *_ in findings})
        which = ", ".join(f"{code} {times}" for code, times in sorted(count(findings).items())) or "none"
        print(f"| {name} | {len(studies)} | {effects} | {routes} | {len(findings)} | {with_one} | {which} |")
        total, told = total + len(studies), told + with_one
        listed += [f"{name}/{study}: {severity}[{code}] {text}" for study, severity, code, text in findings]
    print(f"\n{told} of {total} studies have a finding: {100 * told / total:.1f} %\n")
    print("\n".join(listed))


if __name__ == "__main__":
    main()
