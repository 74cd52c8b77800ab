"""Which devices reach us through the same gateway; where nobody says, those of one home."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from detectors.devices import About
from vitals.agency import Device, DeviceType, Patient
from vitals.finding import FindingKey

GATEWAY_OUT: Final = "outage.gateway"
HOME: Final = "home"
"""Stands for the gateway of devices of which nobody says how they reach us."""


class Group(NamedTuple):
    """Devices behind one gateway: ``key`` of its alert (of no patient where it serves several), ``members`` as
    (patient, device), the gateway itself among them where it is listed, and ``gateways``, it by its own name.

    ``named`` says that the agency file tells so; else it is a guess.
    """

    key: FindingKey
    members: tuple[About, ...]
    gateways: tuple[About, ...] = ()
    named: bool = False


def groups(patients: Iterable[Patient]) -> list[Group]:
    """Every group that may fall silent together.

    >>> devices = [Device(id="hub", type="gateway"), Device(id="clip", gateway="hub"), Device(id="cuff", gateway="hub")]
    >>> [group] = groups([Patient(id="p1", name="-", timezone="UTC", devices=devices)])
    >>> group.key.device, group.key.patient, [device for _, device in group.members]
    ('hub', 'p1', ['clip', 'cuff', 'hub'])
    """
    known = list(patients)
    behind: dict[str, list[About]] = {}
    for patient in known:
        for device in patient.devices:
            if device.gateway:
                behind.setdefault(device.gateway, []).append((patient.id, device.id))
    found = [_named(name, members, known) for name, members in behind.items()]
    return found + [group for patient in known if (group := _home(patient, behind))]


def _named(name: str, members: list[About], patients: list[Patient]) -> Group:
    itself = [(p.id, d.id) for p in patients for d in p.devices if d.id == name]
    homes = {patient for patient, _ in members}
    if len(homes) == 1:
        itself = [about for about in itself if about[0] in homes]
    whose = next(iter(homes)) if len(homes) == 1 else ""
    return Group(
        FindingKey(GATEWAY_OUT, whose, "", name), tuple(dict.fromkeys((*members, *itself))), tuple(itself), named=True
    )


def _home(patient: Patient, behind: Mapping[str, object]) -> Group | None:
    """The other devices of a patient; its only gateway is then theirs, should none be told to be behind one."""
    free: list[Device] = [d for d in patient.devices if not d.gateway and d.id not in behind]
    hubs = [d for d in free if d.type is DeviceType.GATEWAY]
    sole = len(hubs) == 1 and len(free) == len(patient.devices)
    if len(free) < 2:
        return None
    members = tuple((patient.id, d.id) for d in free)
    name = hubs[0].id if sole else HOME
    return Group(FindingKey(GATEWAY_OUT, patient.id, "", name), members, ((patient.id, name),) if sole else ())
