"""What both dashboards' panels share: the data source, a Flux query, limits as lines and words, table columns."""

from typing import Any, Final, Self, TypeAlias

from grafana_foundation_sdk.builders import common as c
from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.builders import stat, statetimeline, table, text, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import common as cm
from grafana_foundation_sdk.models import dashboard as dm

from vitals.plan import Limits

Panel: TypeAlias = stat.Panel | statetimeline.Panel | table.Panel | text.Panel | timeseries.Panel

SOURCE: Final = dm.DataSourceRef(type_val="influxdb", uid="homevigil-influx")
"""The data source that deploy/grafana provisions."""

PATIENT_URL: Final = "/d/homevigil-patient?var-patient=${__value.raw}&${__url_time_range}"
MARKS: Final = ((r"^(▲▲|▼▼|✖).*", "red"), (r"^(▲|▼|△|○).*", "orange"), (r"^●.*", "green"))
"""What a text begins with, and the colour that says the same again."""


class FluxQuery(Dataquery):
    """One Flux query of a panel, as Grafana's InfluxDB data source keeps it."""

    def __init__(self, flux: str, ref_id: str) -> None:
        self.flux, self.ref_id = flux, ref_id

    def to_json(self) -> dict[str, object]:
        return {"datasource": SOURCE, "query": self.flux, "refId": self.ref_id}


class Flux(Builder[Dataquery]):
    """Builds a FluxQuery; several in one panel need different letters."""

    def __init__(self, flux: str, ref_id: str = "A") -> None:
        self._query = FluxQuery(flux, ref_id)

    def build(self) -> Dataquery:
        return self._query

    def named(self, ref_id: str) -> Self:
        self._query.ref_id = ref_id
        return self


def limits_in_words(limits: Limits | None) -> str:
    """The limits as a sentence, because a line's colour alone says nothing.

    >>> limits_in_words(Limits(alert_low=88, warning_low=92))
    'Adult default limits: alert below 88, warning below 92. A plan of care may set others; alerts follow the plan.'
    """
    if limits is None:
        return "No default limits: judged by its trend or by the plan of care."
    bands = (
        ("alert below", limits.alert_low),
        ("warning below", limits.warning_low),
        ("warning above", limits.warning_high),
        ("alert above", limits.alert_high),
    )
    said = ", ".join(f"{words} {limit:g}" for words, limit in bands if limit is not None)
    return f"Adult default limits: {said}. A plan of care may set others; alerts follow the plan."


def thresholds(limits: Limits | None) -> Builder[dm.ThresholdsConfig]:
    """The limits as Grafana's steps: each holds from its value upwards."""
    steps = [dm.Threshold(None, "green")]
    if limits is not None:
        lows = [
            (limit, colour) for limit, colour in ((limits.alert_low, "red"), (limits.warning_low, "orange")) if limit
        ]
        bounds = [None, *(limit for limit, _ in lows)]
        colours = [*(colour for _, colour in lows), "green"]
        steps = [dm.Threshold(bound, colour) for bound, colour in zip(bounds, colours, strict=True)]
        highs = ((limits.warning_high, "orange"), (limits.alert_high, "red"))
        steps += [dm.Threshold(limit, colour) for limit, colour in highs if limit]
    return d.ThresholdsConfig().mode(dm.ThresholdsMode.ABSOLUTE).steps(steps)


def marked() -> list[dm.ValueMapping]:
    """Colours for texts that already begin with their mark."""
    return [
        dm.RegexMap(dm.DashboardRegexMapOptions(pattern, dm.ValueMappingResult(color=colour, index=index)))
        for index, (pattern, colour) in enumerate(MARKS)
    ]


def column(
    name: str, title: str, *, unit: str = "", coloured: bool = False, link: bool = False
) -> tuple[str, list[Any]]:
    """A table column's override: what it is called, its unit, its marks coloured, a link to the patient."""
    value = dm.DynamicConfigValue
    properties = [value("displayName", title)]
    properties += [value("unit", unit)] * bool(unit)
    properties += [value("custom.cellOptions", {"type": "color-text"}), value("mappings", marked())] * coloured
    properties += [value("links", [{"title": "This patient", "url": PATIENT_URL}])] * link
    return name, properties


def rows(title: str, flux: str, columns: list[tuple[str, list[Any]]], *, about: str, none: str) -> table.Panel:
    """A table panel: ``about`` explains it, ``none`` is what stands there when nothing is to be shown."""
    panel = table.Panel().title(title).description(about).datasource(SOURCE).unit("none").no_value(none)
    panel = panel.with_target(Flux(flux)).show_header(show_header=True)
    for name, properties in columns:
        panel = panel.override_by_name(name, properties)
    return panel


def number(title: str, flux: str, colour: str, *, about: str) -> stat.Panel:
    """One large number; its title says in words and marks what its colour repeats."""
    reduced = c.ReduceDataOptions().calcs(["lastNotNull"]).values(False)
    return (
        stat.Panel()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .unit("none")
        .no_value("0")
        .with_target(Flux(flux))
        .reduce_options(reduced)
        .graph_mode(cm.BigValueGraphMode.NONE)
        .color_scheme(d.FieldColor().mode(dm.FieldColorModeId.FIXED).fixed_color(colour))
    )


def lines(title: str, *, about: str, unit: str) -> timeseries.Panel:
    """A panel of lines: nothing drawn where nothing was measured, every line named below."""
    legend = c.VizLegendOptions().display_mode(cm.LegendDisplayMode.LIST).placement(cm.LegendPlacement.BOTTOM)
    tooltip = c.VizTooltipOptions().mode(cm.TooltipDisplayMode.MULTI)
    panel = timeseries.Panel().title(title).description(about).datasource(SOURCE).unit(unit).interval("1m")
    panel = panel.no_value("no readings in the chosen time").span_nulls(span_nulls=False)
    return panel.legend(legend.show_legend(True)).tooltip(tooltip)


def placed(made: d.Dashboard, sized: list[tuple[Panel, int, int]]) -> d.Dashboard:
    """The dashboard with these panels (panel, width of 24, height), in rows from left to right, numbered."""
    for number_, (panel, width, height) in enumerate(sized, 1):
        made = made.with_panel(panel.span(width).height(height).id(number_))
    return made
