"""The end of a drill that nobody has closed."""

from dataclasses import replace

from alerts.docket import Docket
from alerts.drill import BY, OUTCOME, waits_until
from alerts.events import Close
from alerts.lifecycle import transition
from vitals.alert import Alert


def end_drill(drill: Alert, docket: Docket, now: int) -> None:
    """Close it at the end of its time; nobody is told. Whoever began it does so, unless they were stopped before: left
    open, it would take in every drill after it.
    """
    until = waits_until(drill)
    if now < until:
        docket.keep(replace(drill, next_step_at=until, follow_up_at=None))
        return
    change = transition(drill, Close(BY, OUTCOME), now)
    if change:
        docket.enter(*change, [])
        docket.stale_words[drill.id] = "the drill is over"
