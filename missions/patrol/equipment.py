"""What a patrol's flights do besides flying their routes: follow the ground, take pictures, obey orders."""

from collections.abc import Sequence

from geofence.local_frame import LocalFrame
from geofence.zone_set import ZoneSet
from missions.patrol.request import PatrolRequest
from missions.payload.bound_actions import with_pictures
from missions.payload.payload import Payload
from missions.payload.payload_orders import with_orders
from missions.plan.plan import STROKES
from missions.plan.route_items import rounded
from missions.plan.waypoint import Waypoint
from missions.terrain.follow_terrain import follow_terrain
from missions.terrain.terrain_frame import in_terrain_frame

Flight = tuple[Waypoint, ...]


def equipped(
    flights: Sequence[Flight], request: PatrolRequest, zones: ZoneSet, frame: LocalFrame
) -> tuple[Flight, ...]:
    """Give flights, one a drone, their altitudes above ground, pictures and actions.

    Raises
    ------
    MissionError
        The ground is not known or not to be followed, or an order cannot be carried out.
    GeofenceError
        An order names a zone that there is not.
    """
    payload = Payload() if request.orders is None else request.orders.payload
    done = tuple(
        over_ground(flight, request, zones, frame, step_m=number * request.alt_step_m)
        for number, flight in enumerate(flights)
    )
    if request.pictures is not None:
        distance_m = request.pictures.trigger_distance_m
        turns_m = request.unpictured_turns_m
        done = tuple(
            with_pictures(flight, distance_m, payload, kinds=STROKES, turns_at_most_m=turns_m)
            for flight in done
        )
    return done if request.orders is None else with_orders(done, request.orders, zones, frame)


def over_ground(
    flight: Flight, request: PatrolRequest, zones: ZoneSet, frame: LocalFrame, *, step_m: float
) -> Flight:
    """Let a flight keep the height above ground that is asked for, and more by a step.

    Raises
    ------
    MissionError
    """
    height = request.height_agl(step_m)
    if height is None or request.following is None or request.terrain is None:
        return flight
    home, home_alt_amsl_m = rounded(request.home), request.home_alt_amsl_m
    if request.following.is_on_board:
        return in_terrain_frame(flight, request.terrain, frame, home, height, home_alt_amsl_m=home_alt_amsl_m)
    return follow_terrain(
        flight, request.terrain, frame, home, height, home_alt_amsl_m=home_alt_amsl_m, zones=zones
    )
