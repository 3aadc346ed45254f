import math

import pytest

from geofence.latlon import LatLon
from missions.payload.action import (
    Face,
    Hover,
    LookAhead,
    LookAt,
    PitchGimbal,
    StartPictures,
    StopPictures,
    Switch,
    TakePicture,
)
from missions.payload.action_items import action_items
from missions.payload.payload import Payload, Relay, Servo
from missions.plan.item import Frame
from missions.refusal import MissionError

PLACE = LatLon(36.0925, 103.708)
PAYLOAD = Payload({"loudspeaker": Relay(2), "light": Servo(9, 1900, 1100)})


@pytest.mark.parametrize(
    ("action", "command", "params"),
    [
        (TakePicture(), 2000, (0.0, 0.0, 1.0, 0.0)),
        (StartPictures(17.5), 206, (17.5, 0.0, 1.0, 0.0)),
        (StopPictures(), 206, (0.0, 0.0, 0.0, 0.0)),
        (PitchGimbal(-60.0), 1000, (-60.0, 0.0, 0.0, 0.0)),
        (LookAhead(), 197, (0.0, 0.0, 0.0, 0.0)),
        (Switch("loudspeaker", is_on=True), 181, (1.0, 1.0, 0.0, 0.0)),
        (Switch("loudspeaker", is_on=False), 181, (1.0, 0.0, 0.0, 0.0)),
        (Switch("light", is_on=True), 183, (9.0, 1900.0, 0.0, 0.0)),
        (Switch("light", is_on=False), 183, (9.0, 1100.0, 0.0, 0.0)),
        (Hover(12.5), 93, (12.5, -1.0, -1.0, -1.0)),
        (Face(270.0), 115, (270.0, 0.0, 0.0, 0.0)),
    ],
)
def test_actions_are_the_commands_of_the_autopilot(action, command, params):
    (item,) = action_items([action], PAYLOAD)
    assert (item.command, item.params, item.position, item.frame) == (command, params, None, Frame.MISSION)


def test_looking_at_a_place_names_it():
    (item,) = action_items([LookAt(PLACE, 12.0)], PAYLOAD)
    assert (item.command, item.position, item.alt_m, item.frame) == (
        195,
        PLACE,
        12.0,
        Frame.GLOBAL_RELATIVE_ALT,
    )


def test_turning_holds_nothing_up():
    """What comes after a condition is dropped when the next waypoint is reached first."""
    actions = [Face(90.0), Switch("light", is_on=True), Hover(5.0), Face(180.0), Switch("light", is_on=False)]
    assert [item.command for item in action_items(actions, PAYLOAD)] == [183, 115, 93, 183, 115]


def test_what_is_not_carried_is_refused():
    with pytest.raises(MissionError, match=r"carries no siren.*It carries: light, loudspeaker"):
        action_items([Switch("siren", is_on=True)], PAYLOAD)
    for action in (TakePicture(), StartPictures(5.0), StopPictures()):
        with pytest.raises(MissionError, match="carries no camera"):
            action_items([action], Payload(has_camera=False))
    with pytest.raises(MissionError, match="carries no gimbal"):
        action_items([PitchGimbal(-90.0)], Payload(has_gimbal=False))


@pytest.mark.parametrize(
    "make",
    [
        lambda: StartPictures(0.0),
        lambda: StartPictures(math.nan),
        lambda: PitchGimbal(-91.0),
        lambda: PitchGimbal(-22.5),
        lambda: Hover(0.0),
        lambda: Hover(math.inf),
        lambda: Face(-10.0),
        lambda: LookAt(PLACE, math.nan),
        lambda: Relay(0),
        lambda: Servo(0),
        lambda: Servo(9, 3000),
    ],
)
def test_numbers_that_the_autopilot_would_not_take(make):
    with pytest.raises(MissionError, match=r"Give \S+ "):
        make()


def test_outputs_say_what_must_be_set_on_board():
    assert PAYLOAD.parameters == {"RELAY2_FUNCTION": 1.0, "SERVO9_FUNCTION": 0.0}
