"""Parameters that the vehicle sets itself while it boots, and tells unasked (from a recorded boot)."""

from collections.abc import Callable

SEA_LEVEL_PA = 101_325.0
_COMPASSES = (
    ("COMPASS_DEV_ID", 97539.0),
    ("COMPASS_DEV_ID2", 131874.0),
    ("COMPASS_DEV_ID3", 263178.0),
)
_INERTIAL_IDS = (
    ("INS_GYR_ID", 2752772.0),
    ("INS_ACC_ID", 2753028.0),
    ("INS_GYR2_ID", 2752780.0),
    ("INS_ACC2_ID", 2753036.0),
)
_GYRO_CALIBRATION = (
    ("INS_GYROFFS_X", 2.155931360903196e-05),
    ("INS_GYROFFS_Y", 2.021121690631844e-05),
    ("INS_GYROFFS_Z", 2.463334567437414e-05),
    ("INS_GYR_ID", 2752772.0),
    ("INS_GYR1_CALTEMP", 25.018352508544922),
    ("INS_GYR2OFFS_X", -7.097929483279586e-06),
    ("INS_GYR2OFFS_Y", 4.897954931948334e-05),
    ("INS_GYR2OFFS_Z", 2.5458299205638468e-05),
    ("INS_GYR2_ID", 2752780.0),
    ("INS_GYR2_CALTEMP", 25.018352508544922),
    ("INS_GYR3OFFS_X", 0.0),
    ("INS_GYR3OFFS_Y", 0.0),
    ("INS_GYR3OFFS_Z", 0.0),
    ("INS_GYR3_ID", 0.0),
)


class BootParameters:
    """Assigns each in its moment of the boot.

    Parameters
    ----------
    assign : callable
        Takes name and value; tells every station.
    current : callable
        Gives the value of a name, where booting only tells it.
    pressure_pa : float
        Of the air where the vehicle stands.
    """

    def __init__(
        self,
        assign: Callable[[str, float], None],
        current: Callable[[str], float],
        *,
        pressure_pa: float,
    ) -> None:
        self._assign = assign
        self._current = current
        barometers = ("BARO1_GND_PRESS", "BARO2_GND_PRESS")
        self._due: list[tuple[float, str, float | None]] = [
            (0.2, "ESC_CALIBRATION", None),
            (0.2, "RELAY1_FUNCTION", None),
            *((0.2, name, value) for name, value in _COMPASSES),
            (0.2, "COMPASS_EXTERNAL", None),
            *((0.2, name, value) for name, value in _COMPASSES),
            (0.3, "CAM1_TYPE", None),
            (0.3, "BARO_ALT_OFFSET", None),
            *((1.92, name, pressure_pa) for name in barometers),
            *((1.92, name, value) for name, value in _INERTIAL_IDS),
            *((2.45, name, value) for name, value in _GYRO_CALIBRATION),
            (3.45, "EK3_SRC1_POSXY", None),
            *((20.05, name, SEA_LEVEL_PA) for name in barometers),
        ]

    def step(self, has_passed: Callable[[float], bool]) -> None:
        """Assign what is due; `has_passed` tells whether a moment of the boot lies behind."""
        while self._due and has_passed(self._due[0][0]):
            _, name, value = self._due.pop(0)
            self._assign(name, self._current(name) if value is None else value)
