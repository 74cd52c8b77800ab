"""One patient: what is newest, in words; then each signal over time with its limits as lines."""

from typing import Final

from grafana_foundation_sdk.builders import common as c
from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.builders import statetimeline, timeseries
from grafana_foundation_sdk.models import common as cm
from grafana_foundation_sdk.models import dashboard as dm

from dashboards.grafana.flux import ONE_PATIENT, judged, newest, source, titles, windowed
from dashboards.grafana.news2 import news2
from dashboards.grafana.panels import SOURCE, Flux, Panel, column, limits_in_words, lines, placed, rows, thresholds
from vitals.plan import DEFAULT_LIMITS
from vitals.signals import ACVPU, BY_NAME, Signal
from vitals.times import DAY, HOUR

_UNITS: Final = {
    "%": "percent",
    "Cel": "celsius",
    "kg": "masskg",
    "mg/dL": "conmgdL",
    "mm[Hg]": "suffix: mmHg",
    "/min": "suffix: /min",
    "L/min": "suffix: L/min",
}
"""UCUM to Grafana's unit names."""

_GAPS: Final = {
    "temperature": 36 * HOUR,
    "systolic_bp": 36 * HOUR,
    "diastolic_bp": 36 * HOUR,
    "weight": 8 * DAY,
    "glucose": 6 * HOUR,
}
"""After how long without a reading the line breaks, for what is measured now and then; a streamed one after an hour."""

_WORDS: Final = ("Alert", "Confusion (new)", "Voice", "Pain", "Unresponsive")
_STATISTICS: Final = (("A", "mean"), ("B", "min"), ("C", "max"))


def _newest() -> str:
    return f"""{judged(newest(ONE_PATIENT, 'r.signal != "consciousness"'))}
titles = {titles()}

judged
  |> map(fn: (r) => ({{
    signal: dict.get(dict: titles, key: r.signal, default: r.signal),
    value: r.shown,
    state: r.state,
    measured: r._time,
    device: r.device,
  }}))
  |> sort(columns: ["signal"])"""


def _consciousness() -> str:
    chosen = source('r.signal == "consciousness"', ONE_PATIENT)
    return f'{chosen}\n  |> group()\n  |> sort(columns: ["_time"])\n  |> keep(columns: ["_time", "_value"])'


def _newest_panel() -> Panel:
    columns = [
        column("signal", "Signal"),
        column("value", "Value", coloured=True),
        column("state", "State", coloured=True),
        column("measured", "Measured", unit="dateTimeFromNow"),
        column("device", "Device"),
    ]
    about = "Judged by the adult default limits; a plan of care may set others. Alerts follow the plan."
    return rows("Newest readings", _newest(), columns, about=about, none="no readings in the chosen time")


def _news2_panel() -> Panel:
    about = "Always on SpO2 scale 1: not for a patient whom a clinician put on scale 2. Not validated while incomplete."
    columns = [
        column("patient", "Patient"),
        column("score", "NEWS2"),
        column("response", "Response", coloured=True),
        column("complete", "Complete?", coloured=True),
        column("oldest", "Oldest part", unit="dateTimeFromNow"),
        column("parts", "Points"),
    ]
    return rows("NEWS2, scale 1", news2(ONE_PATIENT), columns, about=about, none="no vital signs in the chosen time")


def _signal_panel(signal: Signal) -> Panel:
    """Mean as the line, lowest and highest as the band: averaging must not hide a short fall."""
    limits = DEFAULT_LIMITS.get(signal.name)
    about = f"Mean of each interval; the band spans lowest to highest. {limits_in_words(limits)}"
    panel = lines(f"{signal.title} ({signal.shown_unit or signal.unit})", about=about, unit=_UNITS[signal.unit])
    style = c.GraphThresholdsStyleConfig().mode(cm.GraphTresholdsStyleMode.DASHED)
    panel = panel.decimals(signal.decimals).thresholds(thresholds(limits)).thresholds_style(style)
    return _banded(panel, signal)


def _banded(panel: timeseries.Panel, signal: Signal) -> Panel:
    value = dm.DynamicConfigValue
    for letter, statistic in _STATISTICS:
        panel = panel.with_target(Flux(windowed(signal.name, statistic), letter))
        name = value("displayName", f"{statistic} ${{__field.labels.device}}")
        faint = [value("custom.lineWidth", 0), value("custom.showPoints", "never")]
        band = [*faint, value("custom.fillBelowTo", "min ${__field.labels.device}")] * (statistic == "max")
        panel = panel.override_by_query(letter, [name, *(faint if statistic == "min" else band)])
    points = cm.VisibilityMode.ALWAYS if signal.name in _GAPS else cm.VisibilityMode.AUTO
    return panel.insert_nulls(_GAPS.get(signal.name, HOUR)).show_points(points)


def _consciousness_panel() -> Panel:
    words = {
        str(n): dm.ValueMappingResult(text=f"{letter} {word}", color="green" if n == 0 else "red", index=n)
        for n, (letter, word) in enumerate(zip(ACVPU, _WORDS, strict=True))
    }
    panel = statetimeline.Panel().title("Consciousness (ACVPU)").datasource(SOURCE).unit("none")
    panel = panel.description("As observed: Alert, new Confusion, Voice, Pain, Unresponsive (NEWS2, 2017).")
    panel = panel.mappings([dm.ValueMap(words)]).no_value("never observed in the chosen time")
    return panel.with_target(Flux(_consciousness())).show_value(cm.VisibilityMode.ALWAYS)


def _patients() -> d.QueryVariable:
    query = (
        'import "influxdata/influxdb/schema"\n\nschema.tagValues(bucket: v.defaultBucket, tag: "patient", start: -90d)'
    )
    variable = d.QueryVariable("patient").label("Patient").datasource(SOURCE).query(query)
    return variable.refresh(dm.VariableRefresh.ON_DASHBOARD_LOAD).sort(dm.VariableSort.ALPHABETICAL_ASC)


def dashboard() -> d.Dashboard:
    """The dashboard's builder."""
    made = (
        d.Dashboard("homevigil: patient")
        .uid("homevigil-patient")
        .description("One patient's vital signs with the adult default limits.")
        .tags(["homevigil"])
        .timezone("browser")
        .time("now-24h", "now")
        .refresh("1m")
        .readonly()
        .tooltip(dm.DashboardCursorSync.CROSSHAIR)
        .with_variable(_patients())
    )
    charted = [signal for signal in BY_NAME.values() if signal.name != "consciousness"]
    sized: list[tuple[Panel, int, int]] = [(_newest_panel(), 14, 10), (_news2_panel(), 10, 10)]
    sized += [(_signal_panel(signal), 12, 8) for signal in charted]
    return placed(made, [*sized, (_consciousness_panel(), 12, 8)])
