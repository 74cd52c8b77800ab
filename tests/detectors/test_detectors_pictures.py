"""The pictures in the documentation show what the detectors really say."""

from pathlib import Path

import pytest

from bench.pictures.__main__ import FOLDER, outdated, said
from bench.pictures.scenery import draw, opens, play
from bench.pictures.scenes import SCENES, Scene
from detectors.registry import DEFAULT
from monitor.drawing import save

DETECTORS = {detector.name: detector for detector in DEFAULT}


def test_every_detector_has_a_scene():
    missing = sorted(set(DETECTORS) - {scene.detector for scene in SCENES})
    assert not missing, f"add scenes of {missing} to bench/pictures/scenes.py"


@pytest.mark.parametrize("scene", [s for s in SCENES if s.detector in DETECTORS], ids=lambda s: s.detector)
def test_a_scene_shows_what_its_picture_says(scene: Scene):
    played = play(scene, DETECTORS[scene.detector])
    assert opens(played)
    picture = FOLDER / f"{scene.detector}.svg"
    assert picture.exists(), "draw it with: python -m bench.pictures"
    assert said(picture.read_text())[0] == said(played.about)[0], "draw it anew with: python -m bench.pictures"


def test_a_picture_is_drawn_the_same_each_time(tmp_path: Path):
    played = play(SCENES[0], DETECTORS[SCENES[0].detector])
    for name in "ab":
        save(draw(played), tmp_path / f"{name}.svg", played.about)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_a_picture_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bench.pictures.__main__.SCENES", SCENES[:1])
    assert [line.rpartition(": ")[2] for line in outdated(tmp_path)] == ["missing"]
