"""Parameters of detectors, as care plans set them: applied, or refused with what is wrong and what to do about it."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError

from vitals.agency import Agency
from vitals.errors import ConfigError, Fault


class Named(Protocol):
    """A frozen dataclass of parameters; ``name`` is its key in a plan's parameters."""

    @property
    def name(self) -> str: ...


_D = TypeVar("_D", bound=Named)


def tuned(detector: _D, changes: dict[str, Any]) -> _D:
    """A copy with other parameters, durations as ``12h``; pydantic's ValidationError names what is wrong.

    >>> from detectors.early_warning import EarlyWarning
    >>> tuned(EarlyWarning(), {"max_age": "12h"}).max_age
    43200000
    """
    return replace(detector, **changes)  # type: ignore[type-var]


def check_parameters(agency: Agency, detectors: Sequence[Named]) -> None:
    """Refuse plans that set what no detector has, ConfigError naming every fault with its remedy."""
    known = {detector.name: detector for detector in detectors}
    faults: list[Fault] = []
    for i, patient in enumerate(agency.patients):
        for name, changes in patient.plan.parameters.items():
            field = f"patients[{i}].plan.parameters.{name}"
            if name not in known:
                faults.append(Fault(agency.id, field, f"{name!r} is no detector", f"use {', '.join(known)}"))
            else:
                faults += _faults(known[name], changes, agency.id, field)
    if faults:
        raise ConfigError(faults)


def _faults(detector: Named, changes: dict[str, Any], where: str, field: str) -> list[Fault]:
    has = [f.name for f in fields(detector)]  # type: ignore[arg-type]
    unknown = [name for name in changes if name not in has]
    remedy = f"use {', '.join(has)}" if has else "it takes none"
    faults = [Fault(where, f"{field}.{name}", f"{detector.name} has no such parameter", remedy) for name in unknown]
    if not faults:
        try:
            tuned(detector, changes)
        except ValidationError as error:
            faults += [_fault(problem, where, field) for problem in error.errors()]
    return faults


def _fault(problem: Any, where: str, field: str) -> Fault:
    spot = ".".join([field, *map(str, problem["loc"])])
    return Fault(where, spot, f"{problem['input']!r}: {problem['msg']}", "write a number, or a duration such as 12h")
