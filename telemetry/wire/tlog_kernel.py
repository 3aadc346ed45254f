"""Compiled loops over the bytes of a telemetry log.

They find what `TlogReader` finds, in the same order, and count what it counts.
"""

import numpy as np
from numpy.typing import NDArray

from geofence.compiled import compiled
from telemetry.wire.frame import (
    CHECKSUM_SIZE,
    HEADER_SIZE_1,
    HEADER_SIZE_2,
    IS_SIGNED,
    MAGIC_1,
    MAGIC_2,
    SIGNATURE_SIZE,
)

STAMP_SIZE = 8
UNKNOWN_KIND = -1

# What a place in the file turns out to be; also the places of `counts`.
FOUND, FOUND_UNKNOWN, IS_TRUNCATED, HAS_NO_MAGIC, HAS_BAD_CRC, HAS_BAD_LENGTH, HAS_BAD_FLAGS = range(7)
GARBAGE = 7
COUNTS = 8

ROW_HEAD_SIZE = STAMP_SIZE + 3
"""Time, system, component and sequence number before the payload of a row."""


def _crc_tables() -> NDArray[np.uint16]:
    """Give what a byte makes of the checksum when 0, 1, 2 or 3 bytes follow it."""
    tables = np.zeros((4, 256), np.uint16)
    for number in range(256):
        crc = number
        for following in range(4):
            for _ in range(8):
                crc = crc >> 1 ^ 0x8408 if crc & 1 else crc >> 1
            tables[following, number] = crc
    return tables


_CRC_TABLES = _crc_tables()


@compiled
def _frame_at(
    data: NDArray[np.uint8],
    at: int,
    end: int,
    kind_of: NDArray[np.int16],
    extra_of: NDArray[np.uint8],
    size_of: NDArray[np.int16],
) -> tuple[int, int, int]:
    """Give what begins there, where it ends, and its kind; as `codec.frame_at`."""
    if data[at] == MAGIC_2:
        if end - at < HEADER_SIZE_2:
            return IS_TRUNCATED, at, UNKNOWN_KIND
        checksum_at = at + HEADER_SIZE_2 + data[at + 1]
        stop = checksum_at + CHECKSUM_SIZE
        if data[at + 2] == IS_SIGNED:
            stop += SIGNATURE_SIZE
        elif data[at + 2] != 0:
            return HAS_BAD_FLAGS, at, UNKNOWN_KIND
        if stop > end:
            return IS_TRUNCATED, at, UNKNOWN_KIND
        msg_id = np.int64(data[at + 7]) | np.int64(data[at + 8]) << 8 | np.int64(data[at + 9]) << 16
    elif data[at] == MAGIC_1:
        if end - at < HEADER_SIZE_1:
            return IS_TRUNCATED, at, UNKNOWN_KIND
        checksum_at = at + HEADER_SIZE_1 + data[at + 1]
        stop = checksum_at + CHECKSUM_SIZE
        if stop > end:
            return IS_TRUNCATED, at, UNKNOWN_KIND
        msg_id = np.int64(data[at + 5])
    else:
        return HAS_NO_MAGIC, at, UNKNOWN_KIND
    kind = kind_of[msg_id] if msg_id < len(kind_of) else UNKNOWN_KIND
    if kind == UNKNOWN_KIND:
        return FOUND_UNKNOWN, stop, UNKNOWN_KIND
    crc = np.uint32(0xFFFF)
    place = at + 1
    while place + 4 <= checksum_at:
        crc = (
            np.uint32(_CRC_TABLES[3, (crc ^ data[place]) & 0xFF])
            ^ _CRC_TABLES[2, (crc >> 8) ^ data[place + 1]]
            ^ _CRC_TABLES[1, data[place + 2]]
            ^ _CRC_TABLES[0, data[place + 3]]
        )
        place += 4
    while place < checksum_at:
        crc = np.uint32(crc >> 8) ^ _CRC_TABLES[0, (crc ^ data[place]) & 0xFF]
        place += 1
    crc = np.uint32(crc >> 8) ^ _CRC_TABLES[0, (crc ^ extra_of[kind]) & 0xFF]
    if crc != np.uint32(data[checksum_at]) | np.uint32(data[checksum_at + 1]) << 8:
        return HAS_BAD_CRC, at, UNKNOWN_KIND
    if data[at] == MAGIC_1 and data[at + 1] > size_of[kind]:
        return HAS_BAD_LENGTH, at, UNKNOWN_KIND
    return FOUND, stop, kind


@compiled
def find_records(
    data: NDArray[np.uint8],
    at: int,
    kind_of: NDArray[np.int16],
    extra_of: NDArray[np.uint8],
    size_of: NDArray[np.int16],
    offsets: NDArray[np.int64],
    kinds: NDArray[np.int16],
    counts: NDArray[np.int64],
) -> tuple[int, int, int]:
    """Go through the records from an offset until the file ends or `offsets` and `kinds` are full.

    Returns where it stopped, how many were found, and where the record begins that the file ends in, or -1.
    """
    end = len(data)
    found = 0
    while at < end:
        if found == len(offsets):
            return at, found, -1
        frame = at + STAMP_SIZE
        verdict, stop, kind = IS_TRUNCATED, at, UNKNOWN_KIND
        if frame < end:
            verdict, stop, kind = _frame_at(data, frame, end, kind_of, extra_of, size_of)
        if verdict == FOUND_UNKNOWN:
            # Unchecked, so it counts only where another record seems to follow.
            after = stop + STAMP_SIZE
            if after < end and data[after] != MAGIC_1 and data[after] != MAGIC_2:
                verdict = HAS_BAD_CRC
        if verdict <= FOUND_UNKNOWN:
            counts[verdict] += 1
            offsets[found] = at
            kinds[found] = kind
            found += 1
            at = stop
            continue
        follower = -1
        for place in range(frame + 1, end):
            if (data[place] == MAGIC_1 or data[place] == MAGIC_2) and _frame_at(
                data, place, end, kind_of, extra_of, size_of
            )[0] == FOUND:
                follower = place - STAMP_SIZE
                break
        if follower < 0 and verdict == IS_TRUNCATED:
            counts[verdict] += 1
            return end, found, at
        if verdict != IS_TRUNCATED and verdict != HAS_NO_MAGIC:
            counts[verdict] += 1
        if follower < 0:
            follower = end
        counts[GARBAGE] += follower - at
        at = follower
    return at, found, -1


@compiled
def read_stamps(data: NDArray[np.uint8], offsets: NDArray[np.int64], stamps: NDArray[np.int64]) -> None:
    """Read the times of records."""
    for number in range(len(offsets)):
        stamp = np.int64(0)
        for place in range(offsets[number], offsets[number] + STAMP_SIZE):
            stamp = stamp << 8 | np.int64(data[place])
        stamps[number] = stamp


@compiled
def fill_rows(data: NDArray[np.uint8], offsets: NDArray[np.int64], rows: NDArray[np.uint8]) -> None:
    """Copy records of one message into rows of zeros: time (little-endian), system, component, number, payload."""
    room = rows.shape[1] - ROW_HEAD_SIZE
    for number in range(len(offsets)):
        at = offsets[number]
        row = rows[number]
        for place in range(STAMP_SIZE):
            row[place] = data[at + STAMP_SIZE - 1 - place]
        frame = at + STAMP_SIZE
        if data[frame] == MAGIC_2:
            row[8] = data[frame + 5]
            row[9] = data[frame + 6]
            row[10] = data[frame + 4]
            payload = frame + HEADER_SIZE_2
        else:
            row[8] = data[frame + 3]
            row[9] = data[frame + 4]
            row[10] = data[frame + 2]
            payload = frame + HEADER_SIZE_1
        for place in range(min(room, np.int64(data[frame + 1]))):
            row[ROW_HEAD_SIZE + place] = data[payload + place]


@compiled
def read_heads(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    msg_ids: NDArray[np.int32],
    systems: NDArray[np.uint8],
    components: NDArray[np.uint8],
    sizes: NDArray[np.int32],
    contents: NDArray[np.uint64],
) -> None:
    """Read the headers of records, and what tells their payloads apart (FNV-1a)."""
    for number in range(len(offsets)):
        frame = offsets[number] + STAMP_SIZE
        length = np.int64(data[frame + 1])
        if data[frame] == MAGIC_2:
            systems[number] = data[frame + 5]
            components[number] = data[frame + 6]
            msg_ids[number] = (
                np.int32(data[frame + 7]) | np.int32(data[frame + 8]) << 8 | np.int32(data[frame + 9]) << 16
            )
            payload = frame + HEADER_SIZE_2
            sizes[number] = HEADER_SIZE_2 + length + CHECKSUM_SIZE
            if data[frame + 2] == IS_SIGNED:
                sizes[number] += SIGNATURE_SIZE
        else:
            systems[number] = data[frame + 3]
            components[number] = data[frame + 4]
            msg_ids[number] = np.int32(data[frame + 5])
            payload = frame + HEADER_SIZE_1
            sizes[number] = HEADER_SIZE_1 + length + CHECKSUM_SIZE
        content = np.uint64(0xCBF29CE484222325)
        for place in range(payload, payload + length):
            content = (content ^ np.uint64(data[place])) * np.uint64(0x100000001B3)
        contents[number] = content
