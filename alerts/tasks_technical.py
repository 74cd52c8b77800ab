"""What is asked of each role when readings are missing or not to be trusted."""

from enum import Enum, auto
from typing import Final, NamedTuple

from alerts.language import mark
from vitals.alert import Alert


class Task(NamedTuple):
    """What is to be done, ``whole`` and in a few words; both in English, as the catalogue knows them."""

    whole: str
    short: str


class Hands(Enum):
    """From where a role acts: at the patient's side, in a session, as a nurse, for equipment, in the office."""

    BESIDE = auto()
    SESSION = auto()
    NURSE = auto()
    EQUIPMENT = auto()
    OFFICE = auto()


_BY_HAND: Final = {
    "quality.probe_off": Task(
        mark("Put the sensor back on, warm the hand, and see that values show."), mark("Put the sensor back on.")
    ),
    "quality.stuck": Task(
        mark("Take the sensor off, restart the device, put it on again; measure by hand meanwhile."),
        mark("Restart the device."),
    ),
    "quality.noise": Task(
        mark("Check that the sensor sits well and the hand is warm and still."), mark("Check the sensor.")
    ),
    "quality.person": Task(
        mark("Weigh the patient again, nobody else on the scale."), mark("Weigh the patient again.")
    ),
    "quality.disagreement": Task(
        mark("Feel the pulse for a full minute, warm the hand, and report to the nurse."),
        mark("Feel the pulse for a minute."),
    ),
    "gap.missed": Task(
        mark("Measure now as the plan orders, or report to the nurse why it cannot be done."), mark("Measure now.")
    ),
    "gap.battery": Task(mark("Charge the device or change its battery."), mark("Charge the device.")),
    "gap": Task(
        mark("Check that the device is worn, charged and in reach; measure by hand if the plan orders it."),
        mark("Check the device."),
    ),
}
_FROM_AFAR: Final = {
    "quality.probe_off": Task(
        mark("Ask the home to put the sensor back on; if it is on, check the probe and its cable."),
        mark("Have the sensor put back on."),
    ),
    "quality.stuck": Task(
        mark("Have the device restarted, and replaced if it stays stuck."), mark("Have the device restarted.")
    ),
    "quality.noise": Task(mark("Have the sensor's seat and its cable checked."), mark("Have the sensor checked.")),
    "quality.person": Task(mark("Have the patient weighed again."), mark("Have the patient weighed.")),
    "quality.disagreement": Task(
        mark("Have the pulse felt for a full minute, and the probe and the strap checked."),
        mark("Have the pulse felt."),
    ),
    "gap.battery": Task(mark("Have the device charged or its battery changed."), mark("Have the device charged.")),
}
_OUTAGE: Final = {
    Hands.NURSE: Task(
        mark("No measurement reaches us: make sure that patients who need it are seen."),
        mark("Choose whom to have seen."),
    ),
    Hands.EQUIPMENT: Task(
        mark("Check the MQTT broker, its power and its network, then the gateways."), mark("Check the MQTT broker.")
    ),
}
_GATEWAY: Final = {
    Hands.BESIDE: Task(
        mark("Check that the gateway and the router are on and connected; measure by hand if the plan orders it."),
        mark("Check the gateway."),
    ),
    Hands.NURSE: _OUTAGE[Hands.NURSE],
    Hands.EQUIPMENT: Task(
        mark("Check the gateway, its power and the connection of the home."), mark("Check the gateway.")
    ),
}
_WATCH: Final = Task(
    mark("Watch your patients and measure as the plan orders: no measurement reaches us."), mark("Watch your patients.")
)
_EQUIPMENT: Final = Task(mark("Check the device, its battery and its connection."), mark("Check the device."))
_MISSING: Final = Task(
    mark("Readings are missing: make sure that the patient is seen and the device checked."),
    mark("Have the device checked."),
)


def technical(alert: Alert, hands: Hands) -> Task:
    """By rule, else as for a device that is silent.

    >>> from vitals.alert import AlertState
    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> key = FindingKey("gap.battery", "p1", "", "ox")
    >>> alert = Alert("A", key, Kind.TECHNICAL, Severity.LOW, AlertState.OPEN, 0, 0, 0)
    >>> technical(alert, Hands.BESIDE).short, technical(alert, Hands.EQUIPMENT).short
    ('Charge the device.', 'Have the device charged.')
    """
    rule = alert.key.rule
    if rule == "outage.gateway":
        return _GATEWAY.get(hands, _GATEWAY[Hands.BESIDE])
    if rule.startswith("outage."):
        return _OUTAGE.get(hands, _WATCH)
    if hands in (Hands.BESIDE, Hands.SESSION):
        ordered = rule == "gap.never" and bool(alert.key.signal)
        return _BY_HAND.get("gap.missed" if ordered else rule, _BY_HAND["gap"])
    return _FROM_AFAR.get(rule) or (_EQUIPMENT if hands is Hands.EQUIPMENT else _MISSING)
