"""Every sentence of the code is in every catalogue, whole; what is compiled is what was written."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.dates import get_day_names, get_month_names
from babel.messages.mofile import read_mo, write_mo
from babel.numbers import get_decimal_symbol

from alerts.language import ENGLISH, language, languages
from alerts.tables import TABLES
from alerts.words_signals import TITLES
from bench import catalogue
from bench.catalogue import catalogues, missing, read, sentences
from vitals.signals import SIGNALS

each_catalogue = pytest.mark.parametrize("po", catalogues(), ids=lambda po: po.parts[-3])


def gaps(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_there_is_a_catalogue_for_every_language_but_english():
    assert ["en", *(po.parts[-3] for po in catalogues())] == list(languages()) == list(TABLES)


@each_catalogue
def test_what_is_compiled_is_what_was_written(po: Path):
    """To mend it: python -m bench.catalogue."""
    compiled = BytesIO()
    write_mo(compiled, read(po))
    now, then = read_mo(BytesIO(po.with_suffix(".mo").read_bytes())), read_mo(BytesIO(compiled.getvalue()))
    assert [[m.id, m.string] for m in now] == [[m.id, m.string] for m in then]


@each_catalogue
def test_every_sentence_is_translated_and_none_is_left_over(po: Path):
    """To mend it: python -m bench.catalogue, then write what it names into the catalogue."""
    written = read(po)
    assert not list(missing(written))
    assert {message.id for message in written if message.id} == set(sentences())
    assert not any(message.fuzzy for message in written if message.id)


@each_catalogue
def test_a_translation_has_the_gaps_of_its_sentence(po: Path):
    for message in read(po):
        if message.id:
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            source = message.id if isinstance(message.id, str) else message.id[1]
            assert [gaps(text) for text in texts] == [gaps(source)] * len(texts), source
            assert [text.endswith(".") for text in texts] == [source.endswith(".")] * len(texts), source


def test_every_signal_has_a_title_in_every_language():
    assert [signal.title for signal in SIGNALS] == list(TITLES)
    for code in languages():
        titles = [language(code).say(signal.title) for signal in SIGNALS]
        assert len(set(titles)) == len(SIGNALS)
        assert code == "en" or not set(titles) & set(TITLES)


@pytest.mark.parametrize("code", TABLES)
def test_days_and_months_are_as_the_cldr_has_them(code: str):
    tables = TABLES[code]
    assert dict(enumerate(tables.days)) == get_day_names("wide", locale=code)
    assert dict(enumerate(tables.short_days)) == get_day_names("abbreviated", locale=code)
    assert dict(enumerate(tables.months, 1)) == get_month_names("wide", locale=code)
    assert dict(enumerate(tables.short_months, 1)) == get_month_names("abbreviated", locale=code)
    assert tables.decimal == get_decimal_symbol(locale=code)


def test_words_that_a_catalogue_lacks_are_said_in_english():
    assert language("es").say("A sentence that nobody has translated") == "A sentence that nobody has translated"
    assert language("fr") is language("zz") is ENGLISH


def test_a_new_language_begins_with_every_sentence_and_loses_none_that_is_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path / "locale")
    monkeypatch.setattr(
        catalogue, "sentences", lambda: {"Act now": "alerts/a.py", ("{n} day", "{n} days"): "alerts/a.py"}
    )
    monkeypatch.setattr("sys.argv", ["catalogue", "--new", "fr"])
    assert catalogue.main() == 1
    assert capsys.readouterr().out.count("fr: no words for") == 2
    (po,) = catalogue.catalogues()
    po.write_text(po.read_text().replace('msgid "Act now"\nmsgstr ""', 'msgid "Act now"\nmsgstr "Maintenant"'))
    monkeypatch.setattr("sys.argv", ["catalogue"])
    assert catalogue.main() == 1
    assert capsys.readouterr().out == "fr: no words for ('{n} day', '{n} days')\n"
    assert read(po).get("Act now").string == "Maintenant"
    assert po.with_suffix(".mo").is_file()
