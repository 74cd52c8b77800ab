"""Files, folders and variables that cannot be used: one message that names them, never a traceback."""

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.cli import main

Refused = Callable[..., tuple[int, str]]


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run a command in an empty folder; its exit code and what it said on standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["homevigil", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(str(ended.value.code)), capsys.readouterr().err

    return run


def test_a_settings_file_that_cannot_be_read_is_named(tmp_path: Path, refused: Refused):
    (tmp_path / "file").write_bytes(b"\xff\xfe")
    assert refused("rejects", "--config", "file") == (78, "file: file: is not UTF-8 (save it as UTF-8)\n")
    assert refused("rejects", "--config", ".")[0] == 78


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, refused: Refused):
    (tmp_path / "homevigil.toml").write_text('data_dir = "homevigil.toml/data"\n')
    code, said = refused("rejects")
    assert code == 1
    assert "homevigil.toml/data: Not a directory" in said


def test_a_fault_of_the_environment_is_not_blamed_on_the_file(
    tmp_path: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "homevigil.toml").write_text("[broker]\nport = 1883\n")
    monkeypatch.setenv("HOMEVIGIL_BROKER__PORT", "many")
    code, said = refused("rejects")
    assert code == 78
    assert said.startswith("environment, HOMEVIGIL_BROKER__PORT: broker.port: 'many'")
