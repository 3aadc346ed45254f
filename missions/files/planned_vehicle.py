"""The vehicle that a QGroundControl plan is for: what is verified is the flight of an ArduPilot multicopter."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from geofence.formats.qgc.fence import FIRMWARE_ARDUPILOT, FIRMWARE_PX4
from geofence.verification.finding import Finding, FindingCode, Severity
from missions.files.document_reader import DocumentReader
from missions.plan.plan import Plan

# MAV_TYPE
_COPTERS = frozenset((2, 3, 4, 13, 14, 15, 29, 35))
_OTHERS = {
    1: "a fixed wing",
    10: "a rover",
    11: "a boat",
    12: "a submarine",
    **dict.fromkeys(range(19, 26), "a VTOL"),
}


def for_its_vehicle(plan: Plan, reader: DocumentReader, mission: Mapping[str, Any]) -> Plan:
    """Give the plan with advice where `mission` does not say that it is for an ArduPilot multicopter.

    Raises
    ------
    MissionError
        Where it is for a vehicle that flies otherwise: it turns, climbs and returns in ways that are not verified.
    """
    vehicle, firmware = mission.get("vehicleType"), mission.get("firmwareType")
    if isinstance(vehicle, int) and vehicle in _OTHERS:
        raise reader.refuse(
            "mission.vehicleType",
            f"is {vehicle}, {_OTHERS[vehicle]}",
            "Plans of multicopters are read; plan it anew for one",
        )
    doubts = []
    if vehicle is not None and vehicle not in _COPTERS:
        doubts.append(f"vehicleType is {vehicle!r}, no multicopter that is known")
    if firmware is not None and firmware != FIRMWARE_ARDUPILOT:
        named = "PX4" if firmware == FIRMWARE_PX4 else "not ArduPilot"
        doubts.append(f"firmwareType is {firmware!r}, {named}")
    told = (
        Finding(
            Severity.ADVICE,
            FindingCode.VEHICLE,
            f"The plan's {doubt}: it was verified as an ArduPilot multicopter flies it",
            "Fly it with an ArduPilot multicopter",
        )
        for doubt in doubts
    )
    return replace(plan, findings=(*plan.findings, *told))
