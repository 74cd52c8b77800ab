"""The care team's overview: who needs looking at, everyone's newest vitals, who has fallen silent, NEWS2."""

from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.builders import text
from grafana_foundation_sdk.models import dashboard as dm
from grafana_foundation_sdk.models.text import TextMode

from dashboards.grafana.flux import HOUR_NS, judged, newest, source, titles
from dashboards.grafana.news2 import news2
from dashboards.grafana.panels import SOURCE, Flux, Panel, column, lines, number, placed, rows
from vitals.signals import SIGNALS

_HEARD = f"{newest(of=('patient',))}\n  |> count()"
_DEFAULTS = "By the adult default limits; a plan of care may set others. Alerts follow the plan: see the live board."


def _with_worst(rank: int) -> str:
    """How many patients have this as the worst rank of their newest readings."""
    return f"""{judged(newest())}
judged
  |> group(columns: ["patient"])
  |> max(column: "rank")
  |> group()
  |> map(fn: (r) => ({{patient: r.patient, patients: int(v: r.rank == {rank})}}))
  |> sum(column: "patients")"""


def _outside() -> str:
    return f"""{judged(newest())}
titles = {titles()}

judged
  |> filter(fn: (r) => r.rank > 0)
  |> sort(columns: ["rank", "_time"], desc: true)
  |> map(fn: (r) => ({{
    patient: r.patient,
    state: r.state,
    signal: dict.get(dict: titles, key: r.signal, default: r.signal),
    value: r.shown,
    measured: r._time,
    device: r.device,
  }}))"""


def _board() -> str:
    return f"""{judged(newest('r.signal != "consciousness"'))}
judged
  |> pivot(rowKey: ["patient"], columnKey: ["signal"], valueColumn: "shown")
  |> sort(columns: ["patient"])"""


def _silent() -> str:
    return f"""{newest(of=("patient", "device"))}
  |> map(fn: (r) => ({{r with silent: int(v: v.timeRangeStop) - int(v: r._time)}}))
  |> map(fn: (r) => ({{
    patient: r.patient,
    device: r.device,
    heard: r._time,
    state:
        if r.silent > {24 * HOUR_NS} then "✖ silent for over a day"
        else if r.silent > {HOUR_NS} then "▲ silent for over an hour"
        else if r.silent > {HOUR_NS // 4} then "△ silent for over 15 minutes"
        else "● heard",
  }}))
  |> sort(columns: ["heard"])"""


def _rate() -> str:
    return f"""{source()}
  |> aggregateWindow(every: v.windowPeriod, fn: count, createEmpty: true)
  |> group(columns: ["signal", "_time"])
  |> sum()
  |> group(columns: ["signal"])
  |> sort(columns: ["_time"])"""


def _counts() -> list[Panel]:
    return [
        number("Patients heard from", _HEARD, "text", about="Patients with any reading in the chosen time."),
        number(
            "▲▲ Outside alert limits",
            _with_worst(2),
            "red",
            about=f"Patients whose worst newest reading is so. {_DEFAULTS}",
        ),
        number("▲ Outside warning limits", _with_worst(1), "orange", about=f"The same for warning limits. {_DEFAULTS}"),
        number("● Within limits", _with_worst(0), "green", about=f"All newest readings within limits. {_DEFAULTS}"),
    ]


def _outside_panel() -> Panel:
    columns = [
        column("patient", "Patient", link=True),
        column("state", "State", coloured=True),
        column("signal", "Signal"),
        column("value", "Value", coloured=True),
        column("measured", "Measured", unit="dateTimeFromNow"),
        column("device", "Device"),
    ]
    return rows(
        "Outside limits now", _outside(), columns, about=_DEFAULTS, none="● every newest reading is within limits"
    )


def _news2_panel() -> Panel:
    about = (
        "NEWS2 (Royal College of Physicians, 2017) from the newest readings in the chosen time, "
        "always on SpO2 scale 1. Not for patients whom a clinician put on scale 2, and not validated while incomplete."
    )
    columns = [
        column("patient", "Patient", link=True),
        column("score", "NEWS2"),
        column("response", "Response", coloured=True),
        column("complete", "Complete?", coloured=True),
        column("oldest", "Oldest part", unit="dateTimeFromNow"),
        column("parts", "Points"),
    ]
    return rows("NEWS2, scale 1", news2(), columns, about=about, none="no vital signs in the chosen time")


def _board_panel() -> Panel:
    columns = [column("patient", "Patient", link=True)] + [
        column(s.name, f"{s.title}, {s.shown_unit or s.unit}", coloured=True) for s in SIGNALS[:-1]
    ]
    about = f"▲▲ ▼▼ outside alert limits, ▲ ▼ outside warning limits. {_DEFAULTS}"
    return rows("Newest vitals", _board(), columns, about=about, none="no readings in the chosen time")


def _silent_panel() -> Panel:
    columns = [
        column("patient", "Patient", link=True),
        column("device", "Device"),
        column("state", "State", coloured=True),
        column("heard", "Last heard", unit="dateTimeFromNow"),
    ]
    about = "Devices by how long they have been silent. A cuff or scale speaks only when it is used."
    return rows("Devices, longest silent first", _silent(), columns, about=about, none="no device was heard")


def _rate_panel() -> Panel:
    about = "Readings of each signal in each interval; a fall to nothing is an outage, not good news."
    panel = lines("Readings stored", about=about, unit="short").min(0)
    return panel.with_target(Flux(_rate())).display_name("${__field.labels.signal}")


def _alerts_panel() -> Panel:
    words = (
        "Open alerts, acknowledgements and who was told are kept in the ledger and shown on the **live board** "
        "of the service. This dashboard shows measurements, judged by adult default limits."
    )
    return text.Panel().title("Where the alerts are").datasource(SOURCE).mode(TextMode.MARKDOWN).content(words)


def dashboard() -> d.Dashboard:
    """The dashboard's builder."""
    made = (
        d.Dashboard("homevigil: care team")
        .uid("homevigil-care-team")
        .description("Who needs looking at, by newest readings.")
        .tags(["homevigil"])
        .timezone("browser")
        .time("now-24h", "now")
        .refresh("1m")
        .readonly()
        .tooltip(dm.DashboardCursorSync.CROSSHAIR)
    )
    sized: list[tuple[Panel, int, int]] = [(panel, 5, 4) for panel in _counts()] + [
        (_alerts_panel(), 4, 4),
        (_outside_panel(), 12, 10),
        (_news2_panel(), 12, 10),
        (_board_panel(), 24, 12),
        (_silent_panel(), 12, 10),
        (_rate_panel(), 12, 10),
    ]
    return placed(made, sized)
