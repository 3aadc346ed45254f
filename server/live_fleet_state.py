"""What the service itself knows of a schedule's drones."""

from dataclasses import replace

from missions.fleet.fleet_replan import ReportedDrone, ReportedFleet
from server.errors import InvalidError
from server.schedule_store import StoredSchedule
from server.station import Station


def with_live_drones(
    told: ReportedFleet, stored: StoredSchedule, station: Station, lost: tuple[str, ...]
) -> ReportedFleet:
    """Add the drones that nothing is told of: those seen flying a plan of the schedule where they are, all others on their pads.

    Raises
    ------
    InvalidError
        A flying drone's place or battery is not known.
    """
    station.fleet.observe()
    known = {drone.drone_id for drone in told.drones} | set(lost)
    flown_by = {flight.plan_id: flight.drone_id for flight in station.flights.all() if flight.ended_s is None}
    flying = {
        made.flight.drone_id: flown_by[plan_id]
        for made, plan_id in zip(stored.patrol.flights, stored.plan_ids, strict=True)
        if plan_id in flown_by
    }
    seen = [
        _seen(drone.drone_id, flying.get(drone.drone_id), station)
        for drone in stored.patrol.station.drones
        if drone.drone_id not in known
    ]
    return replace(told, drones=(*told.drones, *seen))


def _seen(drone_id: str, live_id: str | None, station: Station) -> ReportedDrone:
    if live_id is None:
        return ReportedDrone(drone_id)
    state = station.fleet.drone(live_id).state
    if not state.is_armed:
        return ReportedDrone(drone_id)
    if state.position is None or state.alt_rel_m is None or state.battery_pct is None:
        raise InvalidError(
            f"drone {live_id} flies for {drone_id}, and its place or battery is not known",
            remedy="Give its state among the drones of the request",
        )
    return ReportedDrone(
        drone_id, state.position, state.alt_rel_m, min(1.0, max(0.0, state.battery_pct / 100.0))
    )
