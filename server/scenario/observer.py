"""Writes down what happens while a scenario runs."""

import asyncio
from collections.abc import Mapping

from geofence.latlon import LatLon
from server.scenario.deck import Deck
from server.scenario.record import AIRBORNE_M, Record, Sample
from server.station import Station
from telemetry.bus import Bus
from telemetry.flight.zone_sentry import ZoneSentry
from telemetry.vehicle.vehicle import Vehicle

SAMPLE_S = 0.2


class Observer:
    """Listens to the bus and looks where the vehicles really are, five times a second.

    Parameters
    ----------
    station : Station
    deck : Deck
    record : Record
    """

    def __init__(self, station: Station, deck: Deck, record: Record) -> None:
        self._station = station
        self._deck = deck
        self._record = record
        self._subscription = station.bridge.bus.subscribe(name="scenario")
        self._sentry: tuple[int, ZoneSentry] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin."""
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._look_on())]

    async def close(self) -> None:
        """Take in what still waits, and stop."""
        self._subscription.close()
        for event in self._subscription.pending():
            self._record.note(self._deck.now_s(), self.name_of(event.vehicle_id), event)
        self.look()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @staticmethod
    def name_of(vehicle_id: str) -> str:
        """Give a vehicle's name in the scenario, which is that of its network."""
        return vehicle_id.rpartition("-")[0]

    async def _listen(self) -> None:
        async for event in self._subscription:
            self._record.note(self._deck.now_s(), self.name_of(event.vehicle_id), event)

    async def _look_on(self) -> None:
        while True:
            self.look()
            await self._deck.sleep(SAMPLE_S)

    def look(self) -> None:
        """Take in where everybody is."""
        now_s, record = self._deck.now_s(), self._record
        states = {self.name_of(key): vehicle.state for key, vehicle in self._station.bridge.vehicles.items()}
        record.states.update(states)
        for name in record.names:
            place, state = self._deck.place(name), states.get(name)
            if place is None:
                continue
            position = LatLon(place.lat_deg, place.lon_deg)
            record.homes.setdefault(name, position)
            clearance_m, zone_id = float("inf"), None
            if place.alt_rel_m > AIRBORNE_M and len(self._station.zones.zones):
                home_alt_m = None if state is None else state.home_alt_amsl_m
                clearance_m, zone_id = self._zone_sentry().clearance_m(
                    position,
                    alt_rel_m=place.alt_rel_m,
                    alt_amsl_m=float("nan") if home_alt_m is None else home_alt_m + place.alt_rel_m,
                    utc_s=self._deck.clock.utc_s(),
                )
            record.tracks.setdefault(name, []).append(
                Sample(
                    now_s,
                    position,
                    place.alt_rel_m,
                    "" if state is None else state.mode,
                    state is not None and state.is_armed,
                    clearance_m,
                    zone_id,
                )
            )

    def _zone_sentry(self) -> ZoneSentry:
        zones = self._station.zones
        if self._sentry is None or self._sentry[0] != zones.changed_at:
            self._sentry = zones.changed_at, ZoneSentry(zones.zones, Bus())
        return self._sentry[1]


def vehicles_by_name(station: Station) -> Mapping[str, Vehicle]:
    """Give the vehicles by their names in the scenario."""
    return {Observer.name_of(key): vehicle for key, vehicle in station.bridge.vehicles.items()}


def vehicle_named(station: Station, name: str) -> Vehicle | None:
    """Give a vehicle; None before it was heard."""
    return vehicles_by_name(station).get(name)
