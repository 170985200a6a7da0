"""Where the files of other people's making lie; without them the tests of this folder are skipped."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def field_data() -> Path:
    """The folder named by RANTAU_FIELD_DATA, otherwise `../shared/data` beside the project."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("RANTAU_FIELD_DATA", beside))  # noqa: TID251 - a setting of the tests alone
    if not folder.is_dir():
        pytest.skip(f"no field data in {folder}: set RANTAU_FIELD_DATA")
    return folder
