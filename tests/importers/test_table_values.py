"""Numbers and dates of tables: what tells them, and what is refused because nothing does."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.table_values import DateOrder
from beancount_factoring.importers.reading.table_values import date_order
from beancount_factoring.importers.reading.table_values import day
from beancount_factoring.importers.reading.table_values import decimal_mark
from beancount_factoring.importers.reading.table_values import number


def read(*texts: str, given: str | None = None) -> list[Decimal]:
    """Read a column of numbers."""
    placed = list(enumerate(texts, start=2))
    mark = decimal_mark(placed, given)
    return [number(line, text, mark) for line, text in placed]


def days(*texts: str, given: DateOrder | None = None) -> list[str]:
    """Read a column of dates."""
    placed = list(enumerate(texts, start=2))
    order = date_order(placed, given)
    return [day(line, text, order).isoformat() for line, text in placed]


def why(*texts: str, dates: bool = False) -> str:
    """Return why a column is refused."""
    with pytest.raises(DocumentRefusedError) as refused:
        days(*texts) if dates else read(*texts)
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("1200", "1200"),
        ("12,5", "12.5"),
        ("1234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u202f234\u202f567,89", "1234567.89"),
        ("1\u00a0234,56 €", "1234.56"),
        ("1'350.00", "1350"),
        ("1’350.00", "1350"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("$13.50", "13.5"),
        ("-$13.50", "-13.5"),
        ("EUR 13,50", "13.5"),
        ("+31070,11", "31070.11"),
        ("−5,00", "-5"),
        ("12,50-", "-12.5"),
        ("(12,50)", "-12.5"),
        ("0,123", "0.123"),
        ("1234,567", "1234.567"),
        (",50", "0.5"),
        ("50,", "50"),
    ],
)
def test_a_number_that_tells_its_decimal_mark(text: str, value: str) -> None:
    assert read(text) == [Decimal(value)]


def test_a_number_in_doubt_is_read_as_the_others_of_its_file_are() -> None:
    assert read("1,234", "0,50") == [Decimal("1.234"), Decimal("0.5")]
    assert read("1,234", "0.50") == [1234, Decimal("0.5")]
    assert read("1.234", "12,00") == [1234, 12]


def test_a_number_in_doubt_is_read_as_the_mapping_says() -> None:
    assert read("1,234", given=",") == [Decimal("1.234")]
    assert read("1,234", given=".") == [1234]


def test_a_number_that_nothing_tells_is_refused() -> None:
    assert why("12", "1,234", "1,500") == (
        "line 3: the number '1,234' may be read in two ways, and no other one of the file tells:"
        " write `decimal: comma` or `decimal: point` in its table"
    )


def test_two_decimal_marks_in_one_file_are_refused() -> None:
    assert why("1,50", "1.50") == (
        "line 3: the decimal mark of '1.50' is not that of '1,50' (line 2)"
    )


def test_a_number_against_the_mapping_is_refused() -> None:
    with pytest.raises(DocumentRefusedError, match="has not the decimal mark ','"):
        read("1.50", given=",")


@pytest.mark.parametrize(
    "text",
    [
        *("", "abc", "12,34,5", "1.23.456", "1 23", "--5", "(-5)", "-5-", "12..34", "1e5", "٣"),
        *("5 %", "1" * 400, "NaN", "=1+1", "1'234.567.89", "€", "1234 567,00", "0x10", "1_000"),
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    reason = why(text)
    assert reason.startswith("line 2: ")
    assert "\n" not in reason
    assert len(reason) < 200


@given(
    st.decimals(-(10**11), 10**11, places=2),
    st.sampled_from([(",", " "), (",", "\u202f"), (",", "."), (".", ","), (".", "'"), (",", "")]),
)
def test_what_a_program_wrote_is_read_again(value: Decimal, style: tuple[str, str]) -> None:
    mark, separator = style
    text = f"{value:,.2f}".replace(",", "\0").replace(".", mark).replace("\0", separator)
    assert read(text) == [value]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-04-03", "2026-04-03"),
        ("2026/4/3", "2026-04-03"),
        ("20260403", "2026-04-03"),
        ("2026-04-03T23:59:59Z", "2026-04-03"),
        ("2026-04-03 08:15", "2026-04-03"),
        ("3.4.2026", "2026-04-03"),
        ("13/04/2026", "2026-04-13"),
        ("04/13/2026", "2026-04-13"),
        ("13-4-2026", "2026-04-13"),
    ],
)
def test_a_date_that_tells_its_order(text: str, date: str) -> None:
    assert days(text) == [date]


def test_a_date_in_doubt_is_read_as_the_others_of_its_file_are() -> None:
    assert days("03/04/2026", "13/04/2026") == ["2026-04-03", "2026-04-13"]
    assert days("03/04/2026", "12/15/2018") == ["2026-03-04", "2018-12-15"]


def test_a_date_in_doubt_is_read_as_the_mapping_says() -> None:
    assert days("03/04/2026", given=DateOrder.DAY) == ["2026-04-03"]
    assert days("03/04/2026", "2026-01-31", given=DateOrder.MONTH) == ["2026-03-04", "2026-01-31"]
    assert days("03/04/26", given=DateOrder.DAY) == ["2026-04-03"]
    assert days("26-04-03", given=DateOrder.YEAR) == ["2026-04-03"]


def test_a_date_that_nothing_tells_is_refused() -> None:
    assert why("03/04/2026", "05/06/2026", dates=True) == (
        "line 2: the date '03/04/2026' may have the day or the month first: write `dates:"
        " day-first` (or month-first, year-first) in its table"
    )


def test_a_year_of_two_digits_is_refused_without_a_word_of_the_mapping() -> None:
    assert "has a year of two digits" in why("13/04/26", dates=True)


def test_dates_that_contradict_each_other_are_refused() -> None:
    reason = why("03/04/2026", "13/04/2026", "04/13/2026", dates=True)
    assert reason == "line 4: the date '04/13/2026' has not the order of '13/04/2026' (line 3)"


def test_dates_that_contradict_each_other_are_refused_where_each_tells_its_order() -> None:
    reason = why("13/04/2026", "04/13/2026", dates=True)
    assert reason == "line 3: the date '04/13/2026' has not the order of '13/04/2026' (line 2)"


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2026-02-30", "0000-01-01", "0001-01-01", "31/04/2026", "1/1/1", "45000"),
        *("99/99/9999", "1" * 400, "20261301", "2026-01", "01.01.26x", "٢٠٢٦-٠١-٠١"),
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    assert why(text, dates=True).startswith("line 2: ")


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)))
def test_dates_that_a_program_wrote_are_read_again(date: datetime.date) -> None:
    assert days(f"{date:%d.%m.%Y}", f"{date:%Y-%m-%d}", f"{date:%Y%m%d}") == [str(date)] * 3
    assert days(f"{date:%d/%m/%Y}", given=DateOrder.DAY) == [str(date)]
