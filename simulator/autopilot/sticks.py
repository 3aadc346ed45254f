"""The pilot's sticks as the autopilot sees them."""

from dataclasses import dataclass, field


def _default_channels() -> list[int]:
    return [1500, 1500, 1000, 1500, 1800, 1000, 1000, 1800]


def _share(pwm: int) -> float:
    offset = pwm - 1500
    return 0.0 if abs(offset) < 20 else min(max(offset / 500.0, -1.0), 1.0)


@dataclass(slots=True)
class Sticks:
    """Eight channels in microseconds; SITL's rest with the throttle down."""

    channels_us: list[int] = field(default_factory=_default_channels)

    @property
    def throttle(self) -> float:
        """0 to 1."""
        return min(max((self.channels_us[2] - 1000) / 1000.0, 0.0), 1.0)

    @property
    def right(self) -> float:
        """-1 to 1."""
        return _share(self.channels_us[0])

    @property
    def forward(self) -> float:
        """-1 to 1; pushing forward lowers the channel."""
        return -_share(self.channels_us[1])

    @property
    def turn(self) -> float:
        """-1 to 1, clockwise positive."""
        return _share(self.channels_us[3])

    def override(self, channels_us: list[int]) -> None:
        """Take over channels; 65535 leaves one as it is, 0 gives it back."""
        rest = _default_channels()
        for number, value in enumerate(channels_us[: len(self.channels_us)]):
            if value == 0:
                self.channels_us[number] = rest[number]
            elif value < 65535:
                self.channels_us[number] = min(max(value, 800), 2200)
