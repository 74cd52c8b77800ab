"""What Prometheus is told of alerts."""

from dataclasses import replace

from monitor.metrics import Metrics
from vitals.alert import Alert, AlertState, Transition
from vitals.finding import FindingKey, Kind, Severity


def test_alerts_are_counted_by_kind_and_severity_and_what_became_of_them_by_cause():
    key = FindingKey("limit.low", "p1", "spo2")
    alert = Alert("A", key, Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.OPEN, 0, 0, 0, seq=1)
    found = Transition("A", 1, 0, AlertState.OPEN, Severity.HIGH, "found")
    metrics = Metrics()
    metrics.recorded([alert, alert], [found, replace(found, seq=2, cause="joined")])
    count = metrics.registry.get_sample_value
    assert count("homevigil_alerts_total", {"kind": "physiological", "severity": "high"}) == 1
    assert count("homevigil_alert_changes_total", {"cause": "joined", "severity": "high"}) == 1
