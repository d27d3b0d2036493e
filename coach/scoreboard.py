"""Owns what outcomes come to: retrieval, quotes, confidence, bands and permissions, each with its interval (pure)."""

from collections.abc import Sequence

from coach.costs import Band
from coach.cross_fit import CrossFitted, covered, uncovered
from coach.estimates import Figure, auroc, false_answers, mean
from coach.evaluation import Outcome
from coach.reliability import Bin, calibration_error, reliability

STATUSES = (*(band.value for band in Band), "refused")


def retrieval_figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Return over answerable cases how early the answer is found, and whether the three quotes would hold it."""
    cases = covered(outcomes)

    def hit(depth: int) -> Figure:
        return mean([float(each.asked.place is not None and each.asked.place <= depth) for each in cases])

    return {
        "h@1": hit(1),
        "h@3": hit(3),
        "h@5": hit(5),
        "MRR@10": mean([reciprocal(each) for each in cases]),
        "shown@3": mean([float(each.asked.is_quoted) for each in cases]),
    }


def reciprocal(outcome: Outcome) -> float:
    """Return 1 / place, 0 for a question whose answer is not among the first ten."""
    return 1 / outcome.asked.place if outcome.asked.place else 0.0


def confidence_figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Return how well the confidence parts covered from uncovered cases, and how far it is from what came true.

    `false at 80 % kept` reads its threshold off these very cases.
    """
    yes, no = ([each.asked.confidence for each in cases] for cases in (covered(outcomes), uncovered(outcomes)))
    is_covered = [True] * len(yes) + [False] * len(no)
    return {
        "AUROC": auroc(yes, no),
        "false at 80 % kept": false_answers(yes, no),
        "calibration error": calibration_error([*yes, *no], is_covered),
    }


def reliability_bins(outcomes: Sequence[Outcome]) -> list[Bin]:
    """Return promised against covered, in at most ten bins."""
    gauged = [*covered(outcomes), *uncovered(outcomes)]
    return reliability([each.asked.confidence for each in gauged], [each.case.expected == "answer" for each in gauged])


def threshold_figures(fitted: CrossFitted) -> dict[str, Figure]:
    """Return what thresholds that keep 80 % elsewhere keep of answerable cases here, and let through of others."""

    def share(cases: Sequence[Outcome]) -> Figure:
        return mean([float(each.asked.confidence >= fitted.chosen[each.case.corpus].threshold) for each in cases])

    return {"kept": share(covered(fitted.outcomes)), "false": share(uncovered(fitted.outcomes))}


def band_figures(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Figure]]:
    """Return for each band its share of answerable and of uncovered cases, and of answerable ones whose answer shows.

    `answer shown` is of all answerable cases, so that it adds up over the bands.
    """
    return {
        band.value: {
            "answerable": mean([float(each.status == band.value) for each in covered(outcomes)]),
            "answer shown": mean([float(each.status == band.value and each.is_shown) for each in covered(outcomes)]),
            "uncovered": mean([float(each.status == band.value) for each in uncovered(outcomes)]),
        }
        for band in Band
    }


def refusals(outcomes: Sequence[Outcome]) -> Figure:
    """Return the share of cases that must be refused and are."""
    return mean([float(each.status == "refused") for each in outcomes if each.case.expected == "refused"])


def status_counts(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """Return expected outcome -> status -> number of cases."""
    counts: dict[str, dict[str, int]] = {}
    for outcome in outcomes:
        counts.setdefault(outcome.case.expected, dict.fromkeys(STATUSES, 0))[outcome.status] += 1
    return counts


def acl_figures(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return how many forbidden questions leaked, and how many entitled ones came out as without restrictions."""
    forbidden = [each for each in outcomes if each.case.expected == "must_not_reveal"]
    entitled = [each for each in outcomes if each.is_same_without_acl is not None]
    return {
        "leaks": sum(each.is_leak for each in forbidden),
        "forbidden": len(forbidden),
        "controls the same": sum(bool(each.is_same_without_acl) for each in entitled),
        "controls": len(entitled),
    }
