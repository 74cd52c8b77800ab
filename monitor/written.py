"""When the store of readings last took anything, seen from beside the service: DuckDB's file is the service's alone."""

from pathlib import Path

from monitor.drill import Part
from monitor.parts import the_readings
from monitor.settings import Settings
from vitals.errors import HomevigilError
from vitals.times import SECOND, show_duration


def last_written(settings: Settings, now: int) -> Part:
    """Whether the store is there, and how long ago (of ``now``, ms UTC) it was last written to."""
    try:
        return Part("store", ok=True, words=_seen(settings, now))
    except HomevigilError as error:
        return Part("store", ok=False, words=str(error))
    except OSError as error:
        return Part("store", ok=False, words=f"{settings.store.kind}: {error.strerror or 'cannot be read'}")


def _seen(settings: Settings, now: int) -> str:
    if settings.store.kind == "influx":
        readings = the_readings(settings)
        try:
            return f"influx: {readings.count():,} readings"
        finally:
            readings.close()
    written = newest(settings.readings_path())
    age = show_duration(max(now - written, 0) // SECOND * SECOND)
    return f"duckdb: last written {age} ago"


def newest(path: Path) -> int:
    """When the file of readings or its journal was last written, ms UTC; OSError when there is no file."""
    journal = path.with_name(path.name + ".journal")
    beside = list(journal.iterdir()) if journal.is_dir() else []
    return max(round(file.stat().st_mtime * 1000) for file in (path, *beside))
