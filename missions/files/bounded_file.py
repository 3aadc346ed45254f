"""Reading files that are no larger than they should be."""

from pathlib import Path

from missions.refusal import MissionError


def read_bounded(path: Path, *, most_mb: int, remedy: str) -> bytes:
    """Read a file whole.

    Parameters
    ----------
    path : Path
    most_mb : int
        Mebibytes; a larger file is not read.
    remedy : str
        What to do about a larger one.

    Raises
    ------
    MissionError
        It cannot be read, or is larger.
    """
    most = most_mb * 2**20
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or "not a usable path"
        raise MissionError(f"cannot be read: {reason}", place=str(path), remedy="Check the path") from None
    if len(content) > most:
        raise MissionError(f"larger than {most_mb} MB", place=str(path), remedy=remedy)
    return content
