"""What tests share besides fixtures: where outside material lies, and what a missing part means."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

SHARED = Path(os.environ.get("COACH_SHARED", Path(__file__).parents[2] / "shared"))
IS_EVERYTHING_REQUIRED = os.environ.get("COACH_REQUIRE_ALL") == "1"


def skip_or_fail(reason: str) -> NoReturn:
    """Skip the test with a reason, or fail it where every part is required."""
    if IS_EVERYTHING_REQUIRED:
        pytest.fail(f"COACH_REQUIRE_ALL is set, but {reason}")
    pytest.skip(reason)
