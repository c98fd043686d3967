"""Wrong input: each gives one clear error with file and line, and bean-check ends with status 1."""

from __future__ import annotations

from pathlib import Path

import pytest
from beancount import loader

from tests.conftest import ACCOUNTS
from tests.conftest import CONTRACT
from tests.conftest import PLUGIN_LINE
from tests.conftest import Load
from tests.conftest import Loaded
from tests.ledger_text import invoice
from tests.ledger_text import line_of
from tests.ledger_text import payment
from tests.ledger_text import until
from tests.plugin.conftest import BeanCheck

F1 = invoice("2026-01-06", "F1", "1000.00")
# A ledger that uses all that a broken contract takes away: it must not be reported in turn.
BUSY = (
    F1
    + payment("2026-01-14", "F1", "400.00")
    + '2026-01-14 custom "factoring" "remit" "bpce"\n'
    + '2026-01-15 custom "factoring" "limit" "bpce" Assets:Clients:DUPONT 500.00 EUR\n'
)


def contract(**values: str) -> str:
    return CONTRACT.format(
        **{"treatment": "derecognition", "source": "generated", "start": "2026-01-05", **values}
    )


def one_error(loaded: Loaded, bean_check: BeanCheck) -> tuple[str, int, str]:
    """Return file, line and message of the only error, which bean-check reports alike."""
    (error,) = loaded.errors
    source = error.source
    filename = str(Path(source["filename"]).relative_to(loaded.folder))
    message = error.message.replace(f"{loaded.folder}/", "")
    checked = bean_check(loaded.folder)
    assert checked.status == 1
    assert checked.lines == [f"{filename}:{source['lineno']}: {message}"]
    return filename, source["lineno"], message


def contract_line(loaded: Loaded, text: str) -> int:
    lines = (loaded.folder / "contracts.yaml").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_an_unknown_key_in_the_contract(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(BUSY, "comission:\n  rate: 0.0040")
    filename, line, message = one_error(loaded, bean_check)
    assert (filename, line) == ("contracts.yaml", contract_line(loaded, "comission"))
    assert message.startswith(
        "contracts.bpce.comission: is not a key here (did you mean commission?): expected accounts"
    )
    assert loaded.generated == []


def test_an_unopened_account_in_the_contract(load: Load, bean_check: BeanCheck) -> None:
    accounts = ACCOUNTS.replace("    2026-01-01 open Assets:Factor:Guarantee EUR\n", "")
    loaded = load(BUSY, accounts=accounts)
    assert one_error(loaded, bean_check) == (
        "contracts.yaml",
        contract_line(loaded, "guarantee:"),
        (
            "contracts.bpce.accounts.guarantee: "
            "Assets:Factor:Guarantee is not open in the ledger: write"
            " 2026-01-05 open Assets:Factor:Guarantee EUR, or another account here"
        ),
    )


def test_an_account_that_is_opened_after_the_contracts_start(
    load: Load, bean_check: BeanCheck
) -> None:
    accounts = ACCOUNTS.replace(
        "2026-01-01 open Assets:Doubtful", "2026-02-01 open Assets:Doubtful"
    )
    loaded = load(BUSY, accounts=accounts)
    assert one_error(loaded, bean_check) == (
        "contracts.yaml",
        contract_line(loaded, "doubtful:"),
        (
            "contracts.bpce.accounts.doubtful: "
            "Assets:Doubtful is opened on 2026-02-01, after the contract's start"
            " on 2026-01-05: open it on that day or earlier"
        ),
    )


def test_a_customers_account_that_is_not_open(load: Load) -> None:
    """One error that says what to open; of Beancount's own those of the user's lines alone."""
    loaded = load(
        F1
        + invoice("2026-01-06", "F2", "300.00", debtor="MARTN")
        + payment("2026-01-14", "F2", "300.00", debtor="MARTN")
        + '2026-01-12 custom "factoring" "dispute" "bpce" "F2"\n'
        + until("2026-03-31")
    )
    first, *others = loaded.errors
    assert first.message == (
        "Assets:Clients:MARTN is not open in the ledger (did you mean Assets:Clients:MARTIN?):"
        " write 2026-01-06 open Assets:Clients:MARTN EUR; until then nothing of this customer is"
        " assigned"
    )
    lines = [line_of(loaded, 'Invoice F2"'), line_of(loaded, 'Payment of F2"')]
    assert first.source["lineno"] == lines[0]
    assert [error.source["lineno"] for error in others] == lines
    assert {error.source["filename"] for error in loaded.errors} == {
        str(loaded.folder / "main.beancount")
    }
    # The others are booked as ever.
    (remittance,) = loaded.of("remittance")
    assert [p.account for p in remittance.postings] == [
        "Assets:Factor:Current",
        "Assets:Clients:DUPONT",
    ]
    assert not [t for t in loaded.generated for p in t.postings if "MARTN" in p.account]


def test_a_plugin_that_opens_accounts_may_run_later(load: Load) -> None:
    text = F1 + invoice("2026-01-06", "F2", "300.00", debtor="NOBODY") + until("2026-01-31")
    loaded = load(text, plugin=f'{PLUGIN_LINE}\nplugin "beancount.plugins.auto_accounts"')
    assert loaded.messages == []
    assert str(loaded.balance("Assets:Clients:NOBODY")) == "0.00"


def test_receivables_below_which_no_account_is_open(load: Load, bean_check: BeanCheck) -> None:
    loaded = load("", contract=contract().replace("Assets:Clients", "Assets:Customers"))
    assert one_error(loaded, bean_check) == (
        "contracts.yaml",
        contract_line(loaded, "receivables:"),
        (
            "contracts.bpce.accounts.receivables: "
            "no account below Assets:Customers is open in the ledger: write"
            " 2026-01-05 open Assets:Customers:CUSTOMER EUR, or another root here"
        ),
    )


def test_a_charges_account_that_is_not_open(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(
        BUSY,
        "charges:\n  - {name: line, amount: 1, every: month, vat: 0}\n"
        "  - {name: audit, amount: 1, every: month, vat: 0, account: Expenses:Audit}\n",
    )
    filename, line, message = one_error(loaded, bean_check)
    assert (filename, line) == ("contracts.yaml", contract_line(loaded, "Expenses:Audit"))
    assert "Expenses:Audit is not open in the ledger: write 2026-01-05 open" in message


def test_a_currency_that_the_accounts_do_not_take(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(BUSY, contract=contract().replace("currency: EUR", "currency: USD"))
    assert one_error(loaded, bean_check) == (
        "contracts.yaml",
        contract_line(loaded, "currency:"),
        (
            "contracts.bpce.currency: "
            "USD cannot be booked on Assets:Bank:Shared,"
            " Assets:Bank:Operating, Expenses:Factoring:Commission,"
            " Expenses:Factoring:Interest, Assets:VAT:Deductible,"
            " Assets:Doubtful, Assets:Factor:Current, Assets:Factor:Guarantee,"
            " Liabilities:Factor:Collections, which are opened for other currencies only: write"
            " their currency here, or open them with USD"
        ),
    )


def test_one_account_that_does_not_take_the_currency(load: Load, bean_check: BeanCheck) -> None:
    accounts = ACCOUNTS.replace("Assets:Doubtful EUR", "Assets:Doubtful USD,CHF")
    loaded = load(BUSY, accounts=accounts)
    assert one_error(loaded, bean_check) == (
        "contracts.yaml",
        contract_line(loaded, "doubtful:"),
        (
            "contracts.bpce.accounts.doubtful: "
            "Assets:Doubtful takes USD, CHF only, but contract bpce is in EUR:"
            " open it with EUR"
        ),
    )


def test_a_currency_that_no_customers_account_takes(load: Load, bean_check: BeanCheck) -> None:
    accounts = ACCOUNTS.replace("Assets:Clients:DUPONT EUR", "Assets:Clients:DUPONT USD").replace(
        "Assets:Clients:MARTIN EUR", "Assets:Clients:MARTIN USD"
    )
    loaded = load("", accounts=accounts)
    assert one_error(loaded, bean_check) == (
        "contracts.yaml",
        contract_line(loaded, "receivables:"),
        (
            "contracts.bpce.accounts.receivables: "
            "no account below Assets:Clients takes EUR, the currency of"
            " contract bpce: open customers' accounts with EUR, or write another root here"
        ),
    )


def test_a_missing_contract_file(load: Load, bean_check: BeanCheck) -> None:
    folder = load(BUSY).folder
    (folder / "contracts.yaml").rename(folder / "other.yaml")
    entries, errors, options = loader.load_file(str(folder / "main.beancount"))
    assert one_error(Loaded(folder, entries, errors, options), bean_check) == (
        "main.beancount",
        2,
        "the contract file contracts.yaml is not there: write its path from the ledger's folder",
    )


def test_a_contract_file_that_is_a_folder(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(BUSY, contract="")
    folder = loaded.folder
    (folder / "contracts.yaml").unlink()
    (folder / "contracts.yaml").mkdir()
    checked = bean_check(folder)
    assert checked.status == 1
    assert len(checked.lines) == 1
    assert checked.lines[0] == (
        "main.beancount:2: the contract file contracts.yaml is a folder: write its path from the"
        " ledger's folder"
    )


@pytest.mark.parametrize("config", ["", ' ""', ' "  "'])
def test_a_plugin_line_without_a_contract_file(
    load: Load, bean_check: BeanCheck, config: str
) -> None:
    loaded = load(BUSY, plugin=PLUGIN_LINE.removesuffix(' "contracts.yaml"') + config)
    assert one_error(loaded, bean_check) == (
        "main.beancount",
        2,
        (
            "the plugin names no contract file: write plugin"
            ' "beancount_factoring.plugins.factoring"'
            ' "contracts.yaml"'
        ),
    )


def test_a_plugin_line_whose_paths_cannot_be_split(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(BUSY, plugin=PLUGIN_LINE.replace("contracts", "'contracts"))
    assert one_error(loaded, bean_check) == (
        "main.beancount",
        2,
        "the plugin's paths cannot be split (No closing quotation): quote a path that has spaces",
    )


def test_the_plugins_line_twice(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(BUSY, plugin=f"{PLUGIN_LINE}\n{PLUGIN_LINE}")
    assert one_error(loaded, bean_check) == (
        "main.beancount",
        3,
        "the plugin's line stands in the ledger twice: write one, with all contract files",
    )
    assert len({txn.meta["factoring-id"] for txn in loaded.generated}) == len(loaded.generated) > 0


def test_the_plugins_line_twice_with_a_file_each(load: Load, bean_check: BeanCheck) -> None:
    folder = load("").folder
    (folder / "second.yaml").write_text(contract().replace("bpce", "other"))
    # The first contract has nothing to book: the second line is seen all the same.
    loaded = load(
        "",
        contract=contract(),
        plugin=f"{PLUGIN_LINE}\n{PLUGIN_LINE.replace('contracts', 'second')}",
    )
    assert one_error(loaded, bean_check)[:2] == ("main.beancount", 3)


def test_an_unknown_event(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(F1 + '2026-01-09 custom "factoring" "remitt" "bpce"\n')
    assert one_error(loaded, bean_check) == (
        "main.beancount",
        line_of(loaded, '"remitt"'),
        '"remitt" is no factoring event: did you mean remit?',
    )


def test_an_event_that_is_like_none(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(F1 + '2026-01-09 custom "factoring" "xyzzy" "bpce"\n')
    assert one_error(loaded, bean_check)[2] == (
        '"xyzzy" is no factoring event: write one of remit, draw, limit, dispute, resolve, return,'
        " default, interest, charge, guarantee, reserve, index, close, frozen"
    )


def test_an_event_that_is_a_number(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(F1 + '2026-01-09 custom "factoring" 100\n')
    assert one_error(loaded, bean_check)[2].startswith('"100" is no factoring event: write one of')


def test_an_event_of_an_unknown_contract(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(F1 + '2026-01-09 custom "factoring" "remit" "pbce"\n')
    assert one_error(loaded, bean_check)[2] == (
        '"remit": "pbce" is no contract: write its name second (bpce)'
    )


@pytest.mark.parametrize(
    ("values", "why", "form"),
    [
        ('"draw" "bpce"', "is not written like that", '"draw" "bpce" 10500.00 EUR'),
        ('"draw" "bpce" 100', "is not written like that", '"draw" "bpce" 10500.00 EUR'),
        (
            '"draw" "bpce" 100 USD',
            "has 100 USD, but contract bpce is in EUR with 2 decimals",
            '"draw" "bpce" 10500.00 EUR',
        ),
        (
            '"draw" "bpce" 100.005 EUR',
            "has 100.005 EUR, but contract bpce is in EUR with 2 decimals",
            '"draw" "bpce" 10500.00 EUR',
        ),
        (
            '"draw" "bpce" -100.00 EUR',
            "has -100.00 EUR, which is negative",
            '"draw" "bpce" 10500.00 EUR',
        ),
        ('"remit" "bpce" 100 EUR', "is not written like that", '"remit" "bpce"'),
        ('"dispute" "bpce"', "is not written like that", '"dispute" "bpce" "F2026-0001"'),
        (
            '"limit" "bpce" "DUPONT" 5 EUR',
            "names DUPONT, which is not an account below Assets:Clients",
            '"limit" "bpce" Assets:Clients:DUPONT 50000 EUR',
        ),
        (
            '"index" "EURIBOR3M" 2.0 EUR',
            "takes the index's name and its percent a year",
            '"index" "EURIBOR3M" 2.015',
        ),
        (
            '"charge" "bpce" 5.00 EUR',
            "is not written like that",
            '"charge" "bpce" "audit" 250.00 EUR',
        ),
    ],
)
def test_wrong_arguments_of_an_event(load: Load, values: str, why: str, form: str) -> None:
    loaded = load(F1 + f'2026-01-09 custom "factoring" {values}\n')
    kind = values.partition(" ")[0]
    assert loaded.messages == [f'{kind} {why}: write 2026-01-09 custom "factoring" {form}']
    assert loaded.errors[0].source["lineno"] == line_of(loaded, "custom")


def test_a_directive_without_any_value(load: Load) -> None:
    loaded = load(F1 + '2026-01-09 custom "factoring"\n')
    # Beancount's own check of balances breaks down on such a directive, with or without a plugin.
    assert loaded.messages[0] == (
        "no factoring event stands here: write one of remit, draw, limit, dispute, resolve,"
        " return, default, interest, charge, guarantee, reserve, index, close, frozen"
    )
    assert loaded.errors[0].source["lineno"] == line_of(loaded, "custom")
    assert not any("beancount_factoring" in message for message in loaded.messages)


def test_an_unopened_account_in_a_directive(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(F1 + '2026-01-09 custom "factoring" "limit" "bpce" Assets:Clients:X 5 EUR\n')
    assert one_error(loaded, bean_check) == (
        "main.beancount",
        line_of(loaded, '"limit"'),
        (
            '"limit" names Assets:Clients:X, which is not open: write the account of a customer, or'
            " open it (2026-01-09 open Assets:Clients:X)"
        ),
    )


def test_a_figure_of_a_remittance_that_is_no_amount(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(F1 + '2026-01-09 custom "factoring" "remit" "bpce"\n  commission: 4.50 USD\n')
    assert one_error(loaded, bean_check)[2] == (
        "commission: 4.50 USD is no amount in EUR: write commission: 123.45 EUR"
    )


def test_a_receipt_for_an_unknown_invoice(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(F1 + payment("2026-01-14", "F9", "400.00"))
    assert one_error(loaded, bean_check) == (
        "main.beancount",
        line_of(loaded, "Payment of F9"),
        (
            'settles: "F9" names no document of the ledger: write the number of an invoice or'
            " credit"
            " note, or leave settles: out (an unallocated credit)"
        ),
    )


def test_what_two_contracts_find_wrong_is_reported_once(load: Load, bean_check: BeanCheck) -> None:
    first = contract() + "    eligibility: {include: [DUPONT]}\n"
    second = contract().removeprefix("\ncontracts:\n").replace("bpce:", "cgl:")
    for account in ("Factor:Current", "Factor:Guarantee", "Factor:Collections", "Bank:Shared"):
        second = second.replace(f":{account}", f":Second:{account}")
    second = second.replace("Second:Bank:Shared", "Bank:Other")
    names = ("Assets:Second:Factor:Current", "Assets:Second:Factor:Guarantee")
    opened = "".join(
        f"2026-01-01 open {name} EUR\n"
        for name in (*names, "Liabilities:Second:Factor:Collections")
    )
    loaded = load(
        opened + F1 + payment("2026-01-14", "F9", "400.00"),
        contract=first + second + "    eligibility: {include: [MARTIN]}\n",
    )
    assert one_error(loaded, bean_check)[2].startswith('settles: "F9" names no document')


def test_a_figure_whose_name_is_misspelt(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(
        F1 + '2026-01-09 custom "factoring" "remit" "bpce"\n  comission: 4.50 EUR\n  note: "x"\n'
    )
    assert one_error(loaded, bean_check)[2] == (
        "comission: is no figure of this event: did you mean commission?"
    )


def test_a_receipt_on_another_debtors_account(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(F1 + payment("2026-01-14", "F1", "400.00", debtor="MARTIN"))
    assert one_error(loaded, bean_check)[2] == (
        'settles: "F1" is a document of DUPONT, but the posting is on the account of MARTIN: post'
        " it on the account of DUPONT"
    )


def test_the_same_number_twice(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(F1 + invoice("2026-01-07", "F1", "50.00") + payment("2026-01-14", "F1", "400.00"))
    first = line_of(loaded, "Invoice F1")
    filename, line, message = one_error(loaded, bean_check)
    assert (filename, line) == ("main.beancount", line_of(loaded, "Invoice F1", last=True))
    assert message == (
        f"the number F1 is used twice, first at main.beancount:{first}: each document has a number"
        " of its own; correct one of them, or remove the copy"
    )


def test_the_same_number_on_an_invoice_and_a_credit_note(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(
        F1
        + """
2026-01-08 * "DUPONT" "Credit note"
  Assets:Clients:DUPONT  -100.00 EUR
    credit-note: "F1"
  Income:Sales
"""
    )
    assert "the number F1 is used twice" in one_error(loaded, bean_check)[2]


def test_a_credit_note_that_corrects_nothing(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(
        F1
        + """
2026-01-08 * "DUPONT" "Credit note"
  Assets:Clients:DUPONT  -100.00 EUR
    credit-note: "A1"
    credits: "F9"
  Income:Sales
"""
    )
    assert one_error(loaded, bean_check) == (
        "main.beancount",
        line_of(loaded, "Credit note"),
        (
            'credits: "F9" names no invoice of DUPONT: write the number of the invoice that the'
            " credit"
            " note corrects, or leave credits: out"
        ),
    )


@pytest.mark.parametrize("due", ['"soon"', "TRUE", '"2026-02-30"', "20260204"])
def test_a_malformed_due_date(load: Load, bean_check: BeanCheck, due: str) -> None:
    loaded = load(invoice("2026-01-06", "F1", "1000.00", due=due))
    filename, line, message = one_error(loaded, bean_check)
    assert (filename, line) == ("main.beancount", line_of(loaded, "Invoice F1"))
    assert message.startswith("due: ")
    assert message.endswith(" is no date: write it as 2026-02-04")


def test_a_due_date_before_the_document(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(invoice("2026-01-06", "F1", "1000.00", due="2025-02-04"))
    assert one_error(loaded, bean_check)[2] == (
        "due: 2025-02-04 is before the document's date 2026-01-06: write a due date on or after it"
    )


def test_more_decimals_than_the_currency_has(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(F1 + payment("2026-01-14", "F1", "100.005"))
    assert one_error(loaded, bean_check) == (
        "main.beancount",
        line_of(loaded, "Payment of F1"),
        (
            "100.005 EUR on Assets:Bank:Shared has more than 2 decimals: round it, as amounts in"
            " EUR are"
        ),
    )


@pytest.mark.parametrize(
    "event",
    [
        '"remit" "bpce"',
        '"charge" "bpce" "audit" 5.00 EUR',
        '"close" "bpce"',
        '"dispute" "bpce" "F1"',
    ],
)
def test_an_event_before_the_start(load: Load, bean_check: BeanCheck, event: str) -> None:
    loaded = load(
        invoice("2026-01-02", "F1", "1000.00") + f'2026-01-04 custom "factoring" {event}\n'
    )
    kind = event.split('"')[1]
    assert one_error(loaded, bean_check) == (
        "main.beancount",
        line_of(loaded, "custom"),
        (
            f'"{kind}" on 2026-01-04 is before the start of contract bpce on 2026-01-05: date it on'
            " that day or later"
        ),
    )


def test_an_event_after_the_close(load: Load, bean_check: BeanCheck) -> None:
    loaded = load(
        F1
        + '2026-01-20 custom "factoring" "close" "bpce"\n'
        + '2026-01-21 custom "factoring" "remit" "bpce"\n'
    )
    assert one_error(loaded, bean_check)[2] == (
        '"remit" on 2026-01-21 is after the close of contract bpce on 2026-01-20: date it before,'
        " or remove it"
    )


def test_an_account_that_is_closed_on_the_day_of_the_contracts_close(load: Load) -> None:
    closing = "".join(
        f"2026-01-20 close {account}\n"
        for account in ("Assets:Factor:Guarantee", "Assets:Factor:Current")
    )
    loaded = load(
        F1 + '2026-01-20 custom "factoring" "close" "bpce"\n' + closing + until("2026-01-30"),
        "guarantee_fund: {rate: 10 %}",
    )
    assert loaded.of("close")[0].date.isoformat() == "2026-01-20"
    assert loaded.messages == []


@pytest.mark.parametrize("kind", ["dispute", "resolve", "return", "default"])
def test_an_event_that_names_no_invoice(load: Load, bean_check: BeanCheck, kind: str) -> None:
    loaded = load(F1 + f'2026-01-14 custom "factoring" "{kind}" "bpce" "F9"\n')
    assert one_error(loaded, bean_check)[2] == (
        f'"{kind}" names F9, but no invoice of contract bpce has that number on 2026-01-14: write'
        " the number of an invoice"
    )


def test_two_contracts_that_could_take_the_same_debtor(load: Load, bean_check: BeanCheck) -> None:
    second = contract().removeprefix("\ncontracts:\n").replace("bpce:", "cgl:")
    loaded = load("", contract=contract() + second)
    assert one_error(loaded, bean_check) == (
        "contracts.yaml",
        contract_line(loaded, "cgl:"),
        (
            "contracts bpce and cgl could both take the same debtor's documents in EUR: tell the"
            " debtors apart (eligibility.include or exclude), or end one before the other starts"
        ),
    )


def test_all_errors_are_reported_and_not_the_first_only(load: Load, bean_check: BeanCheck) -> None:
    accounts = ACCOUNTS.replace("    2026-01-01 open Assets:Doubtful EUR\n", "").replace(
        "    2026-01-01 open Assets:Factor:Current EUR\n", ""
    )
    loaded = load(
        F1 + payment("2026-01-14", "F9", "1.00") + '2026-01-14 custom "factoring" "x"\n',
        accounts=accounts,
    )
    assert len(loaded.errors) == 3
    other = load(
        F1
        + payment("2026-01-14", "F9", "1.00")
        + '2026-01-14 custom "factoring" "x"\n'
        + invoice("2026-01-07", "F1", "50.00")
    )
    assert len(other.errors) == 3
    assert bean_check(other.folder).status == 1
