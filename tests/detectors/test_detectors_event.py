"""Events: said at once, once, and latched."""

from tests.detectors.kit import T0, World, told
from vitals.batch import Batch
from vitals.finding import Finding
from vitals.intake import EventType, Intake, PatientEvent
from vitals.times import HOUR, MINUTE, SECOND


def test_a_help_button_is_high_latched_and_at_once():
    found = World().event(EventType.SOS, T0, note="kitchen")
    assert told(found) == [("event.sos", "high")]
    assert found[0].latched
    assert found[0].evidence == {"note": "kitchen", "event": "sos"}
    assert (found[0].key.device, found[0].onset) == ("button", T0)


def test_a_fall_too_and_each_new_one_again():
    world = World()
    for i in range(3):
        assert told(world.event(EventType.FALL, T0 + i)) == [("event.fall", "high")]


def test_a_button_whose_clock_was_put_back_is_still_heard():
    world = World()
    world.event(EventType.SOS, T0)
    assert told(world.event(EventType.SOS, T0 - HOUR)) == [("event.sos", "high")]


def test_a_redelivered_event_is_the_same_event():
    world = World()
    world.event(EventType.SOS, T0)
    assert world.event(EventType.SOS, T0) == []


def test_stale_events_are_history():
    assert World().event(EventType.SOS, T0, stale=True) == []


def test_a_missed_medication_is_low_and_over_when_taken():
    world = World()
    found = world.event(EventType.MEDICATION_MISSED, T0, medication="m1")
    assert told(found) == [("event.medication_missed", "low")]
    assert not found[0].latched
    taken = world.event(EventType.MEDICATION_TAKEN, T0 + HOUR)
    assert told(taken) == [("event.medication_missed", "clear")]
    assert taken[0].key == found[0].key
    assert world.event(EventType.MEDICATION_TAKEN, T0 + 2 * HOUR) == []


def test_visits_are_no_alarms():
    assert World().event(EventType.CLOCK_IN, T0) == []


def test_a_drill_that_nobody_waits_for_any_more_is_no_finding():
    def drill(came: int, **detail: object) -> list[Finding]:
        event = PatientEvent("p1", "drill", T0, came, EventType.DRILL, detail)
        return World().bank.scan(Intake(Batch.empty(), events=(event,)), came)

    (found,) = drill(T0 + MINUTE, timeout="1m", caregiver="olga")
    assert (found.key.rule, found.evidence["until"]) == ("event.drill", T0 + MINUTE)
    assert drill(T0 + MINUTE + 1, timeout="1m") == [], "it lay in the broker while the service was away"
    for unreadable in ({}, {"timeout": "soon"}, {"timeout": 60}, {"timeout": "9" * 400 + "d"}):
        assert drill(T0 + 5 * SECOND, **unreadable), unreadable
        assert not drill(T0 + HOUR + 1, **unreadable), "none waits for longer than an hour"
