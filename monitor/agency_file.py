"""The agency file: read whole or refused whole with every fault named; written; and made up where there is none."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr, ValidationError

from monitor.agency_channels import Refusal, check_channels
from monitor.agency_checks import check
from monitor.agency_duty import check_duty
from monitor.agency_faults import schema_faults
from monitor.agency_yaml import Document, read
from monitor.patient_ids import check_ids
from vitals.agency import Agency, Patient
from vitals.errors import ConfigError, Fault
from vitals.people import Assignment, Caregiver, Channel, Role

_START = "homevigil init writes one to start from"
_ON_DUTY = (
    ("cna", "On-duty CNA", Role.CNA),
    ("nurse", "On-duty nurse", Role.NURSE),
    ("manager", "Operations manager", Role.OPERATIONS_MANAGER),
)


def load_agency(path: Path | str, refusal: Refusal | None = None) -> Agency:
    """The agency of a YAML file (``homevigil init`` writes a commented one).

    ``refusal`` says of a channel's URL why nothing can be sent to it, empty if it can.

    Raises ConfigError naming every fault at once: line and column, field, value (never a channel's URL or a
    person's name) and remedy.
    """
    name = str(path)
    document = read(name, _text(Path(path)))
    if not isinstance(document.value, dict):
        raise ConfigError([Fault(f"{name}:1:1", "file", "holds no fields", _START)])
    _expand_calendars(document, Path(path).parent)
    found = list(check(document.value))
    for finding in found:
        document.blame(*finding)
    agency = _validated(document, cross_checked=bool(found))
    for finding in chain(check_duty(agency), check_channels(agency, refusal)) if agency and not document.faults else ():
        document.blame(*finding)
    if document.faults or agency is None:
        raise ConfigError(sorted(document.faults, key=_place))
    return agency


def _expand_calendars(document: Document, folder: Path) -> None:
    shifts = document.value.get("shifts")
    if isinstance(shifts, list) and any(isinstance(shift, dict) and "calendar" in shift for shift in shifts):
        from monitor.agency_calendar import expand  # noqa: PLC0415  (icalendar takes long to load, and few need it)

        expand(document, folder)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError([Fault(f"{path}:{line}", "file", "is not UTF-8", "save it as UTF-8")]) from None
    except FileNotFoundError:
        raise ConfigError([Fault(str(path), "file", "there is no such file", _START)]) from None
    except OSError as error:
        raise ConfigError([Fault(str(path), "file", error.strerror or "cannot be read", "name a file")]) from None


def _validated(document: Document, *, cross_checked: bool) -> Agency | None:
    try:
        return Agency.model_validate(document.value)
    except ValidationError as error:
        document.faults += schema_faults(error, document.where, cross_checked=cross_checked)
        return None


def _place(fault: Fault) -> tuple[int, ...]:
    return tuple(int(part) for part in fault.where.rsplit(":", 2)[1:] if part.isdigit())


def dump_agency(agency: Agency) -> str:
    """The agency as YAML that load_agency reads back as an equal one; defaults are left out.

    It is the owner's own file: channel URLs stand in it in plain text, tokens and all. Keep it accordingly.

    >>> print(dump_agency(Agency(id="north")).strip())
    id: north
    """
    values = agency.model_dump(mode="json", exclude_defaults=True)
    for caregiver, written in zip(agency.caregivers, values.get("caregivers", ()), strict=True):
        _reveal(caregiver, written)
    for patient in values.get("patients", ()):
        _quote_parameters(patient.get("plan", {}).get("parameters", {}))
    return yaml.dump(values, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=110)


def _reveal(caregiver: Caregiver, written: dict[str, Any]) -> None:
    for channel, row in zip(caregiver.channels, written.get("channels", ()), strict=True):
        row["url"] = channel.url.get_secret_value()
        row["min_severity"] = channel.min_severity.word
    if caregiver.quiet_hours is not None:
        written["quiet_hours"]["min_severity"] = caregiver.quiet_hours.min_severity.word


class _Quoted(str):
    """Text that must not be read as a number or a yes/no."""

    __slots__ = ()


_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Writer(_Dumper):  # type: ignore[misc]  # chosen by what the machine has
    """Safe YAML, each value written out where it stands."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  (the interface)
        return True


_Writer.add_representer(
    _Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)


def _quote_parameters(parameters: dict[str, dict[str, Any]]) -> None:
    for values in parameters.values():
        values.update({key: _Quoted(value) for key, value in values.items() if isinstance(value, str)})


def default_agency(
    patient_ids: Iterable[str], *, agency_id: str = "demo", timezone: str = "UTC", channel_url: str | None = None
) -> Agency:
    """An agency for patients nobody has described: a CNA, a nurse and an operations manager; without shifts, round the
    clock.

    ``channel_url`` is one Apprise URL for all three; without it nobody can be told, but all is decided and recorded.

    >>> agency = default_agency(["p1", "p2"], channel_url="json://127.0.0.1:8080/")
    >>> [c.id for c in agency.caregivers], len(agency.assignments), len(agency.shifts)
    (['cna', 'nurse', 'manager'], 6, 0)

    BadDataError with the remedy where an id is none.
    """
    check_ids(ids := tuple(patient_ids))
    patients = tuple(Patient(id=id_, name=f"Patient {id_}", timezone=timezone) for id_ in ids)
    channels = (Channel(name="default", url=SecretStr(channel_url)),) if channel_url else ()
    people = tuple(
        Caregiver(id=id_, name=name, role=role, timezone=timezone, channels=channels) for id_, name, role in _ON_DUTY
    )
    return Agency(
        id=agency_id,
        patients=patients,
        caregivers=people,
        assignments=tuple(Assignment(patient=p.id, caregiver=c.id) for p in patients for c in people),
    )
