"""Compiled: the alerts of one drone, kept from one observation to the next with hysteresis."""

import math

import numpy as np

from geofence.compiled import compiled
from geofence.monitor import columns as c

CLEAR_S = 3.0
"""An alert falls only after it would have been lower for so long."""


@compiled
def clear_found(found: np.ndarray) -> None:
    """Forget what was found for the drone before."""
    for k in range(c.ALERTS_MOST):
        found[k, c.ZONE] = -1.0


@compiled
def was_level(kept: np.ndarray, zone: float) -> float:
    """Give the level a zone's alert had."""
    for k in range(c.ALERTS_MOST):
        if kept[k, c.ZONE] == zone:
            return float(kept[k, c.LEVEL])
    return 0.0


@compiled
def find(
    found: np.ndarray,
    kept: np.ndarray,
    zone: float,
    level: float,
    holding: float,
    limit: float,
    distance_m: float,
    breach_s: float,
    owner: float,
) -> None:
    """Note what a zone comes to now; of its volumes the most urgent, of all zones the most urgent too.

    `level` is what raises an alert, `holding` what keeps one up.
    """
    if level == 0.0 and (holding == 0.0 or was_level(kept, zone) == 0.0):
        return
    place = -1
    least = -1
    for k in range(c.ALERTS_MOST):
        if found[k, c.ZONE] == zone:
            place = k
            break
        if place < 0 and found[k, c.ZONE] < 0.0:
            place = k
        if least < 0 or is_less_urgent(found[k], found[least]):
            least = k
    if place >= 0 and found[place, c.ZONE] == zone:
        holding = max(holding, found[place, c.CALM_SINCE_S])
        if found[place, c.LEVEL] > level or (
            found[place, c.LEVEL] == level and found[place, c.BREACH_S] <= breach_s
        ):
            found[place, c.CALM_SINCE_S] = holding
            return
    elif place < 0:
        place = least
        if found[place, c.LEVEL] > level or (
            found[place, c.LEVEL] == level and found[place, c.BREACH_S] <= breach_s
        ):
            return
    found[place, c.ZONE] = zone
    found[place, c.LEVEL] = level
    found[place, c.LIMIT] = limit
    found[place, c.DISTANCE_M] = distance_m
    found[place, c.BREACH_S] = breach_s
    found[place, c.CALM_SINCE_S] = holding
    found[place, c.OWNER] = owner


@compiled
def is_less_urgent(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether an alert is lower, or of the same level and farther ahead."""
    if one[c.LEVEL] != other[c.LEVEL]:
        return bool(one[c.LEVEL] < other[c.LEVEL])
    return bool(one[c.BREACH_S] > other[c.BREACH_S])


@compiled
def settle(
    found: np.ndarray, kept: np.ndarray, time_s: float, is_watched: bool, events: np.ndarray, count: int
) -> int:
    """Make what was found now and what was kept into what is kept further; write down every change of a level."""
    for k in range(c.ALERTS_MOST):
        zone = kept[k, c.ZONE]
        if zone < 0.0:
            continue
        now = -1
        for j in range(c.ALERTS_MOST):
            if found[j, c.ZONE] == zone:
                now = j
                break
        was = kept[k, c.LEVEL]
        wanted = found[now, c.LEVEL] if now >= 0 else 0.0
        holding = max(wanted, found[now, c.CALM_SINCE_S]) if now >= 0 else 0.0
        calm_since_s = kept[k, c.CALM_SINCE_S]
        level = was
        if wanted >= was or holding >= was:
            level = max(wanted, was)
            calm_since_s = math.nan
        elif not is_watched:
            level = 0.0
        elif math.isnan(calm_since_s) or calm_since_s > time_s:
            calm_since_s = time_s
        elif time_s - calm_since_s >= CLEAR_S:
            level = holding
            calm_since_s = math.nan
        if now >= 0:
            for column in (c.LIMIT, c.DISTANCE_M, c.BREACH_S, c.OWNER):
                kept[k, column] = found[now, column]
            found[now, c.ZONE] = -1.0
        elif level == 0.0:
            kept[k, c.BREACH_S] = math.nan
        kept[k, c.LEVEL] = level
        kept[k, c.CALM_SINCE_S] = calm_since_s
        if level != was:
            count = _write_down(kept[k], was, events, count)
        if level == 0.0:
            kept[k, c.ZONE] = -1.0
    for j in range(c.ALERTS_MOST):
        if found[j, c.ZONE] >= 0.0 and found[j, c.LEVEL] > 0.0:
            count = _raise(found[j], kept, events, count)
    return count


@compiled
def _raise(alert: np.ndarray, kept: np.ndarray, events: np.ndarray, count: int) -> int:
    """Keep a new alert, if need be instead of the least urgent one."""
    place = -1
    for k in range(c.ALERTS_MOST):
        if kept[k, c.ZONE] < 0.0:
            place = k
            break
        if place < 0 or is_less_urgent(kept[k], kept[place]):
            place = k
    if kept[place, c.ZONE] >= 0.0:
        if not is_less_urgent(kept[place], alert):
            return count
        was, kept[place, c.LEVEL] = kept[place, c.LEVEL], 0.0
        count = _write_down(kept[place], was, events, count)
    for column in range(c.KEPT):
        kept[place, column] = alert[column]
    kept[place, c.CALM_SINCE_S] = math.nan
    return _write_down(kept[place], 0.0, events, count)


@compiled
def _write_down(alert: np.ndarray, was: float, events: np.ndarray, count: int) -> int:
    events[count, c.EVENT_WAS] = was
    for column in range(c.KEPT):
        events[count, c.EVENT_ALERT + column] = alert[column]
    return count + 1
