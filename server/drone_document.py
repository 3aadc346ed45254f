"""A drone as the service shows it."""

from typing_extensions import TypedDict

from server.control_document import ControlDocument, ControlState, control_document
from server.drone_safety import (
    AlertDocument,
    ConformanceDocument,
    DroneSafety,
    GuardDocument,
    alert_document,
    conformance_document,
    guard_document,
)
from server.plan_store import PositionDocument, position_document
from telemetry.vehicle.mission_to_go import ToGo
from telemetry.vehicle.vehicle_state import VehicleState


class BatteryDocument(TypedDict):
    """A battery."""

    voltage_v: float | None
    current_a: float | None
    remaining_pct: int | None
    time_left_s: float | None


class GpsDocument(TypedDict):
    """Satellite positioning; `fix` is GPS_FIX_TYPE."""

    fix: int | None
    satellites: int | None
    hdop: float | None
    horizontal_accuracy_m: float | None
    vertical_accuracy_m: float | None


class MissionDocument(TypedDict):
    """How far the mission on board is."""

    seq: int | None
    reached_seq: int | None
    count: int | None
    is_paused: bool
    to_go_m: float | None
    to_go_s: float | None


class PrearmDocument(TypedDict):
    """Whether the vehicle would arm, and why not."""

    ok: bool | None
    reasons: list[str]


class HealthDocument(TypedDict):
    """What is not well, and the autopilot's own fence."""

    unwell: list[str]
    fence_enabled: bool | None


class PayloadDocument(TypedDict):
    """Where the gimbal looks (above the horizon, and from north), and what the camera does."""

    gimbal_pitch_deg: float | None
    gimbal_yaw_deg: float | None
    gimbal_mode: str
    gimbal_controller: list[int] | None
    camera: str | None
    camera_mode: str
    zoom_pct: float | None
    is_taking_images: bool | None
    is_recording: bool | None
    storage_free_mib: float | None
    images: int | None


class TerrainDocument(TypedDict):
    """What the vehicle knows of the ground; `pending` and `loaded` count tiles of 4 by 4 heights."""

    alt_agl_m: float | None
    ground_alt_amsl_m: float | None
    pending: int | None
    loaded: int | None


class RemoteIdDocument(TypedDict):
    """Whether the vehicle's remote ID lets it arm, and why not."""

    ok: bool | None
    problem: str


class AgesDocument(TypedDict):
    """Seconds since each group of values was heard, when the object was made; `link_s` since anything was."""

    link_s: float | None
    mode_s: float | None
    position_s: float | None
    velocity_s: float | None
    attitude_s: float | None
    gps_s: float | None
    battery_s: float | None
    mission_s: float | None
    home_s: float | None
    health_s: float | None
    fence_s: float | None
    gimbal_s: float | None
    camera_s: float | None
    terrain_s: float | None
    remote_id_s: float | None


class DroneDocument(TypedDict):
    """All that is known of one drone."""

    id: str
    name: str
    system_id: int
    link: str
    is_connected: bool
    age_s: float | None
    autopilot: str
    mode: str
    is_armed: bool
    is_flying: bool | None
    position: PositionDocument | None
    alt_rel_m: float | None
    alt_amsl_m: float | None
    heading_deg: float | None
    course_deg: float | None
    ground_speed_m_s: float | None
    climb_m_s: float | None
    roll_deg: float | None
    pitch_deg: float | None
    yaw_deg: float | None
    velocity_m_s: list[float] | None
    battery: BatteryDocument
    gps: GpsDocument
    home: PositionDocument | None
    mission: MissionDocument
    plan_id: str | None
    flight_phase: str | None
    prearm: PrearmDocument
    zone_clearance_m: float | None
    alerts: list[AlertDocument]
    guard: GuardDocument
    control: ControlDocument
    conformance: ConformanceDocument
    fence_breached: bool | None
    health: HealthDocument
    payload: PayloadDocument
    terrain: TerrainDocument
    remote_id: RemoteIdDocument
    ages: AgesDocument


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def drone_document(
    state: VehicleState,
    *,
    now_s: float,
    plan_id: str | None,
    flight_phase: str | None,
    safety: DroneSafety,
    control: ControlState = (None, None),
    to_go: ToGo | None = None,
) -> DroneDocument:
    """Give a drone as JSON shows it; metres with 2 decimals, degrees of attitude with 1."""
    return {
        "id": state.vehicle_id,
        "name": str(state.system_id),
        "system_id": state.system_id,
        "link": state.link,
        "is_connected": state.is_connected,
        "age_s": round(max(0.0, now_s - state.updated_s), 2) if state.updated_s else None,
        "autopilot": state.autopilot,
        "mode": state.mode,
        "is_armed": state.is_armed,
        "is_flying": state.is_flying,
        "position": None if state.position is None else position_document(state.position),
        "alt_rel_m": _rounded(state.alt_rel_m, 2),
        "alt_amsl_m": _rounded(state.alt_amsl_m, 2),
        "heading_deg": _rounded(state.heading_deg, 1),
        "course_deg": _rounded(state.course_deg, 1),
        "ground_speed_m_s": _rounded(state.ground_speed_m_s, 2),
        "climb_m_s": _rounded(state.climb_m_s, 2),
        "roll_deg": _rounded(state.roll_deg, 1),
        "pitch_deg": _rounded(state.pitch_deg, 1),
        "yaw_deg": _rounded(state.yaw_deg, 1),
        "velocity_m_s": _velocity(state),
        "battery": {
            "voltage_v": _rounded(state.battery_v, 2),
            "current_a": _rounded(state.battery_a, 2),
            "remaining_pct": state.battery_pct,
            "time_left_s": _rounded(state.battery_time_left_s, 0),
        },
        "gps": {
            "fix": state.gps_fix,
            "satellites": state.gps_satellites,
            "hdop": _rounded(state.gps_hdop, 2),
            "horizontal_accuracy_m": _rounded(state.gps_horizontal_accuracy_m, 2),
            "vertical_accuracy_m": _rounded(state.gps_vertical_accuracy_m, 2),
        },
        "home": None if state.home is None else position_document(state.home),
        "mission": {
            "seq": state.mission_seq,
            "reached_seq": state.reached_seq,
            "count": state.mission_count,
            "is_paused": state.is_paused,
            "to_go_m": None if to_go is None else round(to_go.distance_m),
            "to_go_s": None if to_go is None else _rounded(to_go.time_s, 0),
        },
        "plan_id": plan_id,
        "flight_phase": flight_phase,
        "prearm": {"ok": state.prearm_ok, "reasons": list(state.prearm_reasons)},
        "zone_clearance_m": _rounded(safety.clearance_m, 1),
        "alerts": [alert_document(alert) for alert in safety.alerts],
        "guard": guard_document(safety),
        "control": control_document(control),
        "conformance": conformance_document(safety),
        "fence_breached": state.fence_breached,
        "health": {"unwell": list(state.unhealthy), "fence_enabled": state.fence_enabled},
        "payload": {
            "gimbal_pitch_deg": _rounded(state.gimbal_pitch_deg, 1),
            "gimbal_yaw_deg": _rounded(state.gimbal_yaw_deg, 1),
            "gimbal_mode": state.gimbal_mode,
            "gimbal_controller": None if state.gimbal_controller is None else list(state.gimbal_controller),
            "camera": None if state.camera_component is None else state.camera_name,
            "camera_mode": state.camera_mode,
            "zoom_pct": _rounded(state.zoom_pct, 1),
            "is_taking_images": state.is_taking_images,
            "is_recording": state.is_recording,
            "storage_free_mib": _rounded(state.storage_free_mib, 0),
            "images": state.images_taken,
        },
        "terrain": {
            "alt_agl_m": _rounded(state.alt_agl_m, 1),
            "ground_alt_amsl_m": _rounded(state.ground_alt_amsl_m, 1),
            "pending": state.terrain_pending,
            "loaded": state.terrain_loaded,
        },
        "remote_id": {"ok": state.remote_id_ok, "problem": state.remote_id_problem},
        "ages": {
            "link_s": _age_s(now_s, state.updated_s or None),
            "mode_s": _age_s(now_s, state.mode_heard_s),
            "position_s": _age_s(now_s, state.position_heard_s),
            "velocity_s": _age_s(now_s, state.velocity_heard_s),
            "attitude_s": _age_s(now_s, state.attitude_heard_s),
            "gps_s": _age_s(now_s, state.gps_heard_s),
            "battery_s": _age_s(now_s, state.battery_heard_s),
            "mission_s": _age_s(now_s, state.mission_heard_s),
            "home_s": _age_s(now_s, state.home_heard_s),
            "health_s": _age_s(now_s, state.health_heard_s),
            "fence_s": _age_s(now_s, state.fence_heard_s),
            "gimbal_s": _age_s(now_s, state.gimbal_heard_s),
            "camera_s": _age_s(now_s, state.camera_heard_s),
            "terrain_s": _age_s(now_s, state.terrain_heard_s),
            "remote_id_s": _age_s(now_s, state.remote_id_heard_s),
        },
    }


def _velocity(state: VehicleState) -> list[float] | None:
    """North, east, up."""
    if state.north_m_s is None or state.east_m_s is None or state.climb_m_s is None:
        return None
    return [round(state.north_m_s, 2), round(state.east_m_s, 2), round(state.climb_m_s, 2)]


def _age_s(now_s: float, heard_s: float | None) -> float | None:
    return None if heard_s is None else round(max(0.0, now_s - heard_s), 1)
