"""Writes the dashboards as JSON, or with ``--check`` says whether the committed JSON is what they would write.

``python -m dashboards.grafana.build [--check]``. The builders need grafana-foundation-sdk, which only developers
install; the service and Grafana itself use the JSON.
"""

import argparse
import sys
from pathlib import Path
from typing import Final

JSON: Final = Path(__file__).parent / "json"


def rendered() -> dict[str, str]:
    """File name → text of every dashboard; the same on every machine."""
    # only here, so that importing this module needs no developer's package
    from grafana_foundation_sdk.cog.encoder import JSONEncoder  # noqa: PLC0415

    from dashboards.grafana import care_team, patient  # noqa: PLC0415

    built = {"care_team.json": care_team.dashboard().build(), "patient.json": patient.dashboard().build()}
    encoder = JSONEncoder(sort_keys=True, indent=2, ensure_ascii=False)
    return {name: encoder.encode(dashboard) + "\n" for name, dashboard in built.items()}


def differing(folder: Path, texts: dict[str, str]) -> list[str]:
    """Names whose file is missing, other, or no longer built."""
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    return sorted(name for name in there.keys() | texts.keys() if there.get(name) != texts.get(name))


def write(folder: Path, texts: dict[str, str]) -> None:
    """Make the folder hold exactly these dashboards."""
    folder.mkdir(exist_ok=True)
    for name in differing(folder, texts):
        if name in texts:
            (folder / name).write_text(texts[name], encoding="utf-8")
        else:
            (folder / name).unlink()


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, or 1 when ``--check`` finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m dashboards.grafana.build", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the committed JSON differs")
    parser.add_argument("--folder", type=Path, default=JSON, help="where the JSON lies (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    if not chosen.check:
        write(chosen.folder, rendered())
        return 0
    if stale := differing(chosen.folder, rendered()):
        sys.stderr.write(f"{', '.join(stale)}: not what the builders write; run python -m dashboards.grafana.build\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
