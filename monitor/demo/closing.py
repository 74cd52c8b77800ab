"""What the demo leaves on the screen at its end."""

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from monitor.demo.display import in_short
from monitor.demo.summary import DemoSummary, Told
from vitals.times import show_duration


def summary_table(summary: DemoSummary, width: int) -> Group:
    """What was injected and who was told, then counts and latency; of 80 columns none is wasted."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False, title_justify="left")
    table.title = "Injected, and who was told (in the patients' time)"
    for column in ("injected", "patient", "noticed by", "told after"):
        table.add_column(column, no_wrap=True)
    table.add_column("who")
    if width >= 100:
        table.add_column("sets in", justify="right", no_wrap=True)
    for told in summary.told:
        t = told.truth
        row = (t.name.replace("_", " "), t.patient, _noticed(told), _after(told), _who(told))
        table.add_row(*row, *([show_duration(t.full - t.onset)] if width >= 100 else []))
    counts = (
        f"{summary.patients:,} patients · {summary.messages:,} messages · {summary.readings:,} readings · "
        f"{summary.rejects:,} refused\n"
        f"{summary.alerts:,} alerts · {summary.notices:,} notices · {summary.seconds:.1f} s"
    )
    latency = "nobody had to be told about a patient"
    if summary.p50 is not None:
        latency = f"published → notice handed over, real time: p50 {summary.p50:g} ms, p99 {summary.p99:g} ms"
    return Group(table, Text(), Text(counts), Text(latency, style="bold"))


def _noticed(told: Told) -> str:
    return in_short(told.alert) if told.alert else "–"


def _after(told: Told) -> Text:
    if told.time is not None:
        return Text(show_duration((told.time - told.truth.onset) // 1000 * 1000))
    if told.alert is not None:
        return Text("at handover", style="dim")
    if told.claimed:
        return Text("nobody", style="bold red")
    return Text("not yet" if told.truth.detectable else "not claimed", style="dim")


def _who(told: Told) -> str:
    return ", ".join(told.people) or "–"
