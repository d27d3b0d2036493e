"""Owns what Teams shows right after the acknowledgement: a form to fill, and that Coach is at work."""

import structlog

from bot.messages import Address, Form, Incoming, PlatformFault
from bot.teams.send import TeamsPlatform

log = structlog.get_logger()


class AtOnce:
    """Calls that nothing waits for: when they fail, nothing is lost. They take as long as Teams does."""

    def __init__(self, platform: TeamsPlatform) -> None:
        self._platform = platform

    def open(self, form: Form, incoming: Incoming) -> bool:
        """Show a form to fill to whoever pressed, in their direct conversation; False when it did not open."""
        try:
            self._platform.show_form(_directly(incoming), form)
        except PlatformFault as fault:
            log.warning("teams_form_not_opened", code=fault.code)
            return False
        return True

    def show_typing(self, incoming: Incoming) -> None:
        """Show that Coach is at work where the question was asked."""
        try:
            self._platform.show_typing(
                Address(incoming.platform, incoming.workspace, incoming.channel, incoming.thread_id)
            )
        except PlatformFault as fault:
            log.info("teams_typing_not_shown", code=fault.code)


def _directly(incoming: Incoming) -> Address:
    if incoming.is_direct:
        return Address(incoming.platform, incoming.workspace, incoming.channel)
    return Address(incoming.platform, incoming.workspace, only_for=incoming.user_id)
