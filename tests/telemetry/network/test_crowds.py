"""Forged senders, numbers and addresses: counted, and bounded."""

import asyncio
import socket

from telemetry.events import LinkCrowded, SystemIdDuplicated
from telemetry.forwarding.stations import Stations
from telemetry.links.link import MOST_PEERS
from telemetry.links.udp_link import UdpLink
from telemetry.network.bridged_link import MOST_SOURCES, TOO_MANY_COMPONENTS
from telemetry.network.peer_scanners import PeerScanners
from telemetry.wire.codec import Encoder, FrameScanner
from telemetry.wire.message import Message
from tests.telemetry.network.conftest import heartbeat

ATTITUDE = Message.new("ATTITUDE")


def unknown(number, system_id=1):
    """Make a frame of a message that the dialect does not know; its checksum cannot be told."""
    return bytes((0xFD, 0, 0, 0, 0, system_id, 1)) + number.to_bytes(3, "little") + b"\0\0"


def unknown_numbers(count):
    known = 60_000
    return (b"".join(unknown(known + number) for number in range(count)), "")


def test_unknown_messages_are_counted_under_one_name(station):
    station.add("radio")
    station.hear("radio", heartbeat())
    link = station.links["radio"]
    link.receive([unknown_numbers(5000)])
    assert link.messages_in == {"UNKNOWN": 5000, "HEARTBEAT": 1}
    [source] = link.vehicle_sources
    assert len(source.counts) == 2


def test_what_cannot_be_verified_makes_nobody_known(station):
    station.add("radio")
    link = station.links["radio"]
    link.receive([(b"".join(unknown(60_000, system_id) for system_id in range(1, 256)), "")])
    assert link.messages_in == {"UNKNOWN": 255}
    assert not link._sources


def test_forged_components_push_no_vehicle_out(station):
    station.add("radio")
    station.hear("radio", heartbeat())
    link = station.links["radio"]
    forged = [
        Encoder(system_id, component_id).encode(ATTITUDE)
        for system_id in range(2, 2 + 3 * MOST_SOURCES // 255)
        for component_id in range(1, 256)
    ]
    for at in range(0, len(forged), 500):
        station.clock.now_s += 0.01
        link.receive([(b"".join(forged[at : at + 500]), "")])
    assert len(forged) > 2 * MOST_SOURCES
    assert len(link._sources) <= MOST_SOURCES
    assert sum(len(sources) for sources in station.network._sources.values()) <= MOST_SOURCES
    assert [source.address.system_id for source in link.vehicle_sources] == [1]
    # Those that were forgotten are counted all the same.
    assert link.messages_in == {"ATTITUDE": len(forged), "HEARTBEAT": 1}
    assert [event.senders for event in station.told(LinkCrowded)] == ["components"]


def test_where_all_are_vehicles_one_more_is_refused(station, monkeypatch):
    monkeypatch.setattr("telemetry.network.bridged_link.MOST_SOURCES", 3)
    station.add("radio")
    for system_id in range(1, 6):
        station.links["radio"].receive([(Encoder(system_id, 1).encode(heartbeat()), "")])
    assert len(station.vehicles) == 3
    assert station.links["radio"].decode_errors == {TOO_MANY_COMPONENTS: 2}


def test_the_longest_silent_address_is_forgotten(station):
    station.add("radio")
    link = station.links["radio"]
    broken = Encoder(1, 1).encode(heartbeat())[:-1] + b"\0"
    for number in range(3 * MOST_PEERS):
        station.clock.now_s += 0.001
        link.receive([(broken, f"10.0.0.1:{number}")])
    assert len(link._scanners._scanners) == len(link._scanners._heard_s) == MOST_PEERS
    assert link.decode_errors["bad_crc"] == 3 * MOST_PEERS
    assert [event.senders for event in station.told(LinkCrowded)] == ["addresses"]


def test_addresses_that_came_one_after_another_are_no_crowd():
    scanners = PeerScanners(most=2)
    whole = Encoder(1, 1).encode(heartbeat())
    kept = scanners.scanner_of("a", 0.0)
    assert kept.feed(whole[:5]) == []
    for number in range(5):
        scanners.scanner_of(f"b{number}", 100.0 * number)
        assert scanners.scanner_of("a", 100.0 * number) is kept
    assert len(kept.feed(whole[5:])) == 1
    assert not scanners.is_crowded
    scanners.scanner_of("c", 401.0)
    assert scanners.is_crowded


def test_twins_are_told_of_for_so_many_addresses_only(station):
    station.add("radio")
    link = station.links["radio"]
    encoder = Encoder(1, 1)
    for number in range(500):
        link.receive([(encoder.encode(heartbeat()), f"10.0.0.1:{number}")])
    assert len(station.told(SystemIdDuplicated)) == 64
    assert link.decode_errors["duplicate_system_id"] == 499
    assert len(link._duplicates) == 65


async def test_a_udp_port_forgets_the_longest_silent_sender(monkeypatch):
    monkeypatch.setattr("telemetry.links.udp_link.MOST_PEERS", 4)
    link = UdpLink("udp", "127.0.0.1", 0, is_calling=False)
    await link.open()
    senders = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(12)]
    try:
        async with asyncio.timeout(5):
            for sender in senders:
                for speaking in (senders[0], sender):
                    speaking.sendto(b"x", ("127.0.0.1", link.port))
                    await link.read()
        assert len(link._peers) == len(link._peer_names) == 4
        first = f"127.0.0.1:{senders[0].getsockname()[1]}"
        forgotten = f"127.0.0.1:{senders[1].getsockname()[1]}"
        assert first in link._peers
        link.write(b"for the forgotten", forgotten)
        link.write(b"for the first", first)
        senders[0].settimeout(5)
        assert await asyncio.to_thread(senders[0].recv, 100) == b"for the first"
    finally:
        for sender in senders:
            sender.close()
        await link.close()


def test_forged_stations_are_forgotten(monkeypatch):
    monkeypatch.setattr("telemetry.forwarding.stations.MOST_PEERS", 4)
    stations = Stations()
    for number in range(20):
        [frame] = FrameScanner().feed(Encoder(200 + number % 10, 1).encode(ATTITUDE))
        assert stations.hear(frame, f"10.0.0.1:{number}")
    assert len(stations._speakers) == len(stations._peers) == len(stations._systems) == 4
    assert stations.knows_system(209)
    assert not stations.knows_system(200)
