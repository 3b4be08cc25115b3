"""How often does the linter cry wolf? Published data sets as study files, and sound studies drawn at random.

Every error and warning is listed: a finding on data that were printed and re-analysed for decades is taken as
a false alarm, unless the page of the linter says why it is not.

Run ``python benchmarks/lint_false_alarms.py [STUDIES]``; it takes about a minute with 400 studies a kind.
"""

from __future__ import annotations

import sys

from drawn_studies import DRAWN, draw
from reference_studies import count, find_codes, read_data_sets, read_escalc_cases


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    print("| data | studies | effects | routes | findings | studies with a finding | which |")
    print("|---|---|---|---|---|---|---|")
    sets = {
        **read_data_sets(),
        "escalc cases": read_escalc_cases(),
        **{f"drawn: {kind}": draw(kind, 1, many) for kind in DRAWN},
    }
    totals = {"published": [0, 0], "drawn": [0, 0]}
    listed = []
    for name, studies in sets.items():
        findings = find_codes(studies)
        effects = sum(len(study["effects"]) for study in studies.values())
        routes = sum(len(effect["reported"]) for study in studies.values() for effect in study["effects"])
        with_one = len({study for study, *_ in findings})
        which = ", ".join(f"{code} {times}" for code, times in sorted(count(findings).items())) or "none"
        print(f"| {name} | {len(studies)} | {effects} | {routes} | {len(findings)} | {with_one} | {which} |")
        kind = totals["drawn" if name.startswith("drawn") else "published"]
        kind[0], kind[1] = kind[0] + len(studies), kind[1] + with_one
        listed += [f"{name}/{study}: {severity}[{code}] {text}" for study, severity, code, text in findings]
    for kind_name, (total, told) in totals.items():
        print(f"\n{kind_name}: {told} of {total} studies have a finding: {100 * told / total:.1f} %")
    print("\n" + "\n".join(listed))


if __name__ == "__main__":
    main()
