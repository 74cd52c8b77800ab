"""The command line: one module a command, one place that turns faults into a message and an exit code."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer
from rich.console import Console

from monitor.commands import (
    alerts,
    check,
    convert,
    demo,
    importing,
    init,
    notify,
    rejects,
    replay,
    run,
    simulate,
)
from vitals.errors import ExitCode, HomevigilError

app = typer.Typer(
    name="homevigil",
    help="Vital-signs monitoring and alerting for home care.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("run")(run.run)
app.command("init")(init.init)
app.command("check")(check.check)
app.command("simulate")(simulate.simulate)
app.command("replay")(replay.replay)
app.command("convert")(convert.convert)
app.command("import")(importing.import_file)
app.command("rejects")(rejects.rejects)
app.add_typer(alerts.app, name="alerts", help="What is open, and who has it.")
app.add_typer(notify.app, name="notify", help="Try the way to a person's phone.")


def _version(wanted: bool) -> None:  # noqa: FBT001  (typer's callback form)
    if wanted:
        typer.echo(f"homevigil {version('homevigil')}")
        raise typer.Exit


@app.callback()
def _options(
    show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del show


def main() -> None:
    """Run a command; a fault a person can mend is one message and an exit code, never a traceback."""
    try:
        app()
    except HomevigilError as error:
        Console(stderr=True, soft_wrap=True).print(str(error), style="red", markup=False, highlight=False)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(ExitCode.OK)


if __name__ == "__main__":
    main()
