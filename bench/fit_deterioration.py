"""Fits the model of ``deterioration`` and cross-validates it by patient.

``python -m bench.fit_deterioration --data ../shared/data/sepsis2019_dev.csv.gz`` writes the coefficients beside the
detector (the model, and one a fold that has not seen the fold's patients) and the figures into the model card.
Seeded: the same data give the same model.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.evaluate.page import put
from bench.risk import report
from bench.risk.fitting import Fitted, Recipe, calibrated, cross_validated, model, weights
from bench.risk.stays import Read, Stays, features, load
from detectors.risk_model import FOLDER, RiskModel

ROOT: Final = Path(__file__).parents[1]
NAME: Final = "vitals"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.fit_deterioration", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="CinC Challenge 2019 table, CSV, plain or gzipped")
    parser.add_argument("--out", type=Path, default=ROOT / "detectors" / FOLDER, help="folder for the models")
    parser.add_argument(
        "--card", type=Path, default=ROOT / "docs/models/deterioration.md", help="model card to fill in"
    )
    parser.add_argument("--repeats", type=int, default=8, help="cross-validations, each dealt out anew")
    parser.add_argument("--seed", type=int, default=Recipe().seed)
    asked = parser.parse_args(arguments)
    stays = load(asked.data)
    read = features(stays, Recipe().readings)
    runs = []
    for repeat in range(asked.repeats):
        runs.append(cross_validated(stays, read, Recipe(seed=asked.seed + repeat)))
        print(report.headline(stays, runs[-1]), flush=True)
    save(asked.out, final(stays, read, runs[0]), runs[0].models)
    for section, text in report.sections(stays, read, runs).items():
        put(section, text, asked.card)
    return 0


def final(stays: Stays, read: Read, run: Fitted) -> RiskModel:
    """Of all patients, with the calibration that cross-validation found."""
    whole = model(stays, read.now, Recipe(), weights(stays), NAME)
    return calibrated(whole, run.slope, run.prior)


def save(out: Path, whole: RiskModel, models: Sequence[RiskModel]) -> None:
    """One file a model."""
    out.mkdir(parents=True, exist_ok=True)
    for one in (whole, *(replace(m, name=f"fold_{i + 1}") for i, m in enumerate(models))):
        text = json.dumps(one.json(), indent=1)
        (out / f"{one.name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
