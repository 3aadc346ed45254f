"""Plan files, chosen by their ending."""

import os
import tempfile
from pathlib import Path

from geofence.zone_set import ZoneSet
from missions.files.account import Account
from missions.files.bounded_file import read_bounded
from missions.files.foreign_flight import Unsaid
from missions.files.plan_format import FORMATS, PlanFormat, format_named, format_to_read, format_to_write
from missions.plan.plan import Plan
from missions.refusal import MissionError


def read_plan(path: Path, *, unsaid: Unsaid | None = None, account: Account | None = None) -> Plan:
    """Read a plan in any format that is read.

    Parameters
    ----------
    path : Path
        Its ending tells the format, and for `.kmz` what is in it.
    unsaid : Unsaid, optional
        What to take where the file does not say it.
    account : Account, optional
        Told what was put in or left out.

    Raises
    ------
    MissionError
        The file cannot be read or understood, names the place in it; or it says itself what `unsaid` says.
    """
    unsaid = unsaid if unsaid is not None else Unsaid()
    read = FORMATS[format_to_read(path)].read
    assert read is not None
    content = read_bounded(path, most_mb=64, remedy="Give a plan file")
    plan = read(content, str(path), path.stem, unsaid, account if account is not None else Account())
    if unsaid.home is not None and plan.home != unsaid.home_for(str(path)):
        raise MissionError(
            f"names its own place of take-off, {plan.home}", place=str(path), remedy="Leave out --home"
        )
    return plan


def export_plan(
    plan: Plan,
    format: str,  # noqa: A002 - the word of the field
    *,
    zones: ZoneSet | None = None,
    account: Account | None = None,
) -> bytes:
    """Write a plan as the content of a file.

    Parameters
    ----------
    format : str
        Name of a `PlanFormat`.
    zones : ZoneSet, optional
        Written too where the format has a place for them.
    account : Account, optional
        Told what the format cannot say.

    Raises
    ------
    MissionError
        There is no such format, or it cannot say the plan.
    """
    handler = FORMATS[format_named(format)]
    return handler.write(plan, zones, account if account is not None else Account())


def format_of(path: Path) -> PlanFormat:
    """Return the format that a file's ending asks for; see `format_to_write`."""
    return format_to_write(path)


def write_plan(
    plan: Plan,
    path: Path,
    *,
    zones: ZoneSet | None = None,
    format: PlanFormat | None = None,  # noqa: A002 - the word of the field
    account: Account | None = None,
) -> None:
    """Write a plan; the file is whole or not there.

    Parameters
    ----------
    format : PlanFormat, optional
        By default that of the ending.

    Raises
    ------
    MissionError
        The ending is not known, the format cannot say the plan, or the folder cannot be written to.
    """
    chosen = format if format is not None else format_to_write(path)
    write_file(path, export_plan(plan, chosen, zones=zones, account=account))


def write_file(path: Path, content: bytes) -> None:
    """Write a file; it is whole or not there.

    Raises
    ------
    MissionError
        The folder cannot be written to.
    """
    try:
        whole = path.resolve()  # a link stays one
        handle, draft = tempfile.mkstemp(dir=whole.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(draft).chmod(0o644)
            Path(draft).replace(whole)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or "not a usable path"
        raise MissionError(
            f"cannot be written: {reason}", place=str(path), remedy="Check the folder"
        ) from None
