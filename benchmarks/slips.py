"""Slips of extraction: each spoils one study of a sound folder, and names the codes that are meant for it.

A slip returns False where the study has nothing to spoil that way.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reference_studies import Shown, Study

__all__ = ["SLIPS", "Slip"]

Studies = dict[str, Study]
Route = dict[str, Any]
Change = Callable[[Route, random.Random], bool]
Spoil = Callable[[Studies, str, random.Random], bool]


@dataclass(frozen=True, slots=True)
class Slip:
    """What is done, and the codes that say it."""

    spoil: Spoil
    meant: tuple[str, ...]


def routes_of(study: Study) -> list[Route]:
    return [route for effect in study["effects"] for route in effect["reported"]]


def first_with(study: Study, *keys: str) -> Route | None:
    return next((route for route in routes_of(study) if all(key in route for key in keys)), None)


def like(old: Any, new: float, digits: int = 3) -> float:
    """The new number printed as the old one was; with ``digits`` decimals where that is not known."""
    return old.to(new) if isinstance(old, Shown) else Shown(new, digits)


def in_route(*keys: str) -> Callable[[Change], Spoil]:
    """A slip in the first route of a study that has all ``keys``."""

    def wrap(change: Change) -> Spoil:
        def spoil(studies: Studies, name: str, rng: random.Random) -> bool:
            route = first_with(studies[name], *keys)
            return route is not None and change(route, rng)

        return spoil

    return wrap


def in_any_of(*keys: str) -> Callable[[Callable[[Route, str, random.Random], bool]], Spoil]:
    """A slip in the first number of a study that has one of ``keys``."""

    def wrap(change: Callable[[Route, str, random.Random], bool]) -> Spoil:
        def spoil(studies: Studies, name: str, rng: random.Random) -> bool:
            for key in keys:
                route = first_with(studies[name], key)
                if route is not None and route[key] != 0:
                    return change(route, key, rng)
            return False

        return spoil

    return wrap


def set_key(key: str, make: Callable[[Any], Any]) -> Spoil:
    """A slip that replaces one number."""

    @in_route(key)
    def spoil(route: Route, _: random.Random) -> bool:
        new = make(route[key])
        if new is None or new == route[key]:
            return False
        route[key] = new
        return True

    return spoil


def _root(route: Route, group: str) -> float:
    return float(route[f"n{group}"]) ** 0.5


@in_route("sd1", "n1", "sd2", "n2")
def se_for_sd(route: Route, _: random.Random) -> bool:
    for group in "12":
        route[f"sd{group}"] = Shown(route[f"sd{group}"] / _root(route, group), 3)
    return True


@in_route("sd1", "n1", "mean1")
def one_se_for_sd(route: Route, _: random.Random) -> bool:
    route["sd1"] = Shown(route["sd1"] / _root(route, "1"), 3)
    return True


@in_route("sd_pre1", "n1", "sd_pre2", "n2")
def se_for_sd_before(route: Route, _: random.Random) -> bool:
    for group in "12":
        route[f"sd_pre{group}"] = Shown(route[f"sd_pre{group}"] / _root(route, group), 3)
    return True


@in_route("se1", "n1", "se2", "n2")
def sd_for_se(route: Route, _: random.Random) -> bool:
    for group in "12":
        route[f"se{group}"] = like(route[f"se{group}"], route[f"se{group}"] * _root(route, group))
    return True


@in_route("mean1", "mean2")
def swap_means(route: Route, _: random.Random) -> bool:
    if route["mean1"] == route["mean2"]:
        return False
    route["mean1"], route["mean2"] = route["mean2"], route["mean1"]
    return True


@in_any_of("t", "r", "yi", "phi", "partial_r", "d")
def flip_sign(route: Route, key: str, _: random.Random) -> bool:
    if "c" in route:
        return False
    route[key] = like(route[key], -route[key], 4)
    return True


@in_any_of("r", "phi", "partial_r")
def drop_point(route: Route, key: str, _: random.Random) -> bool:
    """.31 typed as 31."""
    route[key] = round(route[key] * 100)
    return True


@in_any_of("t", "d", "slope")
def shift_point(route: Route, key: str, _: random.Random) -> bool:
    """2.41 typed as 24.1."""
    if "c" in route:
        return False
    route[key] = like(route[key], route[key] * 10)
    return True


@in_any_of("r", "phi", "partial_r")
def swap_digits(route: Route, key: str, _: random.Random) -> bool:
    """.31 typed as .13."""
    text = f"{abs(route[key]):.2f}"[2:]
    if text[0] == text[1]:
        return False
    route[key] = Shown(float(f"0.{text[1]}{text[0]}") * (1 if route[key] > 0 else -1), 2)
    return True


def _people(route: Route) -> str | None:
    return next((key for key in ("n", "n1") if key in route), None)


def _change_n(change: Callable[[str, random.Random], str]) -> Spoil:
    @in_any_of("n", "n1")
    def spoil(route: Route, key: str, rng: random.Random) -> bool:
        text = str(route[key])
        new = change(text, rng)
        if new == text or not new or int(new) == 0:
            return False
        route[key] = int(new)
        return True

    return spoil


def _without_digit(text: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(text)) if len(text) > 1 else 0
    return text[:at] + text[at + 1 :]


def _swapped(text: str, _: random.Random) -> str:
    return text[:-2] + text[-1] + text[-2] if len(text) > 1 else text


@in_route("df")
def wrong_df(route: Route, _: random.Random) -> bool:
    """df of another row."""
    route["df"] = int(route["df"]) + 30
    return True


@in_route("ci", "d")
def ninety_percent(route: Route, _: random.Random) -> bool:
    """A 90 % interval taken as one of 95 %."""
    return _rescale(route, 1.645 / 1.96)


@in_route("ci", "mean_difference")
def ninety_percent_difference(route: Route, _: random.Random) -> bool:
    return _rescale(route, 1.645 / 1.96)


@in_route("ci", "d")
def plus_minus_se(route: Route, _: random.Random) -> bool:
    """Estimate ± SE typed as the interval."""
    return _rescale(route, 1 / 1.96)


def _rescale(route: Route, factor: float) -> bool:
    low, high = route["ci"]
    middle, half = (low + high) / 2, (high - low) / 2 * factor
    route["ci"] = [like(low, middle - half), like(high, middle + half)]
    return True


@in_route("ci")
def limit_mistyped(route: Route, _: random.Random) -> bool:
    """The lower limit loses its sign, or three tenths."""
    low, high = route["ci"]
    new = -low if abs(low) > 0.02 and "odds_ratio" not in route else low - 0.3
    route["ci"] = [like(low, new if new > 0 or "d" in route or "slope" in route else low * 0.6), high]
    return route["ci"][0] != low


@in_route("ci")
def limits_swapped(route: Route, _: random.Random) -> bool:
    route["ci"] = [route["ci"][1], route["ci"][0]]
    return True


@in_route("ci", "mean_difference")
def estimate_of_other_row(route: Route, _: random.Random) -> bool:
    low, high = route["ci"]
    route["mean_difference"] = like(route["mean_difference"], high + (high - low))
    return True


@in_route("ci", "odds_ratio")
def raw_interval(route: Route, _: random.Random) -> bool:
    """An interval made on the raw scale of the odds ratio."""
    low, high = route["ci"]
    half = (high - low) / 2
    low_new = route["odds_ratio"] - half
    if low_new <= 0.02:
        return False
    route["ci"] = [like(low, low_new), like(high, route["odds_ratio"] + half)]
    return True


@in_route("odds_ratio")
def log_for_ratio(route: Route, _: random.Random) -> bool:
    """The logarithm of an odds ratio below 1 typed as the ratio."""
    route["odds_ratio"] = like(route["odds_ratio"], -abs(float(route["odds_ratio"]) - 1) - 0.05)
    return True


@in_route("vi")
def se_for_variance(route: Route, _: random.Random) -> bool:
    route["vi"] = Shown(float(route["vi"]) ** 0.5, 4)
    return True


@in_route("sei", "measure")
def variance_for_se(route: Route, _: random.Random) -> bool:
    route["sei"] = Shown(float(route["sei"]) ** 2, 4)
    return True


@in_route("p", "tails")
def one_tailed(route: Route, _: random.Random) -> bool:
    """A one-tailed p taken as two-tailed."""
    if isinstance(route["p"], str):
        return False
    route["p"] = like(route["p"], route["p"] / 2)
    return float(route["p"]) > 0


@in_route("p", "tails")
def wrong_p(route: Route, _: random.Random) -> bool:
    """p of another row."""
    new = Shown(0.310, 3)
    if route["p"] == new:
        return False
    route["p"] = new
    return True


@in_route("events1", "n1")
def events_and_people(route: Route, _: random.Random) -> bool:
    route["events1"], route["n1"] = route["n1"], route["events1"]
    return route["events1"] > route["n1"]


@in_route("proportion1", "n1")
def other_proportion(route: Route, _: random.Random) -> bool:
    """Digits of a proportion swapped."""
    text = f"{route['proportion1']:.3f}"[2:]
    new = Shown(float(f"0.{text[1]}{text[0]}{text[2]}"), 3)
    if new == route["proportion1"]:
        return False
    route["proportion1"] = new
    return True


@in_any_of("mean1", "pre_mean1")
def mean_digits(route: Route, key: str, _: random.Random) -> bool:
    """36.42 typed as 36.24."""
    text = f"{route[key]:.2f}"
    new = Shown(float(text[:-2] + text[-1] + text[-2]), 2)
    if new == route[key]:
        return False
    route[key] = new
    return True


@in_any_of("sd1", "sd_pre1")
def sd_digits(route: Route, key: str, _: random.Random) -> bool:
    """7.42 typed as 7.24."""
    text = f"{route[key]:.2f}"
    new = Shown(float(text[:-2] + text[-1] + text[-2]), 2)
    if new == route[key]:
        return False
    route[key] = new
    return True


@in_any_of("sd1", "sd_pre1")
def sd_point(route: Route, key: str, _: random.Random) -> bool:
    """7.42 typed as 74.2."""
    route[key] = Shown(route[key] * 10, 1)
    return True


@in_any_of("mean1", "pre_mean1", "median1")
def other_scale_up(route: Route, _key: str, _: random.Random) -> bool:
    """Means on a scale of 0 to 800 where the others are on one of 0 to 80: sums among averages."""
    for key, value in list(route.items()):
        if key.rstrip("12") in ("mean", "pre_mean", "post_mean", "median", "sd", "se", "sd_pre", "sd_post"):
            route[key] = like(value, value * 10)
        elif isinstance(value, list):
            route[key] = [like(item, item * 10, 0) for item in value]
    return True


@in_any_of("mean1", "pre_mean1")
def other_scale_down(route: Route, _key: str, _: random.Random) -> bool:
    """Averages of items among sums."""
    for key, value in list(route.items()):
        if key.rstrip("12") in ("mean", "pre_mean", "post_mean", "sd", "se", "sd_pre", "sd_post"):
            route[key] = like(value, value / 20)
    return True


@in_route("quartiles1", "median1")
def quartiles_swapped(route: Route, _: random.Random) -> bool:
    route["quartiles1"] = [route["quartiles1"][1], route["quartiles1"][0]]
    return True


@in_route("quartiles1", "median1")
def median_of_other_row(route: Route, _: random.Random) -> bool:
    route["median1"] = like(route["median1"], route["quartiles1"][1] + 8)
    return True


@in_route("r")
def d_for_r(route: Route, _: random.Random) -> bool:
    """A d typed where r belongs."""
    r = float(route["r"])
    if r == 0 or abs(r) >= 1:
        return False
    route["r"] = Shown(2 * r / (1 - r * r) ** 0.5, 2)
    return True


@in_route("yi", "measure")
def ratio_for_log(route: Route, _: random.Random) -> bool:
    """z given as SMD: the other scale under the same name; nothing but another route can show it."""
    if route["measure"] != "SMD":
        return False
    route["measure"] = "ZCOR"
    return True


def scale_without_conversion(studies: Studies, name: str, _: random.Random) -> bool:
    """A risk ratio among the others."""
    given = [route for route in routes_of(studies[name]) if "yi" in route]
    for route in given:
        route["measure"] = "RR"
    return bool(given)


def ratios_for_logs(studies: Studies, name: str, _: random.Random) -> bool:
    """Odds ratios given where their logarithms belong, in every study."""
    if name != min(studies):
        return False
    given = [route for study in studies.values() for route in routes_of(study) if "yi" in route]
    for route in given:
        route["measure"] = "OR"
        route["yi"] = like(route["yi"], math.exp(1.8 * route["yi"]))
    return bool(given)


@in_route("covariates", "n")
def nonsense_covariates(route: Route, _: random.Random) -> bool:
    """The number of people typed as that of covariates."""
    route["covariates"] = route["n"]
    return True


def year_digits(studies: Studies, name: str, _: random.Random) -> bool:
    """2018 typed as 2081."""
    year = studies[name]["citation"]["year"]
    new = int(str(year)[:2] + str(year)[3] + str(year)[2])
    studies[name]["citation"]["year"] = new
    return new > 2027


def copy_study(studies: Studies, name: str, _: random.Random) -> bool:
    """The same paper in a second file, its title typed again with a slip."""
    twin = {**studies[name], "citation": dict(studies[name]["citation"])}
    twin["citation"]["title"] = twin["citation"]["title"].replace("paper", "papr")
    studies["zz_again"] = twin
    return True


def second_paper(studies: Studies, name: str, _: random.Random) -> bool:
    """A later paper of the same authors on the same people, with another outcome."""
    study = studies[name]
    if "n" not in study["sample"]:
        return False
    later = {**study, "citation": {**study["citation"], "year": study["citation"]["year"] + 2,
                                   "title": "What became of the sample some years afterwards"}}  # fmt: skip
    first = study["effects"][0]
    route = {"r": 0.21, "n": study["sample"]["n"]}
    later["effects"] = [{**first, "outcome": {**first["outcome"], "name": "GAF"}, "reported": [route]}]
    studies["zz_later"] = later
    return True


def copy_numbers(studies: Studies, name: str, _: random.Random) -> bool:
    """The numbers of one study in the file of the next."""
    names = sorted(studies)
    other = names[(names.index(name) + 1) % len(names)]
    if other == name or routes_of(studies[other]) == routes_of(studies[name]):
        return False
    studies[other]["effects"][0]["reported"] = studies[name]["effects"][0]["reported"]
    if "n" in studies[other]["sample"]:
        studies[other]["sample"]["n"] = studies[name]["sample"].get("n", studies[other]["sample"]["n"])
    return True


def effect_twice(studies: Studies, name: str, _: random.Random) -> bool:
    """One effect entered again under the same id."""
    effects = studies[name]["effects"]
    effects.append({**effects[0]})
    return True


def effect_again(studies: Studies, name: str, _: random.Random) -> bool:
    """One effect entered again from another table, rounded otherwise, under another id."""
    effects = studies[name]["effects"]
    route = first_with(studies[name], "r") or first_with(studies[name], "t")
    key = "r" if route is not None and "r" in route else "t"
    if route is None:
        return False
    again = {**route, key: like(route[key], route[key] * 1.02)}
    effects.append({**effects[0], "id": "again", "reported": [again]})
    return True


def _percent(key: str) -> Spoil:
    return set_key(key, lambda x: Shown(x * 100, 1) if x > 0.01 else None)


def _negative(key: str) -> Spoil:
    """A dash before a number taken for a minus."""
    return set_key(key, lambda x: like(x, -x) if isinstance(x, float | int) else None)


#: What is done, and the codes that are meant for it.
SLIPS: dict[str, Slip] = {
    "both SDs are SEs": Slip(se_for_sd, ("SDSE",)),
    "one SD is an SE": Slip(one_se_for_sd, ("SD-RATIO", "SDSE", "ROUTE")),
    "SDs before are SEs": Slip(se_for_sd_before, ("SDSE", "SD-RATIO")),
    "SEs are SDs": Slip(sd_for_se, ("SDSE",)),
    "SE for variance": Slip(se_for_variance, ("VARSE",)),
    "variance for SE": Slip(variance_for_se, ("VARSE",)),
    "a sign flipped": Slip(flip_sign, ("DIR", "CI-OUT")),
    "groups swapped": Slip(swap_means, ("DIR",)),
    "decimal point of r lost": Slip(drop_point, ("R-BOUND",)),
    "decimal point of t, d or b shifted": Slip(shift_point, ("PLAUS", "ROUTE", "CI-OUT")),
    "digits of r swapped": Slip(swap_digits, ("ROUTE",)),
    "a digit of n lost": Slip(_change_n(_without_digit), ("N-MIS", "CELL", "GRIM")),
    "digits of n swapped": Slip(_change_n(_swapped), ("N-MIS", "CELL", "GRIM")),
    "n with a dash": Slip(_negative("n"), ("N-INT",)),
    "df of another row": Slip(wrong_df, ("N-MIS",)),
    "df1 of three groups": Slip(set_key("df1", lambda _: 2), ("DF",)),
    "n typed as covariates": Slip(nonsense_covariates, ("NSMALL",)),
    "90 % interval of d": Slip(ninety_percent, ("CI-WIDTH",)),
    "90 % interval of a difference": Slip(ninety_percent_difference, ("CI-WIDTH",)),
    "SE for an interval": Slip(plus_minus_se, ("CI-WIDTH",)),
    "a limit mistyped": Slip(limit_mistyped, ("CI-ASYM", "CI-INV", "CI-OUT")),
    "limits swapped": Slip(limits_swapped, ("CI-INV",)),
    "estimate of another row": Slip(estimate_of_other_row, ("CI-OUT",)),
    "raw interval of an odds ratio": Slip(raw_interval, ("CI-ASYM",)),
    "log for ratio": Slip(log_for_ratio, ("LOGR",)),
    "SD with a dash": Slip(_negative("sd1"), ("SD-NEG",)),
    "SE of an effect with a dash": Slip(_negative("se"), ("V-NEG",)),
    "p of .000": Slip(set_key("p", lambda _: Shown(0, 3)), ("P-BOUND",)),
    "one-tailed p": Slip(one_tailed, ("P-STAT",)),
    "p of another row": Slip(wrong_p, ("P-STAT",)),
    "percentage for proportion": Slip(_percent("proportion1"), ("NUM-PCT",)),
    "percentage of variance": Slip(_percent("eta2"), ("NUM-PCT",)),
    "events and people swapped": Slip(events_and_people, ("CELL",)),
    "digits of a proportion swapped": Slip(other_proportion, ("GRIM", "ROUTE", "DIR")),
    "digits of a mean swapped": Slip(mean_digits, ("GRIM", "ROUTE")),
    "digits of an SD swapped": Slip(sd_digits, ("GRIMMER", "ROUTE")),
    "decimal point of an SD shifted": Slip(sd_point, ("RANGE", "SD-RATIO", "PLAUS")),
    "sums among averages": Slip(other_scale_up, ("RANGE",)),
    "averages among sums": Slip(other_scale_down, ("SDSE", "GRIM")),
    "quartiles swapped": Slip(quartiles_swapped, ("CI-INV",)),
    "median of another row": Slip(median_of_other_row, ("CI-OUT", "RANGE")),
    "d typed as r": Slip(d_for_r, ("R-BOUND", "ROUTE")),
    "one scale given as another": Slip(ratio_for_log, ("ROUTE", "VARSE")),
    "a scale without conversion": Slip(scale_without_conversion, ("MEASURE",)),
    "ratios for log ratios": Slip(ratios_for_logs, ("LOGR",)),
    "digits of the year swapped": Slip(year_digits, ("YEAR",)),
    "a study twice": Slip(copy_study, ("DUP-STUDY",)),
    "a second paper on a sample": Slip(second_paper, ("OVERLAP",)),
    "numbers of another study": Slip(copy_numbers, ("DUP-NUM",)),
    "an effect twice": Slip(effect_twice, ("DUP-ID", "DUP-NUM")),
    "an effect again": Slip(effect_again, ("DEP",)),
}
