"""The planner's choice of a way back."""

import math
from collections.abc import Iterator, Sequence

from geofence.verification.leg import Leg
from geofence.verification.return_policy import DEFAULT_RETURN_ALT_M, RallyPoint, ReturnMode, ReturnPolicy
from geofence.verification.return_verification import ReturnVerification

_ABOVE_M = 1.0
"""A return over a zone clears its ceiling by this at least."""

_ALTITUDES_AT_MOST = 12
_HIGHEST_M = 500.0
_HILL_STEPS_M = (5.0, 10.0, 20.0, 30.0, 40.0, 60.0, 80.0)


def choose_returns(
    verification: ReturnVerification, *, rally_points: tuple[RallyPoint, ...] = ()
) -> ReturnPolicy | None:
    """Choose the first policy that is legal from every place of the route, or None where none is.

    RTL at the lowest altitude from the highest of the route up to the limit, then below the route; else back along
    the flown path; else landing on the spot.
    """
    return next(
        (policy for policy in _policies(verification, rally_points) if verification.is_legal(policy)), None
    )


def _policies(
    verification: ReturnVerification, rally_points: tuple[RallyPoint, ...]
) -> Iterator[ReturnPolicy]:
    for alt_rel_m in _return_alts_m(verification):
        yield ReturnPolicy(ReturnMode.RTL, alt_rel_m, rally_points)
    yield ReturnPolicy(ReturnMode.SMART_RTL)
    yield ReturnPolicy(ReturnMode.LAND)


def _return_alts_m(verification: ReturnVerification) -> list[float]:
    """Altitudes worth trying: between two limits one return is as legal as another."""
    top_m = max(DEFAULT_RETURN_ALT_M, math.ceil(100.0 * _top_m(verification.legs)) / 100.0)
    highest_m = verification.legal_limit_agl_m if verification.legal_limit_agl_m is not None else _HIGHEST_M
    over_m = {
        math.floor(limit_m) + _ABOVE_M
        for limit_m in verification.limits_rel_m
        if math.isfinite(limit_m) and top_m <= math.floor(limit_m) + _ABOVE_M <= highest_m
    }
    if verification.has_terrain:
        # Over a hill no limit says how high: go up by steps.
        over_m |= {top_m + step_m for step_m in _HILL_STEPS_M if top_m + step_m <= highest_m}
    lower_m = [DEFAULT_RETURN_ALT_M] if top_m > DEFAULT_RETURN_ALT_M else []
    return [top_m, *sorted(over_m - {top_m})[:_ALTITUDES_AT_MOST], *lower_m]


def _top_m(legs: Sequence[Leg]) -> float:
    return max((max(leg.start_alt_rel_m, leg.end_alt_rel_m) for leg in legs), default=0.0)
