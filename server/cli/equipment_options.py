"""What `feiying plan` asks about ground, camera, payload and battery, and what is made of the answers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from geofence.terrain import Terrain
from missions.camera.camera import Camera
from missions.camera.camera_file import read_camera
from missions.camera.photo_spacing import DEFAULT_FORWARD_OVERLAP, DEFAULT_SIDE_OVERLAP, PhotoSpacing
from missions.camera.presets import PRESETS, preset
from missions.camera.view import View, alt_of_gsd_m
from missions.patrol.request import GroundFollowing, PatrolRequest
from missions.patterns.pattern import PatternName
from missions.payload.payload_file import read_payload
from missions.payload.payload_orders import PayloadOrders
from missions.refusal import MissionError
from server.cli.pattern_options import takes_option
from server.cli.vehicle_options import VEHICLE_PANEL

_GROUND = "Ground"
_CAMERA = "Camera and payload"
_ALTITUDES = ("--alt", "--agl", "--gsd")
_GSD_STEP_M = 0.1


def _option(flag: str, metavar: str | None, panel: str, help: str) -> Any:  # noqa: A002
    return typer.Option(flag, metavar=metavar, rich_help_panel=panel, help=help, show_default=False)


TerrainOption = Annotated[
    list[Path] | None,
    _option(
        "--terrain", "FILE", _GROUND, "Ground, GeoTIFF or HGT; may be given again for neighbouring tiles."
    ),
]
AglOption = Annotated[
    float | None, _option("--agl", "M", _GROUND, "Height above the ground of --terrain, which is followed.")
]
ToleranceOption = Annotated[
    float | None, _option("--tolerance", "M", _GROUND, "Of the height above ground; 5 m where not given.")
]
TerrainFrameOption = Annotated[
    bool,
    typer.Option(
        "--terrain-frame",
        rich_help_panel=_GROUND,
        help="Let the vehicle follow the ground by its own terrain data.",
    ),
]
CameraOption = Annotated[
    str | None,
    _option(
        "--camera",
        "NAME|FILE",
        _CAMERA,
        f"Gives the swath at the altitude: {', '.join(PRESETS)}, or a .json file.",
    ),
]
GsdOption = Annotated[
    float | None,
    _option("--gsd", "M", _CAMERA, "Ground sample distance of the camera; chooses the altitude."),
]
ForwardOverlapOption = Annotated[
    float | None,
    _option(
        "--forward-overlap",
        "SHARE",
        _CAMERA,
        f"Share of each picture that the next one shows again; {DEFAULT_FORWARD_OVERLAP:g} where not given.",
    ),
]
PicturesOption = Annotated[
    bool,
    typer.Option("--pictures", rich_help_panel=_CAMERA, help="Take pictures by distance along each stroke."),
]
PicturesInTurnsOption = Annotated[
    bool,
    typer.Option(
        "--pictures-in-turns/--no-pictures-in-turns",
        rich_help_panel=_CAMERA,
        help="Whether they go on over the short turns from one line of an area to the next.",
    ),
]
PayloadOption = Annotated[
    Path | None, _option("--payload", "FILE", _CAMERA, "Devices, and what is done where with them, JSON.")
]
BatterySplitOption = Annotated[
    bool,
    typer.Option(
        "--battery-split/--no-battery-split",
        rich_help_panel=VEHICLE_PANEL,
        help="Cut what does not fit into one battery into several flights, a file each.",
    ),
]


@dataclass(frozen=True, slots=True)
class Equipment:
    """What of a request the options about ground, camera and payload make.

    Parameters
    ----------
    alt_rel_m : float
    pattern_options : mapping
        Options of the pattern that the camera answers.
    terrain, following, pictures, orders : optional
    """

    alt_rel_m: float
    pattern_options: Mapping[str, Any]
    terrain: Terrain | None
    following: GroundFollowing | None
    pictures: PhotoSpacing | None
    orders: PayloadOrders | None


@dataclass(frozen=True, slots=True)
class EquipmentAnswers:
    """The options as they were given."""

    alt_m: float | None = None
    agl_m: float | None = None
    gsd_m: float | None = None
    terrain: tuple[Path, ...] = ()
    tolerance_m: float | None = None
    terrain_frame: bool = False
    camera: str | None = None
    forward_overlap: float | None = None
    pictures: bool = False
    pictures_in_turns: bool = True
    payload: Path | None = None

    def equipment(self, name: PatternName, given: Mapping[str, Any]) -> Equipment:
        """Read files, and reckon altitude and swath.

        Parameters
        ----------
        name : PatternName
        given : mapping
            Options of the pattern.

        Raises
        ------
        MissionError, GeofenceError
            Options that do not go together; names them.
        """
        self._refuse_quarrels(name, given)
        camera = None if self.camera is None else _camera(self.camera)
        alt_m = self._alt_m(camera)
        following = None
        if self.agl_m is not None or (self.gsd_m is not None and self.terrain):
            following = GroundFollowing(
                GroundFollowing().tolerance_m if self.tolerance_m is None else self.tolerance_m,
                self.terrain_frame,
            )
        answered: dict[str, Any] = {}
        pictures = None
        if camera is not None:
            view = View(camera, alt_m)
            if takes_option(name, "--swath"):
                answered["--swath"] = view.swath_m
            if self.pictures and takes_option(name, "--overlap") and "--overlap" not in given:
                answered["--overlap"] = DEFAULT_SIDE_OVERLAP
            if self.pictures:
                pictures = self._spacing(view)
        return Equipment(
            alt_m,
            answered,
            read_terrain_option(self.terrain),
            following,
            pictures,
            None if self.payload is None else read_payload(self.payload),
        )

    def _alt_m(self, camera: Camera | None) -> float:
        if self.alt_m is not None:
            return self.alt_m
        if self.agl_m is not None:
            return self.agl_m
        if camera is None or self.gsd_m is None:
            raise MissionError("no altitude is given", place="--alt", remedy=f"Give {', '.join(_ALTITUDES)}")
        try:
            highest_m = alt_of_gsd_m(camera, self.gsd_m)
        except MissionError as refusal:
            raise MissionError(refusal.what, place="--gsd", remedy=refusal.remedy) from None
        if highest_m < _GSD_STEP_M:
            raise MissionError(
                f"{self.gsd_m:g} m asks for a height of {highest_m:.2g} m",
                place="--gsd",
                remedy="Ask for more",
            )
        return math.floor(highest_m / _GSD_STEP_M + 1e-9) * _GSD_STEP_M

    def _spacing(self, view: View) -> PhotoSpacing:
        overlap = DEFAULT_FORWARD_OVERLAP if self.forward_overlap is None else self.forward_overlap
        try:
            return PhotoSpacing.of(view, overlap)
        except MissionError as refusal:
            raise MissionError(refusal.what, place="--forward-overlap", remedy=refusal.remedy) from None

    def _refuse_quarrels(self, name: PatternName, given: Mapping[str, Any]) -> None:
        altitudes = [
            option
            for option, value in zip(_ALTITUDES, (self.alt_m, self.agl_m, self.gsd_m), strict=True)
            if value is not None
        ]
        if len(altitudes) != 1:
            raise MissionError(
                "no altitude is given"
                if not altitudes
                else f"{' and '.join(altitudes)} each say the altitude",
                place=altitudes[-1] if altitudes else "--alt",
                remedy=f"Give one of {', '.join(_ALTITUDES)}",
            )
        follows = self.agl_m is not None or (self.gsd_m is not None and bool(self.terrain))
        needs = (
            ("--agl", self.agl_m is not None, bool(self.terrain), "--terrain"),
            ("--tolerance", self.tolerance_m is not None, follows, "--agl"),
            ("--terrain-frame", self.terrain_frame, follows, "--agl"),
            ("--gsd", self.gsd_m is not None, self.camera is not None, "--camera"),
            ("--pictures", self.pictures, self.camera is not None, "--camera"),
            ("--no-pictures-in-turns", not self.pictures_in_turns, self.pictures, "--pictures"),
            ("--forward-overlap", self.forward_overlap is not None, self.pictures, "--pictures"),
        )
        for option, is_given, is_met, needed in needs:
            if is_given and not is_met:
                raise MissionError(
                    f"does nothing without {needed}", place=option, remedy=f"Give {needed} too"
                )
        if self.camera is None:
            return
        if "--swath" in given:
            raise MissionError(
                "the camera gives the swath", place="--swath", remedy="Leave it out, or --camera"
            )
        if not (takes_option(name, "--swath") or self.pictures or self.gsd_m is not None):
            raise MissionError(
                f"does nothing for the pattern {name.value}, which has no swath",
                place="--camera",
                remedy="Leave it out, or take --pictures or --gsd with it",
            )


def refuse_height(request: PatrolRequest) -> None:
    """Refuse a height above ground that no flight can keep.

    Raises
    ------
    MissionError
        Names the option.
    """
    try:
        request.height_agl()
    except MissionError as refusal:
        raise MissionError(refusal.what, place="--agl", remedy=refusal.remedy) from None


def _camera(name: str) -> Camera:
    if name in PRESETS or not name.lower().endswith(".json"):
        try:
            return preset(name)
        except MissionError as refusal:
            raise MissionError(refusal.what, place="--camera", remedy=refusal.remedy) from None
    return read_camera(Path(name))


def read_terrain_option(paths: tuple[Path, ...]) -> Terrain | None:
    """Read the tiles of `--terrain`; None where none is given.

    Raises
    ------
    GeofenceError
    """
    if not paths:
        return None
    # Reading rasters takes a while to import.
    from geofence.formats.terrain_file import read_terrain_tiles

    return read_terrain_tiles(paths)
