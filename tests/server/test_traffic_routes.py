"""Other aircraft and RTK corrections over the interface."""

import asyncio
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
