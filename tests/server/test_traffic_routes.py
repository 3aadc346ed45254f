"""Other aircraft and RTK corrections over the interface."""

import asyncio
import json
from typing import Any

from telemetry.rtk.correction_source import correction_source
from telemetry.wire.message import Message

STATION = bytes.fromhex("D300133ED7D30202980EDEEF34B4BD62AC0941986F33360B98")


async def test_traffic_is_listed(run_service: Any) -> None:
    async with run_service() as service:
        assert (await service.client.get("/api/traffic")).json() == {"aircraft": []}
        heard = Message.new(
            "ADSB_VEHICLE",
            ICAO_address=0x780ABC,
            lat=360925000,
            lon=1037080000,
            altitude=1_700_000,
            callsign="CCA1234",
            flags=1 | 2 | 16,
        )
        now_s = service.station.bridge.clock.monotonic_s()
        service.station.traffic.picture.receive_message(heard, now_s)
        (aircraft,) = (await service.client.get("/api/traffic")).json()["aircraft"]
    assert 0 <= aircraft.pop("age_s") < 30
    assert aircraft == {
        "id": "adsb-780ABC",
        "source": "adsb",
        "name": "CCA1234",
        "position": {"lat_deg": 36.0925, "lon_deg": 103.708},
        "alt_m": 1700.0,
        "alt_datum": "pressure",
        "heading_deg": None,
        "speed_m_s": None,
        "climb_m_s": None,
        "emitter_type": 0,
        "squawk": "",
        "is_on_ground": False,
        "operator": None,
        "operator_id": "",
        "near": [],
    }


async def test_traffic_is_streamed_as_it_changes(run_service: Any) -> None:
    def heard(address: int, lat_e7: int = 360925000) -> Message:
        return Message.new("ADSB_VEHICLE", ICAO_address=address, lat=lat_e7, lon=1037080000, flags=1)

    async with run_service() as service:
        picture, clock = service.station.traffic.picture, service.station.bridge.clock
        picture.receive_message(heard(1), clock.monotonic_s())
        async with service.watch("?rate_hz=20") as viewer:
            snapshot = await received(viewer, "traffic")
            assert [aircraft["id"] for aircraft in snapshot["traffic"]] == ["adsb-000001"]
            picture.receive_message(heard(2), clock.monotonic_s())
            update = await received(viewer, "traffic")
            assert [aircraft["id"] for aircraft in update["traffic"]] == ["adsb-000002"]
            picture.receive_message(heard(1, 360935000), clock.monotonic_s())
            moved = await received(viewer, "traffic")
            assert [aircraft["position"]["lat_deg"] for aircraft in moved["traffic"]] == [36.0935]
            assert moved["traffic"][0]["near"] == []
            picture.observe({}, clock.monotonic_s() + 61.0)
            assert sorted((await received(viewer, "traffic_gone"))["traffic_gone"]) == [
                "adsb-000001",
                "adsb-000002",
            ]


async def received(viewer: Any, key: str) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            frame: dict[str, Any] = json.loads(await viewer.recv())
            if key in frame:
                return frame


async def test_corrections_tell_how_they_come(run_service: Any, until: Any) -> None:
    async def base(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(STATION * 3)
        await reader.read()
        writer.close()

    listener = await asyncio.start_server(base, "127.0.0.1", 0)
    source = f"tcp:127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    async with listener, run_service() as service:
        assert (await service.client.get("/api/corrections")).json() == {"corrections": None}
        await service.station.serve(corrections=correction_source(source))
        await until(lambda: service.station.corrections.state.frames == 3)
        told = (await service.client.get("/api/corrections")).json()["corrections"]
    assert told["source"] == source
    assert (told["is_flowing"], told["frames"], told["bad_crc"]) == (True, 3, 0)
    assert told["messages"] == {"1005": 3}
