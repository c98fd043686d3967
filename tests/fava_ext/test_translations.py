"""The French catalogue: complete, compiled as it is written, with the values of every text."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import beancount_factoring.fava_ext
from beancount_factoring.fava_ext.view import ViewName
from tests.fava_ext.conftest import Site

FOLDER = Path(beancount_factoring.fava_ext.__file__).parent
FRENCH = FOLDER / "translations" / "fr" / "LC_MESSAGES"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]


@pytest.fixture(scope="module")
def french() -> Catalog:
    with (FRENCH / "factoring.po").open("rb") as file:
        return read_po(file, locale="fr")


def used() -> set[str]:
    """Return every text of the code and the templates."""
    keywords = {**DEFAULT_KEYWORDS, "counted": (2, 3)}
    found = extract_from_dir(str(FOLDER), method_map=METHODS, keywords=keywords)
    return {text if isinstance(text, str) else text[0] for _f, _l, text, _c, _x in found}


def test_every_text_is_translated_and_no_other(french: Catalog) -> None:
    translated = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in french
        if message.id and message.string and not message.fuzzy
    }
    assert len(translated) > 150
    assert translated == used()


def test_a_translation_has_its_texts_values(french: Catalog) -> None:
    for message in french:
        ids = [message.id] if isinstance(message.id, str) else message.id
        strings = [message.string] if isinstance(message.string, str) else message.string
        if message.id:
            for text in strings or ():
                assert values(text) == values(ids[0]), ids[0]


def values(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_what_is_compiled_is_what_is_written(french: Catalog) -> None:
    """The texts are: the head names the version of Babel that compiled it."""
    compiled = BytesIO()
    write_mo(compiled, french)
    compiled.seek(0)
    with (FRENCH / "factoring.mo").open("rb") as file:
        assert texts(read_mo(file)) == texts(read_mo(compiled))


def texts(catalog: Catalog) -> list[tuple[object, object]]:
    return [(message.id, message.string) for message in catalog if message.id]


@pytest.mark.parametrize("view", list(ViewName))
def test_a_french_page_has_no_english_word(example: Site, view: ViewName) -> None:
    page = example.read(view, language="fr")
    heads = {head.text_content() for head in page.tree.xpath("//th | //h3 | //nav//a | //dt")}
    english = used() & {head for head in heads if head}
    # Words that both languages write alike.
    assert english <= {"Date", "Type", "Total", "Commission", "Document", "Journal"}


def test_the_ledgers_language_wins_over_the_browsers(example: Site) -> None:
    assert 'aria-current="page">Position<' in example.read(language="en").text
    assert 'aria-current="page">Situation<' in example.read(language="fr").text
    assert 'aria-current="page">Position<' in example.read(language="de").text
