"""``homevigil audit``: the trail of all that was found, told, seen and changed, and the proof that it is whole."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from monitor.commands.options import Config, Json, settings_from
from monitor.parts import the_ledger
from vitals.errors import BadDataError
from vitals.times import iso

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """The trail of everything that was found, told, seen and changed."""


@app.command()
def verify(
    *,
    head: Annotated[str, typer.Option("--head", help="A head noted earlier, which must be in the chain.")] = "",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Follow the chain of hashes over every alert, notice, attempt, look and change; name what does not fit."""
    with the_ledger(settings_from(config)) as ledger:
        found = ledger.verify(head)
    if as_json:
        typer.echo(json.dumps({"whole": not found.faults, **asdict(found)}))
    else:
        said = [f"{found.seals} rows sealed, head {found.head}", f"{found.unsealed} rows not sealed yet"]
        said += [f"{found.gone} old notices and attempts let go of by retention"] if found.gone else []
        Console().print("\n".join([*said, *found.faults]), markup=False, highlight=False, soft_wrap=True)
    if found.faults:
        many = "fault" if len(found.faults) == 1 else "faults"
        raise BadDataError(f"the audit trail is not whole: {len(found.faults)} {many}")


@app.command("list")
def acts(
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many, newest first.")] = 50,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Who looked at what, and who changed plans and roster, newest first; an alert's own history is with the alert."""
    with the_ledger(settings_from(config)) as ledger:
        found = ledger.acts(limit)
    for act in found:
        if as_json:
            typer.echo(json.dumps({**asdict(act), "time": iso(act.time)}))
        else:
            detail = json.dumps(act.detail) if act.detail else ""
            typer.echo(f"{iso(act.time)}  {act.actor}  {act.what}  {act.subject}  {detail}".rstrip())
