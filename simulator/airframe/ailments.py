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

    def __post_init__(self) -> None:
        self._lasting: dict[str, float]
        super().__setattr__("_lasting", {})

    def __setattr__(self, name: str, value: float) -> None:
        super().__setattr__(name, value)
        is_well = all(getattr(self, field.name) == field.default for field in fields(self))
        super().__setattr__("are_none", is_well)

    are_none = True

    def bear(self, **lasting: float) -> None:
        """Take what is wrong from now on and not healed, as the SIM_ parameters say it."""
        for name, value in lasting.items():
            before = self._lasting.get(name, getattr(type(self), name))
            self._lasting[name] = value
            if value != before and getattr(self, name) == before:
                setattr(self, name, value)

    def heal(self) -> None:
        """All is well again, but for what lasts."""
        for field in fields(self):
            setattr(self, field.name, self._lasting.get(field.name, field.default))
