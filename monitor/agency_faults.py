"""The model's errors about an agency file, in words for the one who wrote it, without secrets and names."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from monitor.faults import Loc, faults_of
from vitals.agency import Agency
from vitals.errors import Fault

_PATTERNS = {
    "[01]": ("is no wall-clock time", "write HH:MM, such as 07:30 or 22:00"),
    "A-Za-z0-9_.:-": ("is no identifier", "use up to 64 letters, digits and . _ : - (no spaces)"),
    "{4}-": ("is no date", "write YYYY-MM-DD"),
    "FREQ=": ("is no recurrence rule", "write for example FREQ=WEEKLY;BYDAY=MO,TU,WE"),
    "[a-z]{2}": ("is no language", "write its two letters, such as en"),
}
_PARAMETER = ("is neither a number, nor text, nor true or false", "write one value")
_TYPES = {
    "bool_parsing": ("is neither true nor false", "write true or false"),
    "float_parsing": ("is no number", "write a number, without its unit"),
    "int_parsing": ("is no whole number", "write a whole number"),
    "tuple_type": ("is no list", "start each entry with a dash on a line of its own"),
    "dict_type": ("is no mapping", "write its fields below it, indented"),
    "model_type": ("is no mapping", "write its fields below it, indented"),
    "model_attributes_type": ("is no mapping", "write its fields below it, indented"),
    "string_type": ("is no text", "write a word or a text"),
    "string_too_short": ("is empty", "write something"),
    "string_too_long": ("is too long", "shorten it"),
    "greater_than": ("", "choose a value within that"),
    "greater_than_equal": ("", "choose a value within that"),
    "less_than_equal": ("", "choose a value within that"),
}


def schema_faults(error: ValidationError, where: Callable[[Loc], str], *, cross_checked: bool = False) -> list[Fault]:
    """Every error as a fault. ``cross_checked``: what the parts disagree about is named already, with its place."""
    found = [d for d in error.errors(include_url=False) if not (cross_checked and _named_already(d))]
    details = _distinct(found)
    plain = ValidationError.from_exception_data(error.title, [_without_secrets(detail) for detail in details])
    return [_in_words(fault, detail) for fault, detail in zip(faults_of(plain, Agency, where), details, strict=True)]


def _named_already(detail: Any) -> bool:
    return detail["type"] == "value_error" and detail["loc"][-1:] in ((), ("limits",))


def _distinct(details: list[Any]) -> list[Any]:
    """One error a place: a parameter is tried as each of its types, and a faulty list is called short as well."""
    kept: dict[Loc, Any] = {}
    for detail in details:
        loc: Loc = detail["loc"]
        if "parameters" in loc:
            loc = loc[: loc.index("parameters") + 3]
        kept.setdefault(loc, detail | {"loc": loc})
    return [d for d in kept.values() if d["type"] != "too_short" or not any(_inside(at, d["loc"]) for at in kept)]


def _inside(loc: Loc, outer: Loc) -> bool:
    return len(loc) > len(outer) and loc[: len(outer)] == outer


def _without_secrets(detail: Any) -> InitErrorDetails:
    value = {} if _hidden(detail["loc"], detail["input"]) else detail["input"]
    return InitErrorDetails(type=detail["type"], loc=detail["loc"], input=value, ctx=detail.get("ctx", {}))


def _hidden(loc: Loc, value: object) -> bool:
    """A channel's address, a person's name, or what looks like an address where none belongs."""
    if "channels" in loc and loc[-1] in ("name", "min_severity", "private"):
        return "://" in str(value)
    return "channels" in loc or loc[-1:] == ("name",) or "://" in str(value)


def _in_words(fault: Fault, detail: Any) -> Fault:
    problem, remedy = _words(detail)
    if not problem:
        return replace(fault, remedy=fault.remedy or remedy)
    value = "" if _hidden(detail["loc"], detail["input"]) or "'" in problem else _shown(detail["input"])
    return replace(fault, problem=f"{value}{problem}", remedy=remedy)


def _shown(value: object) -> str:
    return f"{value!r} " if isinstance(value, (str, int, float)) and value != "" else ""


def _words(detail: Any) -> tuple[str, str]:
    """Problem and remedy; the problem is empty where the model's own words will do."""
    kind, loc, ctx = detail["type"], detail["loc"], detail.get("ctx", {})
    words = _TYPES.get(kind, ("", ""))
    if kind == "value_error" and loc:
        problem, _, remedy = str(detail["msg"]).removeprefix("Value error, ").partition(": ")
        words = problem, remedy or "put them in order: alert_low, warning_low, warning_high, alert_high"
    elif kind == "string_pattern_mismatch":
        words = next((words for part, words in _PATTERNS.items() if part in ctx["pattern"]), words)
    elif loc[-1:] == ("min_severity",):
        words = "is no severity", "write low, medium or high"
    elif kind == "enum":
        words = "is not among the choices", f"one of {ctx['expected']}".replace("'", "")
    elif "parameters" in loc and kind.startswith(("float", "bool", "string")):
        words = _PARAMETER
    return words
