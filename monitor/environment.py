"""Variables of the environment that look like settings and are none: refused by name, as unknown fields of the file."""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel

from vitals.errors import Fault

PREFIX: Final = "HOMEVIGIL_"
_OTHERS: Final = re.compile(
    r"HOMEVIGIL_(DATA|MACHINE|GOLDEN|TEST_\w+|(\w+_)?SERVICE_(HOST|PORT(_\w+)?)|(\w+_)?PORT_\d+_\w+)"
)
"""Those of our tests and benches, and those that Kubernetes gives every pod beside a service named homevigil."""
_LINK: Final = re.compile(r"(tcp|udp|sctp)://")


def unknown_variables(model: type[BaseModel], environment: Mapping[str, str]) -> list[Fault]:
    """A fault for each, with the nearest name that is a setting; values are not repeated.

    >>> from monitor.settings import Settings
    >>> print(*unknown_variables(Settings, {"HOMEVIGIL_BROKER_HOST": "b", "HOMEVIGIL_DATA_DIR": "d"}))
    environment: HOMEVIGIL_BROKER_HOST: is not known here (did you mean HOMEVIGIL_BROKER__HOST?)
    """
    names = list(_names(model, PREFIX))
    return [_fault(name, names) for name in sorted(environment) if not _fine(name.upper(), environment[name], names)]


def _fine(name: str, value: str, names: list[str]) -> bool:
    if not name.startswith(PREFIX) or _OTHERS.fullmatch(name) or (name.endswith("PORT") and _LINK.match(value)):
        return True
    section, nested, _ = name.partition("__")
    return name in names or (bool(nested) and any(known.startswith(f"{section}__") for known in names))


def _names(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield prefix + name.upper()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _names(field.annotation, f"{prefix}{name.upper()}__")


def _fault(name: str, names: list[str]) -> Fault:
    near = difflib.get_close_matches(name.upper()[len(PREFIX) :], [known[len(PREFIX) :] for known in names], n=1)
    sections = ", ".join(known for known in names if "__" not in known)
    remedy = f"did you mean {PREFIX}{near[0]}?" if near else f"unset it, or begin with one of {sections}"
    return Fault("environment", name, "is not known here", remedy)
