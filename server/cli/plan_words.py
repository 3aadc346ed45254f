"""What `feiying plan` tells besides its plans and findings."""

from collections import Counter
from collections.abc import Mapping, Sequence

from geofence.verification.finding import FindingCode, Severity
from missions.patrol.flight_planner import PatrolFlight
from missions.plan.plan import Plan
from server.cli.console import say


def tell_of_split(flights: Sequence[PatrolFlight]) -> None:
    """Say which drones' flights were cut to fit their batteries."""
    drones = flights[-1].drone
    for drone, count in Counter(flight.drone for flight in flights).items():
        if count > 1:
            who = f"what drone {drone} flies" if drones > 1 else "the patrol"
            say(
                f"One battery of {flights[0].prediction.profile.name} is not enough for {who}: "
                f"it is split into {count} flights, with a full battery each.",
                "yellow",
            )


def tell_parameters(parameters: Mapping[str, float]) -> None:
    """Say what must be set on board."""
    if parameters:
        listed = ", ".join(f"{name} {value:g}" for name, value in parameters.items())
        say(f"The vehicle needs these parameters: {listed}.", "yellow")


def violation_words(plans: Sequence[Plan]) -> str:
    """Say what plans that are not legal break."""
    codes = {
        finding.code for made in plans for finding in made.findings if finding.severity is Severity.VIOLATION
    }
    if codes == {FindingCode.RESERVE}:
        return "breaks the reserve of its battery"
    return "violates its zones" + (" and breaks the reserve" if FindingCode.RESERVE in codes else "")
