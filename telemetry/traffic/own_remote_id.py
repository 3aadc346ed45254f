"""What our own drones' remote ID is told of whoever flies them (https://mavlink.io/en/services/opendroneid.html)."""

import math
from dataclasses import dataclass
from typing import Never

from geofence.latlon import LatLon
from telemetry.links.address import Address
from telemetry.protocol.machine import Machine
from telemetry.protocol.mission_item_wire import degrees_e7
from telemetry.refusal import TelemetryError
from telemetry.wire.message import Message

FULL_S, UPDATE_S = 3.0, 1.0
"""ArduPilot forbids arming when it has heard nothing of the operator for some seconds."""
EPOCH_UNIX_S = 1_546_300_800
"""2019-01-01, from which remote ID counts."""

_ID_LENGTH = 20
_NO_ALTITUDE_M = -1000.0
_LIVE_LOCATION = 1
_NO_COUNT = 1


@dataclass(frozen=True, slots=True)
class Operator:
    """Who flies, and from where; `alt_wgs84_m` is above the ellipsoid, None where it is not known."""

    operator_id: str
    position: LatLon
    alt_wgs84_m: float | None = None


def read_operator(text: str) -> Operator:
    """Read `ID,LAT,LON` or `ID,LAT,LON,ALT`.

    Raises
    ------
    TelemetryError
    """
    operator_id, *numbers = (part.strip() for part in text.split(","))
    try:
        places = [float(number) for number in numbers]
    except ValueError:
        places = []
    is_place = len(places) in (2, 3) and all(map(math.isfinite, places))
    if (
        not is_place
        or abs(places[0]) > 90.0
        or abs(places[1]) > 180.0
        or not 0 < len(operator_id) <= _ID_LENGTH
        or not operator_id.isascii()
    ):
        raise TelemetryError(
            f"{text!r} names no operator",
            place="--operator",
            remedy=f"Give registration (up to {_ID_LENGTH} letters and digits), latitude and longitude, as in FIN87astrdge12k8,36.09,103.71",
        )
    return Operator(operator_id, LatLon(places[0], places[1]), places[2] if len(places) == 3 else None)


class OwnRemoteId(Machine[Never]):
    """Tell one vehicle who its operator is, every three seconds, and where, every second.

    Parameters
    ----------
    operator : Operator
    vehicle : Address
    utc_offset_s : float
        UTC less the time that is handed in.
    """

    is_reading = True
    doing = "telling the operator's place"

    def __init__(self, operator: Operator, vehicle: Address, utc_offset_s: float) -> None:
        super().__init__()
        self._operator = operator
        self._vehicle = vehicle
        self._utc_offset_s = utc_offset_s
        self._full_at_s = 0.0

    def start(self, now_s: float) -> None:
        """Tell all at once."""
        if self._timer_s is None:
            self._full_at_s = self._timer_s = now_s
            self.handle_timer(now_s)

    def receive_message(self, message: Message, now_s: float) -> None:
        """Nothing is waited for; the vehicle's answer is OPEN_DRONE_ID_ARM_STATUS in its state."""

    def handle_timer(self, now_s: float) -> None:
        """Tell it again."""
        if self._timer_s is None or now_s < self._timer_s:
            return
        self._timer_s = now_s + UPDATE_S
        place = self._place(now_s)
        if now_s < self._full_at_s:
            self._outgoing.append(Message.new("OPEN_DRONE_ID_SYSTEM_UPDATE", **place))
            return
        self._full_at_s = now_s + FULL_S
        target = {"target_system": place["target_system"], "target_component": place["target_component"]}
        self._outgoing.append(
            Message.new(
                "OPEN_DRONE_ID_SYSTEM",
                **place,
                operator_location_type=_LIVE_LOCATION,
                area_count=_NO_COUNT,
                area_ceiling=_NO_ALTITUDE_M,
                area_floor=_NO_ALTITUDE_M,
            )
        )
        self._outgoing.append(
            Message.new("OPEN_DRONE_ID_OPERATOR_ID", **target, operator_id=self._operator.operator_id)
        )

    def _place(self, now_s: float) -> dict[str, float]:
        operator = self._operator
        alt_m = _NO_ALTITUDE_M if operator.alt_wgs84_m is None else operator.alt_wgs84_m
        return {
            "target_system": self._vehicle.system_id,
            "target_component": self._vehicle.component_id,
            "operator_latitude": degrees_e7(operator.position.lat_deg),
            "operator_longitude": degrees_e7(operator.position.lon_deg),
            "operator_altitude_geo": alt_m,
            "timestamp": max(0, round(now_s + self._utc_offset_s - EPOCH_UNIX_S)),
        }
