"""The words of the week's digest for nurse and operations manager; a private channel gets numbers alone."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from alerts.figures import Figures
from alerts.gsm import fit
from alerts.language import Language, language, mark
from alerts.message import Message
from alerts.weekly import Week
from vitals.agency import Patient
from vitals.times import SECOND

_SHOWN: Final = 5
"""Patients named in a list; the report has them all."""
_SEVERITY: Final = {"high": mark("high"), "medium": mark("medium"), "low": mark("low")}


def weekly(week: Week, patients: Mapping[str, Patient], *, private: bool, code: str = "en") -> Message:
    """The week in the language of that code.

    >>> weekly(Week((), (), (), {}, {"p1": 7_200_000}), {}, private=True).body
    'Your week: 0 alerts, 0 measurements missed, 2h uncovered in the coming week. See the report for details.'
    """
    lang = language(code)
    numbers = _numbers(week, lang)
    if private:
        body = lang.say("Your week: {numbers}.", numbers=numbers)
        return Message("", fit(body, tail=" " + lang.say("See the report for details.")))
    title = lang.say("The week: {numbers}", numbers=numbers)
    return Message(title, _Lists(lang, patients).of(week) or lang.say("A quiet week."))


def _numbers(week: Week, lang: Language) -> str:
    missed = sum(week.missed.values())
    parts = (
        lang.counted("{count} alert", "{count} alerts", week.alerts),
        lang.counted("{count} measurement missed", "{count} measurements missed", missed),
        lang.say("{hours} uncovered in the coming week", hours=lang.hours(sum(week.uncovered.values()))),
    )
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class _Lists:
    """The parts of the week, each a title and its lines; one that is empty is left out."""

    lang: Language
    patients: Mapping[str, Patient]

    def of(self, week: Week) -> str:
        say = self.lang.say
        blocks = (
            self._rows(say("Alerts by severity:"), week.by_severity, self._severity),
            self._rows(say("Alerts by rule:"), week.by_rule, str),
            self._rows(say("Patients with most alerts:"), week.by_patient[:_SHOWN], self._name),
            self._most(mark("Measurements missed: {count}"), week.missed, self.lang.number),
            self._most(mark("Uncovered hours of the coming week: {count}"), week.uncovered, self.lang.hours),
        )
        return "\n\n".join(block for block in blocks if block)

    def _rows(self, title: str, rows: Sequence[Figures], name: Callable[[str], str]) -> str:
        return "\n".join([title, *(f"- {name(row.group)}: {self._figures(row)}" for row in rows)]) if rows else ""

    def _figures(self, row: Figures) -> str:
        lang, said = self.lang, [self.lang.number(row.alerts)]
        if not math.isnan(row.precision):
            share = f"{lang.number(100 * row.precision, 0)} %"
            said.append(lang.say("{share} of {judged} judged were true", share=share, judged=lang.number(row.judged)))
        if not math.isnan(row.acknowledge_median):
            after = lang.duration(round(row.acknowledge_median / SECOND) * SECOND)
            said.append(lang.say("answered after {time}", time=after))
        if row.unanswered:
            said.append(lang.counted("{count} never answered", "{count} never answered", row.unanswered))
        return ", ".join(said)

    def _most(self, title: str, of: Mapping[str, int], show: Callable[[float], str]) -> str:
        most = sorted(of.items(), key=lambda item: (-item[1], item[0]))
        lines = [f"- {self._name(who)}: {show(count)}" for who, count in most[:_SHOWN]]
        left = len(most) - _SHOWN
        if left > 0:
            lines.append("- " + self.lang.counted("and {count} patient more", "and {count} patients more", left))
        return "\n".join([self.lang.say(title, count=show(sum(of.values()))), *lines]) if lines else ""

    def _severity(self, word: str) -> str:
        return self.lang.say(_SEVERITY.get(word, word))

    def _name(self, who: str) -> str:
        patient = self.patients.get(who)
        return f"{patient.name} ({patient.short_code})" if patient else who
