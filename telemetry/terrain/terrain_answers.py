"""Answering a vehicle that asks for the height of the ground (https://mavlink.io/en/services/terrain.html)."""

from dataclasses import dataclass

import numpy as np

from geofence.terrain import Terrain
from telemetry.protocol.machine import Machine
from telemetry.terrain.grid_block import ALL_TILES, TILES, GridBlock
from telemetry.wire.dialect import definition_of
from telemetry.wire.message import Message

PACE_S = 0.05
"""From answer to answer: a block in 3 s, 1.1 kB/s, which a radio of 57,600 baud carries beside all else."""
BLOCKS_AT_MOST = 16
"""Waiting at a time; ArduPilot asks for the 9 round it."""
ASKED = frozenset({definition_of("TERRAIN_REQUEST").msg_id})


@dataclass(frozen=True, slots=True)
class GroundUnknown:
    """No height is known where the vehicle asks; told once for a square of a degree."""

    lat_deg: int
    lon_deg: int


class TerrainAnswers(Machine[GroundUnknown]):
    """Answer TERRAIN_REQUEST tile by tile from a terrain model; a tile that is not known whole stays unanswered.

    Parameters
    ----------
    terrain : Terrain
    """

    is_reading = True
    doing = "telling the height of the ground"

    def __init__(self, terrain: Terrain) -> None:
        super().__init__()
        self._terrain = terrain
        self._wanted: dict[GridBlock, int] = {}
        self._unknown: dict[GridBlock, int] = {}
        self._told: set[tuple[int, int]] = set()
        self._free_s = 0.0

    def start(self, now_s: float) -> None:
        """Nothing is sent before it is asked for."""

    def receive_message(self, message: Message, now_s: float) -> None:
        """Take a request; a repeated one takes the former's place."""
        if message.name != "TERRAIN_REQUEST" or not message.grid_spacing:
            return
        block = GridBlock(message.lat, message.lon, message.grid_spacing)
        if abs(block.lat_e7) > 900_000_000 or abs(block.lon_e7) > 1_800_000_000:
            return
        mask = message.mask & ALL_TILES & ~self._unknown.get(block, 0)
        self._wanted.pop(block, None)
        if not mask:
            return
        while len(self._wanted) >= BLOCKS_AT_MOST:
            del self._wanted[next(iter(self._wanted))]
        self._wanted[block] = mask
        if self._timer_s is None:
            self._timer_s = max(now_s, self._free_s)

    def handle_timer(self, now_s: float) -> None:
        """Answer the next tile."""
        if self._timer_s is None or now_s < self._timer_s:
            return
        self._timer_s = None
        while self._wanted:
            block, mask = next(iter(self._wanted.items()))
            tile = (mask & -mask).bit_length() - 1
            self._wanted[block] = mask & ~(1 << tile)
            if not self._wanted[block]:
                del self._wanted[block]
            if self._answer(block, tile):
                self._free_s = now_s + PACE_S
                self._timer_s = self._free_s if self._wanted else None
                return

    def _answer(self, block: GridBlock, tile: int) -> bool:
        alts_m = self._terrain.ground_alt_amsl_m(*block.positions_deg(tile))
        if np.isnan(alts_m).any():
            self._note_unknown(block, tile)
            return False
        self._outgoing.append(
            Message.new(
                "TERRAIN_DATA",
                lat=block.lat_e7,
                lon=block.lon_e7,
                grid_spacing=block.spacing_m,
                gridbit=tile,
                data=tuple(round(float(alt_m)) for alt_m in alts_m),
            )
        )
        return True

    def _note_unknown(self, block: GridBlock, tile: int) -> None:
        if len(self._unknown) >= BLOCKS_AT_MOST * TILES:
            self._unknown.clear()
        self._unknown[block] = self._unknown.get(block, 0) | 1 << tile
        if block.square_deg not in self._told:
            self._told.add(block.square_deg)
            self._events.append(GroundUnknown(*block.square_deg))
