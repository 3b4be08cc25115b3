"""Which slips of extraction does the linter notice? Sound studies are spoilt one at a time in a known way.

Found: the slip brings a warning or error that the sound folder did not have; named: with a code that is meant
for it. Two kinds of sound data: published tables with one route an effect, where little can contradict, and
drawn studies that print several routes. A second table turns the first round: of the slips that a rule is
meant for before all others, how many does it name?

Run ``python benchmarks/lint_corruption.py [MOST]``, at most so many tries a data set and slip (default 10).
"""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict

from drawn_studies import DRAWN, draw
from reference_studies import Folder, Study, copies, count, read_data_sets
from slips import SLIPS, Slip


class Tally:
    """Tries, found, named, and which codes were reported."""

    def __init__(self) -> None:
        self.tried = self.found = self.named = 0
        self.codes: Counter[str] = Counter()

    def add(self, new: Counter[str], meant: tuple[str, ...]) -> None:
        self.tried += 1
        self.found += bool(new)
        self.named += any(code in new for code in meant)
        self.codes.update(new.keys())

    @property
    def cells(self) -> str:
        return f"{self.tried} | {percent(self.found, self.tried)} | {percent(self.named, self.tried)}"


def spoil_all(tally: Tally, slip: Slip, folder: Folder, studies: dict[str, Study], most: int) -> None:
    """Try a slip on up to ``most`` studies of a folder, one after the other."""
    rng = random.Random(2)
    before = count(folder.find_codes(studies))
    tried = 0
    for name, spoilt in copies(studies):
        if tried >= most:
            return
        if slip.spoil(spoilt, name, rng):
            tried += 1
            tally.add(count(folder.find_codes(spoilt)) - before, slip.meant)


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    published = [(Folder(), dict(list(studies.items())[:most])) for studies in read_data_sets().values()]
    drawn = [(Folder(), draw(kind, 5, 2 * most)) for kind in DRAWN]
    by_rule: dict[str, list[Counter[str]]] = defaultdict(lambda: [Counter(), Counter()])
    print(
        "| slip | meant for it | one route: tried | found | named | several routes: tried | found | named |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, slip in SLIPS.items():
        tallies = []
        for which, sets in enumerate((published, drawn)):
            tally = Tally()
            for folder, studies in sets:
                spoil_all(tally, slip, folder, studies, most if which == 0 else 2 * most)
            code = slip.meant[0]
            by_rule[code][which].update({"tried": tally.tried, "named": tally.codes[code]})
            tallies.append(tally)
        meant = ", ".join(slip.meant)
        print(f"| {name} | {meant} | {' | '.join(tally.cells for tally in tallies)} |", flush=True)
    print("\n| rule | one route: tried | named | several routes: tried | named |\n|---|---|---|---|---|")
    for code, sides in sorted(by_rule.items()):
        cells = " | ".join(f"{side['tried']} | {percent(side['named'], side['tried'])}" for side in sides)
        print(f"| `{code}` | {cells} |")


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


if __name__ == "__main__":
    main()
