"""The command line: one place that turns faults into a message and an exit code."""

import signal
import sys
from importlib.metadata import version
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from monitor.lazy import LazyGroup
from monitor.logs import set_up_logs
from monitor.sections import LogSettings
from vitals.errors import ExitCode, HomevigilError

app = typer.Typer(
    name="homevigil",
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:  # noqa: FBT001  (typer's callback form)
    if wanted:
        typer.echo(f"homevigil {version('homevigil')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Vital-signs monitoring and alerting for home care."""
    del show
    set_up_logs(LogSettings(level="warning"))


def main() -> None:
    """Run a command; a fault a person can mend is one message and an exit code, never a traceback."""
    before = signal.signal(signal.SIGTERM, _ended)
    code = _done()
    signal.signal(signal.SIGTERM, before)
    sys.exit(code)


def _done() -> int | str | None:
    """The exit code of the command, its fault told."""
    try:
        app()
    except SystemExit as ended:
        return ended.code
    except HomevigilError as error:
        _say(str(error))
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return ExitCode.OK
    except OSError as error:
        if error.filename is None:
            raise
        _say(f"{error.filename}: {error.strerror}: choose another path, or mend who may use this one")
        return ExitCode.FAILED
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    return ExitCode.OK


def _say(fault: str) -> None:
    Console(stderr=True, soft_wrap=True).print(fault, style="red", markup=False, highlight=False)


def _ended(number: int, frame: FrameType | None) -> None:
    """Told to end, a command tidies up what it had begun; the service and the demo have an end of their own."""
    del frame
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
