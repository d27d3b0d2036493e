"""Owns what an evaluation found, whole and by part, and the same as JSON values."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.ablation import Ablation
from coach.cross_fit import CrossFitted, covered
from coach.estimates import Figure, mean
from coach.evaluation import Outcome, by_corpus, by_kind
from coach.scoreboard import (
    acl_figures,
    band_figures,
    confidence_figures,
    refusals,
    reliability_bins,
    retrieval_figures,
    status_counts,
    threshold_figures,
)

NOT_FITTED = (
    "what is chosen on other corpora needs two or more of them, each with answerable and with uncovered questions"
)


@dataclass(frozen=True, eq=False)
class Evaluated:
    """Outcomes with what is shipped, the same cross-fitted (None where that cannot be), and corpora measured beside."""

    shipped: tuple[Outcome, ...]
    fitted: CrossFitted | None
    beside: Mapping[str, Sequence[Outcome]]
    ablations: tuple[Ablation, ...] = ()

    @property
    def told(self) -> Sequence[Outcome]:
        """The outcomes to quote: cross-fitted where there are any."""
        return self.fitted.outcomes if self.fitted else self.shipped


def all_figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Return every figure of a set of outcomes by name; `displayed` counts answers that were really shown."""
    follow_ups = [each for each in outcomes if each.case.history]
    return {
        **retrieval_figures(outcomes),
        "displayed": mean([float(each.is_shown) for each in covered(outcomes)]),
        "follow-ups h@5": retrieval_figures(follow_ups)["h@5"],
        **confidence_figures(outcomes),
        "refusals right": refusals(outcomes),
    }


def as_values(found: Evaluated) -> dict[str, Any]:
    """Return everything as JSON values; a figure is value, low, high and n."""
    fitted = found.fitted
    return {
        "shipped": _set(found.shipped),
        "cross_fitted": _set(fitted.outcomes) | {"at_others_threshold": _plain(threshold_figures(fitted))}
        if fitted
        else None,
        "cross_fitted_missing": None if fitted else NOT_FITTED,
        "chosen_on_others": {corpus: asdict(chosen) for corpus, chosen in fitted.chosen.items()} if fitted else {},
        "acl": acl_figures(found.shipped),
        "beside": {corpus: _set(outcomes) for corpus, outcomes in found.beside.items()},
        "without": [
            {"part": each.part, "figures": _plain(each.figures), "MRR@10 change": asdict(each.change)}
            for each in found.ablations
        ],
    }


def _set(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "figures": _plain(all_figures(outcomes)),
        "by_corpus": {corpus: _plain(all_figures(some)) for corpus, some in by_corpus(outcomes).items()},
        "by_type": {kind: _plain(all_figures(some)) for kind, some in by_kind(outcomes).items()},
        "bands": {band: _plain(figures) for band, figures in band_figures(outcomes).items()},
        "reliability": [asdict(each) for each in reliability_bins(outcomes)],
        "status_by_expected": status_counts(outcomes),
        "cases": [_case(outcome) for outcome in outcomes],
    }


def _plain(figures: Mapping[str, Figure]) -> dict[str, dict[str, Any]]:
    return {name: asdict(figure) for name, figure in figures.items()}


def _case(outcome: Outcome) -> dict[str, Any]:
    return {
        "corpus": outcome.case.corpus,
        "id": outcome.case.id,
        "type": outcome.case.kind,
        "expected": outcome.case.expected,
        "status": outcome.status,
        "place": outcome.asked.place,
        "quoted": outcome.asked.is_quoted,
        "shown": outcome.is_shown,
        "confidence": outcome.asked.confidence,
    }
