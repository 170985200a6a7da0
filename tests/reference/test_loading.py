"""HS codes are loaded whole or not at all, as often as one likes."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from app.cli.commands import app
from app.kernel.database import Database
from app.reference import actions, hs_file
from app.reference.hs_file import HsRow
from app.reference.models import HsCode
from app.reference.row_problems import RowProblem
from tests.conftest import Postgres

SAMPLE = Path(__file__).parents[2] / "app" / "sample_world" / "content" / "products"
HEADER = "section,hscode,description,parent,level\n"


def test_a_file_is_read_parents_first_without_its_line_of_totals() -> None:
    text = (
        f"\ufeff{HEADER}II,090111,Coffee,0901,6\nII,0901,Coffee,09,4\nTOTAL,TOTAL,All,TOTAL,5\nII,09,Spices,TOTAL,2\n"
    )
    found = hs_file.read(text)
    assert found.problems == []
    assert [row.code for row in found.rows] == ["09", "0901", "090111"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("code,description\n", RowProblem(1, "hscode", "This column is missing.")),
        (f"{HEADER}II,9,Spices,TOTAL,2\n", RowProblem(2, "hscode", "“9” is no code of 2, 4 or 6 digits.")),
        (f"{HEADER}II,09,,TOTAL,2\n", RowProblem(2, "description", "Write 1 to 1000 characters.")),
        (f"{HEADER}II,09,Spices,TOTAL,4\n", RowProblem(2, "level", "“4” is not the number of digits of 09.")),
        (f"{HEADER}II,09,Spices,08,2\n", RowProblem(2, "parent", "“08” is not 09 without its last two digits.")),
        (f"{HEADER}II,0901,Coffee,09,4\n", RowProblem(2, "hscode", "Its parent 09 is not in the file.")),
        (
            f"{HEADER}II,09,Spices,TOTAL,2\nII,09,Again,TOTAL,2\n",
            RowProblem(3, "hscode", "09 is in row 2 already."),
        ),
    ],
)
def test_what_is_wrong_is_named_by_row_and_column(text: str, problem: RowProblem) -> None:
    assert problem in hs_file.read(text).problems


def test_the_shipped_list_holds_what_the_sample_world_sells() -> None:
    shipped = hs_file.read((Path(actions.__file__).parent / "hs_codes.csv").read_text())
    assert shipped.problems == []
    assert all(row.translations.keys() == {"id"} for row in shipped.rows)
    subheadings = {row.code for row in shipped.rows if len(row.code) == 6}
    assert len(subheadings) > 150
    sold = {code[:6] for file in SAMPLE.glob("*.toml") for code in re.findall(r'hs_code = "(\d+)"', file.read_text())}
    assert sold
    assert sold <= subheadings


async def description(database: Database, code: str) -> tuple[str, dict[str, str]]:
    async with database.reading() as session:
        found = await session.execute(select(HsCode.description, HsCode.translations).where(HsCode.code == code))
        text, translations = found.one()
        return text, translations


async def test_loading_again_changes_nothing_and_what_was_imported_stays(database: Database) -> None:
    official = [HsRow("09", "Coffee, tea, mate and spices", {})]
    async with database.transaction() as session:
        assert await session.run_sync(actions.load_shipped) == 0
        assert await session.run_sync(actions.load, official, imported=True) == 1
        assert await session.run_sync(actions.load, official, imported=True) == 0
        assert await session.run_sync(actions.load_shipped) == 0
    text, translations = await description(database, "09")
    assert text == "Coffee, tea, mate and spices"
    assert translations == {"id": "Kopi, teh, mate dan rempah-rempah"}


def test_the_command_imports_a_file_and_refuses_a_bad_one_whole(
    server: Postgres, template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(f"{HEADER}I,01,Animals; live,TOTAL,2\nI,0101,Horses,01,4\n")
    bad.write_text(f"{HEADER}I,01,Animals; live,TOTAL,2\nI,0102,,01,4\n")
    with server.database(template=template) as name:
        monkeypatch.setenv("RANTAU_DATABASE_URL", server.owner(name))
        monkeypatch.setenv("RANTAU_APP_DATABASE_URL", server.app(name))
        refused = CliRunner().invoke(app, ["reference", "import", "hs", str(bad)])
        assert refused.exit_code == 65
        assert "row 3, column description: Write 1 to 1000 characters." in refused.output
        first = CliRunner().invoke(app, ["reference", "import", "hs", str(good)])
        assert first.exit_code == 0, first.output
        assert "2 hs codes read, 2 new or changed." in first.output
        again = CliRunner().invoke(app, ["reference", "import", "hs", str(good)])
        assert "2 hs codes read, 0 new or changed." in again.output
    assert CliRunner().invoke(app, ["reference", "import", "hs", str(tmp_path / "none.csv")]).exit_code == 66
