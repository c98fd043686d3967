"""`explain`: a figure as its sum, a document as its life, in three formats."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.conftest import Load
from tests.ledger_text import credit_note
from tests.ledger_text import invoice


def test_a_figure_as_text(run: Run, ledger: Path) -> None:
    result = run("explain", ledger, "available", "--date", "2026-01-12")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "bpce on 2026-01-12, EUR\n"
        "\n"
        "available  1142.80\n"
        "\n"
        "   1150.00  capacity: eligible less the guarantee fund"
        "  [contracts.yaml:3 (funding.model, default), rules.md, section 2]\n"
        "     1300.00  eligible\n"
        "     -150.00  guarantee fund\n"
        "     -7.20  funds in use  [rules.md, section 1]\n"
        "    -1500.00  factor outstanding\n"
        "      150.00  guarantee fund\n"
        "        0.00  reserve\n"
        "     1342.80  current account\n"
    )


def test_a_reason_as_text_with_both_lines(run: Run, ledger: Path) -> None:
    assert run("explain", ledger, "overdue").stdout == (
        "bpce on 2026-02-02, EUR\n"
        "\n"
        "ineligible: overdue  1000.00\n"
        "\n"
        "  1000.00  2026-01-05  F2026-0001: due 2026-01-20, funded through 2026-01-30 (10 days"
        " after)  [main.beancount:24, contracts.yaml:24 (eligibility.overdue), rules.md, section"
        " 2]\n"
    )
    assert run("explain", ledger, "disputed").stdout.endswith("disputed  0.00\n\n  nothing\n")


def test_the_depth_of_text(run: Run, ledger: Path) -> None:
    shallow = run("explain", ledger, "commission to date", "--depth", "1").stdout
    assert shallow.splitlines()[2:] == [
        "commission to date  6.00",
        "",
        (
            "  6.00  2026-01-09  remittance bpce/2026-01: 0.40 % of 1500.00, document by document"
            "  [contracts.yaml:23 (commission.rate), bpce/2026-01/commission]"
        ),
        "",
        "2 more terms below these: --depth 2",
    ]
    whole = run("explain", ledger, "commission to date").stdout
    assert "    4.80  F2026-0001: 0.40 % of 1200.00" in whole
    assert "more term" not in whole


def test_text_has_as_many_levels_as_are_easily_read(run: Run, load: Load) -> None:
    many = "".join(invoice("2026-01-06", f"F{number}", "100.00") for number in range(300))
    loaded = load(many + '\n2026-01-09 event "period" "9"\n', "commission: {rate: 1 %, vat: 0}")
    path = loaded.folder / "main.beancount"
    text = run("explain", path, "commission_to_date").stdout
    assert text.endswith("\n300 more terms below these: --depth 2\n")
    # The first level is shown whatever its length.
    assert len(run("explain", path, "factor_outstanding").stdout.splitlines()) > 300


def test_the_other_sum_that_gives_the_same_figure(run: Run, ledger: Path) -> None:
    text = run("explain", ledger, "funds_in_use").stdout
    assert "\nthe same figure, otherwise\n\n" in text
    (told,) = json.loads(run("explain", ledger, "funds_in_use", "--format", "json").stdout)
    assert sum(Decimal(term["amount"]) for term in told["check"]) == Decimal(told["amount"])


def test_a_figure_as_json(run: Run, ledger: Path) -> None:
    (told,) = json.loads(run("explain", ledger, "guarantee_fund", "--format", "json").stdout)
    assert told["check"]
    del told["check"]
    assert told == {
        "contract": "bpce",
        "date": "2026-02-02",
        "currency": "EUR",
        "what": "guarantee_fund",
        "amount": "130.00",
        "terms": [
            {
                "amount": "130.00",
                "text": "10.00 % of factor outstanding 1300.00",
                "rule": "rules.md, section 3, Guarantee fund",
                "places": [
                    {
                        "file": "contracts.yaml",
                        "line": 22,
                        "key": "guarantee_fund.rate",
                        "default": False,
                    }
                ],
                "date": None,
                "remittance": None,
                "transactions": [],
                "what": "factor_outstanding",
                "terms": [],
            }
        ],
    }


@pytest.mark.parametrize("key", ["available", "outstanding", "current_account", "vat_to_date"])
def test_the_rows_of_a_level_add_up_in_csv(run: Run, ledger: Path, key: str) -> None:
    text = run("explain", ledger, key, "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["level"] == "0"
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows[1:]:
        if row["sum"] == "terms":
            sums[int(row["level"])] += Decimal(row["amount"])
    assert sums[1] == Decimal(rows[0]["amount"])
    assert rows[0]["what"] == key


def test_a_document_as_text(run: Run, ledger: Path) -> None:
    result = run("explain", ledger, "F2026-0001")
    assert result.exit_code == 0
    remitted = (
        "contracts.yaml:3 (remittance, default), bpce/2026-01/remittance, bpce/2026-01/commission"
    )
    collected = "main.beancount:35, bpce/2026-01-12/collection/F2026-0001"
    assert [" ".join(line.split()) for line in result.stdout.splitlines()] == [
        "bpce on 2026-02-02, EUR: F2026-0001, invoice of DUPONT",
        "",
        "date amount open factor holds in hand in transit what happened where",
        (
            "---------- ------- ------- ------------ ------- ----------"
            f" {'-' * len('remitted to the factor, remittance bpce/2026-01, commission 4.80')}"
            f" {'-' * len(remitted)}"
        ),
        "2026-01-05 1200.00 1200.00 0.00 0.00 0.00 invoice, due 2026-01-20 main.beancount:24",
        (
            "2026-01-09 1200.00 1200.00 1200.00 0.00 0.00 remitted to the factor, remittance"
            f" bpce/2026-01, commission 4.80 {remitted}"
        ),
        f"2026-01-12 200.00 1000.00 1200.00 200.00 0.00 received {collected}",
        (
            "2026-01-13 200.00 1000.00 1000.00 0.00 0.00 swept by the factor main.beancount:35,"
            " bpce/2026-01-13/sweep"
        ),
        "",
        "assigned: 1000.00 of 1200.00 open, due 2026-01-20",
        "not funded:",
        "",
        (
            "1000.00 2026-01-05 overdue: due 2026-01-20, funded through 2026-01-30 (10 days after)"
            " [main.beancount:24, contracts.yaml:24 (eligibility.overdue), rules.md, section 2]"
        ),
    ]


def test_a_document_whose_debtor_has_an_unused_credit_note_as_text_and_json(
    run: Run, load: Load
) -> None:
    ledger = invoice("2026-01-06", "F1", "1000.00") + credit_note("2026-01-12", "A9", "200.00")
    path = load(ledger).folder / "main.beancount"
    assert run("explain", path, "F1").stdout.partition("assigned: ")[2].splitlines()[1:] == [
        "",
        "not funded either, without a reason, as it lowers the outstanding too:",
        "",
        (
            "  200.00  2026-01-06  credit notes of DUPONT that are not used yet (A9), taken off its"
            " last documents first  [main.beancount:29, rules.md, section 2]"
        ),
    ]
    (life,) = json.loads(run("explain", path, "F1", "--format", "json").stdout)
    assert [term["amount"] for term in life["taken_off"]] == ["200.00"]
    assert life["not_funded"] == []


def test_a_document_as_json_and_csv(run: Run, ledger: Path) -> None:
    (life,) = json.loads(run("explain", ledger, "F2026-0001", "--format", "json").stdout)
    (item,) = json.loads(run("items", ledger, "--format", "json").stdout)[:1]
    assert life["items"] == [item]
    assert {key: life[key] for key in ("contract", "date", "currency", "document", "debtor")} == {
        "contract": "bpce",
        "date": "2026-02-02",
        "currency": "EUR",
        "document": "F2026-0001",
        "debtor": "DUPONT",
    }
    assert life["steps"][1] == {
        "date": "2026-01-09",
        "event": "remitted",
        "amount": "1200.00",
        "beyond": "0.00",
        "text": "remitted to the factor",
        "places": [{"file": "contracts.yaml", "line": 3, "key": "remittance", "default": True}],
        "remittance": "bpce/2026-01",
        "commission": "4.80",
        "transactions": ["bpce/2026-01/remittance", "bpce/2026-01/commission"],
        "open": "1200.00",
        "factor": "1200.00",
        "in_hand": "0.00",
        "in_transit": "0.00",
        "doubtful": "0.00",
        "guarantee": "0.00",
    }
    assert life["not_funded"][0]["what"] == "ineligible.overdue"
    rows = list(
        csv.DictReader(io.StringIO(run("explain", ledger, "F2026-0001", "--format", "csv").stdout))
    )
    assert [row["event"] for row in rows] == [step["event"] for step in life["steps"]]
    assert rows[1]["transactions"] == "bpce/2026-01/remittance; bpce/2026-01/commission"


def test_a_day_before_the_document_s(run: Run, ledger: Path) -> None:
    text = run("explain", ledger, "F2026-0002", "--date", "2026-01-06").stdout
    assert text.endswith("\nnot dated yet\n")


def test_a_day_before_the_contract_s_start_and_one_past_the_ledger_s_end(
    run: Run, ledger: Path
) -> None:
    early = run("explain", ledger, "available", "--date", "2026-01-01")
    assert early.exit_code == 0
    assert "  0.00  the contract begins on 2026-01-05  [contracts.yaml:6 (start)" in early.stdout
    late = run("explain", ledger, "overdue", "--date", "2026-12-31").stdout
    assert "F2026-0002: due 2026-02-07, funded through 2026-02-17" in late


def test_a_remittance_a_draw_and_the_interest_to_come(run: Run, ledger: Path) -> None:
    remittance = run("explain", ledger, "bpce/2026-01").stdout.splitlines()
    assert remittance[:3] == ["bpce on 2026-01-09, EUR", "", "bpce/2026-01  1500.00"]
    assert remittance[4].startswith(
        "  1200.00  2026-01-05  F2026-0001 of DUPONT, due 2026-01-20  ["
    )
    (draw,) = json.loads(run("explain", ledger, "bpce/2026-01-13/draw", "--format", "json").stdout)
    assert (draw["date"], draw["what"]) == ("2026-01-13", "bpce/2026-01-13/draw")
    accrued = run("explain", ledger, "interest accrued").stdout
    assert "interest accrued  0.00\n" in accrued


def test_a_number_that_is_a_key_too(run: Run, load: Load) -> None:
    loaded = load(invoice("2026-01-06", "overdue", "10.00"))
    path = loaded.folder / "main.beancount"
    assert run("explain", path, "overdue").stdout.splitlines()[2] == "ineligible: overdue  0.00"
    assert "overdue, invoice of DUPONT" in run("explain", path, "document:overdue").stdout


class TestWhatIsNeither:
    def test_is_wrong_usage_with_the_keys_and_the_numbers_like_it(
        self, run: Run, ledger: Path
    ) -> None:
        result = run("explain", ledger, "F2026-001")
        assert (result.exit_code, result.stdout) == (2, "")
        assert (
            "F2026-001 is no key of the position, and no number of a document or a remittance"
            in result.stderr
        )
        assert "numbers like it: F2026-0001, F2026-0002" in result.stderr
        assert "the keys: outstanding, factor_outstanding, " in result.stderr

    def test_where_the_ledger_has_errors_they_may_be_why(self, run: Run, load: Load) -> None:
        loaded = load("2026-01-05 balance Assets:Bank:Shared 1.00 EUR\n")
        result = run("explain", loaded.folder / "main.beancount", "F1")
        assert (result.exit_code, result.stdout) == (1, "")
        assert "Balance failed" in result.stderr
        assert "F1 is no key of the position" in result.stderr

    def test_what_it_has_for_a_terminal_is_made_visible(self, run: Run, ledger: Path) -> None:
        assert "\\x1b[31m" in run("explain", ledger, "\x1b[31mred").stderr


def test_the_ledger_may_stand_in_the_environment(run: Run, ledger: Path) -> None:
    env = {"BEANCOUNT_FILE": str(ledger)}
    named = run("explain", ledger, "available").stdout
    assert run("explain", "available", env=env).stdout == named
    for arguments in ((), ("available",), (ledger, "factor", "outstanding")):
        assert run("explain", *arguments).exit_code == 2
    assert run("explain", env=env).exit_code == 2


def test_every_key_of_the_position_can_be_asked(run: Run, ledger: Path) -> None:
    (position,) = json.loads(run("position", ledger, "--format", "json").stdout)
    reasons: dict[str, Any] = position.pop("ineligible")
    amounts = {key: position[key] for key in list(position)[3:]} | reasons
    for key, amount in amounts.items():
        (told,) = json.loads(run("explain", ledger, key, "--format", "json").stdout)
        assert told["amount"] == amount, key
