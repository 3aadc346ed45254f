import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink
from websockets.exceptions import InvalidStatus

from server.live_stream import next_tick_s
from telemetry.events import ModeChanged


class Copter:
    """Speaks MAVLink to a bridge's UDP link with pymavlink."""

    def __init__(self, transport: asyncio.DatagramTransport, system_id: int = 1) -> None:
        self._transport = transport
        self._mavlink = mavlink.MAVLink(None, srcSystem=system_id, srcComponent=1)
        self._time_ms = 1000

    def send(self, message: Any) -> None:
        self._transport.sendto(message.pack(self._mavlink))

    def beat(self, custom_mode: int = 4, *, armed: bool = True) -> None:
        flags = mavlink.MAV_MODE_FLAG_CUSTOM_MODE_ENABLED | (
            mavlink.MAV_MODE_FLAG_SAFETY_ARMED if armed else 0
        )
        self.send(
            self._mavlink.heartbeat_encode(
                mavlink.MAV_TYPE_QUADROTOR, mavlink.MAV_AUTOPILOT_ARDUPILOTMEGA, flags, custom_mode, 4
            )
        )

    def be_at(self, lat_deg: float, lon_deg: float, alt_rel_m: float = 30.0) -> None:
        """Stand somewhere, 5 s later than before."""
        self._time_ms += 5000
        self.send(
            self._mavlink.global_position_int_encode(
                self._time_ms,
                round(lat_deg * 1e7),
                round(lon_deg * 1e7),
                1550000,
                round(alt_rel_m * 1e3),
                0,
                0,
                0,
                9000,
            )
        )
        self.send(self._mavlink.extended_sys_state_encode(0, mavlink.MAV_LANDED_STATE_IN_AIR))

    def close(self) -> None:
        self._transport.close()


@pytest.fixture
async def flown(
    run_service: Any, precinct: Any, until: Any, free_udp_port: int
) -> AsyncIterator[tuple[Any, Copter]]:
    async with run_service(zones=precinct, links=(f"udp:127.0.0.1:{free_udp_port}",)) as service:
        await until(lambda: service.station.bridge.links)
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=("127.0.0.1", free_udp_port)
        )
        copter = Copter(transport)
        copter.beat()
        copter.be_at(36.095, 103.705)
        await until(lambda: service.station.fleet.drones)
        yield service, copter
        copter.close()


def test_ticks_lie_on_one_grid() -> None:
    assert next_tick_s(10.01, 5.0) == next_tick_s(10.19, 5.0) == pytest.approx(10.2)
    assert next_tick_s(10.2, 5.0) > 10.2
    assert next_tick_s(0.0, 0.2) == 5.0


async def test_first_a_snapshot_then_what_changed(flown: Any, next_frame: Any) -> None:
    service, copter = flown
    async with service.watch() as viewer:
        snapshot = await next_frame(viewer)
        assert snapshot["type"] == "snapshot"
        assert snapshot["seq"] == 0
        assert snapshot["is_replay"] is False
        assert [zone["id"] for zone in snapshot["zones"]["features"]] == ["precinct", "hospital"]
        (drone,) = snapshot["drones"]
        assert drone["id"] == "1-1"
        assert snapshot["flights"] == snapshot["plans"] == []
        assert snapshot["events"][0]["seq"] == 1

        copter.be_at(36.0951, 103.705)
        seq = 0
        while True:
            update = await next_frame(viewer, "update")
            assert update["seq"] == (seq := seq + 1)
            assert not {"zones", "plans", "gone", "flights"} & set(update)
            if any(drone["position"]["lat_deg"] == 36.0951 for drone in update.get("drones", ())):
                break
        copter.beat(custom_mode=6)
        while not any(event["kind"] == "mode_changed" for event in update.get("events", ())):
            update = await next_frame(viewer, "update")


async def test_the_track_is_in_the_snapshot_of_who_comes_late(
    flown: Any, next_frame: Any, until: Any
) -> None:
    service, copter = flown
    for step in range(1, 4):
        copter.be_at(36.095 + 1e-4 * step, 103.705)
        await until(
            lambda expected=36.095 + 1e-4 * step: (
                service.station.fleet.drones["1-1"].state.position.lat_deg == pytest.approx(expected)
            )
        )
    async with service.watch() as viewer:
        snapshot = await next_frame(viewer)
    assert snapshot["tracks"]["1-1"][-1] == [36.0953, 103.705]
    assert len(snapshot["tracks"]["1-1"]) == 4


async def test_zones_and_plans_come_when_they_change(flown: Any, next_frame: Any, feature: Any) -> None:
    service, _ = flown
    async with service.watch() as viewer:
        await next_frame(viewer, "snapshot")
        await service.client.delete("/api/zones/hospital")
        while "zones" not in (update := await next_frame(viewer, "update")):
            pass
        assert [zone["id"] for zone in update["zones"]["features"]] == ["precinct"]


async def test_entering_a_forbidden_zone_is_told_once(flown: Any, until: Any) -> None:
    service, copter = flown
    fleet = service.station.fleet

    def violations() -> list[str]:
        return [
            logged.document["data"]["zone_id"]
            for logged in service.station.events.after(0)
            if logged.document["kind"] == "zone_violated"
        ]

    async def go(lat_deg: float, lon_deg: float) -> None:
        copter.be_at(lat_deg, lon_deg)
        await until(lambda: abs(fleet.drones["1-1"].state.position.lat_deg - lat_deg) < 1e-6)

    await go(36.0950, 103.7051)
    assert fleet.drones["1-1"].clearance_m > 100.0
    assert violations() == []
    await go(36.0990, 103.7090)
    await until(lambda: violations() == ["hospital"])
    assert fleet.drones["1-1"].clearance_m < 0.0
    await go(36.0991, 103.7091)
    await go(36.0951, 103.7051)
    await go(36.0952, 103.7052)
    await until(lambda: not fleet.drones["1-1"].document["alerts"])
    await go(36.0992, 103.7090)
    await until(lambda: len(violations()) == 2)


async def test_nonsense_is_answered_and_the_stream_goes_on(flown: Any, next_frame: Any) -> None:
    service, copter = flown
    async with service.watch() as viewer:
        await next_frame(viewer, "snapshot")
        nonsense = [
            "{",
            "[]",
            '"x"',
            '{"rate_hz": 0}',
            '{"rate_hz": "fast"}',
            '{"rate_hz": true}',
            '{"rate_hz": 1e9}',
            "{}",
            b"\x00",
        ]
        for frame in nonsense:
            await viewer.send(frame)
            error = await next_frame(viewer, "error")
            assert error["detail"]
        copter.be_at(36.0952, 103.705)
        assert (await next_frame(viewer, "update"))["drones"]


async def test_the_rate_follows_the_viewer(flown: Any, next_frame: Any) -> None:
    service, copter = flown

    async def move() -> None:
        for step in range(400):
            copter.be_at(36.095 + 1e-6 * step, 103.705)
            await asyncio.sleep(0.005)

    async with service.watch("?rate_hz=0.2") as viewer:
        await next_frame(viewer, "snapshot")
        await viewer.send('{"rate_hz": 20}')
        moving = asyncio.create_task(move())
        began_s = time.monotonic()
        for _ in range(20):
            await next_frame(viewer, "update")
        took_s = time.monotonic() - began_s
        moving.cancel()
    assert 0.5 < took_s < 4.0


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "1000", "fast", ""])
async def test_a_rate_that_is_none_is_refused(service: Any, rate: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with service.watch(f"?rate_hz={rate}"):
            pass
    assert refused.value.response.status_code == 422
    assert b"rate_hz" in refused.value.response.body


async def test_a_slow_viewer_slows_nobody_and_gets_the_newest_and_every_event(
    flown: Any, next_frame: Any, until: Any
) -> None:
    service, copter = flown
    bus = service.station.bridge.bus
    async with service.watch() as fast, service.watch(max_queue=1) as slow:
        await next_frame(fast, "snapshot")
        await next_frame(slow, "snapshot")
        slow.transport.pause_reading()
        published = 0
        heard: list[int] = []
        # More than the slow viewer's buffers hold, in the kernel and in the service.
        for round_number in range(60):
            for _ in range(100):
                published += 1
                bus.publish(ModeChanged(time_s=0.0, vehicle_id="1-1", mode=f"{published}-" + "x" * 200))
            copter.be_at(36.0950 + 1e-6 * round_number, 103.705)
            while len(heard) < published:
                update = await next_frame(fast, "update")
                heard += [event["seq"] for event in update.get("events", ()) if len(event["text"]) > 200]
        assert heard == list(range(heard[0], heard[0] + published))
        slow.transport.resume_reading()
        copter.be_at(36.0969, 103.705)
        late: list[int] = []
        frames = 0
        newest = None
        while True:
            update = await next_frame(slow, "update")
            frames += 1
            late += [event["seq"] for event in update.get("events", ()) if len(event["text"]) > 200]
            assert len(update.get("events", ())) <= 500
            newest = update["drones"][0]["position"]["lat_deg"] if "drones" in update else newest
            if newest == 36.0969 and len(late) >= published:
                break
        assert late == heard
        assert update["seq"] == frames


async def test_viewers_of_one_rate_share_one_encoding(flown: Any, next_frame: Any) -> None:
    service, copter = flown
    stream = service.station.live
    _, mark = stream.snapshot()
    copter.be_at(36.0953, 103.705)
    while True:
        await asyncio.sleep(0.03)
        first, head = stream.update(mark)
        if first is not None:
            break
    second, other_head = stream.update(mark)
    assert first is second
    assert head == other_head


async def test_a_viewer_that_leaves_leaves_nothing(flown: Any, next_frame: Any, until: Any) -> None:
    service, copter = flown
    async with service.watch() as viewer:
        await next_frame(viewer, "snapshot")
    copter.be_at(36.0953, 103.705)
    await until(lambda: not [task for task in asyncio.all_tasks() if task.get_name() == "viewer"])
