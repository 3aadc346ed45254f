"""A ground station made with MAVSDK: says as JSON what it reads, and what becomes of its wish to arm."""

import json
import sys

from mavsdk import ComponentType, Configuration, Mavsdk
from mavsdk.plugins.action import Action
from mavsdk.plugins.mission_raw import MissionRaw
from mavsdk.plugins.param import Param


def main() -> None:
    """Read, try to arm, print."""
    mavsdk = Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION))
    mavsdk.add_any_connection(sys.argv[1])
    system = mavsdk.first_autopilot(timeout_s=20.0)
    if system is None:
        sys.exit("MAVSDK found no vehicle")
    read = {
        "speed_cm_s": Param(system).get_param_float("WPNAV_SPEED"),
        "mission": [item.command for item in MissionRaw(system).download_mission()],
    }
    try:
        Action(system).arm()
    except Exception as refusal:  # noqa: BLE001
        read["arming"] = str(refusal)
    else:
        read["arming"] = "armed"
    print(json.dumps(read), flush=True)


if __name__ == "__main__":
    main()
