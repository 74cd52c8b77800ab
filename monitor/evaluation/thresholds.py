"""A detector's own threshold moved and the recording run again: the operating curve that no alert file can tell."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Self

from pydantic import ValidationError

from detectors.base import Detector
from detectors.parameters import tuned
from detectors.registry import DEFAULT
from monitor.evaluation.curve import Point, point
from monitor.evaluation.onset_rows import OnsetStudy
from monitor.evaluation.rerun import as_alerts, rerun
from monitor.longcsv import LongCsv
from vitals.agency import Agency
from vitals.errors import BadDataError


@dataclass(frozen=True, slots=True)
class Sweep:
    """One parameter of one detector, and the values to run it with."""

    detector: Detector
    parameter: str
    values: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """From ``early_warning.medium=3,4,5``; BadDataError says what there is.

        >>> Sweep.parse("early_warning.medium=4,5").values
        ('4', '5')
        """
        what, _, values = text.partition("=")
        name, _, parameter = what.partition(".")
        known = {detector.name: detector for detector in DEFAULT}
        if name not in known:
            raise BadDataError(f"--sweep {text}: {name!r} is no detector: one of {', '.join(known)}")
        has = [f.name for f in fields(known[name])]  # type: ignore[arg-type]  # every detector is a dataclass
        if parameter not in has:
            raise BadDataError(f"--sweep {text}: {name} has no parameter {parameter!r}: one of {', '.join(has)}")
        given = tuple(value.strip() for value in values.split(",") if value.strip())
        if not given:
            raise BadDataError(f"--sweep {text}: give values, such as {what}=3,4,5")
        sweep = cls(known[name], parameter, given)
        for value in given:
            sweep.at(value)
        return sweep

    def at(self, value: str) -> Detector:
        """The detector with the parameter at this value. A ``high`` below ``medium`` is lifted to it."""
        try:
            moved: Detector = tuned(self.detector, {self.parameter: value})
        except ValidationError as error:
            why = error.errors()[0]["msg"]
            raise BadDataError(f"--sweep {self.detector.name}.{self.parameter}={value}: {why}") from None
        medium, high = getattr(moved, "medium", None), getattr(moved, "high", None)
        if self.parameter == "medium" and medium is not None and high is not None and high < medium:
            moved = tuned(moved, {"high": medium})
        return moved

    def points(self, study: OnsetStudy, readings: LongCsv, agency: Agency, least: int) -> Iterator[Point]:
        """One point a value: the whole recording again, with this detector alone."""
        for value in self.values:
            found = as_alerts(rerun(readings, agency, [self.at(value)]), study.observed.names)
            curve = f"{self.detector.name}.{self.parameter}"
            yield point(study, curve, value, found.spans(found.severity >= least))
