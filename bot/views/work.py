"""Words for reports of the work that were taken."""

from metrics.work_intake import Intake


def intake_text(intake: Intake) -> str:
    """Return how taking reports ended, in one line."""
    new, refused = len(intake.stored), len(intake.refused)
    left_out = f", {refused} left out" if refused else ""
    return f"{new} new, {intake.known} known before{left_out}."
