"""Words for how well recall is predicted: each way of predicting it, and what the difference amounts to."""

from lessons.calibration import AVERAGE, FEWEST, FSRS, OURS, SCORED_SHARE, SM2, Comparison
from lessons.figure import Figure

NAMES = {OURS: "Coach", FSRS: "FSRS-6 as published", AVERAGE: "the user's average", SM2: "SM-2"}


def calibration_text(found: Comparison) -> str:
    """Return predicted against observed recall as lines of text, or why there is nothing to say yet."""
    if found.observed is None or found.predicted is None:
        return (
            f"There is too little to compare yet: {_count(found.scored, 'answer')} to score, where at least {FEWEST} "
            f"are needed. Scored are answers to an item seen 12 hours or more before, in the last "
            f"{SCORED_SHARE:.0%} of the log; it holds {_count(found.answers, 'answer')} so far."
        )
    lines = [
        f"Recall predicted and observed, on {_count(found.scored, 'answer')} scored of {found.answers} in the log, "
        f"by {_count(found.people, 'person', 'people')}.",
        f"Coach expected {found.predicted:.1%} to be right; {found.observed:.1%} were.",
        "",
        f"{'':22}{'log loss':24}{'RMSE(bins)':14}log loss behind Coach",
    ]
    for name, score in found.scores.items():
        behind = "" if name == OURS else _figure(score.behind_ours)
        lines.append(f"{NAMES[name]:22}{_figure(score.log_loss):24}{score.rmse_bins:<14.4f}{behind}".rstrip())
    lines += ["", *(_verdict(name, found.scores[name].behind_ours) for name in (AVERAGE, SM2, FSRS))]
    lines.append("Smaller is better; in brackets 95 % intervals, from a bootstrap over pairs of person and item.")
    return "\n".join(lines)


def _verdict(name: str, behind: Figure) -> str:
    if behind.low > 0:
        return f"Coach predicts better than {NAMES[name]}."
    if behind.high < 0:
        return f"Coach predicts worse than {NAMES[name]}."
    return f"Between Coach and {NAMES[name]} there is no clear difference on this log."


def _figure(figure: Figure) -> str:
    return f"{figure.value:.4f} [{figure.low:.3f}, {figure.high:.3f}]"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
