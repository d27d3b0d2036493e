"""Owns which tests share a worker where they run on several cores: those of a file, and those of the Platform port."""

from xdist.scheduler import LoadFileScheduling

# The table of parity says what all of these showed, so one worker has to see them.
PLATFORM_SUITE = "tests/contracts/test_platform"


class Workers(LoadFileScheduling):
    """Gives a worker whole files."""

    def _split_scope(self, nodeid: str) -> str:
        return PLATFORM_SUITE if nodeid.startswith(PLATFORM_SUITE) else super()._split_scope(nodeid)
