"""Predictions as documents."""

from typing import TypedDict

from missions.vehicle.prediction import FlightPrediction


class PredictionDocument(TypedDict):
    """What a flight is expected to take; shares are of what is usable in the battery."""

    vehicle: str
    duration_s: float
    energy_wh: float
    battery_share: float
    reserve_share: float
    keeps_reserve: bool


def prediction_document(prediction: FlightPrediction) -> PredictionDocument:
    """Give a prediction as JSON shows it."""
    battery = prediction.profile.battery
    return {
        "vehicle": prediction.profile.name,
        "duration_s": round(prediction.duration_s, 1),
        "energy_wh": round(prediction.energy_wh, 2),
        "battery_share": round(prediction.energy_wh / battery.usable_wh, 4),
        "reserve_share": battery.reserve_share,
        "keeps_reserve": prediction.keeps_reserve,
    }


def prediction_words(prediction: FlightPrediction) -> str:
    """Say time, energy and what is left."""
    battery = prediction.profile.battery
    kept = "keeps" if prediction.keeps_reserve else "BREAKS"
    left = max(0.0, prediction.state_of_charge)
    return (
        f"about {prediction.duration_s / 60.0:.0f} min, {prediction.energy_wh:.0f} Wh by {prediction.profile.name}, "
        f"{100.0 * left:.0f} % left, {kept} the reserve of {100.0 * battery.reserve_share:.0f} %"
    )
