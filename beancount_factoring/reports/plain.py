"""Report values as JSON has them: amounts are text, so that no reader makes floats of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any


def plain(value: Any) -> Any:
    """Return a value of a report for JSON: exact amounts and ISO 8601 dates as text.

    Raises `TypeError` for what no report may hold, a float above all.
    """
    match value:
        case None | bool() | int():
            return value
        case StrEnum():
            return value.value
        case str():
            return value
        case Decimal():
            return f"{value:f}"
        case datetime.date():
            return value.isoformat()
        case Mapping():
            return {plain(key): plain(item) for key, item in value.items()}
        case tuple() | list():
            return [plain(item) for item in value]
        case _:
            message = f"{type(value).__name__} is not for reports"
            raise TypeError(message)
