"""Plans for tests of files."""

from hypothesis import strategies as st

from geofence.latlon import LatLon
from geofence.verification.return_policy import RallyPoint, ReturnMode, ReturnPolicy
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan, Route, RouteKind

numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda v: round(v, 3))
altitudes_m = st.floats(0.5, 500.0).map(lambda v: round(v, 2))
positions = st.builds(lambda a, b: LatLon(round(a, 7), round(b, 7)), st.floats(-89, 89), st.floats(1, 179))
names = st.text(st.characters(codec="utf-8"), max_size=20)

items = st.builds(
    MissionItem,
    st.just(0),
    st.integers(0, 65_535).filter(lambda command: command != Command.DO_JUMP),
    st.sampled_from(Frame),
    st.none() | positions,
    numbers,
    st.tuples(numbers, numbers, numbers, numbers),
    st.booleans(),
)
routes = st.builds(
    lambda kind, run, length_m: Route(kind, tuple(p for p, _ in run), tuple(a for _, a in run), length_m),
    st.sampled_from(RouteKind),
    st.lists(st.tuples(positions, altitudes_m), min_size=2, max_size=4),
    st.floats(0.0, 1e5),
)
returns = st.builds(
    ReturnPolicy,
    st.sampled_from(ReturnMode),
    altitudes_m,
    st.lists(st.builds(RallyPoint, positions, altitudes_m), max_size=2).map(tuple),
)


@st.composite
def plans(draw):
    """Any plan: all of it comes back from the formats that carry our own words."""
    row = draw(st.lists(items, min_size=1, max_size=6))
    return Plan(
        draw(names),
        draw(positions),
        tuple(
            MissionItem(seq, i.command, i.frame, i.position, i.alt_m, i.params, i.autocontinue)
            for seq, i in enumerate(row, start=1)
        ),
        tuple(draw(st.lists(routes, max_size=2))),
        home_alt_amsl_m=draw(st.none() | numbers),
        speed_m_s=draw(st.none() | st.floats(0.1, 30)),
        margin_m=draw(st.none() | st.floats(0.0, 30)),
        pattern=draw(st.sampled_from(["", "area", "corridor"])),
        zone_id=draw(names),
        swath_m=draw(st.none() | st.floats(1.0, 90)),
        coverage=draw(st.none() | st.floats(0.0, 1.0)),
        returns=draw(st.none() | returns),
        max_wind_m_s=draw(st.none() | st.floats(0.0, 20.0)),
    )


@st.composite
def waylines(draw):
    """Plans that WPML can say whole, but for their names."""
    speed_m_s = draw(st.floats(1.0, 15.0).map(lambda v: round(v, 2)))
    row = [MissionItem(0, Command.NAV_TAKEOFF, alt_m=draw(altitudes_m.filter(lambda alt_m: alt_m > 2.0)))]
    row.append(speed_item(speed_m_s))
    places = draw(st.lists(st.tuples(positions, st.integers(0, 60)), min_size=1, max_size=5))
    for position, hold_s in places:
        alt_m = min(draw(altitudes_m), row[0].alt_m) if len(row) == 2 else draw(altitudes_m)
        hold = (float(hold_s), 0.0, 0.0, 0.0)
        row.append(MissionItem(0, Command.NAV_WAYPOINT, position=position, alt_m=alt_m, params=hold))
        row += draw(st.lists(st.sampled_from(ORDERS), max_size=2))
    row.append(draw(st.sampled_from(ENDS)))
    return Plan(
        "x",
        draw(positions),
        tuple(
            MissionItem(seq, i.command, i.frame, i.position, i.alt_m, i.params)
            for seq, i in enumerate(row, start=1)
        ),
        speed_m_s=speed_m_s,
    )


def order(command, *params):
    return MissionItem(0, command, Frame.MISSION, params=(*params, *(0.0,) * (4 - len(params))))


def speed_item(speed_m_s):
    return order(Command.DO_CHANGE_SPEED, 1.0, speed_m_s, -1.0)


ORDERS = (
    order(2000, 0.0, 0.0, 1.0),
    order(2500),
    order(2501),
    order(205, -45.0),
    order(Command.CONDITION_YAW, 270.0, 0.0, 1.0),
    order(Command.CONDITION_YAW, 90.0, 0.0, -1.0),
)
ENDS = (MissionItem(0, Command.NAV_RETURN_TO_LAUNCH, Frame.MISSION), MissionItem(0, Command.NAV_LAND))
TAKE_OFF = MissionItem(0, Command.NAV_TAKEOFF, alt_m=50.0)
GO = MissionItem(0, Command.NAV_WAYPOINT, position=LatLon(36.09, 103.7), alt_m=50.0)
