"""What a drone is to do besides a plan, as a request says it."""

from typing import Annotated, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field

from geofence.latlon import LatLon
from server.acting import Ordered
from telemetry.operations.attitude_and_speed import ChangeSpeed, LookAt, Turn
from telemetry.operations.camera import RecordVideo, StopImages, StopVideo, TakeImages, ZoomCamera
from telemetry.operations.gimbal import PointGimbal, ReleaseGimbal
from telemetry.operations.guided_flight import ChangeAltitude, GoTo, Orbit, TakeOff
from telemetry.operations.home import SetHome
from telemetry.operations.operation import Operation
from telemetry.operations.stopping import Abort, Continue, Land, Pause, Return
from telemetry.vehicle.vehicle import Vehicle

Altitude = Annotated[float, Field(ge=1, le=120, allow_inf_nan=False)]
Speed = Annotated[float, Field(ge=0.5, le=50, allow_inf_nan=False)]


class PlaceBody(BaseModel):
    """A place in WGS-84."""

    model_config = ConfigDict(extra="forbid")

    lat_deg: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon_deg: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]

    def latlon(self) -> LatLon:
        """Give the place."""
        return LatLon(self.lat_deg, self.lon_deg)


class TakeOffBody(Ordered):
    """Take off and climb."""

    operation: Literal["take_off"]
    alt_rel_m: Altitude = 20.0


class GoToBody(Ordered):
    """Fly straight to a place; at the present altitude where none is given."""

    operation: Literal["go_to"]
    position: PlaceBody
    alt_rel_m: Altitude | None = None
    speed_m_s: Speed | None = None


class ChangeAltitudeBody(Ordered):
    """Climb or sink on the spot."""

    operation: Literal["change_altitude"]
    alt_rel_m: Altitude


class OrbitBody(Ordered):
    """Fly round a place; at the present altitude where none is given."""

    operation: Literal["orbit"]
    centre: PlaceBody
    radius_m: Annotated[float, Field(ge=5, le=2000, allow_inf_nan=False)]
    alt_rel_m: Altitude | None = None
    speed_m_s: Speed = 5.0
    turns: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = 1.0
    direction: Literal["clockwise", "counter_clockwise"] = "clockwise"


class LookAtBody(Ordered):
    """Keep looking at a place, or ahead again where it is null."""

    operation: Literal["look_at"]
    position: PlaceBody | None
    alt_rel_m: Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)] = 0.0


class ChangeSpeedBody(Ordered):
    """Fly at another speed."""

    operation: Literal["change_speed"]
    speed_m_s: Speed


class TurnBody(Ordered):
    """Turn the nose."""

    operation: Literal["turn"]
    heading_deg: Annotated[float, Field(ge=0, le=360, allow_inf_nan=False)]


class PointGimbalBody(Ordered):
    """Point the gimbal: pitch above the horizon, yaw from the nose or from north."""

    operation: Literal["point_gimbal"]
    pitch_deg: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    yaw_deg: Annotated[float, Field(ge=-360, le=360, allow_inf_nan=False)] = 0.0
    is_from_north: bool = False


class TakeImagesBody(Ordered):
    """Take one image or a series; a count of 0 goes on until it is stopped."""

    operation: Literal["take_images"]
    count: Annotated[int, Field(ge=0, le=10_000)] = 1
    interval_s: Annotated[float, Field(ge=0.1, le=3600, allow_inf_nan=False)] = 1.0


class ZoomBody(Ordered):
    """Zoom to a share of what the camera can."""

    operation: Literal["zoom_camera"]
    zoom_pct: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class SetHomeBody(Ordered):
    """Return to another place from now on: to where it is, or to a place at the former home's altitude or another."""

    operation: Literal["set_home"]
    position: PlaceBody | None = None
    alt_amsl_m: Annotated[float, Field(ge=-1000, le=10_000, allow_inf_nan=False)] | None = None


class PlainBody(Ordered):
    """What needs no more than its name."""

    operation: Literal[
        "pause",
        "continue",
        "return",
        "land",
        "abort",
        "release_gimbal",
        "stop_images",
        "record_video",
        "stop_video",
    ]


OperationBody = Annotated[
    TakeOffBody
    | GoToBody
    | ChangeAltitudeBody
    | OrbitBody
    | LookAtBody
    | ChangeSpeedBody
    | TurnBody
    | PointGimbalBody
    | TakeImagesBody
    | ZoomBody
    | SetHomeBody
    | PlainBody,
    Field(discriminator="operation"),
]
_PLAIN: dict[str, type[Operation]] = {
    "pause": Pause,
    "continue": Continue,
    "return": Return,
    "land": Land,
    "abort": Abort,
    "release_gimbal": ReleaseGimbal,
    "stop_images": StopImages,
    "record_video": RecordVideo,
    "stop_video": StopVideo,
}


def operation_of(body: OperationBody, vehicle: Vehicle) -> Operation:
    """Make the operation for one drone.

    Raises
    ------
    TelemetryError
        Where the drone does not know where it is, and it would matter.
    """
    here_alt_m = min(max(vehicle.state.alt_rel_m or 0.0, 1.0), 120.0)
    match body:
        case TakeOffBody():
            return TakeOff(vehicle, body.alt_rel_m)
        case GoToBody():
            return GoTo(vehicle, body.position.latlon(), body.alt_rel_m or here_alt_m, body.speed_m_s)
        case ChangeAltitudeBody():
            return ChangeAltitude(vehicle, body.alt_rel_m)
        case OrbitBody():
            return Orbit(
                vehicle,
                body.centre.latlon(),
                body.radius_m,
                body.alt_rel_m or here_alt_m,
                speed_m_s=body.speed_m_s,
                turns=body.turns,
                is_clockwise=body.direction == "clockwise",
            )
        case LookAtBody():
            position = None if body.position is None else body.position.latlon()
            return LookAt(vehicle, position, body.alt_rel_m)
        case ChangeSpeedBody():
            return ChangeSpeed(vehicle, body.speed_m_s)
        case TurnBody():
            return Turn(vehicle, body.heading_deg)
        case PointGimbalBody():
            return PointGimbal(vehicle, body.pitch_deg, body.yaw_deg, is_from_north=body.is_from_north)
        case TakeImagesBody():
            return TakeImages(vehicle, body.count, body.interval_s)
        case ZoomBody():
            return ZoomCamera(vehicle, body.zoom_pct)
        case SetHomeBody():
            position = None if body.position is None else body.position.latlon()
            return SetHome(vehicle, position, body.alt_amsl_m)
        case PlainBody():
            return _PLAIN[body.operation](vehicle)
        case _:
            assert_never(body)
