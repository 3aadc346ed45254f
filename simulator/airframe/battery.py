"""What the motors take from the battery."""

HOVER_CURRENT_A = 27.2
"""Mean of the recordings."""
EMPTY_VOLTAGE_SHARE = 0.82


class Battery:
    """Counts charge and energy; `full_charge_ah` of 0 keeps the voltage constant, as SIM_BATT_CAP_AH does."""

    __slots__ = ("consumed_mah", "consumed_wh", "current_a", "full_charge_ah", "full_voltage_v", "voltage_v")

    def __init__(self) -> None:
        self.full_voltage_v = 12.6
        self.full_charge_ah = 0.0
        self.voltage_v = 12.6
        self.current_a = 0.0
        self.consumed_mah = 0.0
        self.consumed_wh = 0.0

    def step(
        self, dt: float, *, is_flying: bool, specific_force_g: float, climb_m_s: float, sag_v: float = 0.0
    ) -> None:
        """Draw current for `dt` seconds of flight or rest; `sag_v` is what a fault takes from the voltage."""
        if is_flying:
            climb = min(max(climb_m_s, -0.5), 3.0)
            self.current_a = HOVER_CURRENT_A * (1.0 + 0.75 * (specific_force_g - 1.0)) + climb
        else:
            self.current_a = 0.0
        charge_ah = self.current_a * dt / 3600.0
        self.consumed_mah += charge_ah * 1000.0
        self.consumed_wh += charge_ah * self.voltage_v
        self.voltage_v = self.full_voltage_v
        if self.full_charge_ah > 0.0:
            used = min(self.consumed_mah / 1000.0 / self.full_charge_ah, 1.0)
            self.voltage_v *= 1.0 - (1.0 - EMPTY_VOLTAGE_SHARE) * used
        self.voltage_v = max(self.voltage_v - sag_v, 0.0)

    def remaining_pct(self, capacity_mah: float) -> int:
        """Percent left of the capacity the autopilot was told."""
        if capacity_mah <= 0:
            return 0
        return max(0, min(100, int(100.0 * (capacity_mah - self.consumed_mah) / capacity_mah)))
