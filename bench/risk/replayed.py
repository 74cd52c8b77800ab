"""``python -m bench.risk.replayed --data FILE``: the cross-validation as the product sees it.

The recording is converted and runs through the real bank, hour by hour, each patient judged by the model that has not
seen him; then it is measured as ``homevigil evaluate`` measures.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.risk.fitting import Recipe
from bench.risk.stays import folds, load
from detectors.deterioration import Deterioration
from monitor.convert import BY_NAME
from monitor.evaluation.evaluate import Wanted, measure
from monitor.evaluation.labelfile import read_labels
from monitor.evaluation.labels import OnsetLabels
from monitor.evaluation.observed import observed_in
from monitor.evaluation.rerun import as_alerts, rerun
from monitor.longcsv import LongCsv
from vitals.agency import Agency, Patient
from vitals.finding import Severity
from vitals.plan import CarePlan


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.risk.replayed", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="CinC Challenge 2019 table, CSV, plain or gzipped")
    parser.add_argument("--seen", action="store_true", help="judge with the model of all patients, as it is shipped")
    asked = parser.parse_args(arguments)
    with TemporaryDirectory() as work:
        readings, labels = Path(work, "readings.csv"), Path(work, "labels.csv")
        BY_NAME["sepsis2019"].convert(asked.data, readings)
        BY_NAME["sepsis2019"].write_labels(asked.data, labels)
        for line in _measured(asked.data, LongCsv(readings), labels, seen=asked.seen):
            print(line)
    return 0


def _measured(data: Path, readings: LongCsv, labels: Path, *, seen: bool) -> list[str]:
    onsets = read_labels(labels)
    assert isinstance(onsets, OnsetLabels)  # noqa: S101  (its converter writes onsets)
    observed = onsets.observed or observed_in(readings)
    found = as_alerts(rerun(readings, _agency(data, seen=seen), [Deterioration()]), observed.names)
    wanted = {least.word: Wanted(least=least) for least in (Severity.MEDIUM, Severity.HIGH)}
    return [f"{word}: {measure(found, onsets, observed, each).onset[0].json()}" for word, each in wanted.items()]


def _agency(data: Path, *, seen: bool) -> Agency:
    """Everybody's plan names the model to judge by."""
    stays, recipe = load(data), Recipe()
    fold = folds(stays, recipe.folds, recipe.seed).tolist()
    models = ("vitals" if seen else f"fold_{number + 1}" for number in fold)
    plans = (CarePlan(parameters={"deterioration": {"model": model}}) for model in models)
    people = zip(stays.names, plans, strict=True)
    return Agency(id="a", patients=tuple(Patient(id=i, name="-", timezone="UTC", plan=plan) for i, plan in people))


if __name__ == "__main__":
    sys.exit(main())
