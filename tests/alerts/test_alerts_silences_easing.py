"""What eases or grows worse while a silence is on: the floor is told as long as it is the floor."""

from tests.alerts.fused_ward import HIGH, LOW, MEDIUM, Ward
from tests.alerts.house import GLUCOSE, PULSE, SPO2
from tests.alerts.hushed_ward import silenced, tick
from vitals.finding import Severity


def test_a_high_one_that_eases_under_a_silence_is_covered_and_told_as_it_ends():
    """The floor is what is HIGH: told as such; what is left of it is what the silence was set for."""
    ward = Ward()
    silenced(ward)
    assert ward.find(1, HIGH, GLUCOSE) == ["ana"]
    assert ward.find(2, MEDIUM, GLUCOSE, since=1) == []
    assert [tick(ward, minute) for minute in (5, 20, 60, 119)] == [[], [], [], []]
    assert tick(ward, 120) == ["noor"], "the rung that was to come: ana has been told"


def test_one_that_climbed_all_rungs_as_high_is_not_told_again_as_milder_with_a_silence_or_without():
    for hush in (False, True):
        ward = Ward()
        ward.find(0, HIGH, GLUCOSE)
        assert [tick(ward, minute) for minute in (3, 5, 10)] == [["ana"], ["noor"], ["olga"]]
        if hush:
            silenced(ward, 11)
        assert ward.find(12, MEDIUM, GLUCOSE, since=0) == []
        assert [tick(ward, minute) for minute in (30, 131, 200)] == [[], [], []]


def test_one_that_rises_again_within_the_silence_is_told_at_once():
    ward = Ward()
    silenced(ward)
    ward.find(1, HIGH, GLUCOSE)
    ward.find(2, MEDIUM, GLUCOSE, since=1)
    assert ward.find(3, HIGH, GLUCOSE, since=1) == ["ana"]
    assert tick(ward, 6) == ["ana"]


def test_what_eased_and_is_over_as_the_silence_ends_is_not_told():
    ward = Ward()
    silenced(ward)
    ward.find(1, HIGH, GLUCOSE)
    ward.find(2, MEDIUM, GLUCOSE, since=1)
    ward.find(60, Severity.CLEAR, GLUCOSE)
    assert tick(ward, 121) == []


def test_of_an_alert_whose_high_reason_eases_the_others_are_told_if_they_are_not_silenced():
    ward = Ward()
    silenced(ward, signal="spo2")
    assert ward.find(1, HIGH, SPO2) == ["ana"]
    ward.find(2, MEDIUM, PULSE)
    ward.find(3, LOW, SPO2, since=1)
    assert [tick(ward, minute) for minute in (4, 19, 49)] == [["noor"], [], ["olga"]]
    assert ward.alert.told_at is not None
    assert all(reason.told >= reason.severity for reason in ward.alert.reasons)
