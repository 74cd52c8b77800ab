"""Who is who: which patients there are, and whose a device is by its address or name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Self

from vitals.agency import Agency
from vitals.intake import RejectReason

UnknownPatients = Literal["reject", "admit"]
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_SEPARATORS = str.maketrans("", "", ":-. ")


class Refused(Exception):  # noqa: N818  (an answer, not a fault of ours)
    """A message, or one value of it, is refused: the reason, and field, value and remedy in words."""

    def __init__(self, reason: RejectReason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def normal_address(address: str) -> str:
    """A hardware address as gateways agree on it: no separators, capitals.

    >>> normal_address("a4:c1:38:0b:5e:ed") == normal_address("A4C1380B5EED")
    True
    """
    return address.translate(_SEPARATORS).upper()


@dataclass(frozen=True)
class Directory:
    """A snapshot of the agency, as far as decoding needs it. Build a new one when the agency changes.

    With ``unknown_patients`` "admit" a patient that the agency does not list is taken as the topic names it (for
    simulations and for taking a new agency into service); "reject" refuses such readings by name.

    >>> Directory(unknown_patients="admit").check_patient("any", "p9")
    >>> Directory(agency="care", patients=frozenset({"p1"})).check_patient("care", "p9")
    Traceback (most recent call last):
    ...
    ingest.directory.Refused: patient 'p9' is not in the agency file: add the patient, or correct the device's topic
    """

    agency: str = ""
    patients: frozenset[str] = frozenset()
    devices: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    unknown_patients: UnknownPatients = "reject"

    @classmethod
    def of(cls, agency: Agency, unknown_patients: UnknownPatients = "reject") -> Self:
        """The directory of an agency: devices are found by address and by id."""
        devices: dict[str, list[tuple[str, str]]] = {}
        for patient in agency.patients:
            for device in patient.devices:
                for name in {normal_address(n) for n in (device.id, device.address) if n}:
                    devices.setdefault(name, []).append((patient.id, device.id))
        return cls(agency.id, _ids(p.id for p in agency.patients), devices, unknown_patients)

    def check_patient(self, agency: str, patient: str) -> None:
        """Refused where we do not know the patient (or the agency is another one)."""
        if self.unknown_patients == "admit":
            if not _IDENTIFIER.fullmatch(patient):
                raise Refused(RejectReason.UNKNOWN_PATIENT, f"patient {patient[:80]!r} is no identifier")
        elif agency and self.agency and agency != self.agency:
            raise Refused(
                RejectReason.UNKNOWN_PATIENT,
                f"agency {agency[:80]!r} is not {self.agency!r}: correct the device's topic, or the subscription",
            )
        elif patient not in self.patients:
            raise Refused(
                RejectReason.UNKNOWN_PATIENT,
                f"patient {patient[:80]!r} is not in the agency file: add the patient, or correct the device's topic",
            )

    def check_device(self, device: str) -> None:
        """Refused where the topic's device is no identifier. It need not be listed: a patient may get a new one."""
        if not _IDENTIFIER.fullmatch(device):
            raise Refused(
                RejectReason.UNKNOWN_DEVICE, f"device {device[:80]!r} is no identifier (letters, digits _.:-)"
            )

    def owners(self, name: str) -> list[tuple[str, str]]:
        """Every patient and device id that a device of that address or id may be."""
        return self.devices.get(normal_address(name), [])

    def owner(self, name: str) -> tuple[str, str]:
        """Patient and device id of the device with that address or id; Refused if there is none, or more than one."""
        found = self.owners(name)
        if len(found) != 1:
            problem = "stands with several patients" if found else "is not in the agency file"
            raise Refused(
                RejectReason.UNKNOWN_DEVICE,
                f"device {name[:80]!r} {problem}: give one patient's device that address",
            )
        return found[0]


def _ids(ids: Iterable[str]) -> frozenset[str]:
    return frozenset(ids)
