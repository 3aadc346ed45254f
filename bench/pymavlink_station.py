"""The least a ground station does with pymavlink: ask, wait for the answer, ask for the next."""

import socket
from collections.abc import Iterator, Sequence
from typing import Any, Self

from pymavlink.dialects.v20 import ardupilotmega as dialect

from telemetry.protocol.mission_item_wire import WireItem

TIMEOUT_S = 20.0


class PymavlinkStation:
    """Speaks over TCP, as system 254; use it as a context manager."""

    def __init__(self, address: str) -> None:
        _, host, port = address.split(":")
        self._socket = socket.create_connection((host, int(port)), TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._mavlink = dialect.MAVLink(None, 254, 190)
        self._mavlink.robust_parsing = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._socket.close()

    def upload(self, items: Sequence[WireItem]) -> None:
        """Send a mission in lock-step."""
        self._send(dialect.MAVLink_mission_count_message(1, 1, len(items), 0))
        for message in self._heard():
            match message.get_type():
                case "MISSION_REQUEST" | "MISSION_REQUEST_INT":
                    item = items[message.seq]
                    self._send(
                        dialect.MAVLink_mission_item_int_message(
                            1,
                            1,
                            item.seq,
                            item.frame,
                            item.command,
                            0,
                            1,
                            *item.params,
                            item.x,
                            item.y,
                            item.z,
                            0,
                        )
                    )
                case "MISSION_ACK":
                    if message.type:
                        raise RuntimeError(f"the mission was refused with {message.type}")
                    return

    def download(self) -> int:
        """Fetch the mission in lock-step; gives how many items came."""
        self._send(dialect.MAVLink_mission_request_list_message(1, 1, 0))
        count, got = None, 0
        for message in self._heard():
            match message.get_type():
                case "MISSION_COUNT":
                    count = message.count
                case "MISSION_ITEM_INT":
                    got += 1
                case _:
                    continue
            if got == count:
                break
            self._send(dialect.MAVLink_mission_request_int_message(1, 1, got, 0))
        self._send(dialect.MAVLink_mission_ack_message(1, 1, 0, 0))
        return got

    def parameters(self) -> dict[str, float]:
        """Ask for all parameters and take them as they come."""
        self._send(dialect.MAVLink_param_request_list_message(1, 1))
        found: dict[str, float] = {}
        for message in self._heard():
            if message.get_type() == "PARAM_VALUE" and message.param_index != 65535:
                found[message.param_id] = message.param_value
                if len(found) == message.param_count:
                    break
        return found

    def _send(self, message: Any) -> None:
        self._socket.sendall(message.pack(self._mavlink))
        self._mavlink.seq = (self._mavlink.seq + 1) % 256

    def _heard(self) -> Iterator[Any]:
        while True:
            data = self._socket.recv(65536)
            if not data:
                raise RuntimeError("the simulator hung up")
            yield from self._mavlink.parse_buffer(data) or ()
