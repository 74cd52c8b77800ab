"""A drill says that it is one, in the language of whoever is rung."""

import pytest

from alerts.drill import RULE, words
from alerts.gsm import LIMIT, septets
from alerts.language import languages
from tests.alerts.house import NO_INTAKE, OPS, a_desk, agency, found
from vitals.finding import FindingKey, Kind


def test_whoever_is_rung_reads_it_in_their_language():
    olga = OPS.model_copy(update={"language": "es"})
    desk, _ = a_desk(agency(olga))
    finding = found(key=FindingKey(RULE, "p1", device="drill"), kind=Kind.TECHNICAL, caregiver="olga")
    (notice,) = desk.record(NO_INTAKE, [finding], finding.time).deliveries
    assert (notice.title, notice.body[:7]) == ("PRUEBA de homevigil", "PRUEBA ")


@pytest.mark.parametrize("code", languages())
def test_it_is_one_text_message_in_every_language(code: str):
    assert septets(words(code).body) <= LIMIT
