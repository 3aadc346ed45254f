"""Everything that can go wrong with one vehicle, as plain data."""

from dataclasses import dataclass

from simulator.network.carrier import LinkCondition


@dataclass(frozen=True, slots=True)
class GpsLoss:
    """The receiver sees no satellites."""


@dataclass(frozen=True, slots=True)
class GpsGlitch:
    """The receiver reports a place that far off."""

    north_m: float = 0.0
    east_m: float = 0.0


@dataclass(frozen=True, slots=True)
class CompassFault:
    """The compass is off by an angle (clockwise), or silent where there is none."""

    error_deg: float | None = None


@dataclass(frozen=True, slots=True)
class MotorLoss:
    """A motor gives no thrust; counted from 1."""

    motor: int = 1


@dataclass(frozen=True, slots=True)
class BatterySag:
    """The voltage is lower by so much."""

    drop_v: float


@dataclass(frozen=True, slots=True)
class BatteryJump:
    """So much charge is gone at once; it does not come back when the fault ends."""

    lost_mah: float


@dataclass(frozen=True, slots=True)
class LinkFault:
    """The link carries worse than it did: down (loss 1), late, twice, wrong."""

    condition: LinkCondition


@dataclass(frozen=True, slots=True)
class ClockJump:
    """The vehicle's UTC clock is off by so much."""

    seconds: float


@dataclass(frozen=True, slots=True)
class StuckGimbal:
    """The gimbal does not turn."""


@dataclass(frozen=True, slots=True)
class WindGust:
    """Wind on top of what blows."""

    speed_m_s: float
    from_deg: float


@dataclass(frozen=True, slots=True)
class Reboot:
    """The autopilot starts anew, wherever it is; the motors stand still meanwhile."""


Fault = (
    GpsLoss
    | GpsGlitch
    | CompassFault
    | MotorLoss
    | BatterySag
    | BatteryJump
    | LinkFault
    | ClockJump
    | StuckGimbal
    | WindGust
    | Reboot
)

FAULT_NAMES: dict[type[Fault], str] = {
    GpsLoss: "gps_loss",
    GpsGlitch: "gps_glitch",
    CompassFault: "compass",
    MotorLoss: "motor_loss",
    BatterySag: "battery_sag",
    BatteryJump: "battery_jump",
    LinkFault: "link",
    ClockJump: "clock_jump",
    StuckGimbal: "stuck_gimbal",
    WindGust: "wind_gust",
    Reboot: "reboot",
}
