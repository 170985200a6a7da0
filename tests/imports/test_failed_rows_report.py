"""The refused rows come back as a file that opens in a spreadsheet, calculates nothing and can be imported again."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports import sheet
from app.imports.report import failed_rows
from app.imports.shopify import parse

CONTENT = (
    b'Handle;Title;Variant Price;Notes\r\nkopi;Kopi;85000;sound\r\ntempe;=1+1;Rp 15.000;\'-x\r\ntempe;;9;"a;b"\r\n'
)


def table(content: bytes, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def report_of(content: bytes) -> bytes:
    parsed = parse(content, "IDR")
    return failed_rows(content, parsed.problems, parsed.refused_rows)


def test_all_rows_of_refused_products_and_no_others_come_back_with_number_and_problem() -> None:
    header, first, second = table(report_of(CONTENT), ";")
    assert header == ["row", "problem", "Handle", "Title", "Variant Price", "Notes"]
    assert first[0] == "3"
    assert first[1].startswith("Variant Price reads “Rp 15.000”. Write digits only")
    assert first[2:] == ["tempe", "'=1+1", "Rp 15.000", "''-x"]
    assert second[:2] == ["4", "Row 3 is the same variant. Give this one another option value, or delete it."]
    assert second[2:] == ["tempe", "", "9", "a;b"]


def test_the_report_imports_again_with_the_same_problems_and_the_mended_one_without() -> None:
    report = report_of(CONTENT)
    again = parse(report, "IDR")
    assert [problem.code for problem in again.problems if problem.severity == "error"] == [
        problem.code for problem in parse(CONTENT, "IDR").problems if problem.severity == "error"
    ]
    assert report_of(report).splitlines()[0] == report.splitlines()[0]
    mended = report.replace(b"Rp 15.000", b"15000").replace(b"4;Row", b";x").replace(b"tempe;;9", b"tahu;Tahu;9")
    [tempe, tahu] = parse(mended, "IDR").products
    assert (tempe.title, tempe.variants[0].price, tahu.title) == ("=1+1", 1_500_000, "Tahu")


def test_the_problem_is_told_in_the_readers_language() -> None:
    parsed = parse(CONTENT, "IDR")
    report = failed_rows(CONTENT, parsed.problems, parsed.refused_rows, "id").decode()
    assert "Variant Price terbaca “Rp 15.000”." in report


def test_of_a_file_that_cannot_be_read_only_the_reason_is_left() -> None:
    lines = table(failed_rows("Handle".encode("utf-16"), (), ()), ",")
    assert lines[0] == ["row", "problem"]
    assert lines[1][1].startswith("The file is saved as UTF-16")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=", "\r=", "\n=", "\0=", "＝1", "'=1", "''@"])
def test_what_a_spreadsheet_would_calculate_is_marked_as_text(cell: str) -> None:
    assert sheet.escaped(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=1", "'", "'a", "1-2", " =1"])
def test_other_cells_are_left_as_they_are(cell: str) -> None:
    assert sheet.escaped(cell) == sheet.unescaped(cell) == cell


@given(st.text(alphabet=st.sampled_from("a=+-@'\t\r\n\0＝\";, "), max_size=8))
def test_marking_is_undone_by_reading(cell: str) -> None:
    assert sheet.unescaped(sheet.escaped(cell)) == cell


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), min_size=1, max_size=4))
def test_every_cell_survives_the_way_through_csv(cells: list[str]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["Handle", "Title", "Variant Price", *(f"c{place}" for place in range(len(cells)))])
    writer.writerow(["", "t", "1", *cells])
    lines = table(report_of(text.getvalue().encode()), ",")
    assert [sheet.unescaped(cell) for cell in lines[1][5:]] == cells
