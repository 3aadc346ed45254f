"""Random plans against a slow judge that flies them and looks at points in space and time.

The judge knows areas, bands, intervals and heights as they were drawn, not as zones.
"""

import itertools
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from shapely import Polygon

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.applicability import DAY_S, Applicability, DailyPeriod, DayTime, Period, Weekday
from geofence.circle import Circle
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.terrain import GridTerrain
from geofence.zone import Volume, Zone, ZoneKind, circle_volume
from geofence.zone_set import ZoneSet
from missions.plan.check import check_plan
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan
from missions.plan.return_check import ReturnDemand
from missions.ways.copter_motion import LAND_SLOWLY_M, CopterMotion

PLANS, BATCHES = 1_000, 10
STEP_M = 4.0
NEAR_M = 0.05
"""Planes of judge and verification differ by millimetres, circles and their polygons by 5 cm."""
NEAR_ALT_M = 0.01
T0_UTC_S = 1_790_000_000.0
FRAME = LocalFrame(LatLon(36.0925, 103.7080))
MOTION = CopterMotion()
GROUND_CLEARANCE_M = 5.0
_RETURN_ALT_M = 15.0


@dataclass
class DrawnVolume:
    shape: Polygon
    floor: tuple[float, AltitudeDatum] | None
    ceiling: tuple[float, AltitudeDatum] | None


@dataclass
class DrawnZone:
    kind: ZoneKind
    volumes: list[DrawnVolume]
    intervals: list[tuple[float, float]] | None
    """None: always."""


@dataclass
class World:
    zones: list[DrawnZone]
    terrain: GridTerrain | None
    home_alt_amsl_m: float
    departure_utc_s: tuple[float, float] | None
    margin_m: float
    follows_terrain: bool = False
    items: list[tuple[float, float, float, Frame, Command, float]] = field(default_factory=list)


@dataclass
class Flight:
    """Samples of one flight."""

    xy_m: np.ndarray
    alts_rel_m: np.ndarray
    utc_s: np.ndarray
    is_vertical: np.ndarray


# ---------------------------------------------------------------- drawing


def draw_terrain(rng):
    rows = columns = 24
    y, x = np.mgrid[0:rows, 0:columns]
    nodes = 1520.0 + sum(
        rng.uniform(2.0, 10.0)
        * np.sin(rng.uniform(0.2, 0.6) * x + rng.uniform(0.2, 0.6) * y + rng.uniform(0.0, 6.0))
        for _ in range(3)
    )
    north_deg, west_deg = FRAME.position(-600.0, 600.0).lat_deg, FRAME.position(-600.0, 600.0).lon_deg
    return GridTerrain(
        nodes, north_deg=north_deg, west_deg=west_deg, lat_step_deg=0.0005, lon_step_deg=0.0006
    )


def draw_limit(rng, rel_m, home_alt_amsl_m):
    datum = rng.choice([AltitudeDatum.AGL, AltitudeDatum.REL, AltitudeDatum.AMSL], p=[0.5, 0.25, 0.25])
    return (
        round(rel_m) + (round(home_alt_amsl_m) if datum is AltitudeDatum.AMSL else 0.0),
        AltitudeDatum(datum),
    )


def draw_ground(rng):
    x_m, y_m = rng.uniform(-500.0, 500.0, 2)
    shape = shapely.box(-480.0, -480.0, 480.0, 480.0) - shapely.Point(x_m, y_m).buffer(
        rng.uniform(20.0, 200.0)
    )
    return max(shapely.get_parts(shape), key=lambda part: part.area)


def draw_polygon(rng, x_m, y_m):
    count = int(rng.integers(3, 8))
    turns = np.sort(rng.uniform(0.0, 2.0 * np.pi, count))
    radii = rng.uniform(15.0, 110.0, count)
    shape = Polygon(np.column_stack((x_m + radii * np.cos(turns), y_m + radii * np.sin(turns))))
    return shape if shape.is_valid and shape.area > 50.0 else shapely.box(x_m, y_m, x_m + 40.0, y_m + 40.0)


def draw_zone(rng, number, kind, spot, home_alt_amsl_m):
    """Draw a zone about a place and an altitude; a post where there is none."""
    x_m, y_m, alt_m = spot
    is_post = math.isnan(alt_m)
    is_round = is_post or (kind is ZoneKind.EXCLUSION and rng.random() < 0.4)
    drawn, volumes = [], []
    for _ in range(1 if is_round or rng.random() < 0.7 else 2):
        floor = ceiling = None
        if kind is ZoneKind.INCLUSION:
            shape = draw_ground(rng)
            if rng.random() < 0.7:
                ceiling = draw_limit(rng, alt_m + rng.uniform(-10.0, 50.0), home_alt_amsl_m)
        else:
            radius_m = rng.uniform(0.4, 0.8) if is_post else rng.uniform(6.0, 70.0)
            shape = (
                shapely.Point(x_m, y_m).buffer(radius_m, quad_segs=64)
                if is_round
                else draw_polygon(rng, *(np.array((x_m, y_m)) + rng.uniform(-30.0, 30.0, 2)))
            )
            if not is_post and rng.random() < 0.4:
                floor = draw_limit(rng, alt_m + rng.uniform(-10.0, 50.0), home_alt_amsl_m)
            elif not is_post and rng.random() < 0.6:
                ceiling = draw_limit(rng, alt_m + rng.uniform(-50.0, 10.0), home_alt_amsl_m)
        drawn.append(DrawnVolume(shape, floor, ceiling))
        band = AltitudeBand(
            None if floor is None else floor[0],
            None if ceiling is None else ceiling[0],
            AltitudeDatum.AGL if floor is None else floor[1],
            None if ceiling is None else ceiling[1],
        )
        if is_round:
            volumes.append(circle_volume(Circle(FRAME.position(x_m, y_m), radius_m), kind, band))
        else:
            volumes.append(Volume(FRAME.unproject(shape), band))
    intervals, applicability = (None, Applicability()) if is_post else draw_times(rng)
    zone = Zone(str(number), str(number), kind, tuple(volumes), applicability)
    return DrawnZone(kind, drawn, intervals), zone


def draw_times(rng):
    dice = rng.random()
    if dice < 0.4:
        return None, Applicability()
    if dice < 0.8:
        starts = T0_UTC_S + np.sort(rng.integers(-600, 1_500, int(rng.integers(1, 3)))).astype(float)
        spans = [(start_s, start_s + float(rng.integers(60, 1_500))) for start_s in starts]
        periods = tuple(
            Period(datetime.fromtimestamp(start_s, UTC), datetime.fromtimestamp(end_s, UTC))
            for start_s, end_s in spans
        )
        return spans, Applicability(periods)
    midnight_s = T0_UTC_S - T0_UTC_S % DAY_S
    start_s = (T0_UTC_S - midnight_s + float(rng.integers(-900, 900))) % DAY_S
    length_s = float(rng.integers(120, 2_000))
    daily = DailyPeriod(frozenset(Weekday), DayTime(start_s), DayTime((start_s + length_s) % DAY_S))
    spans = [
        (midnight_s + day * DAY_S + start_s, midnight_s + day * DAY_S + start_s + length_s)
        for day in (-1, 0, 1)
    ]
    return spans, Applicability((Period(daily=(daily,)),))


def draw(rng):
    terrain = draw_terrain(rng) if rng.random() < 0.5 else None
    home_alt_amsl_m = 1520.0
    if terrain is not None:
        home_alt_amsl_m = float(terrain.ground_alt_amsl_m(FRAME.origin.lat_deg, FRAME.origin.lon_deg)[0])
    early_s = T0_UTC_S + float(rng.integers(0, 300))
    departure = (early_s, early_s + float(rng.integers(0, 300))) if rng.random() < 0.85 else None
    world = World([], terrain, home_alt_amsl_m, departure, float(rng.choice([0.5, 2.0, 5.0])))
    alt_m = float(rng.integers(25, 100))
    for _ in range(int(rng.integers(1, 5))):
        if rng.random() < 0.3:
            alt_m = float(rng.integers(25, 105))
        frame = Frame(int(rng.choice([Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL], p=[0.75, 0.25])))
        command, radius_m = Command.NAV_WAYPOINT, 0.0
        if rng.random() < 0.12:
            command, radius_m = Command.NAV_LOITER_TURNS, float(rng.integers(8, 60))
        world.items.append((*rng.uniform(-300.0, 300.0, 2), alt_m, frame, command, radius_m))
    plan = plan_of(world, alt_m=float(rng.integers(20, 80)))
    pairs = []
    if rng.random() < 0.5:
        pairs.append(draw_zone(rng, 0, ZoneKind.INCLUSION, (0.0, 0.0, alt_m), home_alt_amsl_m))
    spots = [on_the_way(rng, corners_of(world, plan)) for _ in range(int(rng.integers(0, 3)))]
    if len(world.items) > 1 and rng.random() < 0.3:
        spots.append(beside_a_corner(rng, world))
    for number, spot in enumerate(spots, start=1):
        pairs.append(draw_zone(rng, number, ZoneKind.EXCLUSION, spot, home_alt_amsl_m))
    world.zones += [drawn for drawn, _ in pairs]
    return world, ZoneSet(zone for _, zone in pairs), plan


def on_the_way(rng, corners):
    """Choose a place on some leg, or beside it."""
    first = int(rng.integers(2, len(corners) - 3))
    start, end = np.array(corners[first][:3]), np.array(corners[first + 1][:3])
    x_m, y_m, alt_m = start + rng.random() * (end - start)
    return x_m + rng.normal(0.0, 40.0), y_m + rng.normal(0.0, 40.0), alt_m


def beside_a_corner(rng, world):
    """Choose a place on the inside of a turn, some metres off, for a post."""
    first = int(rng.integers(0, len(world.items) - 1))
    before = np.array(world.items[first - 1][:2] if first else (0.0, 0.0))
    here, after = np.array(world.items[first][:2]), np.array(world.items[first + 1][:2])
    inward = (before - here) / np.hypot(*(before - here)) + (after - here) / np.hypot(*(after - here))
    x_m, y_m = here + inward / max(np.hypot(*inward), 1e-6) * rng.uniform(1.5, 4.5)
    return x_m, y_m, math.nan


def plan_of(world, *, alt_m):
    items = [MissionItem(1, Command.NAV_TAKEOFF, alt_m=alt_m)]
    for x_m, y_m, rel_m, frame, command, radius_m in world.items:
        written_m = rel_m + (world.home_alt_amsl_m if frame is Frame.GLOBAL else 0.0)
        params = (1.0, 0.0, radius_m, 0.0) if command is Command.NAV_LOITER_TURNS else (0.0, 0.0, 0.0, 0.0)
        items.append(MissionItem(len(items) + 1, command, frame, FRAME.position(x_m, y_m), written_m, params))
    items.append(MissionItem(len(items) + 1, Command.NAV_RETURN_TO_LAUNCH, Frame.MISSION))
    return Plan(
        "random", FRAME.origin, tuple(items), home_alt_amsl_m=world.home_alt_amsl_m, margin_m=world.margin_m
    )


# ---------------------------------------------------------------- flying


def corners_of(world, plan):
    """Where it flies, as corners (x, y, alt) with whether the stretch to each is straight up or down."""
    corners = [(0.0, 0.0, 0.0, True), (0.0, 0.0, plan.items[0].alt_m, True)]
    for x_m, y_m, alt_m, _, command, radius_m in world.items:
        if command is Command.NAV_LOITER_TURNS:
            here = np.array(corners[-1][:2])
            away = here - (x_m, y_m)
            azimuth = math.atan2(away[1], away[0])
            turns = azimuth + np.linspace(0.0, -2.0 * np.pi, 73)
            xs_m, ys_m = x_m + radius_m * np.cos(turns), y_m + radius_m * np.sin(turns)
            corners += [(x, y, alt_m, False) for x, y in zip(xs_m, ys_m, strict=True)]
        else:
            corners.append((x_m, y_m, alt_m, False))
    x_m, y_m, alt_m, _ = corners[-1]
    return_m = max(alt_m, min(_RETURN_ALT_M, max(3.0 * math.hypot(x_m, y_m), 2.0)))
    corners += [(x_m, y_m, return_m, True), (0.0, 0.0, return_m, False)]
    return [*corners, (0.0, 0.0, min(return_m, LAND_SLOWLY_M), True), (0.0, 0.0, 0.0, True)]


def fly(corners, departure_s, share, pause_s):
    """Sample a flight at a share of the nominal speeds, with a pause at each corner."""
    now_s = departure_s + 3.0 * pause_s
    parts = []
    for start, end in itertools.pairwise(corners):
        a, b = np.array(start[:3]), np.array(end[:3])
        length_m, climb_m = float(np.hypot(*(b - a)[:2])), float(b[2] - a[2])
        if length_m == 0.0 and climb_m == 0.0:
            continue
        up_m_s = MOTION.climb_m_s if climb_m > 0.0 else MOTION.descent_m_s
        if length_m == 0.0 and b[2] == 0.0 and share < 1.0:
            up_m_s = MOTION.landing_m_s
        lasts_s = (
            max(length_m / MOTION.speed_m_s, abs(climb_m) / up_m_s)
            if share > 1.0
            else length_m / MOTION.speed_m_s + abs(climb_m) / up_m_s
        ) / share
        count = 2 + math.ceil(max(length_m, abs(climb_m)) / STEP_M)
        fractions = np.arange(count) / (count - 1)
        points = a + fractions[:, None] * (b - a)
        is_chord = 0.0 < length_m < 10.0 and not end[3]
        parts.append((points, now_s + fractions * lasts_s, np.full(count, length_m == 0.0)))
        is_landing = length_m == 0.0 and climb_m < 0.0
        now_s += lasts_s + (0.0 if is_chord or is_landing else pause_s)
    points = np.concatenate([part[0] for part in parts])
    return Flight(
        points[:, :2],
        points[:, 2],
        np.concatenate([part[1] for part in parts]),
        np.concatenate([part[2] for part in parts]),
    )


def cut_corners(world, corners):
    """Cut the waypoints' corners by as much as the waypoint radius, where legs are long enough."""
    cut = [corners[0], corners[1]]
    for before, here, after in zip(corners[1:-3], corners[2:-2], corners[3:-1], strict=True):
        a, b, c = (np.array(corner[:3]) for corner in (before, here, after))
        back, ahead = a - b, c - b
        back_m, ahead_m = np.hypot(*back[:2]), np.hypot(*ahead[:2])
        # Before a circle it stops.
        ways = [item[:2] for item in world.items if item[4] is Command.NAV_WAYPOINT]
        is_way = here[:2] in ways and after[:2] in ways
        if not is_way or min(back_m, ahead_m) < 30.0:
            cut.append(here)
            continue
        cosine = float(back[:2] @ ahead[:2] / (back_m * ahead_m))
        turned = math.sqrt(max(0.0, 0.5 * (1.0 + cosine)))
        reach_m = min(0.4 * min(back_m, ahead_m), 2.0 * MOTION.waypoint_radius_m / max(turned, 1e-3))
        for share in np.linspace(0.0, 1.0, 9):
            point = b + (1 - share) ** 2 * reach_m * back / back_m + share**2 * reach_m * ahead / ahead_m
            cut.append((*point, False))
    return [*cut, *corners[-2:]]


# ---------------------------------------------------------------- judging


def ground_rel_m(world, flight):
    if world.terrain is None:
        return np.zeros(len(flight.xy_m))
    places = FRAME.latlon_deg(flight.xy_m)
    return world.terrain.ground_alt_amsl_m(places[:, 0], places[:, 1]) - world.home_alt_amsl_m


def limit_rel_m(world, limit, unbounded_m, ground_m):
    if limit is None:
        return np.full(len(ground_m), unbounded_m)
    limit_m, datum = limit
    if datum is AltitudeDatum.AGL:
        return limit_m + ground_m
    return np.full(len(ground_m), limit_m - (world.home_alt_amsl_m if datum is AltitudeDatum.AMSL else 0.0))


def holds(world, zone, utc_s):
    if zone.intervals is None:
        return np.ones(len(utc_s), dtype=bool)
    if world.departure_utc_s is None:
        return np.full(len(utc_s), zone.kind is not ZoneKind.INCLUSION)
    held = np.zeros(len(utc_s), dtype=bool)
    for start_s, end_s in zone.intervals:
        held |= (start_s + 0.01 <= utc_s) & (utc_s <= end_s - 0.01)
    return held


def faults(world, flight, *, keep_m, slack_m, rules_of_altitude):
    """Say for each sample whether it is surely illegal (slack_m > 0), or at least nearly (slack_m < 0)."""
    ground_m = ground_rel_m(world, flight)
    slack_alt_m = math.copysign(NEAR_ALT_M, slack_m)
    is_bad = np.zeros(len(flight.xy_m), dtype=bool)
    inclusions = [zone for zone in world.zones if zone.kind is ZoneKind.INCLUSION]
    for zone in world.zones:
        if zone.kind is ZoneKind.INCLUSION:
            continue
        held = holds(world, zone, flight.utc_s)
        for volume in zone.volumes:
            floors_m = limit_rel_m(world, volume.floor, -math.inf, ground_m)
            ceilings_m = limit_rel_m(world, volume.ceiling, math.inf, ground_m)
            in_band = (flight.alts_rel_m >= floors_m + slack_alt_m) & (
                flight.alts_rel_m <= ceilings_m - slack_alt_m
            )
            near = volume.shape.buffer(keep_m - slack_m)
            is_bad |= held & in_band & shapely.contains_xy(near, flight.xy_m)
    if inclusions:
        allowed = np.zeros(len(flight.xy_m), dtype=bool)
        for zone in inclusions:
            held = holds(world, zone, flight.utc_s)
            for volume in zone.volumes:
                ceilings_m = limit_rel_m(world, volume.ceiling, math.inf, ground_m)
                low = flight.alts_rel_m <= ceilings_m + slack_alt_m
                # Parts of one zone overlap here: only the edge of their union counts for the margin.
                allowed |= held & low & shapely.contains_xy(volume.shape.buffer(slack_m), flight.xy_m)
        is_bad |= ~allowed
    if rules_of_altitude:
        is_bad |= flight.alts_rel_m - ground_m > 120.0 + slack_alt_m
        if world.terrain is not None:
            is_bad |= ~flight.is_vertical & (flight.alts_rel_m - ground_m < GROUND_CLEARANCE_M - slack_alt_m)
    return is_bad


def flights(rng, corners, world):
    early_s, late_s = world.departure_utc_s or (T0_UTC_S, T0_UTC_S)
    yield fly(corners, early_s, MOTION.fastest - 1e-6, 0.0)
    yield fly(corners, late_s, MOTION.slowest + 1e-6, MOTION.pause_s - 1e-3)
    yield fly(
        corners,
        rng.uniform(early_s, late_s),
        rng.uniform(MOTION.slowest, 1.0),
        rng.uniform(0.0, MOTION.pause_s),
    )


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_illegal_plan_passes(batch):
    legal = confirmed = refused = 0
    for number in range(batch * PLANS // BATCHES, (batch + 1) * PLANS // BATCHES):
        rng = np.random.default_rng(number)
        world, zones, plan = draw(rng)
        verified = check_plan(
            plan,
            zones,
            departure_utc_s=world.departure_utc_s,
            terrain=world.terrain,
            returns=ReturnDemand.IGNORE,
        )
        corners = corners_of(world, plan)
        if verified.is_legal:
            legal += 1
            for flight in flights(rng, corners, world):
                bad = faults(world, flight, keep_m=world.margin_m, slack_m=NEAR_M, rules_of_altitude=True)
                assert not bad.any(), (
                    number,
                    flight.xy_m[bad][0],
                    flight.alts_rel_m[bad][0],
                    flight.utc_s[bad][0],
                )
            for flight in flights(rng, cut_corners(world, corners), world):
                bad = faults(world, flight, keep_m=0.0, slack_m=NEAR_M, rules_of_altitude=False)
                assert not bad.any(), (number, "cut", flight.xy_m[bad][0], flight.alts_rel_m[bad][0])
        else:
            refused += 1
            confirmed += any(
                faults(world, flight, keep_m=world.margin_m, slack_m=-NEAR_M, rules_of_altitude=True).any()
                for flight in flights(rng, corners, world)
            )
    assert legal > 0.15 * PLANS / BATCHES
    # The rest is refused for what no single flight shows: two times at one place, a corner that is cut.
    assert confirmed > 0.85 * refused
