"""``python -m bench.pictures``: write docs/pictures/<detector>.svg; ``--check`` says which are out of date."""

import argparse
import html
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.pictures.scenery import draw, play
from bench.pictures.scenes import SCENES
from detectors.registry import DEFAULT
from monitor.drawing import save

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_ABOUT = re.compile(r"<dc:description>(.*?)</dc:description>", re.DOTALL)
_VERSION = re.compile(r'"matplotlib": "(.*?)", ')


def write(folder: Path) -> list[Path]:
    """The picture of every detector of the bank that has a scene."""
    detectors = {detector.name: detector for detector in DEFAULT}
    written = []
    for scene in SCENES:
        if scene.detector in detectors:
            played, path = play(scene, detectors[scene.detector]), folder / f"{scene.detector}.svg"
            save(draw(played), path, played.about)
            written.append(path)
    return written


def outdated(folder: Path) -> Iterator[str]:
    """Pictures in ``folder`` that are missing, or differ: in bytes, or drawn by another matplotlib in what they say."""
    with tempfile.TemporaryDirectory() as fresh:
        for path in write(Path(fresh)):
            known = folder / path.name
            if not known.exists():
                yield f"{known}: missing"
            elif known.read_bytes() != path.read_bytes() and not _alike(known, path):
                yield f"{known}: not what the detector says now"


def _alike(known: Path, fresh: Path) -> bool:
    """The same findings, drawn by another version of matplotlib."""
    (old, version), (new, now) = (said(path.read_text(encoding="utf-8")) for path in (known, fresh))
    return version != now and old == new


def said(text: str) -> tuple[str, str]:
    """What a picture's text (or its description alone) says was found, and which matplotlib drew it."""
    described = _ABOUT.search(text)
    about = html.unescape(described[1]) if described else text
    version = _VERSION.search(about)
    return (about.replace(version[0], ""), version[1]) if version else (about, "")


def main() -> int:
    """Exit status 1 when ``--check`` finds something."""
    parser = argparse.ArgumentParser(prog="python -m bench.pictures", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    if parser.parse_args().check:
        faults = list(outdated(FOLDER))
        for fault in [*faults, "write them anew with: python -m bench.pictures"] if faults else []:
            print(fault)
        return int(bool(faults))
    FOLDER.mkdir(exist_ok=True)
    print(f"{len(write(FOLDER))} pictures in {FOLDER.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
