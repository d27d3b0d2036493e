"""Owns how alike people, and sites, answer about the same step of an SOP."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from sqlalchemy.orm import Session

from metrics.periods import Period
from metrics.step_tallies import AnswerStep, answered_steps, by_step


@dataclass(frozen=True)
class StepSpread:
    """A step that `people` gave `answers` about; `mean` is the mean of their mean scores, 0-1.

    `deviation` is the spread between people, 0-.71, None for one person. `site_range` is that between the `sites` that
    count, 0-1, None unless two do.
    """

    step: AnswerStep
    answers: int
    people: int
    mean: float
    deviation: float | None
    sites: int
    site_range: float | None


def consistency(
    session: Session,
    person_ids: Collection[int] | None,
    period: Period,
    sites: Mapping[int, str],
    smallest: int,
    skill: str | None = None,
) -> list[StepSpread]:
    """Return how far people and sites lie apart at each step of an SOP in a period, the widest spread first.

    Each person's score at a step is the mean of their answers' scores, 0-1, so that everybody weighs the same.
    Deviation = sample standard deviation of these, √(Σ(x - x̄)² / (n - 1)), of at least 2 people. Site range = largest
    less smallest of the sites' means of these, among sites with at least `smallest` people who answered about the step;
    `sites` says where each person works, who is not in it counts for no site. The deviation of few people tells of each
    of them: show it by the rule for groups. `person_ids` None means everybody. One query. Source: item_answered events.
    """
    found = by_step(answered_steps(session, person_ids, period, skill))
    spreads = []
    for step, each in found.items():
        scores = {person_id: tally.score_sum / tally.times for person_id, tally in each}
        site_means = _site_means(scores, sites, smallest)
        spreads.append(
            StepSpread(
                step,
                answers=sum(tally.times for _, tally in each),
                people=len(scores),
                mean=fmean(scores.values()),
                deviation=stdev(scores.values()) if len(scores) > 1 else None,
                sites=len(site_means),
                site_range=max(site_means) - min(site_means) if len(site_means) > 1 else None,
            )
        )
    return sorted(spreads, key=lambda one: (-(one.deviation or 0.0), -one.answers, one.step))


def _site_means(scores: Mapping[int, float], sites: Mapping[int, str], smallest: int) -> Sequence[float]:
    by_site: dict[str, list[float]] = {}
    for person_id, score in scores.items():
        if person_id in sites:
            by_site.setdefault(sites[person_id], []).append(score)
    return [fmean(at_site) for at_site in by_site.values() if len(at_site) >= smallest]
