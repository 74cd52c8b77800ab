"""Dated changes to the roster: one takes a shift, two swap, one is added or away; why, and who said so."""

from enum import StrEnum
from typing import Self

from pydantic import Field, field_validator, model_validator

from vitals.people import Identifier, LocalDate, Strict
from vitals.times import DAY, parse_time

LONGEST = 366 * DAY


class Action(StrEnum):
    """What an override does to the plan."""

    REPLACE = "replace"
    SWAP = "swap"
    ADD = "add"
    REMOVE = "remove"

    @property
    def needs_other(self) -> bool:
        """Whether a second person takes part."""
        return self in (Action.REPLACE, Action.SWAP)


class Override(Strict):
    """A dated change to the plan, for one patient or for all whom it concerns.

    ``replace``: ``by`` does whatever duty ``caregiver`` has, at the same patients, assigned there or not. ``swap``: the
    two exchange their duties. ``add``: ``caregiver`` is on duty too. ``remove``: is not. When: from ``start`` to
    ``end`` (ISO 8601 with zone), or ``day``: the shifts that begin on that day. A later line of the file acts on what
    the earlier ones made.

    >>> Override(action="replace", caregiver="ben", by="ana", day="2026-12-24", reason="ill", entered_by="olga").by
    'ana'
    """

    action: Action
    caregiver: Identifier
    by: Identifier | None = None
    patient: Identifier | None = None
    day: LocalDate | None = None
    start: str | None = None
    end: str | None = None
    reason: str = Field(min_length=1, max_length=200)
    entered_by: Identifier

    @field_validator("start", "end")
    @classmethod
    def _with_zone(cls, value: str | None) -> str | None:
        if value is not None:
            parse_time(value)
        return value

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        if self.action.needs_other and self.by in (None, self.caregiver):
            raise ValueError(f"{self.action.value!r} needs another person: name in 'by' who takes the duty")
        if not self.action.needs_other and self.by is not None:
            raise ValueError(f"{self.action.value!r} concerns one person: leave 'by' out")
        return self

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        span = self.span
        if (self.day is None) == (span is None) or (self.start is None) != (self.end is None):
            raise ValueError("says not when: give either a day, or both start and end")
        if self.day is not None and self.action is Action.ADD:
            raise ValueError("'add' on a day has no hours: give start and end")
        if span is not None and not 0 < span[1] - span[0] <= LONGEST:
            raise ValueError("'end' must lie after 'start', by a year at most: for longer, change the shifts")
        return self

    @property
    def span(self) -> tuple[int, int] | None:
        """The moments [start, end), ms UTC; None where it names a day."""
        return None if self.start is None or self.end is None else (parse_time(self.start), parse_time(self.end))
