"""Every rule of every detector speaks to every role in every language; a text message never says too much."""

import itertools
import re
from typing import Any

import pytest

from alerts.gsm import LIMIT, plain, septets
from alerts.language import language, languages
from alerts.links import Links
from alerts.message import URGENCY, Message, compose
from alerts.notices import patient_of
from alerts.replies import understood
from alerts.roster import Roster
from alerts.tasks import task
from alerts.words import headline, measured
from alerts.words_signals import title
from detectors.registry import DEFAULT
from tests.alerts.house import NOON, agency, patient
from tests.alerts.specimens import EVIDENCE, SILENT, fused, specimen
from vitals.alert import Alert, AlertState
from vitals.finding import FindingKey, Kind, Severity
from vitals.people import Role
from vitals.signals import SIGNALS
from vitals.times import DAY

PATIENT = patient().model_copy(update={"name": "Zoraida Qx", "code": "WXYZWXYZ"})
NOBODY = patient_of(Roster(agency()), "")
SEVERITIES = (Severity.LOW, Severity.MEDIUM, Severity.HIGH)
LANGUAGES = languages()
SHORT = Links("https://hv.example", b"k" * 32).make("ABCDEFGHIJ", "ana", NOON)
LONG = Links("https://alerts.homecare.example/watch", b"k" * 32).make("ABCDEFGHIJ", "ana.of.the.night", NOON)[:90]
BESIDE = (Role.PSW, Role.HMA, Role.CNA, Role.LIVE_IN)
ENGLISH_WORDS = re.compile(
    r"\b(the|and|of|patient|nurse|measured|since|for|device|report|usually|limit|check|low|high)\b", re.IGNORECASE
)
ALERTS = [specimen(rule, severity) for rule in EVIDENCE for severity in SEVERITIES]
WHO = {
    "en": {"": "Patient WXYZWXYZ", "outage.broker": "All patients", "outage.gateway": "Several patients"},
    "es": {"": "Paciente WXYZWXYZ", "outage.broker": "Todos los pacientes", "outage.gateway": "Varios pacientes"},
}
each_rule = pytest.mark.parametrize("rule", EVIDENCE)
each_language = pytest.mark.parametrize("code", LANGUAGES)


def said(alert: Alert, role: Role, code: str, **how: Any) -> Message:
    return compose(alert, PATIENT if alert.key.patient else NOBODY, role, NOON, code=code, **how)


def test_there_is_a_specimen_of_every_rule():
    assert set(EVIDENCE) == {rule for detector in DEFAULT for rule in detector.rules}


@each_rule
@each_language
def test_every_rule_has_a_headline_and_a_detail(rule: str, code: str):
    lang = language(code)
    for severity, role in itertools.product(SEVERITIES, Role):
        alert = specimen(rule, severity)
        message = said(alert, role, code)
        assert headline(alert, lang) in message.title
        assert rule.replace("_", " ").replace(".", ", ") not in message.title.lower() or "." not in rule
        assert bool(measured(alert, lang)) is (rule not in SILENT)
        assert measured(alert, lang) in message.body
        assert lang.say(task(alert, role).whole) in message.body
        assert "None" not in message.title + message.body
        assert "{" not in message.title + message.body


def test_spanish_is_spanish_throughout():
    for alert, role, why in itertools.product([*ALERTS, fused(*EVIDENCE)], Role, ("", "escalated", "nobody")):
        message = compose(alert, PATIENT, role, NOON + DAY, code="es", why=why)
        short = said(alert, role, "es", private=True, replies=True).body
        for text in (message.title, message.body, short):
            assert not ENGLISH_WORDS.search(text), text


@each_language
def test_headlines_tell_rules_apart(code: str):
    assert len({headline(specimen(rule), language(code)) for rule in EVIDENCE}) == len(EVIDENCE)


@each_language
def test_severity_is_said_in_words(code: str):
    for severity in SEVERITIES:
        title_said = said(specimen("limit.high", severity), Role.NURSE, code).title
        assert title_said.startswith(language(code).say(URGENCY[severity]) + ": ")


@each_language
def test_an_alert_of_several_rules_names_them_all_as_far_as_there_is_room(code: str):
    lang = language(code)
    three = said(fused("limit.low", "early_warning", "limit.high"), Role.CNA, code)
    assert lang.counted("and {count} more", "and {count} more", 2) in three.title
    for rule in ("early_warning", "limit.high"):
        assert headline(specimen(rule), lang).lower() in three.body.lower()
    line = said(fused(*EVIDENCE), Role.CNA, code).body.splitlines()[1]
    assert septets(plain(line)) <= LIMIT
    assert str(len(EVIDENCE) - 1) in line


def test_a_text_message_says_whom_how_soon_and_what_to_do_and_nothing_else():
    """Of every rule, severity, role and language, with links of any length we allow."""
    titles = {code: [plain(title(signal.name, language(code))).lower() for signal in SIGNALS] for code in LANGUAGES}
    assert len(LONG) == 90
    for alert, role, code, link in itertools.product(ALERTS, Role, LANGUAGES, ("", SHORT, LONG)):
        lang = language(code)
        body = said(alert, role, code, private=True, link=link, replies=True).body
        asked = task(alert, role)
        assert septets(body) <= LIMIT
        assert body.endswith(link or alert.id)
        rest = body.removesuffix(link or alert.id)
        assert rest.partition(":")[0] == WHO[code].get(alert.key.rule, WHO[code][""])
        assert any(plain(lang.say(text)) in rest for text in (asked.whole, asked.short)), body
        hint = re.search(r" (?:Reply|Responda) 1 [^.]+\.", rest)
        assert not (hint and link)
        rest = rest.replace(hint[0], "") if hint else rest
        assert not re.search(r"[\d?%]", rest), body
        assert plain(headline(alert, lang)).lower() not in rest.lower()
        assert not any(name in rest.lower() for name in titles[code]), body
        assert "Zoraida" not in body
        assert "Qx" not in body
        for kept in ("kitchen", "metformin", "ox-", "polar"):
            assert kept not in rest


@each_language
@pytest.mark.parametrize("why", ["help", "nobody", "escalated", "worsened", "follow_up"])
def test_a_text_message_says_why_it_is_told_where_there_is_room(code: str, why: str):
    for alert, role, link in itertools.product(ALERTS[::8], Role, ("", LONG)):
        body = said(alert, role, code, private=True, link=link, why=why, replies=True).body
        reason = plain(said(alert, role, code, why=why).body.splitlines()[0])
        assert septets(body) <= LIMIT
        assert (reason in body) or link or why == "nobody"
        assert any(plain(language(code).say(text)) in body for text in task(alert, role))
    assert plain(reason) in said(specimen("limit.low"), Role.CNA, code, private=True, why=why).body


@each_language
def test_how_to_reply_is_hinted_where_replies_are_heard_and_the_hint_is_understood(code: str):
    alert = specimen("limit.low")
    body = said(alert, Role.CNA, code, private=True, replies=True).body
    choices = re.findall(r"(\d) ([\w ]+)", body.removesuffix(alert.id).partition(": ")[2])
    assert [digit for digit, _ in choices] == ["1", "2"]
    for digit, words in choices:
        assert understood(digit) == understood(words)
    assert " 1 " not in said(alert, Role.CNA, code, private=True).body
    assert " 1 " not in said(alert, Role.CNA, code, private=True, replies=True, link=SHORT).body


@each_language
def test_a_link_too_long_for_a_text_message_gives_way_to_the_code(code: str):
    for length in range(100, 400, 7):
        body = said(ALERTS[0], Role.CNA, code, private=True, link="https://a.example/" + "x" * length).body
        assert septets(body) <= LIMIT
        assert body.endswith(("x" * length, "ABCDEFGHIJ"))


def test_only_a_nurse_is_asked_to_assess():
    for alert, role, code in itertools.product(ALERTS, Role, LANGUAGES):
        text = said(alert, role, code).body.replace("no diagnosis", "").replace("no un diagnóstico", "")
        assert role is Role.NURSE or not re.search(r"assess|diagn|\bvalore\b|eval[uú]e", text)
        assert not re.search("diagn", text)
    for code, word in (("en", "assess"), ("es", "valore")):
        for severity in (Severity.MEDIUM, Severity.HIGH):
            assert word in said(specimen("early_warning", severity), Role.NURSE, code).body


ASKED = {
    "en": (
        "measure again and report to the nurse. Follow the care plan.",
        "Pause the session",
        "somebody takes this on",
    ),
    "es": (
        "mida otra vez e informe a enfermería. Siga el plan de cuidados.",
        "Detenga la sesión",
        "alguien se haga cargo",
    ),
}


@each_language
def test_each_role_is_asked_what_is_theirs(code: str):
    beside, session, office = ASKED[code]
    for role in BESIDE:
        assert beside in said(specimen("limit.low"), role, code).body
    assert session in said(specimen("limit.low"), Role.THERAPIST, code).body
    for alert in ALERTS:
        assert office in said(alert, Role.OPERATIONS_MANAGER, code).body
    silent = said(specimen("gap.silent"), Role.DEVICE_SUPPORT, code).body
    assert language(code).say("Check the device, its battery and its connection.") in silent


def test_a_rule_that_we_have_no_words_for_is_told_by_its_name():
    odd = Alert("A", FindingKey("odd.rule", "p1"), Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.OPEN, 0, 0, 0)
    assert headline(odd, language("es")) == "Valores vigilados: odd, rule"
