"""Frames of the readings journal: how one append is written down, and how a damaged file is read back.

A frame is a header (magic, CRC-32 of all that follows, segment, sequence, rows, bytes of names, first code),
the names of series that are new (JSON), then the raw little-endian columns. The segment's number is in every
frame, so that what a recycled file held before is never taken for its contents.
"""

import json
import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from vitals.batch import Batch
from vitals.series import SeriesKey
from vitals.signals import BY_NAME, SIGNALS

MAGIC = b"HVJ1"
_HEADER = struct.Struct("<4sIIIIII")
_CHECKED = 8  # the CRC covers what follows it
_TYPES = ("<i4", "<i8", "<f8", "<i8", "u1")
ROW_BYTES = sum(np.dtype(kind).itemsize for kind in _TYPES)


class Frame(NamedTuple):
    """One append: ``keys`` are the series that got the codes from ``first`` on, ``size`` its bytes on disk."""

    sequence: int
    first: int
    keys: tuple[SeriesKey, ...]
    batch: Batch
    size: int


class Scan(NamedTuple):
    """What a segment held. ``lost`` frames were damaged in the middle; ``torn`` says that the last was cut short."""

    frames: list[Frame]
    lost: int
    torn: bool


def pack(segment: int, sequence: int, first: int, keys: Sequence[SeriesKey], batch: Batch) -> bytes:
    """The bytes of a frame.

    >>> frame = pack(1, 0, 0, [SeriesKey("p1", "oximeter-1", 1)], Batch.of([0], [1000], [97.0], [1001]))
    >>> scan(frame + bytes(64), 1).frames[0].batch.value.tolist()
    [97.0]
    """
    names = json.dumps([(k.patient, k.device, SIGNALS[k.signal].name) for k in keys]).encode() if keys else b""
    columns = [column.astype(kind, copy=False).tobytes() for column, kind in zip(batch.columns, _TYPES, strict=True)]
    header = _HEADER.pack(MAGIC, 0, segment, sequence, len(batch), len(names), first)
    body = b"".join([header[_CHECKED:], names, *columns])
    return MAGIC + zlib.crc32(body).to_bytes(4, "little") + body


def scan(buffer: bytes, segment: int) -> Scan:
    """Every whole frame of a segment, in order, also those behind a damaged one."""
    frames: list[Frame] = []
    offset = expected = lost = 0
    while True:
        frame = _frame_at(buffer, offset, segment)
        if frame is None:
            offset, frame = _following(buffer, offset + 1, segment, expected)
        if frame is None:
            break
        lost += frame.sequence - expected
        expected = frame.sequence + 1
        offset += frame.size
        frames.append(frame)
    end = sum(frame.size for frame in frames)
    return Scan(frames, lost, torn=not lost and _begun(buffer, end, segment))


def _frame_at(buffer: bytes, offset: int, segment: int) -> Frame | None:
    if not _begun(buffer, offset, segment):
        return None
    _, crc, _, sequence, rows, names, first = _HEADER.unpack_from(buffer, offset)
    size = _HEADER.size + names + rows * ROW_BYTES
    if offset + size > len(buffer) or zlib.crc32(memoryview(buffer)[offset + _CHECKED : offset + size]) != crc:
        return None
    start = offset + _HEADER.size
    return Frame(sequence, first, _keys(buffer[start : start + names]), _batch(buffer, start + names, rows), size)


def _begun(buffer: bytes, offset: int, segment: int) -> bool:
    """Whether a frame of this segment begins here, whole or not."""
    if len(buffer) < offset + _HEADER.size or not buffer.startswith(MAGIC, offset):
        return False
    return bool(_HEADER.unpack_from(buffer, offset)[2] == segment)


def _following(buffer: bytes, offset: int, segment: int, expected: int) -> tuple[int, Frame | None]:
    """The next whole frame behind a damaged one; a torn tail has none."""
    while (offset := buffer.find(MAGIC, offset)) >= 0:
        frame = _frame_at(buffer, offset, segment)
        if frame is not None and frame.sequence >= expected:
            return offset, frame
        offset += 1
    return offset, None


def _keys(names: bytes) -> tuple[SeriesKey, ...]:
    return tuple(SeriesKey(p, d, BY_NAME[s].code) for p, d, s in json.loads(names)) if names else ()


def _batch(buffer: bytes, offset: int, rows: int) -> Batch:
    columns = []
    for kind in _TYPES:
        columns.append(np.frombuffer(buffer, kind, rows, offset))
        offset += rows * np.dtype(kind).itemsize
    return Batch.of(*columns)
