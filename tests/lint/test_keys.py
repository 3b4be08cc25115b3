"""Every key of every route has a kind, so that the rules about that kind know it."""

from rupmeta.lint import keys
from rupmeta.read.routes import COMPANIONS, ROUTE_SPECS
from rupmeta.read.study import Reported

KINDS = (
    keys.CORRELATIONS, keys.SHARES, keys.PROPORTIONS, keys.PEOPLE, keys.COUNTS, keys.SPREADS, keys.ERRORS,
    keys.RATIOS, keys.DEGREES, keys.UNSIGNED, tuple(keys.INTERVALS), keys.FREE, keys.WORDS,
)  # fmt: skip


def route_keys():
    used = {key for spec in ROUTE_SPECS.values() for key in (*spec.required, *spec.optional)}
    return used | COMPANIONS


def test_every_key_of_a_route_has_one_kind():
    listed = [key for kind in KINDS for key in kind]
    assert sorted(listed) == sorted(set(listed))
    assert route_keys() - set(listed) == set()
    assert set(listed) <= set(Reported.model_fields)


def test_what_lies_inside_an_interval_is_a_key_of_a_route():
    assert {key for inside in keys.INTERVALS.values() for key in inside} <= route_keys()


def test_every_lead_has_a_direction_or_needs_favours():
    """``favours`` against the sign is seen on every signed route, with one exception: raw ratings."""
    from rupmeta.lint.directions import _PAIRS, _SIGNED

    known = {*_SIGNED, *keys.RATIOS, *(f"{kind}1" for kind in _PAIRS), "pre_mean1", "events1", "a"}
    signed = {spec.lead for spec in ROUTE_SPECS.values() if spec.signed}
    assert signed - known == {"sessions"}
