"""NEWS2 as Flux (Royal College of Physicians, 2017), scale 1, from each component's newest reading.

A value between two printed bands belongs to the next band up. Scale 2 needs a clinician's order, which Flux cannot
see: the dashboard says so, and the service's own score (which knows) is the one that alerts.
"""

from typing import Final

from dashboards.grafana.flux import newest

BANDS: Final = {
    "respiration_rate": (((8, 3), (11, 1), (20, 0), (24, 2)), 3),
    "spo2": (((91, 3), (93, 2), (95, 1)), 0),
    "oxygen_flow": (((0, 0),), 2),
    "systolic_bp": (((90, 3), (100, 2), (110, 1), (219, 0)), 3),
    "heart_rate": (((40, 3), (50, 1), (90, 0), (110, 1), (130, 2)), 3),
    "consciousness": (((0, 0),), 3),
    "temperature": (((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1)), 2),
}
"""(upper bound, points) pairs, ascending and inclusive, and the points above the last."""

PARTS: Final = len(BANDS)


def points(signal: str, value: float) -> int:
    """The points of one component: what the Flux text works out, in Python.

    >>> points("respiration_rate", 20.5), points("spo2", 91), points("temperature", 36.6)
    (2, 3, 0)
    """
    pairs, above = BANDS[signal]
    return next((given for bound, given in pairs if value <= bound), above)


def _component(signal: str) -> str:
    pairs, above = BANDS[signal]
    steps = "".join(f"if r._value <= {float(bound)} then {given} else " for bound, given in pairs)
    return f'if r.signal == "{signal}" then ({steps}{above})'


def news2(*conditions: str) -> str:
    """One row a patient: total, response in words, how many of the seven parts there are, age of the oldest."""
    wanted = " or ".join(f'r.signal == "{signal}"' for signal in BANDS)
    worth = "\n        else ".join(_component(signal) for signal in BANDS)
    return f"""points = (r) =>
        {worth}
        else 0

{newest(f"({wanted})", *conditions)}
  |> map(fn: (r) => ({{r with points: points(r: r)}}))
  |> group(columns: ["patient"])
  |> reduce(
    identity: {{total: 0, worst: 0, parts: 0, oldest: int(v: v.timeRangeStop), detail: ""}},
    fn: (r, accumulator) => ({{
        total: accumulator.total + r.points,
        worst: if r.points > accumulator.worst then r.points else accumulator.worst,
        parts: accumulator.parts + 1,
        oldest: if int(v: r._time) < accumulator.oldest then int(v: r._time) else accumulator.oldest,
        detail: accumulator.detail + r.signal + " " + string(v: r.points) + "; ",
    }}),
  )
  |> map(fn: (r) => ({{
    patient: r.patient,
    score: r.total,
    response:
        if r.total >= 7 then "▲▲ high: emergency response"
        else if r.total >= 5 then "▲ medium: urgent response"
        else if r.worst == 3 then "▲ low–medium: urgent review of a single 3"
        else "● low",
    complete: if r.parts == {PARTS} then "● complete" else "○ incomplete: " + string(v: r.parts) + " of {PARTS} parts",
    oldest: time(v: r.oldest),
    parts: r.detail,
  }}))
  |> group()
  |> sort(columns: ["score"], desc: true)"""
