"""How a copter stops, and when it is told that it must.

The model
---------
A copter that flies at v over ground and is told to hold, return or land comes to rest within

    v RESPONSE_S + v^2 / (2 DECELERATION_M_S2)

along its course: the link and the autopilot take `RESPONSE_S` (a position up to 0.25 s old at 4 Hz, a watch at 10 Hz,
the command on its way, a lean that takes 0.3 s to follow), then it slows down. ArduCopter's BRAKE asks for 7.5 m/s^2
within a jerk of 5 m/s^3 and what the largest lean gives against the wind; RTL and LAND slow down at WPNAV_ACCEL,
2.5 m/s^2. With 8 m/s of wind from behind no more than 2.3 m/s^2 are left of a lean of 30 degrees once the drone
stands, so 2.5 m/s^2 is taken for all three. Up and down BRAKE slows at 1 m/s^2 (2.5 m/s: 3.3 m, 4 m/s: 8.2 m).

What the model leaves over - gusts, drift, an estimate of position that is off - is held by an allowance to all sides,
`SIDE_ALLOWANCE_M` and a share of the speed, and up and down likewise.

Measured in simulation, in still air | 8 m/s from behind, `RESPONSE_S` left out: hold from 5 m/s 5.5 | 5.7 m, from
10 m/s 16.2 | 16.1 m, from 13 m/s - | 23.7 m; return from 5 m/s 6.7 | 6.4 m, from 10 m/s 22.8 | 21.8 m, from 13 m/s
- | 36.8 m; land from 5 m/s 6.5 | 7.3 m, from 10 m/s 23.3 | 23.7 m. LAND goes on from the target of the mode before: a
drone that could not keep up with that (15 m/s asked for, 13 m/s flown) needs more than the model says, 53.6 m.
"""

from dataclasses import dataclass

WARNING_S = 10.0
"""A breach is announced at least so long before it happens."""
RESPONSE_S = 1.5
DECELERATION_M_S2 = 2.5
CLIMB_RESPONSE_S = 1.0
CLIMB_DECELERATION_M_S2 = 1.0
SIDE_ALLOWANCE_M = 0.5
SIDE_ALLOWANCE_S = 0.2
SIDE_ALLOWANCE_MOST_M = 2.5
HEIGHT_ALLOWANCE_M = 0.3
HEIGHT_ALLOWANCE_S = 0.2
ASSUMED_SPEED_M_S = 10.0
"""Of a drone that does not say how fast it flies: towards whatever is nearest."""
ASSUMED_CLIMB_M_S = 2.5


@dataclass(frozen=True, slots=True)
class StoppingModel:
    """The figures of the model; the defaults are those of the module's text.

    Parameters
    ----------
    warning_s : float
        Breaches are announced at least so long before.
    response_s, climb_response_s : float
        From the moment a position is measured until the drone begins to slow down.
    deceleration_m_s2, climb_deceleration_m_s2 : float
    """

    warning_s: float = WARNING_S
    response_s: float = RESPONSE_S
    deceleration_m_s2: float = DECELERATION_M_S2
    climb_response_s: float = CLIMB_RESPONSE_S
    climb_deceleration_m_s2: float = CLIMB_DECELERATION_M_S2

    def stopping_distance_m(self, speed_m_s: float) -> float:
        """Give the way along the course until the drone stands, allowance left out."""
        return speed_m_s * self.response_s + speed_m_s**2 / (2.0 * self.deceleration_m_s2)

    def stopping_height_m(self, climb_m_s: float) -> float:
        """Give the way up (or down) until the drone climbs (or sinks) no more."""
        climb_m_s = abs(climb_m_s)
        return climb_m_s * self.climb_response_s + climb_m_s**2 / (2.0 * self.climb_deceleration_m_s2)
