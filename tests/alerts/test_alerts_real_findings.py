"""What detectors really find is put into words, with the evidence as it comes from them."""

import itertools

import pytest

from alerts.language import language, languages
from alerts.words import headline, measured
from bench.pictures.scenery import play
from bench.pictures.scenes import SCENES, Scene
from detectors.registry import DEFAULT
from tests.alerts.specimens import SILENT
from vitals.alert import Alert, AlertState
from vitals.finding import Severity

DETECTORS = {detector.name: detector for detector in DEFAULT}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.detector)
def test_every_finding_says_what_was_measured_in_whole_sentences(scene: Scene):
    found = [f for f in play(scene, DETECTORS[scene.detector]).found if f.severity is not Severity.CLEAR]
    assert found
    for finding, code in itertools.product(found, languages()):
        evidence = {"seen": finding.time, **finding.evidence}
        alert = Alert("A", finding.key, finding.kind, finding.severity, AlertState.OPEN, finding.onset, 0, 0, evidence)
        words = measured(alert, language(code))
        assert words.endswith(".") or finding.key.rule in SILENT
        assert language(code).say("unknown") not in words
        assert headline(alert, language(code))[:1].isupper() or headline(alert, language(code)).startswith("¿")
