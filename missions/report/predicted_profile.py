"""A prediction as the report draws it."""

from missions.report.flight_profile import FlightProfile
from missions.vehicle.prediction import FlightPrediction


def predicted_profile(prediction: FlightPrediction) -> FlightProfile:
    """Give when each item is done and what is used by then; home's share counts to the first item."""
    ends: dict[int, tuple[float, float]] = {}
    used_wh = 0.0
    for leg in prediction.legs:
        used_wh += leg.energy_wh
        if leg.item_seq > 0:
            ends[leg.item_seq] = leg.end_s, used_wh
    seqs = sorted(ends, key=lambda seq: ends[seq][0])
    battery = prediction.profile.battery
    return FlightProfile(
        tuple(seqs),
        tuple(ends[seq][0] for seq in seqs),
        tuple(ends[seq][1] for seq in seqs),
        battery_wh=battery.usable_wh,
        reserve_wh=battery.usable_wh * battery.reserve_share,
    )
