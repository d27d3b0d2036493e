"""The table of what Coach does in Slack and in Teams says what the suite showed; read last, by its name."""

from tests.contracts import parity
from tests.support import skip_or_fail


def test_the_table_is_what_the_suite_showed(request):
    ran = {item.path.name for item in request.session.items}
    if missing := {path.name for path in parity.SUITE.glob("test_platform*.py")} - ran:
        skip_or_fail(f"only a part of the suite ran: {', '.join(sorted(missing))} did not")
    assert parity.TABLE.read_text() == parity.table(), "write it anew: python -m tests.contracts.parity"
