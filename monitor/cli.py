"""The command line: one place that turns faults into a message and an exit code."""

import sys
from importlib.metadata import version
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
    try:
        app()
    except HomevigilError as error:
        Console(stderr=True, soft_wrap=True).print(str(error), style="red", markup=False, highlight=False)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(ExitCode.OK)
    except OSError as error:
        if error.filename is None:
            raise
        words = f"{error.filename}: {error.strerror}: choose another path, or mend who may use this one"
        Console(stderr=True, soft_wrap=True).print(words, style="red", markup=False, highlight=False)
        sys.exit(ExitCode.FAILED)
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)


if __name__ == "__main__":
    main()
