"""What ArduPilot's SIM_ parameters make go wrong, for as long as they are set."""

from simulator.local_frame import METRES_PER_DEGREE, LocalFrame
from simulator.protocol.parameter_table import ParameterTable

_COMPASSES = ("SIM_MAG1_FAIL", "SIM_MAG2_FAIL", "SIM_MAG3_FAIL")
_LOST_BELOW = 0.5
"""A motor that gives less of its thrust does not hold the vehicle."""


def lasting_ailments(parameters: ParameterTable, frame: LocalFrame) -> dict[str, float]:
    """Give the ailments by name; all of them, so that what is over is taken back."""
    failing = int(parameters["SIM_ENGINE_FAIL"]) if parameters["SIM_ENGINE_MUL"] < _LOST_BELOW else 0
    return {
        "has_gps": parameters["SIM_GPS_DISABLE"] == 0.0,
        "gps_north_m": parameters["SIM_GPS_GLITCH_X"] * METRES_PER_DEGREE,
        "gps_east_m": parameters["SIM_GPS_GLITCH_Y"] * METRES_PER_DEGREE * frame.scale,
        "has_compass": not all(parameters[name] for name in _COMPASSES),
        "lost_motor": (failing & -failing).bit_length(),
    }
