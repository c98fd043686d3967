"""`init`: a ledger gets a contract, and bean-check takes the result."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from beancount_factoring.contract.reader import read_contracts
from beancount_factoring.importers.mapping.mapping_reader import read_mapping
from tests.cli.conftest import Run

BEAN_CHECK = Path(sys.executable).with_name("bean-check")
ANSWERS = (
    *("--factor", "BPCE Factor", "--start", "2026-01-05", "--currency", "EUR"),
    *("--treatment", "derecognition", "--source", "generated"),
    *("--commission", "0.35 %", "--vat", "20 %", "--guarantee-fund", "8 %", "--margin", "0.015"),
    *("--seller", "552100554"),
)


def assert_checks(ledger: Path) -> None:
    done = subprocess.run([BEAN_CHECK, ledger], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_new_ledger_from_options(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "main.beancount"
    result = run("init", ledger, *ANSWERS, "--iban", "shared=FR76 3000 6000 0112 3456 7890 189")
    assert (result.exit_code, result.stderr) == (0, "")
    assert_checks(ledger)
    file = read_contracts(tmp_path / "contracts.yaml")
    assert file.problems == ()
    (contract,) = file.contracts
    assert (contract.name, contract.factor) == ("bpce", "BPCE Factor")
    assert str(contract.commission.rate.at(contract.start)) == "0.0035"
    mapping = read_mapping(tmp_path / "import.yaml").mapping
    assert mapping is not None
    assert mapping.banks == {"FR7630006000011234567890189": "Assets:Bank:Shared"}
    assert run("check", ledger).exit_code == 0


@pytest.mark.parametrize("treatment", ["derecognition", "borrowing"])
@pytest.mark.parametrize("source", ["statement", "generated"])
def test_a_new_ledger_from_questions(run: Run, tmp_path: Path, treatment: str, source: str) -> None:
    ledger = tmp_path / "main.beancount"
    answers = ['L\'"Affactureur" : SA #1', "2026-01-05", "JPY", treatment, source]
    result = run("init", ledger, stdin="\n".join([*answers, "", "", "", "", "FR 1:2"]) + "\n")
    assert result.exit_code == 0
    assert_checks(ledger)
    (contract,) = read_contracts(tmp_path / "contracts.yaml").contracts
    assert contract.factor == 'L\'"Affactureur" : SA #1'
    assert (contract.currency, contract.treatment) == ("JPY", treatment)


def test_every_key_that_the_comments_show_is_one(run: Run, tmp_path: Path) -> None:
    assert run("init", tmp_path / "main.beancount", *ANSWERS).exit_code == 0
    for name in ("contracts.yaml", "import.yaml"):
        path = tmp_path / name
        shown = r"(?m)^( *)# ([a-z_]+:|[A-Z][A-Z0-9 ]+:|  - )"
        text = re.sub(shown, r"\1\2", path.read_text())
        path.write_text(text)
    text = (tmp_path / "contracts.yaml").read_text()
    assert "    charges:\n      - {name: service" in text
    file = read_contracts(tmp_path / "contracts.yaml")
    assert file.problems == ()
    # interface.md, section 2: every key stands there, but those that need another one's value.
    assert {
        *(
            "end",
            "recourse",
            "figures",
            "accounts.banks",
            "funding.ceiling",
            "funding.advance_rate",
        ),
        *("funding.limit_basis", "funding.reserve", "guarantee_fund.build", "guarantee_fund.floor"),
        *("eligibility.overdue", "eligibility.concentration", "eligibility.limits"),
        *("eligibility.include", "eligibility.exclude", "commission.base", "commission.per_year"),
        *("commission.per_document", "charges", "interest.index", "interest.floor"),
    } <= set(file.contracts[0].lines)
    mapping = read_mapping(tmp_path / "import.yaml")
    assert mapping.problems == ()
    assert mapping.mapping is not None
    assert mapping.mapping.debtors_by_name["dupont sas"] == "DUPONT"


def test_an_existing_ledger_keeps_its_text_and_gets_what_it_lacks(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "books.beancount"
    before = (
        'option "name_assets" "Actifs"\r\n'
        "2025-01-01 open Actifs:Clients:DUPONT EUR\r\n"
        "2025-01-01 open Actifs:Bank:Operating EUR ; the firm's"
    )
    ledger.write_bytes(before.encode())
    assert run("init", ledger, *ANSWERS).exit_code == 0
    assert ledger.read_bytes().startswith(before.encode())
    assert_checks(ledger)
    opened = (tmp_path / "factoring.beancount").read_text()
    assert "2025-01-01 open Actifs:Factor:Current EUR" in opened
    assert "Actifs:Bank:Operating" not in opened
    assert "Actifs:Clients EUR" not in opened


def test_other_accounts_than_the_usual_ones(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "main.beancount"
    account = "shared=Assets:Banque:Affacturage"
    assert run("init", ledger, *ANSWERS, "--account", account).exit_code == 0
    assert_checks(ledger)
    (contract,) = read_contracts(tmp_path / "contracts.yaml").contracts
    assert contract.accounts.shared == "Assets:Banque:Affacturage"


@pytest.mark.parametrize("name", ["contracts.yaml", "import.yaml", "factoring.beancount"])
def test_nothing_is_written_over(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    result = run("init", tmp_path / "main.beancount", *ANSWERS)
    assert result.exit_code == 2
    assert f"{name} is there already" in result.stderr
    assert files_of(tmp_path) == {name: b"mine"}


def test_a_ledger_with_a_contract_stays_as_it_is(run: Run, ledger: Path) -> None:
    ledger.with_name("contracts.yaml").rename(ledger.with_name("other.yaml"))
    ledger.write_text(ledger.read_text().replace("contracts.yaml", "other.yaml"))
    before = files_of(ledger.parent)
    result = run("init", ledger, *ANSWERS)
    assert result.exit_code == 2
    assert "has a factoring contract already" in result.stderr
    assert files_of(ledger.parent) == before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--currency", "euro"), "currency"),
        (("--account", "shared=Assets:Bank:Operating"), "accounts.operating"),
        (("--account", "sales=Income:Sales:X y"), "sales.default"),
    ],
)
def test_an_answer_that_no_contract_takes(
    run: Run, tmp_path: Path, wrong: tuple[str, str], said: str
) -> None:
    result = run("init", tmp_path / "main.beancount", *ANSWERS, *wrong)
    assert result.exit_code == 1
    assert said in result.stderr
    assert files_of(tmp_path) == {}


@pytest.mark.parametrize("option", ["--commission", "--vat", "--guarantee-fund", "--margin"])
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("forty", '"forty" is not a rate: expected a rate from 0 to 1, such as 0.015 or 1.50 %'),
        ("10", '"10" is 1000 %: write 0.10 or 10 % if you mean that'),
        ("0,40 %", '"0,40 %" has a decimal comma: write 0.40 %'),
    ],
)
def test_a_rate_that_is_none_is_wrong_usage(
    run: Run, tmp_path: Path, option: str, answer: str, said: str
) -> None:
    result = run("init", tmp_path / "main.beancount", *ANSWERS, option, answer)
    assert result.exit_code == 2
    assert f"Invalid value for '{option}': {said}" in result.stderr
    assert files_of(tmp_path) == {}


def test_a_rate_that_is_none_is_asked_for_again(run: Run, tmp_path: Path) -> None:
    place = ANSWERS.index("--guarantee-fund")
    given = (*ANSWERS[:place], *ANSWERS[place + 2 :])
    result = run("init", tmp_path / "main.beancount", *given, stdin="10\n10 %\n")
    assert result.exit_code == 0
    assert 'Error: "10" is 1000 %: write 0.10 or 10 % if you mean that' in result.output
    (contract,) = read_contracts(tmp_path / "contracts.yaml").contracts
    assert str(contract.guarantee_fund.rate.at(contract.start)) == "0.10"


def test_accounts_that_are_not_open_are_opened_if_the_contract_names_them(
    run: Run, tmp_path: Path
) -> None:
    ledger = tmp_path / "books.beancount"
    ledger.write_text(
        "2025-11-01 open Assets:Clients:DUPONT EUR\n"
        '2025-10-07 * "Sale"\n  Assets:Bank:Shared  5.00 EUR\n  Income:Sales  -5.00 EUR\n'
    )
    assert run("init", ledger, *ANSWERS).exit_code == 0
    assert_checks(ledger)
    assert "2025-10-07 open Income:Sales EUR" in (tmp_path / "factoring.beancount").read_text()


def test_other_accounts_that_are_not_open_are_errors(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "books.beancount"
    ledger.write_text(
        '2026-01-07 * "Sale"\n  Assets:Bank:Shared  5.00 EUR\n  Income:Shop  -5.00 EUR\n'
    )
    result = run("init", ledger, *ANSWERS)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (f"{ledger}:1: Invalid reference to unknown account 'Income:Shop'\n")
    assert set(files_of(tmp_path)) == {"books.beancount"}


def test_an_account_that_opens_after_the_start(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "main.beancount"
    ledger.write_text("2026-03-01 open Assets:Bank:Shared EUR\n")
    result = run("init", ledger, *ANSWERS)
    assert result.exit_code == 1
    assert "Assets:Bank:Shared is opened on 2026-03-01" in result.stderr
    assert set(files_of(tmp_path)) == {"main.beancount"}


def test_a_ledger_with_errors_is_left_alone(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "main.beancount"
    ledger.write_text("2026-03-01 opne Assets:Bank:Shared EUR\n")
    result = run("init", ledger, *ANSWERS)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{ledger}:1: ")
    assert set(files_of(tmp_path)) == {"main.beancount"}


def test_nothing_is_asked_where_nothing_would_be_written(run: Run, ledger: Path) -> None:
    there = run("init", ledger, stdin="")
    assert (there.exit_code, there.stdout) == (2, "")
    assert "contracts.yaml is there already" in there.stderr
    ledger.with_name("contracts.yaml").unlink()
    ledger.write_text("2026-03-01 opne Assets:Bank:Shared EUR\n")
    broken = run("init", ledger, stdin="")
    assert (broken.exit_code, broken.stdout) == (1, "")
    assert broken.stderr.startswith(f"{ledger}:1: ")


def test_help_is_shown_whatever_stands_there(run: Run, ledger: Path) -> None:
    result = run("init", ledger, "--help")
    assert result.exit_code == 0
    assert "--seller" in result.stdout


def test_answers_that_end_before_the_last_question(run: Run, tmp_path: Path) -> None:
    result = run("init", tmp_path / "main.beancount", *ANSWERS[:-2], stdin="")
    assert result.exit_code == 2
    assert "Missing option '--seller'" in result.stderr
    assert files_of(tmp_path) == {}


def test_each_question_has_its_line_when_the_input_ends(run: Run, tmp_path: Path) -> None:
    required = ("--factor", "BPCE Factor", "--start", "2026-01-05", "--seller", "552100554")
    result = run("init", tmp_path / "main.beancount", *required, stdin="")
    assert (result.exit_code, result.stderr) == (0, "")
    asked = [line.rstrip() for line in result.stdout.splitlines() if line.rstrip().endswith(":")]
    assert len(asked) == 7
    assert asked[0] == "The contract's currency [EUR]:"


def test_no_answers_write_nothing(run: Run, tmp_path: Path) -> None:
    result = run("init", tmp_path / "main.beancount", stdin="")
    assert result.exit_code == 2
    assert "Missing option '--factor'" in result.stderr
    assert files_of(tmp_path) == {}
    assert run("init", tmp_path / "main.beancount", *ANSWERS, "--iban", "x").exit_code == 2
    assert run("init", tmp_path / "no" / "main.beancount", *ANSWERS).exit_code == 2


def test_the_index_whose_values_the_ledger_has_is_the_contracts(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "books.beancount"
    ledger.write_text('2026-01-01 custom "factoring" "index" "EURIBOR3M" 2.015\n')
    assert run("init", ledger, *ANSWERS).exit_code == 0
    assert_checks(ledger)
    (contract,) = read_contracts(tmp_path / "contracts.yaml").contracts
    assert contract.interest.index == "EURIBOR3M"


def test_an_index_that_is_named_wins(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "books.beancount"
    ledger.write_text('2026-01-01 custom "factoring" "index" "EURIBOR3M" 2.015\n')
    assert run("init", ledger, *ANSWERS, "--index", "ESTR").exit_code == 0
    (contract,) = read_contracts(tmp_path / "contracts.yaml").contracts
    assert contract.interest.index == "ESTR"
