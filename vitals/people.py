"""Who works for the agency: roles, how each person is reached, assignments and shifts."""

from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from vitals.finding import Severity
from vitals.times import Duration

_ZONES = available_timezones()


def _zone(name: str) -> str:
    if name not in _ZONES:
        raise ValueError(f"{name!r} is no IANA time zone: write for example America/New_York")
    return name


TimeZoneName = Annotated[str, AfterValidator(_zone)]
LocalTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="wall-clock time, HH:MM")]
LocalDate = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="day of the calendar, YYYY-MM-DD")]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
"""Identifiers go into MQTT topics and keys: letters, digits and . _ : - only."""


class Strict(BaseModel):
    """Every part of an agency file: unknown fields are faults, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Role(StrEnum):
    """The field's roles. CNA and HMA measure, report and follow the plan; assessing is a nurse's."""

    CNA = "cna"
    HMA = "hma"
    PSW = "psw"
    LIVE_IN = "live_in"
    THERAPIST = "therapist"
    NURSE = "nurse"
    OPERATIONS_MANAGER = "operations_manager"
    DEVICE_SUPPORT = "device_support"

    @property
    def words(self) -> str:
        """The role as people say it."""
        return _WORDS[self]


_WORDS = {
    Role.CNA: "certified nursing assistant",
    Role.HMA: "home medical assistant",
    Role.PSW: "personal support worker",
    Role.LIVE_IN: "live-in caregiver",
    Role.THERAPIST: "rehabilitation therapist",
    Role.NURSE: "nurse",
    Role.OPERATIONS_MANAGER: "operations manager",
    Role.DEVICE_SUPPORT: "device support",
}


class Channel(Strict):
    """One way to reach a person: an Apprise URL (a secret: it often holds a token), and from which severity on."""

    name: Identifier
    url: SecretStr
    min_severity: Severity = Severity.LOW
    private: bool = Field(default=False, description="text over SMS or a lock screen: no name with a condition")
    after: Duration = Field(default=0, ge=0, description="a second way: if others fail or nobody answers for so long")

    @field_validator("min_severity", mode="before")
    @classmethod
    def _by_word(cls, value: object) -> object:
        if isinstance(value, str) and value.upper() in Severity.__members__:
            return Severity[value.upper()]
        return value

    @field_validator("url")
    @classmethod
    def _has_scheme(cls, url: SecretStr) -> SecretStr:
        if "://" not in url.get_secret_value():
            raise ValueError("is no Apprise URL: write for example json://localhost:8080/notify or ntfy://topic")
        return url


class QuietHours(Strict):
    """Wall-clock hours in which a person is told only ``min_severity`` and above."""

    start: LocalTime
    end: LocalTime
    min_severity: Severity = Severity.HIGH

    _by_word = field_validator("min_severity", mode="before")(Channel._by_word.__func__)  # type: ignore[attr-defined]  # noqa: SLF001


class Caregiver(Strict):
    """A person of the agency or the household who can be told."""

    id: Identifier
    name: str = Field(min_length=1, max_length=120)
    role: Role
    timezone: TimeZoneName
    language: str = Field(default="en", pattern="^[a-z]{2}$")
    channels: tuple[Channel, ...] = ()
    quiet_hours: QuietHours | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Assignment(Strict):
    """A caregiver cares for a patient, between two local dates (inclusive; open where left out)."""

    patient: Identifier
    caregiver: Identifier
    start: LocalDate | None = None
    end: LocalDate | None = None


class Shift(Strict):
    """Recurring duty of a caregiver: an RFC 5545 rule for the days, wall-clock hours in an IANA zone.

    ``end`` at or before ``start`` ends on the next day. Hours are wall-clock: 22:00–06:00 stays that on
    daylight-saving nights. Without ``patient`` it covers all patients the caregiver is assigned to.

    ``exdates`` and ``rdates`` are days (of its beginning) that the rule leaves out and that it adds (RFC 5545, 3.8.5);
    an empty rule begins on the ``rdates`` alone. ``extra_days`` is how many days later still it ends.

    >>> Shift(caregiver="ana", rule="FREQ=WEEKLY;BYDAY=MO,TU", start="22:00", end="06:00", timezone="Europe/London").end
    '06:00'
    """

    caregiver: Identifier
    rule: str = Field(default="FREQ=DAILY", pattern=r"^(FREQ=[A-Z]+(;[A-Z]+=[A-Za-z0-9,+-]+)*)?$")
    start: LocalTime
    end: LocalTime
    timezone: TimeZoneName
    first_day: LocalDate = "2020-01-01"
    patient: Identifier | None = None
    exdates: tuple[LocalDate, ...] = ()
    rdates: tuple[LocalDate, ...] = ()
    extra_days: int = Field(default=0, ge=0, le=31)

    @model_validator(mode="after")
    def _rule_parses(self) -> Self:
        from dateutil.rrule import rrulestr  # noqa: PLC0415  (only needed where files are read)

        if not self.rule and not self.rdates:
            raise ValueError("an empty rule begins on no day: write for example FREQ=DAILY, or days as rdates")
        try:
            rrulestr(self.rule) if self.rule else None
        except ValueError as error:
            raise ValueError(f"rule {self.rule!r} is no RFC 5545 recurrence: {error}") from None
        return self
