"""Where each frame of a telemetry log stands, when it came and from whom, so that no second reading of the whole is needed."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from telemetry.wire.dialect import definition_of
from telemetry.wire.stray_stamps import without_strays
from telemetry.wire.tlog import STAMP_SIZE
from telemetry.wire.tlog_records import RecordHeads, TlogRecords

Rows = npt.NDArray[np.intp]

_FEW_ROWS = 50_000
_FRESH_S = 5.0
_WINDOW_S = 30.0
_STREAMS = tuple(
    definition_of(name).msg_id
    for name in (
        *("SYS_STATUS", "GPS_RAW_INT", "GPS2_RAW", "ATTITUDE", "ATTITUDE_QUATERNION", "LOCAL_POSITION_NED"),
        *("GLOBAL_POSITION_INT", "VFR_HUD", "RAW_IMU", "SCALED_IMU", "SCALED_IMU2", "SCALED_IMU3"),
        *("SCALED_PRESSURE", "SCALED_PRESSURE2", "SERVO_OUTPUT_RAW", "RC_CHANNELS", "RC_CHANNELS_RAW"),
        *("NAV_CONTROLLER_OUTPUT", "POSITION_TARGET_GLOBAL_INT", "VIBRATION", "AHRS", "AHRS2", "HWSTATUS"),
        *("MEMINFO", "POWER_STATUS", "EKF_STATUS_REPORT", "SIMSTATE", "TERRAIN_REPORT", "MCU_STATUS"),
        *("SYSTEM_TIME", "TIMESYNC", "WIND", "RANGEFINDER", "SCALED_PRESSURE3", "ESC_TELEMETRY_1_TO_4"),
    )
)
"""Messages of which the newest says all."""
_STATES = tuple(
    definition_of(name).msg_id
    for name in (
        *("HEARTBEAT", "MISSION_CURRENT", "FENCE_STATUS", "EXTENDED_SYS_STATE", "BATTERY_STATUS"),
        *("HOME_POSITION", "GPS_GLOBAL_ORIGIN", "AUTOPILOT_VERSION"),
    )
)
"""Messages that tell something new only where they differ from the one before."""
_EXCHANGES = tuple(
    definition_of(name).msg_id
    for name in (
        *("PARAM_VALUE", "PARAM_SET", "PARAM_REQUEST_READ", "PARAM_REQUEST_LIST", "FILE_TRANSFER_PROTOCOL"),
        *("MISSION_ITEM", "MISSION_ITEM_INT", "MISSION_REQUEST", "MISSION_REQUEST_INT", "MISSION_ACK"),
        *("MISSION_COUNT", "COMMAND_LONG", "COMMAND_INT", "COMMAND_ACK"),
    )
)
"""Messages that tell nothing to those who did not ask."""


class TlogIndex:
    """All frames of one or more logs, in the order of their times.

    Parameters
    ----------
    paths : sequence of Path
        Read whole, once.

    Attributes
    ----------
    play_s : numpy.ndarray
        Seconds since 1970 of each frame, never falling: where the recording clock was set back, time goes on from there.
    system_id, component_id, msg_id : numpy.ndarray
    file, offset, size : numpy.ndarray
        Which log each frame's record is in, where the record begins, and the length of the frame.
    problem : str
        What is wrong with the logs, in words; empty where nothing is.

    Raises
    ------
    TelemetryError
        If a log cannot be read or holds no frame.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self.problem = ""
        heads: list[RecordHeads] = []
        offsets: list[npt.NDArray[np.int64]] = []
        play: list[npt.NDArray[np.float64]] = []
        for path in self.paths:
            records = TlogRecords(path)
            heads.append(records.heads())
            offsets.append(records.offsets)
            play.append(_never_falling(records.times_utc_us.view(np.uint64) / 1e6))
            if records.problem:
                name = f"{path.name}: " if len(self.paths) > 1 else ""
                self.problem = "; ".join(part for part in (self.problem, name + records.problem) if part)
        when_s = np.concatenate(play)
        order = np.argsort(when_s, kind="stable") if len(self.paths) > 1 else slice(None)
        all_heads = RecordHeads(*(np.concatenate(column)[order] for column in zip(*heads, strict=True)))
        self.play_s: npt.NDArray[np.float64] = when_s[order]
        self.file = np.repeat(np.arange(len(offsets), dtype=np.uint16), [len(part) for part in offsets])[
            order
        ]
        self.msg_id, self.system_id, self.component_id, self.size, self._content = all_heads
        self.offset: npt.NDArray[np.int64] = np.concatenate(offsets)[order]

    def __len__(self) -> int:
        return len(self.play_s)

    @property
    def first_s(self) -> float:
        """When the first frame came."""
        return float(self.play_s[0])

    @property
    def last_s(self) -> float:
        """When the last one came."""
        return float(self.play_s[-1])

    def rows_until(self, time_s: float) -> int:
        """How many frames came up to a moment, that moment included."""
        return int(np.searchsorted(self.play_s, time_s, side="right"))

    def rows_to_know(self, count: int) -> Rows:
        """Give the frames that must be read to know what the first `count` of them have told.

        Of many, but for the last seconds, streams of which the newest message says all are thinned, and so is what was asked and
        answered; repetitions are left out.
        """
        if count <= _FEW_ROWS:
            return np.arange(count)
        play_s, msg_id = self.play_s[:count], self.msg_id[:count]
        window = ((play_s - self.first_s) / _WINDOW_S).astype(np.int64)
        kind = (
            msg_id.astype(np.int64) << 16
            | self.system_id[:count].astype(np.int64) << 8
            | self.component_id[:count]
        )
        _, from_end = np.unique((window << 40 | kind)[::-1], return_index=True)
        is_wanted = ~np.isin(msg_id, (*_STREAMS, *_EXCHANGES))
        by_kind = np.argsort(kind, kind="stable")
        content = self._content[by_kind]
        is_repeated = np.zeros(count, dtype=bool)
        is_repeated[by_kind[1:]] = (content[1:] == content[:-1]) & (kind[by_kind[1:]] == kind[by_kind[:-1]])
        is_wanted[is_repeated & np.isin(msg_id, _STATES)] = False
        is_wanted[play_s > play_s[-1] - _FRESH_S] = True
        is_wanted[count - 1 - from_end] = True
        return np.flatnonzero(is_wanted)


class IndexedFrames:
    """Reads single frames of indexed logs.

    Parameters
    ----------
    index : TlogIndex

    Raises
    ------
    OSError
        If a log is not there any more.
    """

    def __init__(self, index: TlogIndex) -> None:
        self._index = index
        self._files: list[int] = []
        try:
            for path in index.paths:
                self._files.append(os.open(path, os.O_RDONLY))
        except OSError:
            self.close()
            raise

    def read(self, rows: Rows) -> list[bytes]:
        """Give frames, in the order asked for."""
        index = self._index
        begins, sizes = index.offset[rows] + STAMP_SIZE, index.size[rows]
        if len(self._files) == 1:
            return self._read_from(0, begins, sizes)
        frames = [b""] * len(rows)
        file = index.file[rows]
        for number in np.unique(file):
            places = np.flatnonzero(file == number)
            found = self._read_from(int(number), begins[places], sizes[places])
            for place, frame in zip(places.tolist(), found, strict=True):
                frames[place] = frame
        return frames

    def _read_from(
        self, number: int, begins: npt.NDArray[np.int64], sizes: npt.NDArray[np.int32]
    ) -> list[bytes]:
        if not len(begins):
            return []
        begin = int(begins.min())
        data = os.pread(self._files[number], int((begins + sizes).max()) - begin, begin)
        return [
            data[at - begin : at - begin + size]
            for at, size in zip(begins.tolist(), sizes.tolist(), strict=True)
        ]

    def close(self) -> None:
        """Let go of the files."""
        while self._files:
            os.close(self._files.pop())


def _never_falling(stamps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    stamps = without_strays(stamps)
    steps = np.diff(stamps)
    if (steps >= 0.0).all():
        return stamps
    return np.concatenate([stamps[:1], stamps[0] + np.cumsum(np.maximum(steps, 0.0))])
