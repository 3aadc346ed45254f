"""dronekit for operators' scripts: the one place that knows of it."""

import collections
import collections.abc
from types import ModuleType
from typing import Any

from telemetry.refusal import TelemetryError

_MOVED_NAMES = ("Callable", "Iterable", "Mapping", "MutableMapping", "Sequence")
"""What dronekit 2.9 and its parts look for in `collections`, where Python 3.10 has them no more."""


def import_dronekit() -> ModuleType:
    """Import dronekit, after giving `collections` the names back that it looks for there."""
    for name in _MOVED_NAMES:
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    import dronekit

    return dronekit  # type: ignore[no-any-return]


def connect(address: str, *, timeout_s: float = 30.0, **options: Any) -> Any:
    """Open a `dronekit.Vehicle` and wait until its attributes are known.

    Parameters
    ----------
    address : str
        As pymavlink names links, `tcp:127.0.0.1:5760`.
    timeout_s : float
        How long to wait for the vehicle.
    **options
        Handed on to `dronekit.connect`.

    Raises
    ------
    TelemetryError
        If nothing is there or nothing answers.

    Notes
    -----
    Such a vehicle is under the script's own command: no zone is verified, no upload is read back.
    """
    dronekit = import_dronekit()
    try:
        return dronekit.connect(
            address, wait_ready=True, timeout=timeout_s, heartbeat_timeout=timeout_s, **options
        )
    except (OSError, dronekit.APIException) as error:
        raise TelemetryError(
            f"dronekit reaches no vehicle ({error})",
            place=address,
            remedy="Check the address and that the vehicle is on",
        ) from None
