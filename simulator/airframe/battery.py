"""What the motors take from the battery."""

from simulator.compiled import compiled
from simulator.row import Row

HOVER_CURRENT_A = 27.2
"""Mean of the recordings."""
EMPTY_VOLTAGE_SHARE = 0.82


class Battery(Row):
    """Counts charge and energy; `full_charge_ah` of 0 keeps the voltage constant, as SIM_BATT_CAP_AH does."""

    full_voltage_v: float = 12.6
    full_charge_ah: float
    voltage_v: float = 12.6
    current_a: float
    consumed_mah: float
    consumed_wh: float

    def remaining_pct(self, capacity_mah: float) -> int:
        """Percent left of the capacity the autopilot was told."""
        if capacity_mah <= 0:
            return 0
        return max(0, min(100, int(100.0 * (capacity_mah - self.consumed_mah) / capacity_mah)))


@compiled
def draw(battery: Battery, dt: float, is_flying: bool, specific_force_g: float, climb_m_s: float) -> None:
    """Draw current for `dt` seconds of flight or rest."""
    battery.current_a = 0.0
    if is_flying:
        climb = min(max(climb_m_s, -0.5), 3.0)
        battery.current_a = HOVER_CURRENT_A * (1.0 + 0.75 * (specific_force_g - 1.0)) + climb
    charge_ah = battery.current_a * dt / 3600.0
    battery.consumed_mah += charge_ah * 1000.0
    battery.consumed_wh += charge_ah * battery.voltage_v
    battery.voltage_v = battery.full_voltage_v
    if battery.full_charge_ah > 0.0:
        used = min(battery.consumed_mah / 1000.0 / battery.full_charge_ah, 1.0)
        battery.voltage_v *= 1.0 - (1.0 - EMPTY_VOLTAGE_SHARE) * used
