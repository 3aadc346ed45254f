"""The vehicles in their world: what each meets, sees and hears."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence

import numpy as np

from simulator.copter import Copter
from simulator.local_frame import METRES_PER_DEGREE
from simulator.world import adsb, devices
from simulator.world.sight.eye import Eye, axes, mounted_axes
from simulator.world.sight.scene import Scene
from simulator.world.world import Onlooker, World
from simulator.world.world_frame import Floats
from simulator.world.world_settings import LIGHT, LOUDSPEAKER, WorldSettings

OUTPUTS_PERIOD_S = 0.1
EYE_ABOVE_FEET_M = 0.25
"""A camera hangs higher than what a vehicle stands on."""


def fitted_parameters(settings: WorldSettings, *, has_cameras: bool) -> dict[str, float]:
    """Give the parameters of what vehicles carry in a world.

    Receivers for its traffic, cameras for who looks, and free outputs for its devices.
    """
    fitted: dict[str, float] = {}
    if settings.traffic:
        fitted["ADSB_TYPE"] = 1.0
    if has_cameras or settings.detectors is not None:
        fitted |= {"CAM1_TYPE": 1.0, "MNT1_TYPE": 1.0}
    for output in settings.devices.values():
        if output.relay:
            fitted[f"RELAY{output.relay}_FUNCTION"] = 1.0
        else:
            fitted[f"SERVO{output.servo}_FUNCTION"] = 0.0
    return fitted


class VehiclesInWorld:
    """Joins copters to a world; stepped before they are.

    They boot again, on its ground and fitted with what there is use for.

    Parameters
    ----------
    world : World
        With gusts for as many vehicles.
    copters : sequence of Copter
    chosen : iterable of str
        Parameters that are left as they are.
    has_cameras : bool
        Whether somebody looks at pictures.
    """

    def __init__(
        self,
        world: World,
        copters: Sequence[Copter],
        *,
        chosen: Iterable[str] = (),
        has_cameras: bool = False,
    ) -> None:
        self.world = world
        self.copters = copters
        fitted = fitted_parameters(world.settings, has_cameras=has_cameras)
        for copter in copters:
            for name in fitted.keys() - set(chosen):
                copter.parameters[name] = fitted[name]
            frame = copter.autopilot.frame
            alt_amsl_m = world.landing_amsl_m_at(frame.lat_deg, frame.lon_deg)
            copter.settle(world.ground_amsl_m_at, alt_amsl_m, world.settings.camera.pitch_deg)
        frames = [copter.autopilot.frame for copter in copters]
        self._base_north_m, self._base_east_m = world.frame.to_metres(
            [frame.lat_e7 * 1e-7 for frame in frames], [frame.lon_e7 * 1e-7 for frame in frames]
        )
        # Each vehicle scales longitudes by the latitude where it was switched on, the world by that of its origin.
        world_scale = float(world.frame.to_metres(world.frame.lat_deg, world.frame.lon_deg + 1.0)[1])
        self._east_scale = np.array([world_scale / METRES_PER_DEGREE / frame.scale for frame in frames])
        self._base_up_m = np.array([copter.autopilot.origin_alt_amsl_m for copter in copters])
        self._next_adsb_s = self._next_outputs_s = 0.0
        self._switched: dict[tuple[int, str], tuple[bool, int]] = {}

    # --- time --------------------------------------------------------------------------------------------------

    def step(self, dt: float) -> None:
        """Advance the world by `dt`, and let the vehicles meet it."""
        world = self.world
        world.step(dt)
        north_m, east_m, alt_amsl_m = self._places_m()
        ground_m = world.landing_amsl_m(north_m, east_m)
        air_north_m_s, air_east_m_s = world.wind.blow(alt_amsl_m - ground_m)
        for copter, ground_up_m, north_m_s, east_m_s in zip(
            self.copters,
            (ground_m - self._base_up_m).tolist(),
            air_north_m_s.tolist(),
            air_east_m_s.tolist(),
            strict=True,
        ):
            autopilot = copter.autopilot
            autopilot.body.ground_up_m = ground_up_m
            autopilot.wind.field_north_m_s, autopilot.wind.field_east_m_s = north_m_s, east_m_s
        if world.now_s >= self._next_adsb_s:
            self._next_adsb_s = world.now_s + adsb.PERIOD_S
            self._hear_aircraft(north_m, east_m)
        if world.now_s >= self._next_outputs_s:
            self._next_outputs_s = world.now_s + OUTPUTS_PERIOD_S
            self._mind_outputs()
        if world.is_look_due:
            world.look(self.onlookers())

    def _places_m(self) -> tuple[Floats, Floats, Floats]:
        pilots = [copter.autopilot for copter in self.copters]
        north_m, east_m = np.array([pilot.true_place_m for pilot in pilots]).T
        up_m = np.array([pilot.body.up_m for pilot in pilots])
        return (
            self._base_north_m + north_m,
            self._base_east_m + east_m * self._east_scale,
            self._base_up_m + up_m,
        )

    def _hear_aircraft(self, north_m: Floats, east_m: Floats) -> None:
        for aircraft in self.world.traffic.at(self.world.now_s):
            off_m = np.hypot(north_m - aircraft.north_m, east_m - aircraft.east_m)
            message = adsb.adsb_vehicle(aircraft, self.world.frame)
            for number in np.flatnonzero(off_m <= adsb.RADIUS_M).tolist():
                self.copters[number].hear_aircraft(message)

    def _mind_outputs(self) -> None:
        for number, copter in enumerate(self.copters):
            outputs = copter.autopilot.outputs
            for name, output in self.world.settings.devices.items():
                was_on, was_at = self._switched.get((number, name), (False, 0))
                is_on, at = devices.switched(output, outputs)
                self._switched[number, name] = is_on, at
                if name == LIGHT and is_on is not was_on:
                    self.world.switch_light(self.onlooker(number), is_on=is_on)
                elif name == LOUDSPEAKER and (is_on is not was_on or (is_on and at != was_at)):
                    self.world.hear_speaker(self.onlooker(number), is_on=is_on, number=at)
            for tune in copter.taken_tunes():
                self.world.hear_speaker(self.onlooker(number), is_on=True, text=tune)

    # --- seeing ------------------------------------------------------------------------------------------------

    def onlooker(self, number: int) -> Onlooker:
        """Give one vehicle as the world knows it."""
        copter = self.copters[number]
        payload, body = copter.payload, copter.autopilot.body
        north_m, east_m = copter.autopilot.true_place_m
        camera = self.world.settings.camera
        zoom_pct = payload.camera.zoom_pct if payload.camera is not None else 0.0
        if payload.gimbal is not None:
            yaw_rad = body.yaw_rad + math.radians(payload.gimbal.yaw_deg)
            turned = axes(yaw_rad, math.radians(payload.gimbal.pitch_deg), 0.0)
        else:
            attitude = axes(body.yaw_rad, body.pitch_rad, body.roll_rad)
            turned = mounted_axes(attitude, math.radians(camera.pitch_deg))
        place_m = np.array(
            (
                self._base_north_m[number] + north_m,
                self._base_east_m[number] + east_m * self._east_scale[number],
                self._base_up_m[number] + body.up_m + EYE_ABOVE_FEET_M,
            )
        )
        return Onlooker(
            copter.system_id,
            Eye(place_m, turned, camera.focal_px(zoom_pct), camera.width_px, camera.height_px),
            body.yaw_rad,
            has_camera=payload.camera is not None,
            has_light_on=self._switched.get((number, LIGHT), (False, 0))[0],
        )

    def onlookers(self) -> list[Onlooker]:
        """Give all of them."""
        return [self.onlooker(number) for number in range(len(self.copters))]

    def view(self, number: int) -> tuple[Scene, Eye, tuple[str, ...]]:
        """Give what one's camera sees now: scene, eye and caption."""
        onlookers = self.onlookers()
        eye = onlookers[number].eye
        return self.world.scene(eye, onlookers), eye, self._caption(number, eye)

    def _caption(self, number: int, eye: Eye) -> tuple[str, ...]:
        world, copter = self.world, self.copters[number]
        zone = dt.timezone(dt.timedelta(hours=world.settings.utc_offset_h))
        moment = dt.datetime.fromtimestamp(world.unix_s, zone)
        lat_deg, lon_deg = world.frame.to_degrees(eye.place_m[0], eye.place_m[1])
        heading_deg = math.degrees(copter.autopilot.body.yaw_rad) % 360.0
        forward = eye.axes[2]
        looks_deg = math.degrees(math.atan2(forward[1], forward[0])) % 360.0
        pitch_deg = math.degrees(math.asin(max(-1.0, min(1.0, float(forward[2])))))
        return (
            f"vehicle {copter.system_id}   {moment:%Y-%m-%d %H:%M:%S.%f}"[:-5] + f" {moment:%z}",
            f"{float(lat_deg):.6f} {float(lon_deg):.6f}   {copter.autopilot.alt_rel_m:.1f} m above home",
            f"heading {heading_deg:03.0f}   camera {looks_deg:03.0f} / {pitch_deg:+.0f}",
        )
