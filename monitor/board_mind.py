"""What the board says beside the alerts: silences, pauses, hours nobody covers, and who is with whom."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from alerts.coverage import Lack
from alerts.presence import newest
from alerts.sight import Reader, names, sees_patient
from alerts.suppress import paused_until
from alerts.words_board import CLOCKED, EVERYTHING, MORE, PAUSED, SILENT, lack_words
from alerts.words_signals import title
from dashboards.board.view import Home
from vitals.agency import Patient
from vitals.plan import CarePlan
from vitals.silence import Silence
from vitals.times import parse_time

_LINES: Final = 8
"""Lines of one kind; the rest is counted."""
_HOMES: Final = 200
"""Patients to choose from: a list of thousands is no help at a door."""


def own(reader: Reader) -> list[Patient]:
    """The patients of the reader."""
    roster, now = reader.roster, reader.now
    return [it for it in roster.agency.patients if sees_patient(roster, reader.person, it.id, now)]


def minded(reader: Reader, patients: Iterable[Patient], lacks: Mapping[str, Lack]) -> list[str]:
    """Sentences, first about the patients of ``lacks``, for whom nobody is on duty."""
    mine = list(patients)
    kinds = (_uncovered(reader, mine, lacks), _silent(reader, mine), _paused(reader, mine))
    return [line for kind in kinds for line in _shortened(list(kind), reader)]


def homes(reader: Reader, patients: Iterable[Patient]) -> tuple[list[Home], list[Home]]:
    """The patients with whom the reader can clock in, and those with whom they have."""
    away: list[Home] = []
    here: list[Home] = []
    if not names(reader.person):
        return away, here
    for patient in patients:
        events = reader.roster.presences.of(patient.id).get(reader.person.id, ())
        last, _ = newest(events, reader.now)
        if last is None or last.out or reader.now - last.time >= reader.roster.presences.limit:
            away.append(Home(patient.id, reader.patient(patient)))
            continue
        since = reader.at(last.time)
        here.append(Home(patient.id, reader.lang.say(CLOCKED, who=reader.patient(patient), time=since)))
    return away[:_HOMES], here


def _uncovered(reader: Reader, patients: Iterable[Patient], lacks: Mapping[str, Lack]) -> Iterator[str]:
    for patient in patients:
        if patient.id in lacks:
            yield lack_words(reader.patient(patient), lacks[patient.id], reader.lang)


def _silent(reader: Reader, patients: Iterable[Patient]) -> Iterator[str]:
    for patient in patients:
        for it in reader.silences.of(patient.id):
            if it.holds(reader.now):
                until = reader.at(it.end)
                about = {"patient": reader.patient(patient), "time": until, "what": _what(it, reader)}
                yield reader.lang.say(SILENT, reason=_sentence(it.reason), who=it.by, **about)


def _what(silence: Silence, reader: Reader) -> str:
    words = [silence.rule.replace("_", " ")] if silence.rule else []
    words += [title(silence.signal, reader.lang)] if silence.signal else []
    return " · ".join(words) or reader.lang.say(EVERYTHING)


def _paused(reader: Reader, patients: Iterable[Patient]) -> Iterator[str]:
    for patient in patients:
        end = paused_until(patient.plan, reader.now)
        if end is not None:
            until = reader.at(end)
            about = {"patient": reader.patient(patient), "time": until}
            yield reader.lang.say(PAUSED, reason=_sentence(_reason(patient.plan, reader.now)), **about).strip()


def _reason(plan: CarePlan, now: int) -> str:
    return next((it.reason for it in plan.pauses if parse_time(it.start) <= now < parse_time(it.end)), "")


def _sentence(text: str) -> str:
    return text if not text or text.endswith(".") else f"{text}."


def _shortened(lines: list[str], reader: Reader) -> list[str]:
    if len(lines) <= _LINES:
        return lines
    return [*lines[: _LINES - 1], reader.lang.counted(*MORE, len(lines) - _LINES + 1)]
