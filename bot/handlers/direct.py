"""Finds where somebody is written to directly, unasked."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import ADDRESS, Address
from bot.tables import Connection, DirectAddress
from metrics.people import PlatformIdentity


def direct_address(session: Session, person_id: int) -> Address | None:
    """Return where a person last wrote to Coach directly, else their account where Coach is connected.

    None for who has no account where Coach is connected, or lets Coach write to none.
    """
    accounts = dict(
        session.execute(
            select(PlatformIdentity.platform, PlatformIdentity.platform_user_id)
            .where(PlatformIdentity.person_id == person_id)
            .order_by(PlatformIdentity.id)
        ).all()
    )
    seen = select(DirectAddress).where(DirectAddress.person_id == person_id).order_by(DirectAddress.seen_at.desc())
    known = session.scalars(seen).all()
    for blocked in known:
        if blocked.blocked_at is not None:
            accounts.pop(blocked.platform, None)
    for direct in known:
        if direct.platform in accounts:
            workspace = ADDRESS.validate_python(direct.address).workspace
            return Address(direct.platform, workspace, only_for=accounts[direct.platform])
    connected = select(Connection).where(Connection.platform.in_(accounts), Connection.is_stopped.is_(False))
    for connection in session.scalars(connected.order_by(Connection.platform)):
        return Address(connection.platform, connection.workspace, only_for=accounts[connection.platform])
    return None
