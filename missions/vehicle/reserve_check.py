"""Whether a flight lands before its battery's reserve is touched."""

from geofence.verification.finding import Finding, FindingCode, Severity
from missions.vehicle.prediction import FlightPrediction


def reserve_findings(prediction: FlightPrediction, *, is_assumed: bool = False) -> tuple[Finding, ...]:
    """Say where the reserve is touched; nothing where it is kept.

    Parameters
    ----------
    prediction : FlightPrediction
    is_assumed : bool
        The vehicle was not named: it is advised against, not forbidden.
    """
    leg, when_s = prediction.reserve_broken_by, prediction.reserve_broken_s
    if leg is None or when_s is None:
        return ()
    profile = prediction.profile
    assumed = ", which is assumed as no vehicle is named," if is_assumed else ""
    left = f"{100.0 * prediction.state_of_charge:.0f} % would be left of the battery on landing"
    if prediction.state_of_charge < 0.0:
        missing_wh = prediction.energy_wh - profile.battery.usable_wh
        left = f"the battery would be empty {missing_wh:.0f} Wh before the landing"
    return (
        Finding(
            Severity.ADVICE if is_assumed else Severity.VIOLATION,
            FindingCode.RESERVE,
            f"The flight touches the reserve of {100.0 * profile.battery.reserve_share:.0f} % of {profile.name}"
            f"{assumed} after {when_s / 60.0:.0f} min of {prediction.duration_s / 60.0:.0f} min; {left}",
            "Split it by battery, share it among more drones, or fly less at once",
            item_seq=leg.item_seq,
            from_seq=leg.from_seq,
            position=leg.position,
        ),
    )
