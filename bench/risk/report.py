"""The figures of the model card."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from bench.risk.curve import Cost, cost, in_alert, interval, within
from bench.risk.fitting import Fitted
from bench.risk.stays import HORIZON, Bools, Read, Stays
from detectors.deterioration import Deterioration

BUDGETS: Final = ((0.10, 0.04), (0.20, 0.08), (0.30, 0.115), (0.40, 0.15), (0.50, 0.19))
"""Alert episodes per non-septic patient-day, share of non-septic hours in alert."""
LEVELS: Final = {"medium": 2, "high": 3}
_TIMES: Final = (1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 3.5, 4.0, 5.0)
_DRAWS: Final = 1000
_STAYED: Final = ((0, 12), (12, 24), (24, 48), (48, 96), (96, 10_000))


def headline(stays: Stays, run: Fitted) -> str:
    """The two levels as shipped, on scores of models that have not seen the patient."""
    return "; ".join(f"{name} {_three(_level(stays, run, name).figures(stays.septic))}" for name in LEVELS)


def sections(stays: Stays, read: Read, runs: Sequence[Fitted]) -> dict[str, str]:
    """Markdown by the name of its place in the card."""
    return {
        "levels": _levels(stays, runs),
        "deals": _deals(stays, runs),
        "curve": _curve(stays, runs[0]),
        "budgets": _budgets(stays, runs),
        "calibration": _calibration(stays, runs[0]),
        "subgroups": _subgroups(stays, read, runs[0]),
    }


def _level(stays: Stays, run: Fitted, name: str) -> Cost:
    return cost(stays, run.points, *_between(name))


def _between(name: str) -> tuple[float, float]:
    """Points at which a level opens, and below which it ends."""
    detector = Deterioration()
    opens = float(np.log(getattr(detector, name)))
    return opens, opens + float(np.log(getattr(detector, f"{name}_ends")))


def _levels(stays: Stays, runs: Sequence[Fitted]) -> str:
    rows = []
    for name in LEVELS:
        found = _level(stays, runs[0], name)
        spans = interval(found, stays.septic, _DRAWS, 0)
        others = [_level(stays, run, name).figures(stays.septic) for run in runs]
        figures = zip(found.figures(stays.septic), spans, zip(*others, strict=True), strict=True)
        cells = [f"{_cell(i, v)} ({_cell(i, a)} to {_cell(i, b)}); {', '.join(_cell(i, o) for o in each)}"
                 for i, (v, (a, b), each) in enumerate(figures)]  # fmt: skip
        rows.append([name, *cells])
    return _table(["level", "septic patients in alert", "episodes a patient-day", "hours in alert"], rows)


def _deals(stays: Stays, runs: Sequence[Fitted]) -> str:
    """Mean and standard deviation over the cross-validations; hours as ``homevigil evaluate`` counts them."""
    onset = stays.onset[stays.patient]
    eventless = (onset < 0) | (stays.hour < onset - HORIZON)
    rows = []
    for name in LEVELS:
        figures = [
            (*_level(stays, run, name).figures(stays.septic)[:2],
             in_alert(stays, run.points, *_between(name))[eventless].mean())
            for run in runs
        ]  # fmt: skip
        (found, a_day, hours), (f, a, h) = np.mean(figures, axis=0), np.std(figures, axis=0)
        rows.append([name, f"{found:.1%} ± {f:.1%}", f"{a_day:.3f} ± {a:.3f}", f"{hours:.1%} ± {h:.1%}"])
    return _table(["level", "septic patients in alert", "episodes a patient-day", "hours in alert"], rows)


def _curve(stays: Stays, run: Fitted) -> str:
    drop = float(np.log(Deterioration().medium_ends))
    rows = []
    for times in _TIMES:
        opens = float(np.log(times))
        figures = cost(stays, run.points, opens, opens + drop).figures(stays.septic)
        rows.append([f"{times:g}", *(_cell(i, v) for i, v in enumerate(figures))])
    return _table(
        ["odds, times the average", "septic patients in alert", "episodes a patient-day", "hours in alert"], rows
    )


def _budgets(stays: Stays, runs: Sequence[Fitted]) -> str:
    drop = -float(np.log(Deterioration().medium_ends))
    rows = []
    for episodes, hours in BUDGETS:
        found = [within(stays, run.points, drop, episodes=episodes, hours=hours) for run in runs]
        shares = [one.figures(stays.septic)[0] for one in found]
        low, high = interval(found[0], stays.septic, _DRAWS, 0)[0]
        rows.append([f"{episodes:.2f}", f"{hours:.1%}", f"{np.mean(shares):.0%}", f"{low:.0%} to {high:.0%}",
                     f"{np.exp(np.mean([one.threshold for one in found])):.2f}"])  # fmt: skip
    return _table(["episodes at most", "hours at most", "septic patients in alert", "95 % interval", "threshold"], rows)


def _calibration(stays: Stays, run: Fitted) -> str:
    told = np.isfinite(run.points.opens)
    risk, before = 1 / (1 + np.exp(-(run.prior + run.points.opens[told]))), stays.before[told]
    edges = np.quantile(risk, [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1])
    rows = []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        inside = (risk >= low) & ((risk < high) | (high == edges[-1]))
        rows.append([f"{low:.3f} to {high:.3f}", f"{inside.sum():,}", f"{risk[inside].mean():.2%}",
                     f"{before[inside].mean():.2%}"])  # fmt: skip
    return _table(["risk told", "hours", "mean", "were before sepsis"], rows)


def _subgroups(stays: Stays, read: Read, run: Fitted) -> str:
    """By hours in the recording when sepsis set in, or for the others by hour; and by what was not measured."""
    rows = []
    for low, high in _STAYED:
        hours = (stays.hour > low) & (stays.hour <= high)
        ill = (stays.onset > low) & (stays.onset <= high)
        rows.append([_span(low, high), *_share(stays, run, hours, ill)])
    column = [str(reading) for reading in run.models[0].readings].index("respiration_rate.now")
    breathing = ~np.isnan(read.now[:, column])
    for name, hours in (("respiration measured", breathing), ("respiration missing", ~breathing)):
        rows.append([name, *_share(stays, run, hours, None)])
    return _table(
        ["hours since admission", "septic patients", "in medium alert", "others' hours", "in medium alert"], rows
    )


def _share(stays: Stays, run: Fitted, hours: Bools, ill: Bools | None) -> list[str]:
    found = _level(stays, run, "medium").found
    others = hours & ~stays.septic[stays.patient]
    septic = ["–", "–"] if ill is None else [str(ill.sum()), f"{found[ill].mean():.0%}" if ill.any() else "–"]
    alert = in_alert(stays, run.points, *_between("medium"))
    return [*septic, f"{others.sum():,}", f"{alert[others].mean():.1%}" if others.any() else "–"]


def _span(low: int, high: int) -> str:
    return f"{low} to {high}" if high < 1000 else f"over {low}"


def _cell(which: int, value: float) -> str:
    return f"{value:.2f}" if which == 1 else f"{value:.1%}" if which == 2 else f"{value:.0%}"


def _three(figures: Sequence[float]) -> str:
    return "  ".join(_cell(i, v) for i, v in enumerate(figures))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
