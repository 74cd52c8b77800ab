"""Agencies and alerts of every shape, for round trips."""

from typing import Any

from hypothesis import strategies as st

from vitals.agency import Agency, Device, DeviceType, Patient
from vitals.alert import Alert, AlertState
from vitals.finding import FindingKey, Kind, Severity
from vitals.people import Assignment, Caregiver, Channel, QuietHours, Role, Shift
from vitals.plan import CarePlan, EscalationPolicy, Limits, Ordered, Pause, Step
from vitals.signals import SIGNALS

ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,12}", fullmatch=True)
words = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="￾￿"), max_size=30)
names = words.filter(bool)
zones = st.sampled_from(["UTC", "Europe/London", "America/New_York"])
severities = st.sampled_from([Severity.LOW, Severity.MEDIUM, Severity.HIGH])
clock = st.times().map(lambda t: f"{t:%H:%M}")
days = st.none() | st.sampled_from(["2026-01-01"])
millis = st.integers(1, 10**10)
numbers = st.floats(-1e6, 1e6, allow_nan=False)
parameter = words | st.booleans() | numbers


@st.composite
def limits(draw: st.DrawFn) -> tuple[str, Limits | None]:
    signal = draw(st.sampled_from([s for s in SIGNALS if s.high > 5]))
    if draw(st.booleans()):
        return signal.name, None
    low, high = sorted(draw(st.lists(st.floats(signal.low, signal.high), min_size=2, max_size=2, unique=True)))
    return signal.name, Limits(alert_low=low, alert_high=high, on_delay=draw(millis), repeat=draw(st.booleans()))


steps = st.lists(
    st.builds(Step, after=millis, roles=st.lists(st.sampled_from(Role), min_size=1).map(tuple)), max_size=3
).map(tuple)
policies = st.builds(EscalationPolicy, high=steps, repeat_every=millis, follow_up=millis)
pauses = st.builds(Pause, start=st.just("2026-12-24T08:00:00+01:00"), end=st.just("2026-12-25T08:00:00Z"), reason=words)
channels = st.lists(
    st.builds(
        Channel,
        name=ids,
        url=words.map(lambda secret: f"json://{secret}"),
        min_severity=severities,
        private=st.booleans(),
        after=millis,
    ),
    max_size=3,
    unique_by=lambda channel: channel.name,
).map(tuple)
quiet = st.none() | st.builds(QuietHours, start=clock, end=clock, min_severity=severities)


def plans(escalations: list[str]) -> st.SearchStrategy[CarePlan]:
    return st.builds(
        CarePlan,
        limits=st.lists(limits(), max_size=3).map(dict),
        ordered=st.lists(
            st.builds(Ordered, signal=st.sampled_from([s.name for s in SIGNALS]), every=millis, grace=millis),
            max_size=2,
        ).map(tuple),
        news2_scale=st.integers(1, 2),
        on_oxygen=st.booleans(),
        escalation=st.none() | st.sampled_from(escalations) if escalations else st.none(),
        pauses=st.lists(pauses, max_size=2).map(tuple),
        silent_after=st.none() | millis,
        parameters=st.dictionaries(ids, st.dictionaries(ids, parameter, max_size=3), max_size=2),
    )


def devices() -> st.SearchStrategy[tuple[Device, ...]]:
    device = st.builds(Device, id=ids, type=st.sampled_from(DeviceType), silent_after=st.none() | millis)
    return st.lists(device, max_size=3, unique_by=lambda d: d.id).map(tuple)


@st.composite
def agencies(draw: st.DrawFn) -> Agency:
    named = draw(st.dictionaries(ids, policies, max_size=2))
    patient = st.builds(
        Patient, id=ids, name=names, code=st.just(""), timezone=zones, plan=plans(sorted(named)), devices=devices()
    )
    patients = tuple(draw(st.lists(patient, max_size=3, unique_by=lambda p: p.short_code)))
    person = st.builds(
        Caregiver, id=ids, name=names, role=st.sampled_from(Role), timezone=zones, channels=channels, quiet_hours=quiet
    )
    people = tuple(draw(st.lists(person, max_size=3, unique_by=lambda c: c.id)))
    return Agency(
        id=draw(ids),
        patients=patients,
        caregivers=people,
        policies=named,
        assignments=tuple(Assignment(patient=p.id, caregiver=c.id, start=draw(days)) for p in patients for c in people),
        shifts=tuple(
            Shift(
                caregiver=c.id,
                rule="FREQ=WEEKLY;BYDAY=MO,SU",
                start=draw(clock),
                end=draw(clock),
                timezone=draw(zones),
                patient=draw(st.none() | st.sampled_from([p.id for p in patients])) if patients else None,
            )
            for c in people
        ),
    )


json: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
alerts = st.builds(
    Alert,
    id=ids,
    key=st.builds(FindingKey, ids, ids, st.sampled_from(["", "spo2"]), st.just("") | ids),
    kind=st.sampled_from(Kind),
    severity=severities,
    state=st.sampled_from(AlertState),
    onset=st.integers(0, 2**52),
    opened=st.integers(0, 2**52),
    updated=st.integers(0, 2**52),
    evidence=st.dictionaries(words, json, max_size=3),
    holds=st.booleans(),
    latched=st.booleans(),
    seq=st.integers(0, 10**6),
    step=st.integers(0, 10),
    next_step_at=st.none() | st.integers(0, 2**52),
    acknowledged_by=words,
    follow_up_at=st.none() | st.integers(0, 2**52),
    policy=st.dictionaries(words, json, max_size=2),
)
