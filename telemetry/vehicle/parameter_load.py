"""Setting many parameters: what differs only, each read back, nothing taken for granted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from telemetry.protocol.parameter_value import is_same_value
from telemetry.refusal import TelemetryError, VehicleSilent
from telemetry.vehicle.vehicle import Vehicle

IDENTITY = frozenset({"SYSID_THISMAV", "MAV_SYSID", "MAV_SYS_ID"})
"""Whoever changes these is not heard any more."""
COUNTED = frozenset(
    {"STAT_BOOTCNT", "STAT_FLTTIME", "STAT_FLTCNT", "STAT_RUNTIME", "STAT_DISTFLWN", "STAT_RESET"}
)
"""What the vehicle counts of its own use: never loaded, and different at every look."""


@dataclass(frozen=True, slots=True)
class ParameterLoad:
    """What became of a set of parameters.

    Parameters
    ----------
    changed : mapping of str to (float, float)
        Value before and after.
    unchanged : int
        How many the vehicle had already.
    refused : mapping of str to str
        Name to reason: kept as they were.
    unknown : tuple of str
        The vehicle has none of these names.
    left : tuple of str
        Not set on purpose: they would make another vehicle of it.
    """

    changed: Mapping[str, tuple[float, float]]
    unchanged: int
    refused: Mapping[str, str]
    unknown: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether the vehicle has everything that was wanted, its identity aside."""
        return not self.refused and not self.unknown


async def load_parameters(
    vehicle: Vehicle,
    wanted: Mapping[str, float],
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ParameterLoad:
    """Set what differs on a disarmed vehicle, what it counts of its own use aside.

    Some parameters are there only once others are set, so what was unknown is looked for again after changes.

    Raises
    ------
    TelemetryError
        If the vehicle is armed, or falls silent; what was set until then stays set.
    """
    if vehicle.state.is_armed:
        raise TelemetryError(
            "parameters are not loaded into an armed vehicle", place=vehicle.place, remedy="Disarm it first"
        )
    changed: dict[str, tuple[float, float]] = {}
    refused: dict[str, str] = {}
    left: tuple[str, ...] = ()
    wanted = {name: value for name, value in wanted.items() if name not in COUNTED}
    open_names = set(wanted)
    while True:
        on_board = await vehicle.read_parameters()
        to_set = [
            name
            for name in sorted(open_names)
            if name in on_board and not is_same_value(wanted[name], on_board[name].value)
        ]
        left += tuple(name for name in to_set if name in IDENTITY)
        to_set = [name for name in to_set if name not in IDENTITY and name not in refused]
        for done, name in enumerate(to_set, start=1):
            try:
                former = await vehicle.set_parameter(name, wanted[name])
            except VehicleSilent:
                raise
            except TelemetryError as refusal:
                refused[name] = refusal.what
            else:
                changed[name] = (former, wanted[name])
            on_progress(done, len(to_set))
        unknown = sorted(open_names - on_board.keys())
        if not to_set or not unknown:
            break
        open_names = set(unknown)
    unchanged = len(wanted) - len(changed) - len(refused) - len(unknown) - len(left)
    return ParameterLoad(changed, unchanged, refused, tuple(unknown), left)
