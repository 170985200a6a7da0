"""The page says which goals are missed and why, what was not measured, and README shows the same once."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench import report
from bench.chart import draw
from bench.goals import Reason, findings, reasons
from bench.loads import LOADS
from bench.measuring import OURS, REFERENCE, Measured, Memory, Row, StartUp
from bench.report import Circumstances

WHERE = Circumstances(datetime(2026, 11, 24, 10, tzinfo=UTC), "2 cores", "python -m bench run", "nothing")
UNKNOWN = "Not explained yet"


@pytest.fixture
def measured() -> Measured:
    """Two worlds in which ours does seven tenths of what the reference does, but for half as many orders at 1 M."""
    found = Measured()
    for load in LOADS:
        for products, rate in ((10_000, 700.0), (1_000_000, 350.0 if load.name == "order" else 690.0)):
            found.add(row(load.name, OURS, products, rate))
            found.add(row(load.name, REFERENCE, products, 1000.0))
    found.add(StartUp(OURS, 10_000, 1, [1.5, 1.6, 1.7]))
    found.add(Memory(OURS, 10_000, 1, 0.0, 110.0, 100.0))
    found.add(Memory(OURS, 10_000, 1, 150.0, 120.0, 110.0))
    found.add(Memory(OURS, 10_000, 1, 600.0, 125.0, 115.0))
    return found


def row(load: str, service: str, products: int, rate: float) -> Row:
    return Row(load, service, products, 1, 16, [rate * 0.9, rate, rate * 1.1], [0.01] * 3, [0.02] * 3, {}, 0.001)


def with_peers(measured: Measured) -> Measured:
    measured.add(row("list", "vendure", 10_000, 20.0))
    measured.add(row("paid", "medusa", 10_000, 10.0))
    return measured


def test_a_missed_goal_is_told_with_its_reason_and_the_next_step(measured: Measured) -> None:
    why = {"order-growth": Reason("The index is deep.", "make it shallow."), "list": Reason("Stale.", "nothing.")}
    page = report.page(measured, WHERE, why)
    missed = [line for line in page.splitlines() if "✗" in line]
    assert len(missed) == 1
    assert missed[0].startswith(
        "| order, drafted and submitted, 1,000,000 products against 10,000 | ≥ 0.80 | **0.50** (0.50–0.50)"
    )
    assert missed[0].endswith("The index is deep. **Next:** make it shallow. |")
    assert "Stale." not in page


def test_a_missed_goal_without_a_reason_asks_for_one(measured: Measured) -> None:
    assert UNKNOWN in report.page(measured, WHERE, {})


def test_reasons_are_of_goals_that_exist(measured: Measured) -> None:
    measured.rows.extend([replace(each, processes=2) for each in measured.rows if each.products == 10_000])
    measured.rows.extend([replace(each, connections=64) for each in measured.rows if each.processes == 1])
    measured.rows.extend([row(load.name, peer, 10_000, 1.0) for load in LOADS for peer in ("vendure", "medusa")])
    assert set(reasons()) <= {each.key for each in findings(measured)}


def test_memory_is_looked_at_after_the_load_and_held_against_what_it_was_early_in_it(measured: Measured) -> None:
    found = {each.key: each for each in findings(measured)}
    assert found["memory"].value == 125.0
    assert found["memory-growth"].value == pytest.approx(125 / 120)
    assert found["memory-growth"].is_reached


def test_a_failed_answer_and_a_broken_invariant_are_goals_missed(measured: Measured) -> None:
    measured.rows.append(replace(measured.rows[0], connections=64, failed={409: 3}))
    measured.add("The books balance. [(7,)]")
    missed = {each.key for each in findings(measured) if not each.is_reached}
    assert missed == {"order-growth", "failures", "invariants"}


def test_without_peers_the_page_says_how_to_measure_them(measured: Measured) -> None:
    page = report.page(measured, WHERE, {})
    assert "--peers FOLDER" in page
    assert "taxes" not in page


def test_peers_stand_beside_ours_with_what_they_do_more(measured: Measured) -> None:
    page = report.page(with_peers(measured), WHERE, {})
    assert "| public list of 20 | vendure | 20.0 | **35 ×** (35–35) | 10.0 / 20.0 | 0 |" in page
    assert "| public list of 20, against Vendure | ≥ 20 | **35** (35–35) | ✓ |  |" in page
    assert "| order, from draft to payment, against Medusa | ≥ 100 | **70** (70–70) | ✗ |" in page
    assert "taxes" in page


def test_peers_of_another_size_are_not_compared(measured: Measured) -> None:
    measured.add(row("list", "vendure", 500, 20.0))
    assert not [each for each in findings(measured) if each.key.endswith("vendure")]
    assert "They have 500 products, so no ratio is given." in report.page(measured, WHERE, {})


def test_the_chart_is_a_picture_of_what_was_measured(measured: Measured) -> None:
    plain, beside_peers = draw(measured), draw(with_peers(measured))
    texts = [each.text for each in ET.fromstring(plain).iter() if each.text]  # noqa: S314 - our own
    assert texts.count("0.70") == len(LOADS)
    assert "Vendure" not in plain
    assert "35 times less" in beside_peers


def test_the_results_are_written_whole(measured: Measured, tmp_path: Path) -> None:
    measured.rows.append(replace(measured.rows[0], connections=64, failed={409: 3}))
    report.keep(tmp_path, measured, WHERE)
    report.tell(tmp_path)
    told = json.loads((tmp_path / "results.json").read_text())
    assert len(told["rows"]) == len(measured.rows)
    assert (tmp_path / "RESULTS.md").read_text() == report.page(measured, WHERE, reasons())
    assert {path.name for path in tmp_path.iterdir()} == {"RESULTS.md", "results.json", "results.svg"}


def test_readme_shows_the_last_run_and_nothing_else_changes(measured: Measured, tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    report.keep(tmp_path, measured, WHERE)
    readme.write_text("before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n")
    report.tell(tmp_path, readme)
    once = readme.read_text()
    report.tell(tmp_path, readme)
    assert readme.read_text() == once
    assert once.startswith("before\n<!-- bench -->\n| work |")
    assert once.endswith("[bench/RESULTS.md](bench/RESULTS.md).\n<!-- /bench -->\nafter\n")
    assert "| public list of 20 | 700 | 0.70 |" in once


def test_readme_has_the_place_for_it() -> None:
    text = report.README.read_text()
    assert text.count("<!-- bench -->\n") == text.count("<!-- /bench -->\n") == 1
