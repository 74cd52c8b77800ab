"""The demo on the terminal: patients with their latest vitals, what is open, who was told, how fast."""

from collections.abc import Mapping
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from monitor.demo.latency import percentile
from monitor.demo.session import Scene
from vitals.alert import Alert
from vitals.batch import Reading
from vitals.finding import Severity
from vitals.signals import BY_NAME
from vitals.times import iso

_MARK: Final = {
    Severity.HIGH: ("!!! HIGH", "bold red"),
    Severity.MEDIUM: ("!! MED", "bold yellow"),
    Severity.LOW: ("! LOW", "cyan"),
    Severity.CLEAR: ("", ""),
}
_SHORT: Final = {
    "heart_rate": "HR",
    "spo2": "SpO2",
    "respiration_rate": "Resp",
    "temperature": "Temp",
    "systolic_bp": "BP",
    "glucose": "Gluc",
    "weight": "Weight",
}
_SAID: Final = {"event.sos": "help button", "gap.silent": "silent", "gap.offline": "offline", "gap.battery": "battery"}
_TOLD: Final = 6
"""Notices shown."""
_AROUND: Final = 12
"""Lines that are neither a patient nor a notice."""


def screen(scene: Scene, width: int, height: int) -> Group:
    """Everything at a glance, the patients with alerts first; as many as there are lines for."""
    live: dict[str, list[Alert]] = {}
    for alert in scene.app.ledger.live():
        live.setdefault(alert.key.patient, []).append(alert)
    notices = _notices(scene)
    patients = _patients(scene, live, max(3, height - _AROUND - _TOLD), width)
    return Group(*_heading(scene, width), Text(), patients, Text(), notices)


def _heading(scene: Scene, width: int) -> list[Text]:
    totals, speed, values = scene.app.metrics.totals, scene.options.speed, scene.latencies.values
    now = iso(scene.app.clock.now())[:19].replace("T", " ")
    first = f"homevigil demo · {now} UTC · {speed:g}× real time · Ctrl-C ends it"
    known = len(scene.app.desk.roster.patients)
    counts = [f"{known:,} patients", *(f"{totals[what]:,} {what}" for what in ("messages", "readings"))]
    counts += [f"{totals['rejects']:,} refused", f"{totals['notices']:,} notices"]
    fast = "no notice about a patient yet"
    if values:
        fast = f"told in {_ms(percentile(values, 50))} (p50), {_ms(percentile(values, 99))} (p99), real time"
    one = f"{' · '.join(counts)} · {fast}"
    lines = [first, one] if len(one) <= width else [first, " · ".join(counts), fast]
    lines += [f"board {scene.board}"] if scene.board else []
    return [Text(line, style="" if i else "bold", no_wrap=True, overflow="ellipsis") for i, line in enumerate(lines)]


def _patients(scene: Scene, live: Mapping[str, list[Alert]], rows: int, width: int) -> Table:
    table = _table()
    table.add_column("patient", no_wrap=True)
    for name, short in _SHORT.items():
        signal = BY_NAME[name]
        table.add_column(f"{short}\n{signal.shown_unit or signal.unit}", justify="right", no_wrap=True)
    table.add_column("alerts, worst first", no_wrap=True, overflow="ellipsis", ratio=1)
    patients = sorted(scene.app.desk.roster.patients, key=lambda p: (-_worst(live.get(p, [])), p))
    for patient in patients[:rows]:
        latest = scene.app.bank.of_patient(patient)
        table.add_row(patient, *(_value(latest, name) for name in _SHORT), _alerts(live.get(patient, []), width))
    if len(patients) > rows:
        table.add_row(Text("…"), *[""] * len(_SHORT), Text(f"and {len(patients) - rows} patients more", style="dim"))
    return table


def _value(latest: Mapping[str, Reading], name: str) -> str:
    """The newest value; both pressures as people write them."""
    if name not in latest:
        return "–"
    shown = f"{latest[name].value:.{BY_NAME[name].decimals}f}"
    lower = latest.get("diastolic_bp") if name == "systolic_bp" else None
    return f"{shown}/{lower.value:.0f}" if lower else shown


def _worst(alerts: list[Alert]) -> int:
    return max((a.severity for a in alerts), default=Severity.CLEAR)


def _alerts(alerts: list[Alert], width: int) -> Text:
    """The worst ones in words, the rest as a number."""
    text, shown = Text(), 1 if width < 100 else 2 if width < 140 else 3
    for i, alert in enumerate(sorted(alerts, key=lambda a: (-a.severity, a.opened))[:shown]):
        mark, style = _MARK[alert.severity]
        text.append(", " if i else "").append(f"{mark} {in_short(alert)}", style)
    return text.append(f" +{len(alerts) - shown}") if len(alerts) > shown else text


def in_short(alert: Alert) -> str:
    """What is the matter, in a word or three."""
    rule, about = alert.key.rule, _SHORT.get(alert.key.signal, alert.key.signal)
    if rule == "early_warning":
        return f"NEWS2 {alert.evidence.get('total', '')}".strip()
    said = _SAID.get(rule, rule.split(".")[-1].replace("_", " "))
    return f"{about or (alert.key.device if rule.startswith('gap.') else '')} {said}".strip()


def _notices(scene: Scene) -> Table:
    table = _table()
    table.add_column("told at", no_wrap=True)
    table.add_column("who", no_wrap=True)
    table.add_column("after", justify="right", no_wrap=True)
    table.add_column("latest notices", no_wrap=True, overflow="ellipsis", ratio=1)
    sent = sorted(scene.latencies.look(), key=lambda d: d.sent_at or 0)[-_TOLD:]
    for d in sent:
        table.add_row(iso(d.sent_at or 0)[11:19], d.recipient, _ms(scene.latencies.of(d)), d.title)
    for _ in range(_TOLD - len(sent)):
        table.add_row()  # so that nothing moves when notices come
    return table


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} ms"


def _table() -> Table:
    return Table(
        box=SIMPLE_HEAD, show_edge=False, expand=True, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold"
    )
