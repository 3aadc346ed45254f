"""Files of parameters as QGroundControl, Mission Planner and MAVProxy write them.

`NAME,VALUE` (Mission Planner, `.param`), `NAME VALUE` (MAVProxy, `.parm`), or vehicle, component, name, value and type
with tabs between (QGroundControl, `.params`). Which it is is read off each line; what follows `#` is a remark.
"""

import math
import re
from collections.abc import Mapping
from pathlib import Path

from missions.files.bounded_file import read_bounded
from telemetry.protocol.parameter_value import Parameter, as_text
from telemetry.refusal import TelemetryError

MOST_MB = 4
SUFFIXES = (".param", ".params", ".parm")
_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,16}")
_QGC_FIELDS = 5


def read_parameter_file(path: Path) -> dict[str, float]:
    """Read names and values.

    Raises
    ------
    MissionError
        If it cannot be read.
    TelemetryError
        If a line is none, or a name comes twice with different values.
    """
    content = read_bounded(path, most_mb=MOST_MB, remedy="Give a file of parameters")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TelemetryError("the file is no text", place=str(path)) from None
    found: dict[str, float] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].replace(",", " ").split()
        if not words:
            continue
        name, value = _entry_of(words, f"{path}:{number}")
        if found.setdefault(name, value) != value:
            raise TelemetryError(f"{name} comes twice, with different values", place=f"{path}:{number}")
    if not found:
        raise TelemetryError("the file holds no parameters", place=str(path))
    return found


def _entry_of(words: list[str], place: str) -> tuple[str, float]:
    if len(words) == _QGC_FIELDS:
        words = words[2:4]
    try:
        name, text = words
        value = float(text)
    except ValueError:
        name, value = "", math.nan
    if not _NAME.fullmatch(name) or not math.isfinite(value):
        raise TelemetryError(
            "the line is no parameter", place=place, remedy="NAME,VALUE or NAME VALUE is expected"
        )
    return name, value


def write_parameter_file(
    path: Path, parameters: Mapping[str, Parameter], *, system_id: int, component_id: int
) -> None:
    """Write parameters in the form that the file's ending asks for.

    Raises
    ------
    TelemetryError
        If the ending is another, or the file cannot be written.
    """
    if path.suffix not in SUFFIXES:
        raise TelemetryError(
            f"{path.suffix or 'no ending'} names no form of parameters",
            place=str(path),
            remedy="Name it .param (Mission Planner), .parm (MAVProxy) or .params (QGroundControl)",
        )
    lines = []
    for name, parameter in sorted(parameters.items()):
        value = as_text(parameter.value)
        match path.suffix:
            case ".param":
                lines.append(f"{name},{value}")
            case ".parm":
                lines.append(f"{name:<16} {value}")
            case _:
                lines.append(f"{system_id}\t{component_id}\t{name}\t{value}\t{parameter.param_type}")
    if path.suffix == ".params":
        lines.insert(0, "# Vehicle-Id Component-Id Name Value Type")
    try:
        path.write_text("\n".join(lines) + "\n", "utf-8")
    except OSError as error:
        raise TelemetryError(
            f"the file cannot be written: {(error.strerror or str(error)).lower()}", place=str(path)
        ) from None
