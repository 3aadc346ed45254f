"""Heights for all vehicles of a bridge that ask."""

from geofence.terrain import Terrain
from telemetry.bridge import Bridge
from telemetry.events import TerrainMissing
from telemetry.terrain.terrain_answers import ASKED, GroundUnknown, TerrainAnswers
from telemetry.vehicle.vehicle import Vehicle


def serve_terrain(bridge: Bridge, terrain: Terrain) -> None:
    """Answer every vehicle's TERRAIN_REQUEST from now on."""

    def attend(vehicle: Vehicle) -> None:
        def tell(unknown: GroundUnknown) -> None:
            bridge.bus.publish(
                TerrainMissing(
                    time_s=bridge.clock.utc_s(),
                    vehicle_id=vehicle.vehicle_id,
                    lat_deg=unknown.lat_deg,
                    lon_deg=unknown.lon_deg,
                )
            )

        vehicle.attend(TerrainAnswers(terrain), ASKED, tell)

    bridge.attend(attend)
