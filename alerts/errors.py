"""What the desk answers when something cannot be done: each says what stands, and what to do instead."""

from vitals.alert import Alert
from vitals.errors import BadDataError, HomevigilError
from vitals.times import iso


class UnknownAlertError(HomevigilError):
    """No alert has that id."""

    def __init__(self, alert_id: str) -> None:
        super().__init__(f"alert {alert_id!r} is not known: list the live ones with `homevigil alerts list`")


class UnknownSilenceError(HomevigilError):
    """No silence of that name is in force."""

    def __init__(self, name: str) -> None:
        super().__init__(f"silence {name!r} is not in force: list those that are with `homevigil alerts silences`")


class AlreadyAcknowledgedError(HomevigilError):
    """Somebody has it already; whoever answers second is told who, so that two do not set out."""

    def __init__(self, alert: Alert) -> None:
        again = f"; it is told again at {iso(alert.follow_up_at)} if it still holds" if alert.follow_up_at else ""
        super().__init__(
            f"alert {alert.id!r} is already acknowledged by {alert.acknowledged_by!r}{again}: "
            "close it when it is dealt with"
        )


class AlertOverError(HomevigilError):
    """The alert is resolved or closed; there is nothing left to answer."""

    def __init__(self, alert: Alert) -> None:
        super().__init__(
            f"alert {alert.id!r} has been {alert.state} since {iso(alert.updated)}: nothing is left to do for it; "
            "if the condition comes back, a new alert opens"
        )


class BadAnswerError(BadDataError):
    """An answer that does not say who, what or until when."""

    def __init__(self, field: str, remedy: str, problem: str = "is empty") -> None:
        super().__init__(f"{field} {problem}: {remedy}")
