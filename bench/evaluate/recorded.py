"""The recordings through the very commands a stranger would run: convert, replay, evaluate."""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final

from bench.evaluate.unseen import unseen, with_model
from detectors.base import Detector
from detectors.deterioration import Deterioration
from detectors.early_warning import EarlyWarning
from detectors.registry import DEFAULT
from monitor.agency_file import default_agency
from monitor.convert import BY_NAME
from monitor.evaluation import levels
from monitor.evaluation.evaluate import Evaluation, Wanted, evaluate, measure
from monitor.evaluation.labelfile import read_labels
from monitor.evaluation.labels import OnsetLabels
from monitor.evaluation.observed import observed_in
from monitor.evaluation.report import alarm_table, event_table, headline, onset_table, write
from monitor.evaluation.rerun import as_alerts, rerun
from monitor.longcsv import LongCsv
from monitor.replay import replay
from vitals.finding import Finding, Severity

Say = Callable[[str], None]


def folder() -> Path | None:
    """Where the recordings are: $HOMEVIGIL_DATA, or ../shared/data beside the project; None where there are none."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    for place in (os.environ.get("HOMEVIGIL_DATA"), beside):
        if place and Path(place).is_dir():
            return Path(place)
    return None


class Recording:
    """One recording converted and replayed in ``work``; opened once."""

    def __init__(self, name: str, data: Path, work: Path) -> None:
        self.name, self.data, self.work = name, data, work
        self.path, self.alerts = work / f"{name}.csv", work / f"{name}.jsonl"
        BY_NAME[name].convert(data, self.path)
        self.csv = LongCsv(self.path)
        self.agency = default_agency(self.csv.patients(), channel_url="console://replay")

    def replayed(self) -> Path:
        """Its alerts, of the whole default bank and the desk."""
        replay(self.csv, self.agency, self.alerts)
        return self.alerts

    def labels(self) -> Path:
        """Labels from the recording's own file."""
        path = self.work / f"{self.name}_labels.csv"
        BY_NAME[self.name].write_labels(self.data, path)
        return path


def sepsis(data: Path, work: Path, say: Say) -> str:
    """The reference, early_warning alone, deterioration alone, and everything."""
    say("sepsis2019")
    recording = Recording("sepsis2019", data, work)
    labels = read_labels(recording.labels())
    assert isinstance(labels, OnsetLabels)  # noqa: S101  (its converter writes onsets)
    whole = evaluate(recording.replayed(), labels, recording.csv, Wanted())
    write(whole, work / "sepsis2019")
    parts = unseen(data / "sepsis2019_dev.csv.gz")
    rows, side = [], list(whole.levels)
    for name, alone in (
        ("early_warning alone", [EarlyWarning()]),
        ("deterioration alone, cross-validated", [Deterioration()]),
        ("every detector, without desk, cross-validated", _every()),
    ):
        say(f"sepsis2019: {name}")
        found = chain.from_iterable(
            rerun(recording.csv, recording.agency, with_model(alone, model), only=patients) for model, patients in parts
        )
        judged = _measured(found, recording, labels)
        rows.append(replace(judged.onset[0], name=name))
        if "deterioration alone" in name:
            side = [*(replace(row, name=f"{row.name}, alone, cross-validated") for row in judged.levels), *side]
    text = (headline(whole), levels.table(side), onset_table(replace(whole, onset=[*whole.onset, *rows])))
    return "\n\n".join(text)


def _every() -> list[Detector]:
    return [*(d for d in DEFAULT if d.name != Deterioration.name), Deterioration()]


def _measured(found: Iterable[Finding], recording: Recording, labels: OnsetLabels) -> Evaluation:
    observed = labels.observed or observed_in(recording.csv)
    return measure(as_alerts(found, observed.names), labels, observed, Wanted())


def tihm(data: Path, work: Path, say: Say) -> str:
    """Labelled days, at the severities of a notice and of a repeat."""
    say("tihm")
    recording = Recording("tihm", data, work)
    return _by_severity(recording, data / "tihm_dev" / "labels.csv")


def cgm(data: Path, work: Path, say: Say) -> str:
    """Glucose episodes derived from the recording itself."""
    say("cgm")
    recording = Recording("cgm", data, work)
    return _by_severity(recording, recording.labels())


def _by_severity(recording: Recording, labels: Path) -> str:
    recording.replayed()
    parts = []
    for least in (Severity.LOW, Severity.MEDIUM):
        found = evaluate(recording.alerts, read_labels(labels), recording.csv, Wanted(least=least))
        parts += [headline(found), event_table(found), alarm_table(found)]
    return "\n\n".join(parts)


def mimic(data: Path, work: Path, say: Say) -> str:
    """One patient without labels: what a day and a half with a probe that is often off would have cost."""
    say("mimic")
    recording = Recording("mimic", data, work)
    nothing = work / "mimic_labels.csv"
    nothing.write_text("patient,kind,start,end,signal\n", encoding="utf-8")
    found = evaluate(recording.replayed(), read_labels(nothing), recording.csv, Wanted(least=Severity.LOW))
    return headline(found) + "\n\n" + alarm_table(found)


STUDIES: Final = {"sepsis2019": sepsis, "tihm": tihm, "cgm": cgm, "mimic": mimic}
