"""Banks' CSV files are read as their profile says, and whatever cannot be read is named by row and column."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.treasury.bank_file import MOST_ROWS, DateFormat, DecimalSign, Layout, amount, day, read

LAYOUT = Layout("Datum", "Bedrag", "Omschrijving", "Naam", None, DateFormat.DASHES, DecimalSign.COMMA)
HEADER = "Datum;Bedrag;Omschrijving;Naam\n"


def found(*rows: str, layout: Layout = LAYOUT) -> list[tuple[int, str | None, str]]:
    """What is wrong in a file of these rows: row, column and code."""
    return [
        (each.row, each.column, each.code) for each in read((HEADER + "\n".join(rows)).encode(), layout, 2).problems
    ]


@pytest.mark.parametrize(
    ("text", "sign", "units"),
    [
        ("25,00", "comma", 2_500),
        ("1.250,5", "comma", 125_050),
        ("-12,00", "comma", -1_200),
        ("12,00-", "comma", -1_200),
        ("+0,05", "comma", 5),
        ("10,000.00 DB", "point", -1_000_000),
        ("10,000.00 CR", "point", 1_000_000),
        ("(7.5)", "point", -750),
        ("1'250.00", "point", 125_000),
        ("1\u00a0250,00", "comma", 125_000),
        ("−3", "point", -300),
        ("9999999999.99", "point", 999_999_999_999),
    ],
)
def test_amounts_are_read_as_they_are_written(text: str, sign: str, units: int) -> None:
    assert amount(text, DecimalSign(sign), 2) == units


@pytest.mark.parametrize(
    ("text", "sign", "code"),
    [
        ("15.000", "point", "amount-decimals"),
        ("15,000", "comma", "amount-decimals"),
        ("1.25", "comma", "amount-unreadable"),
        ("1,2,3", "point", "amount-unreadable"),
        ("(5", "point", "amount-unreadable"),
        ("Rp 5", "point", "amount-unreadable"),
        ("", "point", "amount-unreadable"),
        ("0,00", "comma", "amount-zero"),
        ("10000000000.01", "point", "amount-too-large"),
        ("9" * 300, "point", "amount-too-large"),
    ],
)
def test_what_could_be_read_otherwise_is_refused(text: str, sign: str, code: str) -> None:
    with pytest.raises(ValueError, match=f"^{code}$"):
        amount(text, DecimalSign(sign), 2)


@given(st.integers(1, 10**12), st.booleans(), st.sampled_from(DecimalSign), st.integers(0, 3))
def test_every_written_amount_is_read_back(units: int, is_spent: bool, sign: DecimalSign, decimals: int) -> None:  # noqa: FBT001 - drawn
    whole, fraction = divmod(units, 10**decimals)
    text = f"{whole:,}" + (f".{fraction:0{decimals}}" if decimals else "")
    if sign is DecimalSign.COMMA:
        text = text.translate(str.maketrans(",.", ".,"))
    assert amount(f"-{text}" if is_spent else text, sign, decimals) == (-units if is_spent else units)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-03-05", "YYYY-MM-DD"),
        ("2026-03-05 14:22", "YYYY-MM-DD"),
        ("2026-03-05T14:22:01+01:00", "YYYY-MM-DD"),
        ("20260305", "YYYYMMDD"),
        ("05/03/2026", "DD/MM/YYYY"),
        ("5-3-2026", "DD-MM-YYYY"),
        ("05.03.2026", "DD.MM.YYYY"),
        ("03/05/2026", "MM/DD/YYYY"),
        ("05/03/26", "DD/MM/YY"),
    ],
)
def test_days_are_read_in_every_format(text: str, written: str) -> None:
    assert day(text, DateFormat(written)) == date(2026, 3, 5)


@pytest.mark.parametrize("text", ["31/02/2026", "05/13/2026", "0/1/2026", "2026-03-05", "yesterday", ""])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what matters is that it is one
        day(text, DateFormat.SLASHES)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_marks_delimiters_and_line_ends_are_all_the_same(mark: bytes, delimiter: str, end: str) -> None:
    rows = [["Datum", "Bedrag", "Omschrijving", "Naam"], ["05-03-2026", '"25,00"', "Iuran   Bayu", "B. Nugroho"]]
    content = mark + end.join(delimiter.join(row) for row in rows).encode()
    [row] = read(content, LAYOUT, 2).rows
    assert (row.number, row.booked_on, row.amount, row.text, row.name) == (
        2,
        date(2026, 3, 5),
        2_500,
        "Iuran Bayu",
        "B. Nugroho",
    )


def test_problems_name_the_row_and_the_column() -> None:
    assert found(
        "05-03-2026;25,00;Iuran;Bayu",
        "2026/03/05;25,00;Iuran;Bayu",
        "",
        "05-03-2026;25.00;Iuran;Bayu",
        "05-03-2026;;Iuran;Bayu",
        "05-03-2026;0,00;Iuran;Bayu",
        "05-03-2026;1,00;Iur\x07an;Bayu",
    ) == [
        (3, "Datum", "day-unreadable"),
        (5, "Bedrag", "amount-unreadable"),
        (6, "Bedrag", "cell-missing"),
        (7, "Bedrag", "amount-zero"),
        (8, "Omschrijving", "control-character"),
    ]


def test_a_file_that_is_none_is_said_to_be_so() -> None:
    assert found("05-03-2026;1,00;x;y", layout=replace(LAYOUT, amount_column="Jumlah")) == [
        (1, "Jumlah", "column-missing")
    ]
    assert found() == [(1, None, "rows-missing")]
    assert found('05-03-2026;1,00;"x;y') == [(2, None, "csv-malformed")]
    for content, code in (
        (b"", "file-empty"),
        (b"PK\x03\x04", "file-is-workbook"),
        ("Datum;Bedrag".encode("utf-16"), "encoding-utf16"),
        (HEADER.encode() + b"05-03-2026;1,00;\xe9;y", "encoding-not-utf8"),
        ((HEADER + "05-03-2026;1,00;x;y\n" * (MOST_ROWS + 1)).encode(), "too-many-rows"),
    ):
        assert [each.code for each in read(content, LAYOUT, 2).problems] == [code]


rows = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 3), st.sampled_from(["a", "b"])).map(
        lambda row: f"0{row[0]}-03-2026;{row[1]},00;{row[2]};x"
    ),
    min_size=1,
    max_size=30,
)


@given(rows)
def test_equal_rows_are_told_apart_and_known_again(lines: list[str]) -> None:
    prints = [row.fingerprint for row in read((HEADER + "\n".join(lines)).encode(), LAYOUT, 2).rows]
    assert len(set(prints)) == len(lines)
    again = [row.fingerprint for row in read((HEADER + "\n".join(reversed(lines))).encode(), LAYOUT, 2).rows]
    assert set(again) == set(prints)


@given(rows, st.integers(1, 3))
def test_a_file_that_overlaps_by_whole_days_brings_the_same_rows(lines: list[str], first_day: int) -> None:
    every = {row.fingerprint: row.booked_on for row in read((HEADER + "\n".join(lines)).encode(), LAYOUT, 2).rows}
    later = [line for line in lines if int(line[:2]) >= first_day]
    part = {row.fingerprint for row in read((HEADER + "\n".join(later)).encode(), LAYOUT, 2).rows}
    assert part == {fingerprint for fingerprint, on in every.items() if on.day >= first_day}
