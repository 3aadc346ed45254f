"""What is wrong with a vehicle at this moment; it outlives a reboot."""

from dataclasses import dataclass, fields


@dataclass
class Ailments:
    """Nothing is, at first."""

    has_gps: bool = True
    gps_north_m: float = 0.0
    gps_east_m: float = 0.0
    """How far the receiver's place is off."""
    has_compass: bool = True
    yaw_error_rad: float = 0.0
    """The nose points that much further clockwise than the autopilot takes it to."""
    lost_motor: int = 0
    sag_v: float = 0.0
    clock_jump_s: float = 0.0
    is_gimbal_stuck: bool = False
    gust_north_m_s: float = 0.0
    gust_east_m_s: float = 0.0

    def __setattr__(self, name: str, value: float) -> None:
        super().__setattr__(name, value)
        is_well = all(getattr(self, field.name) == field.default for field in fields(self))
        super().__setattr__("are_none", is_well)

    are_none = True

    def heal(self) -> None:
        """All is well again."""
        for field in fields(self):
            setattr(self, field.name, field.default)
