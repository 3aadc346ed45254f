"""How a copter stops, and when it is told that it must.

The model
---------
A copter that flies at v over ground and is told to hold, return or land goes on for `RESPONSE_S` first: a position up
to 0.25 s old at 4 Hz, a watch at 10 Hz, the command on its way and perhaps repeated. If it is getting faster just then,
it still does for so long. From there it comes to rest within the longer of two ways, each of the form

    v lag_s + v^2 / (2 deceleration_m_s2)

- BRAKE keeps to a jerk of 5 m/s^3 (PSC_JERK_XY, PSC_JERK_Z) and eases off late, along an exponential of
  BRAKE_MODE_DECEL_RATE / jerk = 1.5 s, to the sides and up and down alike;
- RTL, and LAND all the more, which first flies on to its target, slow down at WPNAV_ACCEL, 2.5 m/s^2, and up and down
  at WPNAV_ACCEL_Z, 1 m/s^2.

Which of the two is longer changes with the speed: at about 8 m/s, up and down at 3 m/s.

What the model leaves over - gusts, drift, an estimate of position that is off - is held by an allowance to all sides,
`SIDE_ALLOWANCE_M` and a share of the speed, and up and down likewise.

Measured on ArduCopter (4.7-dev, SITL) to the sides: hold from 3 m/s 5.1 m, from 5 m/s 9.0 m, from 10 m/s 20.7 m in still
air and with 8 m/s from behind, from 15 m/s 34.3 m; return from 5 m/s 6.5 m, from 10 m/s 21.6 m, from 15 m/s 46.4 m; land
from 5 m/s 7.0 m, from 10 m/s 23.8 m, from 15 m/s 50.2 m. LAND goes on from the target of the mode before: a drone that
could not keep up with that (15 m/s asked for, 10.8 m/s flown) needs more than the model says, 37.7 m, so the guard lands
by way of BRAKE.
"""

WARNING_S = 10.0
"""A breach is announced at least so long before it happens."""
RESPONSE_S = 1.0
HOLD_LAG_S, HOLD_DECELERATION_M_S2 = 1.6, 10.0
RETURN_LAG_S, RETURN_DECELERATION_M_S2 = 0.4, 2.5
HOLD_CLIMB_LAG_S, HOLD_CLIMB_DECELERATION_M_S2 = 1.6, 10.0
RETURN_CLIMB_LAG_S, RETURN_CLIMB_DECELERATION_M_S2 = 0.3, 1.0
SIDE_ALLOWANCE_M = 0.5
SIDE_ALLOWANCE_S = 0.2
SIDE_ALLOWANCE_MOST_M = 2.5
HEIGHT_ALLOWANCE_M = 0.3
HEIGHT_ALLOWANCE_S = 0.2
ASSUMED_SPEED_M_S = 10.0
"""Of a drone that does not say how fast it flies: towards whatever is nearest."""
ASSUMED_CLIMB_M_S = 2.5


def braking_distance_m(speed_m_s: float) -> float:
    """Give the way over ground from the moment a drone obeys until it stands."""
    return max(
        speed_m_s * HOLD_LAG_S + speed_m_s**2 / (2.0 * HOLD_DECELERATION_M_S2),
        speed_m_s * RETURN_LAG_S + speed_m_s**2 / (2.0 * RETURN_DECELERATION_M_S2),
    )


def braking_height_m(climb_m_s: float) -> float:
    """Give the way up (or down) from the moment a drone obeys until it climbs (or sinks) no more."""
    return max(
        climb_m_s * HOLD_CLIMB_LAG_S + climb_m_s**2 / (2.0 * HOLD_CLIMB_DECELERATION_M_S2),
        climb_m_s * RETURN_CLIMB_LAG_S + climb_m_s**2 / (2.0 * RETURN_CLIMB_DECELERATION_M_S2),
    )
