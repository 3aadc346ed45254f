"""Whole transactions with a simulated copter that has files, on a bad link, in simulated time."""

import asyncio

import pytest

from bench.lossy_link import LossyLink
from bench.upload import survey
from simulator.protocol import ftp_service
from simulator.simulated_time import run_simulated
from telemetry.protocol.ftp.file_channel import DISTRUST_S
from telemetry.protocol.mission_equality import differences
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_transaction import UploadRefused
from telemetry.protocol.mission_type import MissionType
from telemetry.refusal import TelemetryError

MISSION = MissionType.MISSION
PLAIN = frozenset({"MISSION_COUNT", "MISSION_REQUEST_LIST", "PARAM_REQUEST_LIST"})


class Scene:
    """A link, what was sent over it, and what is on board."""

    def __init__(self, seed=0, *, former=8, **weather):
        self.sent = []
        self.is_deaf_to = lambda _: False

        def is_heard(message):
            self.sent.append(message)
            return not self.is_deaf_to(message)

        self.link = LossyLink(seed, is_heard=is_heard, **weather)
        self.vehicle, self.copter = self.link.vehicle, self.link.copter
        self.former = survey(former, 50.0)
        self.link.put_on_board(self.former)

    @property
    def names(self):
        return {message.name for message in self.sent}

    @property
    def places(self):
        store = self.copter.mission
        return [(item.x, item.y, item.z) for item in map(store.item, range(1, store.count()))]


def scene(work, seed=0, **weather):
    async def main():
        here = Scene(seed, **weather)
        await here.link.open()
        try:
            return await work(here)
        finally:
            await here.link.close()

    return run_simulated(main())


def places_of(items):
    return [(item.x, item.y, item.z) for item in items[1:]]


def test_a_vehicle_with_files_is_sent_files():
    async def work(here):
        steps = []
        mission = survey(600, 30.0)
        await here.vehicle.upload(MISSION, mission, lambda *step: steps.append(step))
        assert here.places == places_of(mission)
        assert not differences(mission, await here.vehicle.download(MISSION), MISSION)
        assert here.names == {"FILE_TRANSFER_PROTOCOL"}
        assert steps[-1] == ("reading mission", 600, 600)
        assert ("sending mission", 600, 600) in steps

    scene(work)


@pytest.mark.parametrize("kind", [MissionType.FENCE, MissionType.RALLY])
def test_fence_and_rally_points_too(kind):
    ring = [WireItem(seq, 0, 5001, (4.0, 0, 0, 0), 360900000 + seq * 10000, 1037000000) for seq in range(4)]
    ring[2] = WireItem(2, 0, 5001, (4.0, 0, 0, 0), 360950000, 1037090000)
    points = [WireItem(seq, 3, 5100, x=360900000 + seq, y=1037000000, z=40.0) for seq in range(3)]
    items = ring if kind is MissionType.FENCE else points

    async def work(here):
        await here.vehicle.upload(kind, items)
        assert not differences(items, await here.vehicle.download(kind), kind)
        with pytest.raises(UploadRefused) as caught:
            await here.vehicle.upload(kind, [*items[:2], WireItem(2, 3, 16, x=1, y=1)])
        assert "former" in str(caught.value)
        assert not differences(items, await here.vehicle.download(kind), kind)

    scene(work)


def test_a_vehicle_that_names_no_files_is_not_asked_for_any():
    async def main():
        here = Scene()
        await here.vehicle.upload(MISSION, survey(5, 30.0))
        assert "FILE_TRANSFER_PROTOCOL" not in here.names
        await here.link.close()

    run_simulated(main())


def test_silent_files_are_left_alone_for_a_while():
    async def work(here):
        loop = asyncio.get_running_loop()
        here.is_deaf_to = lambda message: message.name == "FILE_TRANSFER_PROTOCOL"
        started_s = loop.time()
        await here.vehicle.upload(MISSION, survey(5, 30.0))
        assert loop.time() - started_s < 8.0
        assert here.places == places_of(survey(5, 30.0))
        here.sent.clear()
        await here.vehicle.download(MISSION)
        assert "FILE_TRANSFER_PROTOCOL" not in here.names
        await asyncio.sleep(DISTRUST_S)
        here.is_deaf_to = lambda _: False
        here.sent.clear()
        await here.vehicle.download(MISSION)
        assert here.names == {"FILE_TRANSFER_PROTOCOL"}

    scene(work)


def test_files_that_fall_silent_in_mid_transfer():
    async def work(here):
        here.is_deaf_to = lambda message: message.name == "FILE_TRANSFER_PROTOCOL" and message.payload[3] == 7
        mission = survey(60, 30.0)
        await here.vehicle.upload(MISSION, mission)
        assert here.places == places_of(mission)
        assert "MISSION_ITEM_INT" in here.names

    scene(work)


@pytest.mark.parametrize("opcode", [4, 6, 7, 15, 1])
def test_refused_files_give_way_to_items(monkeypatch, opcode):
    dispatch = ftp_service.FtpService._dispatch

    def refuse(self, request, *rest):
        if request.opcode == opcode:
            raise ftp_service._Refused(9)
        dispatch(self, request, *rest)

    monkeypatch.setattr(ftp_service.FtpService, "_dispatch", refuse)

    async def work(here):
        mission = survey(30, 30.0)
        await here.vehicle.upload(MISSION, mission)
        assert here.places == places_of(mission)

    scene(work)


def test_garbled_files_give_way_to_items(monkeypatch):
    from simulator.protocol import ftp_files

    packed = ftp_files.packed_items
    monkeypatch.setattr(ftp_files, "packed_items", lambda store: packed(store)[:-3])
    monkeypatch.setattr(ftp_files, "packed_parameters", lambda *_, **__: b"\x1c\x67\x01\x00\x01\x00\xff")

    async def work(here):
        mission = survey(30, 30.0)
        await here.vehicle.upload(MISSION, mission)
        assert here.places == places_of(mission)
        assert len(await here.vehicle.read_parameters()) == 1392
        assert here.names >= PLAIN

    scene(work)


def test_a_file_that_is_taken_wrongly_is_sent_again_as_items(monkeypatch):
    from simulator.protocol import ftp_files

    take = ftp_files.take_items

    def take_but_spoil(store, content):
        # The sixth item's latitude, one degE7 off.
        at = 10 + 5 * 38 + 16
        return take(store, content[:at] + bytes((content[at] ^ 1,)) + content[at + 1 :])

    monkeypatch.setattr(ftp_files, "take_items", take_but_spoil)

    async def work(here):
        mission = survey(30, 30.0)
        await here.vehicle.upload(MISSION, mission)
        assert here.places == places_of(mission)
        assert "MISSION_ITEM_INT" in here.names

    scene(work)


def test_a_refused_item_is_named_and_the_former_mission_is_there_again():
    async def work(here):
        mission = survey(40, 30.0)
        mission[17] = WireItem(17, 3, 16, x=950_000_000, y=0, z=30.0)
        with pytest.raises(UploadRefused) as caught:
            await here.vehicle.upload(MISSION, mission)
        assert (caught.value.result, caught.value.seq) == (10, 17)
        assert "former mission is on board again" in str(caught.value)
        assert here.places == places_of(here.former)

    scene(work)


@pytest.mark.parametrize("seed", range(6))
def test_a_cancelled_upload_leaves_no_mixture(seed):
    async def work(here):
        upload = asyncio.create_task(here.vehicle.upload(MISSION, survey(300, 30.0)))
        await asyncio.sleep(0.4 + 1.7 * seed)
        upload.cancel()
        done = (await asyncio.gather(upload, return_exceptions=True))[0]
        assert isinstance(done, asyncio.CancelledError)
        assert here.places == places_of(here.former)
        # What the broken transfer left open, a later one does not bring into force.
        await asyncio.sleep(5.0)
        await here.vehicle.download(MISSION)
        assert here.places == places_of(here.former)

    scene(work, seed, loss=0.1, round_trip_s=0.2)


@pytest.mark.parametrize("seed", range(8))
def test_bad_links_end_right_or_restored(seed):
    async def work(here):
        mission = survey(120, 30.0)
        if seed % 4 < 3:
            await here.vehicle.upload(MISSION, mission)
            assert here.places == places_of(mission)
            return
        mission[9] = WireItem(9, 3, 16, x=950_000_000, y=0, z=30.0)
        with pytest.raises(TelemetryError, match="item 9"):
            await here.vehicle.upload(MISSION, mission)
        assert here.places == places_of(here.former)

    scene(work, seed, loss=0.2, round_trip_s=0.2, jitter_s=0.1)


@pytest.mark.parametrize("has_files", [True, False])
def test_all_parameters(has_files):
    async def work(here):
        here.copter.parameters["RTL_ALT"] = 3000
        if not has_files:
            here.vehicle.files.distrust("")
        found = await here.vehicle.read_parameters()
        table = here.copter.parameters
        assert {name: each.value for name, each in found.items()} == {
            definition.name: table[definition.name] for definition in map(table.at, range(len(table)))
        }
        assert found["RTL_ALT"].default == (1500 if has_files else None)
        assert found["RTL_ALT"].is_changed is has_files
        assert ("PARAM_REQUEST_LIST" in here.names) is not has_files

    scene(work, 3, loss=0.1, round_trip_s=0.05)


def test_a_directory():
    async def work(here):
        assert [entry.name for entry in await here.vehicle.files.list_directory("@SYS")] == ["threads.txt"]
        with pytest.raises(TelemetryError, match="directory /APM cannot be listed: listing was refused"):
            await here.vehicle.files.list_directory("/APM")

    scene(work)
