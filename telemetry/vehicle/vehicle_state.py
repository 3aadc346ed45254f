"""All that is known of one vehicle at one moment."""

from dataclasses import dataclass, field

from geofence.latlon import LatLon


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleState:
    """A snapshot; None where the vehicle has not said.

    Parameters
    ----------
    vehicle_id : str
        Our own name, unique over all links.
    system_id, component_id : int
    link : str
    updated_s : float
        Seconds since 1970 of the last message heard.
    is_connected : bool
        Heard within the last 3 s.
    autopilot : str
        "ArduPilot", "PX4" or "MAV_AUTOPILOT n"; with the firmware's version where it was said.
    mode : str
        In the autopilot's own words ("AUTO"); empty before the first heartbeat.
    boot_time_s : float or None
        The vehicle's own clock at its last position; in a simulation it may run at another pace than ours.
    says_velocity : bool
        Its velocity over ground is known: a course of None means that it stands.
    is_paused : bool
        The running mission is held, by us or as the vehicle says.
    yaw_deg : float or None
        Of the attitude, 0 to 360 from north.
    north_m_s, east_m_s : float or None
        The velocity over ground; `climb_m_s` is its third part.
    gps_horizontal_accuracy_m, gps_vertical_accuracy_m : float or None
    battery_time_left_s : float or None
        By the vehicle's word, or by how fast its charge falls.
    unhealthy : tuple of str
        Sensors and systems that are switched on and not well.
    fence_enabled : bool or None
    alt_agl_m, ground_alt_amsl_m : float or None
        Above the ground, and the ground's own height, by the vehicle's terrain data.
    terrain_pending, terrain_loaded : int or None
        Tiles of terrain that it waits for, and has.
    gimbal_pitch_deg, gimbal_yaw_deg : float or None
        Above the horizon, and from north.
    gimbal_mode : str
        "follow" the nose, "lock" to north, "neutral", "retracted", "sticks"; empty where it is not said.
    gimbal_component, gimbal_device_id : int or None
        Of the gimbal manager (v2), where there is one.
    gimbal_controller : tuple of two int or None
        System and component that point the gimbal; zeros for nobody.
    camera_component : int or None
        Of the camera that speaks the camera protocol, where there is one.
    camera_name, camera_mode : str
        Maker and model; "image", "video" or "survey".
    zoom_pct : float or None
    is_taking_images, is_recording : bool or None
        A series of images, and a video.
    storage_free_mib : float or None
    images_taken : int or None
    remote_id_ok : bool or None
        Whether its remote ID lets it arm; `remote_id_problem` says why not.
    mode_heard_s, position_heard_s, velocity_heard_s, attitude_heard_s, gps_heard_s, battery_heard_s : float or None
        When each group of fields was last heard, as `updated_s`; armed or not is said with the mode.
    mission_heard_s, home_heard_s, health_heard_s, fence_heard_s, gimbal_heard_s : float or None
        Of these, health is what the vehicle says of its systems and whether it would arm, fence whether it was breached.
    camera_heard_s, terrain_heard_s, remote_id_heard_s : float or None
    """

    vehicle_id: str
    system_id: int
    component_id: int
    link: str
    updated_s: float = 0.0
    is_connected: bool = False
    autopilot: str = ""
    mode: str = ""
    is_armed: bool = False
    is_flying: bool | None = None
    boot_time_s: float | None = field(default=None, compare=False)
    position: LatLon | None = None
    alt_amsl_m: float | None = None
    alt_rel_m: float | None = None
    alt_agl_m: float | None = None
    ground_alt_amsl_m: float | None = None
    terrain_pending: int | None = None
    terrain_loaded: int | None = None
    heading_deg: float | None = None
    course_deg: float | None = None
    ground_speed_m_s: float | None = None
    climb_m_s: float | None = None
    says_velocity: bool = False
    roll_deg: float | None = None
    pitch_deg: float | None = None
    yaw_deg: float | None = None
    north_m_s: float | None = None
    east_m_s: float | None = None
    battery_v: float | None = None
    battery_a: float | None = None
    battery_pct: int | None = None
    battery_time_left_s: float | None = field(default=None, compare=False)
    gps_fix: int | None = None
    gps_satellites: int | None = None
    gps_hdop: float | None = None
    gps_horizontal_accuracy_m: float | None = None
    gps_vertical_accuracy_m: float | None = None
    home: LatLon | None = None
    home_alt_amsl_m: float | None = None
    mission_seq: int | None = None
    mission_count: int | None = None
    reached_seq: int | None = None
    is_paused: bool = False
    prearm_ok: bool | None = None
    prearm_reasons: tuple[str, ...] = ()
    unhealthy: tuple[str, ...] = ()
    fence_enabled: bool | None = None
    fence_breached: bool | None = None
    gimbal_pitch_deg: float | None = None
    gimbal_yaw_deg: float | None = None
    gimbal_mode: str = ""
    gimbal_component: int | None = None
    gimbal_device_id: int | None = None
    gimbal_controller: tuple[int, int] | None = None
    camera_component: int | None = None
    camera_name: str = ""
    camera_mode: str = ""
    zoom_pct: float | None = None
    is_taking_images: bool | None = None
    is_recording: bool | None = None
    storage_free_mib: float | None = None
    images_taken: int | None = None
    remote_id_ok: bool | None = None
    remote_id_problem: str = ""
    mode_heard_s: float | None = field(default=None, compare=False)
    position_heard_s: float | None = field(default=None, compare=False)
    velocity_heard_s: float | None = field(default=None, compare=False)
    attitude_heard_s: float | None = field(default=None, compare=False)
    gps_heard_s: float | None = field(default=None, compare=False)
    battery_heard_s: float | None = field(default=None, compare=False)
    mission_heard_s: float | None = field(default=None, compare=False)
    home_heard_s: float | None = field(default=None, compare=False)
    health_heard_s: float | None = field(default=None, compare=False)
    fence_heard_s: float | None = field(default=None, compare=False)
    gimbal_heard_s: float | None = field(default=None, compare=False)
    camera_heard_s: float | None = field(default=None, compare=False)
    terrain_heard_s: float | None = field(default=None, compare=False)
    remote_id_heard_s: float | None = field(default=None, compare=False)
