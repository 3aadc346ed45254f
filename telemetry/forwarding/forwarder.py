"""One link to other ground stations: they see the vehicles as if they were connected to them."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Self, assert_never

from telemetry.bridge import Bridge
from telemetry.control.actor import ALL_RIGHTS, Actor, acting_as
from telemetry.control.control_lease import Order
from telemetry.control.orders import order_of
from telemetry.control.refusal import ControlDenied
from telemetry.events import ForwardingEnded, ForwardingStarted, StationHeard
from telemetry.forwarding.denial import denial_of
from telemetry.forwarding.request import COMMANDS, Request, changes_lists, request_of
from telemetry.forwarding.stations import Stations
from telemetry.links.address import Address
from telemetry.links.link import Link
from telemetry.network.bridged_link import BridgedLink
from telemetry.network.network import Network
from telemetry.network.paths import Paths
from telemetry.network.peer_scanners import PeerScanners
from telemetry.protocol.command_call import CommandCall
from telemetry.refusal import TelemetryError
from telemetry.vehicle.vehicle import Vehicle
from telemetry.wire.codec import Encoder, decode
from telemetry.wire.dialect import definition_of
from telemetry.wire.frame import Frame
from telemetry.wire.message import Message
from telemetry.wire.target import addressed_to, target_of

_PAUSE_S = 1.0
_MOST_TOLD = 256
"""Stations that are told of; who forges more of them says nothing new."""
_SPOKESMAN = 190
"""MAV_COMP_ID_MISSIONPLANNER: denials come from a component of the vehicle that is none of its own."""

_SETUP_SIGNING = definition_of("SETUP_SIGNING").msg_id

_log = logging.getLogger(__name__)


class Forwarder:
    """Passes what vehicles say to the stations on a link, and what these ask to the vehicles.

    What a vehicle says that is heard over several links is passed from the one that it is spoken to over. Of two networks that have the same
    system id, the station sees the vehicle that was found first.

    Parameters
    ----------
    link : Link
    bridge : Bridge
    may_order : bool
        Whether stations may do more than read. Even so an order passes only for whoever has the vehicle's control, which the station takes
        where it is free. What the station of whoever has the control orders, that one orders. An order to everybody passes to those that
        the station has the control of.
    may_upload : bool
        Whether missions, fences, rally points and files of stations that may order pass, too; nobody verifies them.
    network : str
        Name of the one network that is passed on; empty for all.
    vehicle_id : str
        The one vehicle that is passed on; empty for all.

    Attributes
    ----------
    passed_out, passed_in : int
        Frames to stations, and to vehicles.
    denied : dict of str to int
        What was not passed on, by message name.
    """

    def __init__(
        self,
        link: Link,
        bridge: Bridge,
        *,
        may_order: bool,
        may_upload: bool = False,
        network: str = "",
        vehicle_id: str = "",
    ) -> None:
        self.link = link
        self.passed_out = 0
        self.passed_in = 0
        self.denied: Counter[str] = Counter()
        self._bridge = bridge
        self._may_order = may_order
        self._may_upload = may_upload
        self._network = network
        self._vehicle_id = vehicle_id
        self._stations = Stations()
        self._told = 0
        self._scanners = PeerScanners()
        self._spokesmen: dict[int, Encoder] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Open the link and begin.

        Raises
        ------
        TelemetryError
            If it cannot be opened.
        """
        await self.link.open()
        self._bridge.taps.append(self._pass_out)
        self._bridge.bus.publish(
            ForwardingStarted(
                time_s=self._bridge.clock.utc_s(), link=self.link.name, may_order=self._may_order
            )
        )
        self._task = asyncio.create_task(self._read(), name=f"forwarding to {self.link.name}")

    async def close(self) -> None:
        """End, and close the link."""
        with contextlib.suppress(ValueError):
            self._bridge.taps.remove(self._pass_out)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.link.close()

    def _pass_out(self, link: BridgedLink, frames: Sequence[Frame]) -> None:
        """Pass what came over a link of ours to the stations."""
        network = link.network
        if self._network not in ("", network.name):
            return
        to_all: list[bytes] = []
        for frame in frames:
            system_id = frame.system_id
            # A station that looks on through a vehicle's own network is not told what it said itself.
            if self._stations.knows_system(system_id) or not self._is_spoken_for(link, network, system_id):
                continue
            if frame.msg_id == _SETUP_SIGNING:
                # Of another station on the vehicle's link: the key is in clear in it.
                self.denied[_name_of(frame)] += 1
                continue
            peers = self._stations.peers_for(frame)
            if peers is None:
                to_all.append(frame.raw)
            for peer in peers or ():
                self.link.write(frame.raw, peer)
                self.passed_out += 1
        if to_all:
            self.link.write(b"".join(to_all))
            self.passed_out += len(to_all)

    def _is_spoken_for(self, link: BridgedLink, network: Network, system_id: int) -> bool:
        """Whether this link is the one that tells of a system."""
        paths = network.paths.get(system_id)
        if paths is None:
            return not self._vehicle_id and not self._is_vehicle(system_id)
        return paths is self._paths_of(system_id) and paths.active.link is link

    def _networks(self) -> list[Network]:
        networks = self._bridge.networks
        return [network for name, network in networks.items() if self._network in ("", name)]

    def _is_vehicle(self, system_id: int) -> bool:
        return any(system_id in network.paths for network in self._networks())

    def _all_paths(self) -> Iterator[Paths]:
        for network in self._networks():
            for paths in network.paths.values():
                if self._vehicle_id in ("", paths.vehicle.vehicle_id):
                    yield paths

    def _paths_of(self, system_id: int) -> Paths | None:
        for network in self._networks():
            paths = network.paths.get(system_id)
            if paths is not None and self._vehicle_id in ("", paths.vehicle.vehicle_id):
                return paths
        return None

    async def _read(self) -> None:
        while True:
            try:
                for data, peer in await self.link.read():
                    now_s = self._bridge.clock.monotonic_s()
                    for frame in self._scanners.scanner_of(peer, now_s).feed(data):
                        self._take_in(frame, peer)
            except EOFError as end:
                self._tell_end(str(end))
                return
            except OSError as error:
                self._tell_end(error.strerror or str(error))
                await self._reopen()
            except Exception:  # noqa: BLE001 - one station must not end the others
                _log.exception("%s: a station's frame failed", self.link.name)

    async def _reopen(self) -> None:
        while True:
            await asyncio.sleep(_PAUSE_S)
            with contextlib.suppress(TelemetryError):
                await self.link.open()
                return

    def _tell_end(self, reason: str) -> None:
        self._bridge.bus.publish(
            ForwardingEnded(time_s=self._bridge.clock.utc_s(), link=self.link.name, reason=reason)
        )

    def _take_in(self, frame: Frame, peer: str) -> None:
        if self._is_vehicle(frame.system_id) or frame.msg_id == _SETUP_SIGNING:
            # It speaks as a vehicle, in a loop comes what we said, or it would change a vehicle's signing key.
            self.denied[_name_of(frame)] += 1
            return
        if self._stations.hear(frame, peer):
            self._tell_station(frame, peer)
        system_id, _ = target_of(frame)
        request = request_of(frame)
        for one in [self._paths_of(system_id)] if system_id else list(self._all_paths()):
            if one is None:
                continue
            match request:
                case Request.READING:
                    self._pass_in(one, frame)
                case Request.PRESENCE:
                    if self._may_order:
                        self._pass_in(one, frame)
                case Request.STREAMS:
                    # Never a reason to take the control, and asked for too often to be told.
                    self._order_if_held(one, frame)
                case Request.ORDERING if system_id or not self._may_order:
                    self._order(one, frame, peer)
                case Request.ORDERING if _is_emergency(frame, one.vehicle):
                    self._order(one, addressed_to(frame, one.vehicle.address.system_id), peer)
                case Request.ORDERING:
                    # What everybody is told takes nobody's control.
                    self._order_if_held(one, frame)
                case _:
                    assert_never(request)

    def _actor(self, frame: Frame, vehicle: Vehicle) -> Actor:
        holding = vehicle.control.holding
        if holding is not None and holding.actor.station == (frame.system_id, frame.component_id):
            return holding.actor
        return Actor(f"station {frame.system_id}/{frame.component_id} on {self.link.name}", rights=ALL_RIGHTS)

    def _order_if_held(self, paths: Paths, frame: Frame) -> None:
        """Pass on what is for everybody, or no order, to a vehicle that the station has the control of, and to no other behind the same link."""
        vehicle = paths.vehicle
        may_pass = self._may_order and (self._may_upload or not changes_lists(frame))
        if may_pass and vehicle.control.is_held_by(self._actor(frame, vehicle)):
            self._pass_in(paths, addressed_to(frame, vehicle.address.system_id))
        else:
            self.denied[_name_of(frame)] += 1

    def _order(self, paths: Paths, frame: Frame, peer: str) -> None:
        """Pass an order on if whoever gives it has, or can take, the control."""
        if not self._may_order:
            self._deny(paths, frame, peer, "Not passed on: this link may only read")
            return
        if not self._may_upload and changes_lists(frame):
            self._deny(paths, frame, peer, "Not passed on: unverified uploads are refused")
            return
        vehicle = paths.vehicle
        try:
            with acting_as(self._actor(frame, vehicle)):
                if frame.msg_id in COMMANDS:
                    vehicle.demand_control(_call_of(decode(frame), vehicle.address))
                else:
                    vehicle.control.demand(_name_of(frame))
        except ControlDenied as denial:
            self._deny(paths, frame, peer, f"Not passed on: {denial.what}")
            return
        self._pass_in(paths, frame)

    def _pass_in(self, paths: Paths, frame: Frame) -> None:
        try:
            paths.pass_on(frame)
        except TelemetryError:
            self.denied[_name_of(frame)] += 1
        else:
            self.passed_in += 1

    def _deny(self, paths: Paths, frame: Frame, peer: str, reason: str) -> None:
        self.denied[_name_of(frame)] += 1
        address = paths.vehicle.address
        for message in denial_of(frame, reason):
            component_id = _SPOKESMAN if message.name == "STATUSTEXT" else address.component_id
            key = address.system_id << 8 | component_id
            if key not in self._spokesmen:
                self._spokesmen[key] = Encoder(address.system_id, component_id)
            self.link.write(self._spokesmen[key].encode(message), peer)

    def _tell_station(self, frame: Frame, peer: str) -> None:
        if self._told >= _MOST_TOLD:
            return
        self._told += 1
        self._bridge.bus.publish(
            StationHeard(
                time_s=self._bridge.clock.utc_s(),
                link=self.link.name,
                system_id=frame.system_id,
                component_id=frame.component_id,
                peer=peer,
            )
        )


def _call_of(message: Message, target: Address) -> CommandCall:
    """Give a station's command as if it were ours, for its order to be judged."""
    return CommandCall(
        message.command, (message.param1, message.param2, message.param3, message.param4), target
    )


def _is_emergency(frame: Frame, vehicle: Vehicle) -> bool:
    if frame.msg_id not in COMMANDS:
        return False
    return order_of(_call_of(decode(frame), vehicle.address), *vehicle.kind) is Order.EMERGENCY


def _name_of(frame: Frame) -> str:
    return frame.definition.name if frame.definition else "an unknown message"
