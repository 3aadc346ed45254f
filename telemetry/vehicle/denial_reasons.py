"""What a vehicle says round a denial, as its reasons."""

import asyncio

from telemetry.bus import Subscription
from telemetry.events import TextReported

TIMEOUT_S = 1.0
QUIET_S = 0.25
MAX_SEVERITY = 4
"""MAV_SEVERITY_WARNING."""


async def collect_reasons(events: Subscription, vehicle_id: str) -> tuple[str, ...]:
    """Take the texts round a denial: ArduCopter sends some before the acknowledgement, some after."""
    reasons: dict[str, None] = {}
    waited_s = 0.0
    while True:
        fresh = [
            event.text
            for event in events.pending()
            if isinstance(event, TextReported)
            and event.vehicle_id == vehicle_id
            and (event.severity <= MAX_SEVERITY or event.text.startswith(("Arm: ", "PreArm: ")))
        ]
        reasons.update(dict.fromkeys(fresh))
        if waited_s >= TIMEOUT_S or (reasons and not fresh):
            # The same check speaks as "PreArm: " by itself and as "Arm: " when arming is asked for.
            repeated = {f"Pre{reason}" for reason in reasons}
            return tuple(reason for reason in reasons if reason not in repeated)
        await asyncio.sleep(QUIET_S)
        waited_s += QUIET_S
