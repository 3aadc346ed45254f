"""What happens between power-on and being ready to fly."""

from collections.abc import Callable

INFO = 6

QUICK_FACTOR = 0.02
"""A quick boot runs the same sequence fifty times faster."""

READY_S = 2.45
EKF_STARTED_S = 4.45
YAW_ALIGNED_S = 5.9
GPS_FIX_S = 10.1
ORIGIN_S = 20.02
SENSORS_SETTLED_S = 24.3
POSITION_S = 41.43

TEXTS: tuple[tuple[float, str], ...] = (
    (0.25, "Calibrating barometer"),
    (1.92, "Barometer 1 calibration complete"),
    (1.92, "Barometer 2 calibration complete"),
    (READY_S, "ArduPilot Ready"),
    (READY_S, "AHRS: DCM active"),
    (2.75, "RC7: SaveWaypoint LOW"),
    (EKF_STARTED_S, "EKF3 IMU0 initialised"),
    (EKF_STARTED_S, "EKF3 IMU1 initialised"),
    (EKF_STARTED_S, "AHRS: EKF3 active"),
    (5.8, "EKF3 IMU0 tilt alignment complete"),
    (5.8, "EKF3 IMU1 tilt alignment complete"),
    (YAW_ALIGNED_S, "EKF3 IMU0 MAG0 initial yaw alignment complete"),
    (YAW_ALIGNED_S, "EKF3 IMU1 MAG0 initial yaw alignment complete"),
    (9.81, "GPS 1: probing for u-blox at 230400 baud"),
    (9.83, "GPS 1: detected u-blox"),
    (ORIGIN_S, "EKF3 IMU0 origin set"),
    (20.05, "Field Elevation Set: {elevation_m:.0f}m"),
    (20.22, "EKF3 IMU1 origin set"),
    (POSITION_S, "EKF3 IMU0 is using GPS"),
    (41.63, "EKF3 IMU1 is using GPS"),
)


class BootSequence:
    """Counts the time since power-on and says what is up by now.

    Parameters
    ----------
    say : callable
        Takes severity and text.
    elevation_m : float
        Of the ground, above sea level.
    is_quick : bool
        Ready within one second.
    on_origin : callable
        Told when the position origin is known.
    """

    def __init__(
        self,
        say: Callable[[int, str], None],
        *,
        elevation_m: float,
        is_quick: bool,
        on_origin: Callable[[], None],
    ) -> None:
        self._say = say
        self._factor = QUICK_FACTOR if is_quick else 1.0
        self._elevation_m = elevation_m
        self._on_origin = on_origin
        self._next_text = 0
        self._elapsed_s = 0.0
        self._has_origin = False
        self.is_done = False

    def step(self, now_s: float) -> None:
        """Say what is due."""
        if self.is_done:
            return
        self._elapsed_s = now_s / self._factor
        if not self._has_origin and self.has_passed(ORIGIN_S):
            self._has_origin = True
            self._on_origin()
        while self._next_text < len(TEXTS) and TEXTS[self._next_text][0] <= self._elapsed_s:
            self._say(INFO, TEXTS[self._next_text][1].format(elevation_m=self._elevation_m))
            self._next_text += 1
        self.is_done = self._next_text == len(TEXTS)

    def has_passed(self, moment_s: float) -> bool:
        """Whether a moment of the recorded boot lies behind."""
        return self.is_done or self._elapsed_s >= moment_s
