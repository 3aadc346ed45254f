"""A pattern in several pieces of legal space, flown one after the other."""

import itertools
from collections.abc import Callable, Sequence

import shapely
from shapely import MultiPolygon

from geofence.verification.finding import Finding, FindingCode, Severity
from missions.patterns.flights import PatternFlights
from missions.patterns.space import PatternSpace
from missions.refusal import MissionError
from missions.transit import polygons_of

PlanPiece = Callable[[MultiPolygon], PatternFlights]
"""Plans what is to be seen from one piece."""


def joined_flights(
    target: MultiPolygon, pieces: Sequence[tuple[PatternSpace, PlanPiece]], *, reach_m: float
) -> PatternFlights:
    """Plan each piece, and fly them in their order; the straight ways between them are not legal yet.

    Parameters
    ----------
    target : MultiPolygon
        What is to be seen in all pieces together; what none of them sees is counted to the first.
    pieces : sequence of (PatternSpace, callable)
    reach_m : float
        How far from where it is flown something is seen.

    Raises
    ------
    MissionError
        No piece can be planned: the reason of the first.
    """
    planned: list[tuple[PatternFlights, float]] = []
    findings: list[Finding] = []
    refusals: list[MissionError] = []
    for (space, plan), wanted in zip(pieces, _shares(target, pieces, reach_m), strict=True):
        if wanted.is_empty:
            continue
        try:
            planned.append((plan(wanted), wanted.area))
        except MissionError as refusal:
            refusals.append(refusal)
            place = wanted.representative_point()
            position = space.frame.position(float(place.x), float(place.y))
            what = f"{wanted.area:.0f} m2 around {position} stay unseen: {refusal}"
            about = f"Zone {space.zone_id}: {what}" if space.zone_id else what
            findings.append(
                Finding(
                    Severity.ADVICE, FindingCode.NOT_COVERED, about, zone_id=space.zone_id, position=position
                )
            )
            planned.append((PatternFlights(()), wanted.area))
    if len(refusals) == len(pieces):
        raise refusals[0]
    drones = max(len(part.flights) for part, _ in planned)
    flights = []
    for drone in range(drones):
        of_drone = [part.flights[drone] for part, _ in planned if drone < len(part.flights)]
        # Each begins and ends at the pad.
        inner = itertools.chain.from_iterable(flight[1:-1] for flight in of_drone)
        flights.append((of_drone[0][0], *inner, of_drone[-1][-1]))
    seen_m2 = sum((part.coverage or 0.0) * area_m2 for part, area_m2 in planned)
    told = itertools.chain.from_iterable(part.findings for part, _ in planned)
    return PatternFlights(tuple(flights), (*told, *findings), coverage=seen_m2 / target.area)


def _shares(
    target: MultiPolygon, pieces: Sequence[tuple[PatternSpace, PlanPiece]], reach_m: float
) -> list[MultiPolygon]:
    rest = target
    shares: list[MultiPolygon] = []
    for space, _ in pieces[1:]:
        seen = shapely.buffer(space.transit.area, reach_m)
        shares.append(MultiPolygon(polygons_of(shapely.intersection(rest, seen))))
        rest = MultiPolygon(polygons_of(shapely.difference(rest, seen)))
    return [rest, *shares]
