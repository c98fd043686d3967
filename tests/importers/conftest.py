"""What tests of the importers share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importers.firm import Books
from tests.importers.firm import new_books


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """Return the firm's books, in which nothing is booked yet."""
    return new_books(tmp_path)
