"""The demo on the terminal: patients with their latest vitals, what is open, who was told, how fast."""

from rich.console import Group
from rich.table import Table
from rich.text import Text

from monitor.demo.session import Scene
from monitor.demo.summary import DemoSummary
from vitals.alert import Alert
from vitals.finding import Severity
from vitals.signals import SIGNALS
from vitals.times import iso, show_duration

_MARK = {Severity.HIGH: ("!!!", "bold red"), Severity.MEDIUM: ("!!", "yellow"), Severity.LOW: ("!", "cyan")}
_SHOWN = SIGNALS[:8]
_ROWS = 14


def screen(scene: Scene) -> Group:
    """Everything at a glance, the patients with alerts first."""
    live: dict[str, list[Alert]] = {}
    for alert in scene.app.ledger.live():
        live.setdefault(alert.key.patient, []).append(alert)
    return Group(_heading(scene), _patients(scene, live), _notices(scene))


def _heading(scene: Scene) -> Text:
    totals, speed = scene.app.metrics.totals, scene.options.speed
    now = iso(scene.app.clock.now())[:19].replace("T", " ")
    counts = " · ".join(f"{totals[what]:,} {what}" for what in ("messages", "readings", "rejects", "notices"))
    return Text(f"homevigil demo · {now} UTC at {speed:g}× · {counts} · Ctrl-C ends it", style="bold")


def _patients(scene: Scene, live: dict[str, list[Alert]]) -> Table:
    table = Table("patient", *(f"{s.title}\n{s.shown_unit or s.unit}" for s in _SHOWN), "alerts", expand=True)
    patients = sorted(scene.app.desk.roster.patients, key=lambda p: (-_worst(live.get(p, [])), p))
    for patient in patients[:_ROWS]:
        latest = scene.app.bank.of_patient(patient)
        shown = (f"{latest[s.name].value:.{s.decimals}f}" if s.name in latest else "–" for s in _SHOWN)
        table.add_row(patient, *shown, _alerts(live.get(patient, [])))
    if len(patients) > _ROWS:
        table.caption = f"and {len(patients) - _ROWS} more patients"
    return table


def _worst(alerts: list[Alert]) -> int:
    return max((a.severity for a in alerts), default=Severity.CLEAR)


def _alerts(alerts: list[Alert]) -> Text:
    text = Text()
    for alert in sorted(alerts, key=lambda a: -a.severity)[:3]:
        mark, style = _MARK.get(alert.severity, ("", ""))
        text.append(f"{mark} {alert.key.rule} {alert.key.signal} ".replace("  ", " "), style)
    return text


def _notices(scene: Scene) -> Table:
    table = Table("told", "at", "notice", title="latest notices", title_justify="left", expand=True)
    for notice in scene.sink.notices[-6:]:
        table.add_row(notice.to, iso(notice.time)[11:19], notice.title or notice.body)
    return table


def summary_table(summary: DemoSummary) -> Group:
    """What is left on the screen at the end."""
    table = Table(
        "injected",
        "patient",
        "set in after",
        "noticed by",
        "told after",
        "who",
        title="what was injected, and who was told",
    )
    for told in summary.told:
        t = told.truth
        after = "[red]nobody[/]" if told.claimed else "not claimed"
        if told.time is not None:
            after = show_duration((told.time - t.onset) // 1000 * 1000)
        rule = f"{told.alert.key.rule} {told.alert.key.signal}" if told.alert else ""
        table.add_row(t.name, t.patient, show_duration(t.full - t.onset), rule, after, ", ".join(told.people))
    latency = "no notice about a patient" if summary.p50 is None else f"p50 {summary.p50:g} ms, p99 {summary.p99:g} ms"
    return Group(
        table,
        Text(
            f"{summary.patients} patients · {summary.messages:,} messages · {summary.readings:,} readings · "
            f"{summary.rejects:,} refused · {summary.alerts:,} alerts · {summary.notices:,} notices · "
            f"publish → hand-over: {latency} · {summary.seconds:.1f} s"
        ),
    )
