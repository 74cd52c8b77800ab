"""Errors that say which field, which value and what to do about it."""

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit status means to a script.

    The numbers follow sysexits.h where it has one for the case.
    """

    OK = 0
    FAILED = 1
    USAGE = 2
    BAD_DATA = 65
    UNAVAILABLE = 69
    CONFIG = 78
    INTERRUPTED = 130


class HomevigilError(Exception):
    """Anything a person can mend: shown as one message, without a traceback."""

    exit_code: ExitCode = ExitCode.FAILED


class BadDataError(HomevigilError):
    """A file or a payload is not what its format says."""

    exit_code = ExitCode.BAD_DATA


class UnavailableError(HomevigilError):
    """A broker, store, ledger or channel does not answer; trying again may help."""

    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a settings or agency file: where, what, and the remedy.

    >>> print(Fault("agency.yaml:12", "patients[0].timezone", "'Mars' is no IANA time zone", "use e.g. Europe/London"))
    agency.yaml:12: patients[0].timezone: 'Mars' is no IANA time zone (use e.g. Europe/London)
    """

    where: str
    field: str
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{self.where}: {self.field}: {self.problem}{remedy}"


class ConfigError(HomevigilError):
    """A settings or agency file is refused whole, with every fault named."""

    exit_code = ExitCode.CONFIG

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))
