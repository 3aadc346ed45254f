"""Gives a vehicle the signing key, or takes it from it, and sees that it signs, or no longer does.

SETUP_SIGNING carries the key in clear and is never acknowledged (https://mavlink.io/en/guide/message_signing.html#secret-key-management);
what proves it is how the vehicle's next frames are signed. ArduCopter takes a key while it is disarmed, one that signs already takes only
what is signed rightly, but for its USB port.
"""

import asyncio
from collections.abc import Callable, Sequence

from telemetry.bridge import Bridge
from telemetry.links.address import GROUND_STATION
from telemetry.network.bridged_link import BridgedLink
from telemetry.network.source import Source
from telemetry.refusal import TelemetryError
from telemetry.vehicle.vehicle import Vehicle
from telemetry.wire.codec import Encoder
from telemetry.wire.frame import Frame
from telemetry.wire.message import Message
from telemetry.wire.signing import Signer, SigningTime, Verifier, setup_signing, withdraw_signing
from telemetry.wire.signing_key import SigningKey

ATTEMPTS = 3
WAIT_S = 2.5
"""A heartbeat comes every second."""
_LINK_ID = 255
"""Beside those of a station's links, which count from 1."""

Proof = Callable[[Frame], bool]


class KeyHandover:
    """Changes the signing key of one vehicle on a bridge that neither signs nor verifies, and records nothing.

    Parameters
    ----------
    bridge : Bridge
    vehicle : Vehicle
    time : SigningTime
        Of the station.
    present : SigningKey, optional
        What the vehicle holds now: what it is told is signed with it.
    is_trusted : bool
        Whether the operator has named the link one that nobody else reads.
    """

    def __init__(
        self,
        bridge: Bridge,
        vehicle: Vehicle,
        time: SigningTime,
        *,
        present: SigningKey | None = None,
        is_trusted: bool = False,
    ) -> None:
        self._bridge = bridge
        self._vehicle = vehicle
        self._time = time
        self._is_trusted = is_trusted
        signer = None if present is None else Signer(present, _LINK_ID, time)
        self._encoder = Encoder(*GROUND_STATION, signer=signer)

    async def give(self, key: SigningKey) -> None:
        """Hand the key over, in clear, and wait until the vehicle signs with it.

        Raises
        ------
        TelemetryError
            If the link is not trusted, the vehicle is armed, or it does not sign with the key after that.
        """
        setup = setup_signing(
            key,
            *self._vehicle.address,
            self._time,
            link=self._vehicle.link_name,
            is_safe=self._is_trusted,
        )
        # Its own times are judged by no other: it may have lived through more.
        verifier = Verifier(key, SigningTime(lambda: 0.0))
        await self._change(
            setup,
            lambda frame: frame.signature is not None and verifier.refusal(frame) is None,
            "it does not sign with the key that it was given",
        )

    async def withdraw(self) -> None:
        """Let the vehicle sign no more, and wait until it does not.

        Raises
        ------
        TelemetryError
            If the link is not trusted, the vehicle is armed, or it goes on signing.
        """
        setup = withdraw_signing(
            *self._vehicle.address, link=self._vehicle.link_name, is_safe=self._is_trusted
        )
        await self._change(setup, lambda frame: frame.signature is None, "it goes on signing")

    async def _change(self, setup: Message, proves: Proof, otherwise: str) -> None:
        vehicle = self._vehicle
        vehicle.control.demand("changing its signing key")
        if vehicle.state.is_armed:
            raise TelemetryError(
                "an armed vehicle takes no signing key", place=vehicle.place, remedy="Disarm it first"
            )
        link, source = self._way()
        proven = asyncio.Event()

        def look(_: BridgedLink, frames: Sequence[Frame]) -> None:
            if any(
                (frame.system_id, frame.component_id) == vehicle.address and proves(frame) for frame in frames
            ):
                proven.set()

        self._bridge.taps.append(look)
        try:
            for _ in range(ATTEMPTS):
                # What was said before it hears of the change proves nothing.
                proven.clear()
                link.pass_on(self._encoder.encode(setup), source.peer)
                try:
                    async with asyncio.timeout(WAIT_S):
                        await proven.wait()
                except TimeoutError:
                    continue
                return
        finally:
            self._bridge.taps.remove(look)
        raise TelemetryError(
            otherwise,
            place=vehicle.place,
            remedy="Give the key that it holds now with --signing-key, or connect by its USB port, which takes what is not signed",
        )

    def _way(self) -> tuple[BridgedLink, Source]:
        for link in self._bridge.links:
            for source in link.vehicle_sources:
                if source.paths is not None and source.paths.vehicle is self._vehicle and link.is_open:
                    return link, source
        raise TelemetryError("no open link leads to it", place=self._vehicle.place)
