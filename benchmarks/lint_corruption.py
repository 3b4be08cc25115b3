"""Which slips of extraction does the linter notice? Sound studies are spoilt one at a time in a known way.

Found: the slip brings a warning or error that the sound folder did not have; named: with the code that is
meant for it. Two kinds of sound data: published tables with one route an effect, where little can contradict,
and studies that print several routes. Run ``python benchmarks/lint_corruption.py``; about two minutes.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from reference_studies import Study, copies, count, find_codes, read_data_sets, rich_studies

Spoil = Callable[[dict[str, Study], str, random.Random], bool]


def routes_of(study: Study) -> list[dict[str, Any]]:
    return [route for effect in study["effects"] for route in effect["reported"]]


def first_with(study: Study, *keys: str) -> dict[str, Any] | None:
    return next((route for route in routes_of(study) if all(key in route for key in keys)), None)


def se_for_sd(studies: dict[str, Study], name: str, _: random.Random) -> bool:
    route = first_with(studies[name], "sd1", "n1", "sd2", "n2")
    if route is None:
        return False
    for group in "12":
        route[f"sd{group}"] = round(route[f"sd{group}"] / route[f"n{group}"] ** 0.5, 3)
    return True


def one_se_for_sd(studies: dict[str, Study], name: str, _: random.Random) -> bool:
    route = first_with(studies[name], "sd1", "n1")
    if route is None:
        return False
    route["sd1"] = round(route["sd1"] / route["n1"] ** 0.5, 3)
    return True


def se_for_variance(studies: dict[str, Study], name: str, _: random.Random) -> bool:
    route = first_with(studies[name], "vi")
    if route is None:
        return False
    route["vi"] = round(route["vi"] ** 0.5, 4)
    return True


def flip_sign(studies: dict[str, Study], name: str, _: random.Random) -> bool:
    route = (
        first_with(studies[name], "t") or first_with(studies[name], "r") or first_with(studies[name], "yi")
    )
    key = next((key for key in ("t", "r", "yi") if route is not None and key in route), None)
    if route is None or key is None or route[key] == 0:
        return False
    route[key] = -route[key]
    return True


def swap_means(studies: dict[str, Study], name: str, _: random.Random) -> bool:
    route = first_with(studies[name], "mean1", "mean2")
    if route is None or route["mean1"] == route["mean2"]:
        return False
    route["mean1"], route["mean2"] = route["mean2"], route["mean1"]
    return True


def drop_point(studies: dict[str, Study], name: str, _: random.Random) -> bool:
    """.31 typed as 31."""
    route = first_with(studies[name], "r") or first_with(studies[name], "t")
    key = None if route is None else "r" if "r" in route else "t"
    if route is None or key is None or route[key] == 0:
        return False
    route[key] = round(route[key] * 100)
    return True


def drop_digit(studies: dict[str, Study], name: str, rng: random.Random) -> bool:
    """154 typed as 14: a digit of a number of people gets lost."""
    route = first_with(studies[name], "n") or first_with(studies[name], "n1")
    key = None if route is None else "n" if "n" in route else "n1"
    if route is None or key is None or len(text := str(route[key])) < 2:
        return False
    at = rng.randrange(1, len(text))
    route[key] = int(text[:at] + text[at + 1 :])
    return True


def transpose_n(studies: dict[str, Study], name: str, _: random.Random) -> bool:
    """154 typed as 145."""
    route = first_with(studies[name], "n") or first_with(studies[name], "n1")
    key = None if route is None else "n" if "n" in route else "n1"
    if route is None or key is None:
        return False
    text = str(route[key])
    swapped = text[:-2] + text[-1] + text[-2] if len(text) > 1 else text
    if swapped == text or int(swapped) == 0:
        return False
    route[key] = int(swapped)
    return True


def drop_digit_of_r(studies: dict[str, Study], name: str, _: random.Random) -> bool:
    """.31 typed as .13."""
    route = first_with(studies[name], "r")
    text = "" if route is None else f"{abs(route['r']):.2f}"[2:]
    if route is None or text[0] == text[1]:
        return False
    route["r"] = float(f"0.{text[1]}{text[0]}") * (1 if route["r"] > 0 else -1)
    return True


def ninety_percent(studies: dict[str, Study], name: str, _: random.Random) -> bool:
    """A 90 % interval taken as one of 95 %."""
    route = first_with(studies[name], "ci", "d")
    if route is None:
        return False
    low, high = route["ci"]
    middle, half = (low + high) / 2, (high - low) / 2 * 1.645 / 1.96
    route["ci"] = [round(middle - half, 2), round(middle + half, 2)]
    return True


def limit_mistyped(studies: dict[str, Study], name: str, _: random.Random) -> bool:
    """The lower limit loses its sign, or a tenth."""
    route = first_with(studies[name], "ci")
    if route is None:
        return False
    low, high = route["ci"]
    route["ci"] = [-low if abs(low) > 0.02 else round(low - 0.3, 2), high]
    return True


def copy_study(studies: dict[str, Study], name: str, _: random.Random) -> bool:
    """The same paper in a second file, its title typed again with a slip."""
    twin = {**studies[name], "citation": dict(studies[name]["citation"])}
    twin["citation"]["title"] = twin["citation"]["title"].replace("paper", "papr")
    studies["zz_again"] = twin
    return True


def copy_numbers(studies: dict[str, Study], name: str, _: random.Random) -> bool:
    """The numbers of one study in the file of the next."""
    names = sorted(studies)
    other = names[(names.index(name) + 1) % len(names)]
    if other == name or routes_of(studies[other]) == routes_of(studies[name]):
        return False
    studies[other]["effects"][0]["reported"] = studies[name]["effects"][0]["reported"]
    if "n" in studies[other]["sample"]:
        studies[other]["sample"]["n"] = studies[name]["sample"].get("n", studies[other]["sample"]["n"])
    return True


def other_scale(studies: dict[str, Study], name: str, _: random.Random) -> bool:
    """A d typed where r belongs."""
    route = first_with(studies[name], "r")
    if route is None or route["r"] == 0 or abs(route["r"]) >= 1:
        return False
    route["r"] = round(2 * route["r"] / (1 - route["r"] ** 2) ** 0.5, 2)
    return True


#: What is done, and the codes that are meant for it.
SLIPS: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "both SDs are SEs": (se_for_sd, ("SDSE",)),
    "one SD is an SE": (one_se_for_sd, ("SDSE", "SD-RATIO", "ROUTE")),
    "SE for variance": (se_for_variance, ("VARSE",)),
    "a sign flipped": (flip_sign, ("DIR",)),
    "groups swapped": (swap_means, ("DIR",)),
    "decimal point lost": (drop_point, ("R-BOUND", "ROUTE")),
    "digits of r swapped": (drop_digit_of_r, ("ROUTE",)),
    "a digit of n lost": (drop_digit, ("N-MIS",)),
    "digits of n swapped": (transpose_n, ("N-MIS",)),
    "90 % interval": (ninety_percent, ("CI-WIDTH",)),
    "a limit mistyped": (limit_mistyped, ("CI-ASYM", "CI-INV", "CI-OUT")),
    "a study twice": (copy_study, ("DUP-STUDY", "DUP-NUM")),
    "numbers of another study": (copy_numbers, ("DUP-NUM",)),
    "d typed as r": (other_scale, ("R-BOUND", "ROUTE")),
}


def measure(
    studies: dict[str, Study], spoil: Spoil, meant: tuple[str, ...], most: int
) -> tuple[int, int, int, Counter[str]]:
    """Tries, found, named, and the codes that were reported."""
    rng = random.Random(2)
    before = count(find_codes(studies))
    tried = found = named = 0
    codes: Counter[str] = Counter()
    for name, spoilt in copies(studies):
        if tried >= most or not spoil(spoilt, name, rng):
            continue
        tried += 1
        new = count(find_codes(spoilt)) - before
        found += bool(new)
        named += any(code in new for code in meant)
        codes.update(new.keys())
    return tried, found, named, codes


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    published = read_data_sets()
    rich = rich_studies(random.Random(5))
    head = ["slip", "meant for it", "one route: tried", "found", "named"]
    head += ["several routes: tried", "found", "named", "codes"]
    print(f"| {' | '.join(head)} |")
    print("|---|---|---|---|---|---|---|---|---|")
    for slip, (spoil, meant) in SLIPS.items():
        tried = found = named = 0
        codes: Counter[str] = Counter()
        for studies in published.values():
            small = dict(list(studies.items())[:most])
            a, b, c, d = measure(small, spoil, meant, most)
            tried, found, named, codes = tried + a, found + b, named + c, codes + d
        a, b, c, d = measure(rich, spoil, meant, 40)
        listed = ", ".join(f"{code} {times}" for code, times in (codes + d).most_common(4))
        print(
            f"| {slip} | {', '.join(meant)} | {tried} | {percent(found, tried)} | {percent(named, tried)} | "
            f"{a} | {percent(b, a)} | {percent(c, a)} | {listed} |", flush=True,
        )  # fmt: skip


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


if __name__ == "__main__":
    main()
