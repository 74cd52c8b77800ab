"""The journal of readings: what a crash or a damaged disk leaves behind is read as far as it is whole."""

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.frames import Scan, pack, scan
from store.journal import Journal
from vitals.batch import Batch
from vitals.errors import UnavailableError
from vitals.series import SeriesKey

KEY = SeriesKey("p1", "oximeter-1", 1)


def one(number: int, size: int = 3) -> Batch:
    times = np.arange(size) + 1000 * number
    return Batch.of(np.zeros(size), times, times / 10, times + 1)


def values(found: Scan) -> list[float]:
    return [float(frame.batch.value[0]) for frame in found.frames]


def segment(count: int, number: int = 1) -> bytes:
    return b"".join(pack(number, i, i, [KEY], one(i)) for i in range(count))


def test_a_segment_gives_back_its_frames_with_their_series() -> None:
    found = scan(segment(3) + bytes(100), 1)
    assert values(found) == [0.0, 100.0, 200.0]
    assert [(frame.first, frame.keys) for frame in found.frames] == [(i, (KEY,)) for i in range(3)]
    assert (found.lost, found.torn) == (0, False)


@given(st.integers(0, 3 * len(segment(1)) - 1))
@settings(deadline=None)
def test_a_torn_tail_costs_only_the_torn_frame(length: int) -> None:
    whole = length // len(segment(1))
    found = scan(segment(3)[:length] + b"\xff" * 500, 1)
    assert len(found.frames) == whole
    assert found.lost == 0


@given(st.integers(0, 8 * len(segment(1)) - 1))
@settings(deadline=None)
def test_a_flipped_bit_costs_one_frame_and_is_noticed(position: int) -> None:
    damaged = bytearray(segment(3))
    at = position // 8 % len(damaged)
    damaged[at] ^= 1 << position % 8
    found = scan(bytes(damaged), 1)
    hit = at // len(segment(1))
    assert values(found) == [100.0 * i for i in range(3) if i != hit]
    assert found.lost == (1 if hit < 2 else 0)


def test_what_a_recycled_file_held_before_is_not_read() -> None:
    assert scan(segment(1, number=2) + segment(4, number=1)[len(segment(1)) :], 2).lost == 0
    assert values(scan(segment(1, number=2) + segment(4, number=1)[len(segment(1)) :], 2)) == [0.0]
    assert scan(segment(4, number=1), 2).frames == []


def test_a_write_is_read_back_by_the_next_process(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 4096)
    journal.write(0, [KEY], one(0))
    journal.seal()
    journal.write(1, [], one(1))
    found = Journal(tmp_path, 4096).recover(0)
    assert [(number, values(frames)) for number, frames in found] == [(1, [0.0]), (2, [100.0])]
    assert [number for number, _ in Journal(tmp_path, 4096).recover(1)] == [2]
    assert not (tmp_path / "00000001.journal").exists()


def test_a_number_is_never_used_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 4096)
    journal.recover(7)
    journal.write(0, [KEY], one(0))
    assert journal.number == 8


@pytest.mark.parametrize("call", ["pwrite", "fdatasync", "posix_fallocate", "fsync"])
def test_a_disk_that_refuses_leaves_no_half_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    journal = Journal(tmp_path, 4096)
    if call in {"pwrite", "fdatasync"}:
        journal.write(0, [KEY], one(0))
    real = os.pwrite

    def refuse(file: int, *arguments: Any) -> int:
        if call == "pwrite":  # some of it got there
            real(file, bytes(arguments[0])[:60], arguments[1])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, refuse)
        with pytest.raises(UnavailableError, match="No space left on device: 50 readings were not stored"):
            journal.write(1, [], one(5, 50))
    journal.write(1, [], one(1))
    frames = [frame for _, found in Journal(tmp_path, 4096).recover(0) for frame in found.frames]
    assert frames[-1].batch.value.tolist() == one(1).value.tolist()
    assert len(frames) == (2 if call in {"pwrite", "fdatasync"} else 1)
