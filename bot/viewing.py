"""Makes the viewer of progress from whoever asks and what company.yaml says."""

from dataclasses import replace

from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.company_file import Company
from bot.overseers import overseers_of
from lessons.viewer import Viewer
from metrics.policy import Asker

# Row ids begin at 1.
NOBODY = 0


def viewer_of(session: Session, asker: Asker, company: Company | None = None) -> Viewer:
    """Return who looks; `company` is company.yaml as last applied."""
    company = company or stored_company(session)
    return Viewer(
        asker,
        overseers_of(session, company),
        company.skill_rules(),
        company.timezone,
        company.privacy.smallest_group,
        company.lesson_rules(),
    )


def operator(session: Session, company: Company | None = None) -> Viewer:
    """Return whoever works at the machine Coach runs on as a viewer: an admin who is nobody in particular.

    A person's practice stays closed to them too.
    """
    found = viewer_of(session, Asker(NOBODY), company)
    overseers = replace(found.company, admin_ids=found.company.admin_ids | {NOBODY})
    return replace(found, company=overseers)
