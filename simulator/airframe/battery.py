"""What the motors take from the battery, and what that does to its voltage."""

import math

import numpy as np

from simulator.compiled import compiled
from simulator.row import Row

HOVER_POWER_W = 354.0
"""28.1 A at 12.6 V and 32.2 A at 11.0 V in the recordings: the motors take the power they need."""
POWER_PER_G = 0.62
"""How much more of it at twice the weight, by the recorded legs at 10 m/s."""
CLIMB_POWER_W_PER_M_S = 11.5
SINK_POWER_W_PER_M_S = 9.0
"""What climbing costs and sinking saves, by the recorded climbs at 2.5 m/s and descents at 1.5 and 0.5 m/s."""
RESISTANCE_OHM = 0.01
"""Of the battery in SITL."""
FILTER_S = 1.0 / (math.tau * 10.0)

# Charge in percent to volts of a cell, as SITL has it; 4.173 V is full.
# fmt: off
_CHARGE_PCT = np.array([
    0.0, 1.0, 1.5, 2.0, 3.85, 7.69, 11.54, 15.38, 19.23, 23.08, 26.92, 30.77, 34.62, 38.46, 42.31,
    46.15, 50.0, 53.85, 57.69, 61.54, 65.38, 69.23, 73.08, 76.92, 80.77, 84.62, 88.46, 92.31, 96.15,
    100.0,
])
_CELL_V = np.array([
    0.0, 2.1, 2.8, 2.977, 3.091, 3.165, 3.218, 3.296, 3.379, 3.462, 3.503, 3.543, 3.588, 3.636, 3.679,
    3.715, 3.742, 3.783, 3.801, 3.833, 3.854, 3.887, 3.908, 3.943, 3.987, 4.039, 4.071, 4.085, 4.112,
    4.173,
])
# fmt: on
_FULL_CELL_V = 4.173
_FULL_V = 12.6


class Battery(Row):
    """Counts charge and energy; `full_charge_ah` of 0 keeps the voltage constant, as SIM_BATT_CAP_AH does."""

    set_voltage_v: float = _FULL_V
    full_charge_ah: float
    charge_ah: float
    voltage_v: float = _FULL_V
    current_a: float
    consumed_mah: float
    consumed_wh: float
    sag_v: float
    """What a fault takes from the voltage."""

    def charge(self, voltage_v: float, full_charge_ah: float) -> None:
        """Set the voltage at rest, and with a capacity also the charge that belongs to it; the same again does nothing."""
        if (voltage_v, full_charge_ah) == (self.set_voltage_v, self.full_charge_ah):
            return
        self.set_voltage_v, self.full_charge_ah = voltage_v, full_charge_ah
        cell_v = min(voltage_v, _FULL_V) / _FULL_V * _FULL_CELL_V
        self.charge_ah = full_charge_ah * 0.01 * float(np.interp(cell_v, _CELL_V, _CHARGE_PCT))
        self.voltage_v = voltage_v

    def remaining_pct(self, capacity_mah: float) -> int:
        """Percent left of the capacity the autopilot was told."""
        if capacity_mah <= 0:
            return 0
        return max(0, min(100, int(100.0 * (capacity_mah - self.consumed_mah) / capacity_mah)))


@compiled
def draw(battery: Battery, dt: float, is_flying: bool, specific_force_g: float, climb_m_s: float) -> None:
    """Draw current for `dt` seconds of flight or rest."""
    power_w = 0.0
    if is_flying:
        climb = min(max(climb_m_s, -2.0), 3.0)
        power_w = HOVER_POWER_W * (1.0 + POWER_PER_G * (specific_force_g - 1.0))
        power_w += climb * (CLIMB_POWER_W_PER_M_S if climb > 0.0 else SINK_POWER_W_PER_M_S)
    battery.current_a = power_w / max(battery.voltage_v, 1.0)
    charge_ah = battery.current_a * dt / 3600.0
    battery.consumed_mah += charge_ah * 1000.0
    battery.consumed_wh += charge_ah * battery.voltage_v
    if battery.full_charge_ah <= 0.0:
        battery.voltage_v = max(battery.set_voltage_v - battery.sag_v, 0.0)
        return
    battery.charge_ah = max(battery.charge_ah - charge_ah, 0.0)
    charge_pct = 100.0 * battery.charge_ah / battery.full_charge_ah
    resting_v = np.interp(charge_pct, _CHARGE_PCT, _CELL_V) / _FULL_CELL_V * _FULL_V
    loaded_v = max(resting_v - battery.current_a * RESISTANCE_OHM - battery.sag_v, 0.0)
    battery.voltage_v += (loaded_v - battery.voltage_v) * dt / (FILTER_S + dt)
