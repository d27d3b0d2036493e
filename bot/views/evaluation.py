"""Words and tables for an evaluation: what was found, how sure it was, and what each figure means."""

from collections.abc import Mapping, Sequence

from bot.ablation import Ablation
from bot.evaluated import NOT_FITTED, Evaluated, all_figures
from coach.cross_fit import CrossFitted
from coach.estimates import Figure
from coach.evaluation import Outcome, by_corpus, by_kind
from coach.reliability import Bin
from coach.scoreboard import STATUSES, acl_figures, band_figures, reliability_bins, status_counts, threshold_figures
from metrics.charts import BAR, ChartSpec, Series

NONE = "–"
BAR_SIGNS = 20
FIGURES = {
    "h@1": "right section first (h@1)",
    "h@3": "among the first three (h@3)",
    "h@5": "among the first five (h@5)",
    "MRR@10": "mean of 1 / place (MRR@10)",
    "shown@3": "answer in the quotes, were all answered (shown@3)",
    "displayed": "answer in the quotes, as really displayed",
    "follow-ups h@5": "follow-ups: among the first five",
    "AUROC": "“not covered” told from covered (AUROC)",
    "false at 80 % kept": "false answers where 80 % of answerable are kept",
    "calibration error": "calibration error",
    "refusals right": "refused, of what must be refused",
}
BANDS = {"answered": "from your SOPs", "uncertain": "not certain", "not_covered": "not covered"}
MEANINGS = (
    "A section is found when one passage holds the words that answer, in a file that may answer; h@5 is the share of "
    "questions for which it is among the first five passages.",
    "MRR@10 is the mean of 1 / place over the first ten: 1 if the right section always came first.",
    "shown@3 is the share of answerable questions whose answer stands in one of the up to three quotes, had every one "
    "been answered; as displayed, only quotes that the bands let through count.",
    "AUROC is the chance that a question the SOPs cover has a higher confidence than one they do not: .5 is guessing.",
    "False answers are questions the SOPs do not cover that get an answer all the same, at the threshold at which four "
    "in five covered ones do.",
    "The calibration error is the mean distance between the confidence promised and the share that was covered; an "
    "honest confidence comes to about .04 here, since a bin has few questions.",
    "In brackets 95 % intervals over resampled questions; they say nothing of another company's SOPs.",
)


def evaluation_text(found: Evaluated) -> str:
    """Return an evaluation as text: the sentence to take away, tables, and what the figures mean."""
    parts = [takeaway(found)] if found.shipped else []
    if found.shipped:
        parts += [_main(found), _by("corpus", by_corpus(found.told)), _by("type", by_kind(found.told))]
        parts += [_bands(found), _statuses(found.shipped), _reliability(reliability_bins(found.told)), _acl(found)]
    parts += [_beside(corpus, outcomes) for corpus, outcomes in found.beside.items()]
    if found.ablations:
        parts.append(_ablations(found))
    return "\n\n".join([*parts, "What the figures mean\n" + "\n".join(f"- {meaning}" for meaning in MEANINGS)])


def takeaway(found: Evaluated) -> str:
    """Return the figures that matter most in three sentences."""
    figures = all_figures(found.told)
    false = threshold_figures(found.fitted)["false"] if found.fitted else figures["false at 80 % kept"]
    chosen = "With weights and thresholds chosen on the other corpora" if found.fitted else "With what is shipped"
    return (
        f"{chosen}, the right section is among the first five for {_percent(figures['h@5'])} of answerable questions, "
        f"and the answer stands in the quotes for {_percent(figures['shown@3'])}. Where four in five of them are "
        f"answered, {_percent(false)} of questions the SOPs do not cover are answered too."
    )


def reliability_chart(found: Evaluated) -> ChartSpec:
    """Return promised against covered as a chart: a perfect confidence has both lines in one. Raises ValueError."""
    bins = reliability_bins(found.told)
    ends = [(each.covered.value or 0.0, each.covered.low or 0.0, each.covered.high or 0.0) for each in bins]
    series = {"promised": [each.promised for each in bins]}
    series |= {name: [end[place] for end in ends] for place, name in enumerate(("covered", "at least", "at most"))}
    error = all_figures(found.told)["calibration error"]
    return ChartSpec(
        title="Confidence against what came true",
        kind="line",
        categories=tuple(f"{each.promised:.0%}" for each in bins),
        series=tuple(Series(name, tuple(100 * value for value in values)) for name, values in series.items()),
        y_label="% of questions in a bin",
        takeaway=f"Promised and covered are {_percent(error)} apart on average, over {error.n} questions.",
    )


def _main(found: Evaluated) -> str:
    shipped = all_figures(found.shipped)
    if found.fitted is None:
        rows = [[label, _text(shipped[name]), str(shipped[name].n)] for name, label in FIGURES.items()]
        return _table("All questions", ["", "shipped", "n"], rows) + f"\nNot cross-fitted: {NOT_FITTED}."
    fitted = all_figures(found.fitted.outcomes)
    rows = [[label, _text(fitted[name]), _text(shipped[name]), str(shipped[name].n)] for name, label in FIGURES.items()]
    for name, figure in threshold_figures(found.fitted).items():
        rows.append([f"{name} at the threshold of the other corpora", _text(figure), NONE, str(figure.n)])
    return "\n".join(
        [
            _table("All questions", ["", "cross-fitted", "shipped", "n"], rows),
            "Cross-fitted: weights, curve and thresholds chosen on the other corpora. These are the figures to quote; "
            "what is shipped was chosen on all three handbooks.",
            *_chosen(found.fitted),
        ]
    )


def _chosen(fitted: CrossFitted) -> list[str]:
    return [
        f"For {corpus}: window {chosen.weights.window:g}, grams {chosen.weights.grams:g} beside late interaction "
        f"{chosen.weights.late:g}; threshold {chosen.threshold:.2f}."
        for corpus, chosen in fitted.chosen.items()
    ]


def _by(what: str, groups: Mapping[str, Sequence[Outcome]]) -> str:
    names = ("h@1", "h@5", "shown@3", "displayed", "AUROC")
    rows = []
    for name, outcomes in groups.items():
        figures = all_figures(outcomes)
        if figures["h@1"].n:
            rows.append([name, str(figures["h@1"].n), *(_text(figures[each]) for each in names)])
    return _table(f"By {what}, answerable questions", [what, "n", *names], rows)


def _bands(found: Evaluated) -> str:
    rows = [
        [BANDS[band], *(_text(figure) for figure in figures.values())]
        for band, figures in band_figures(found.told).items()
    ]
    counts = [str(figure.n) for figure in band_figures(found.told)["answered"].values()]
    return _table(
        "Bands at the usual costs",
        ["band", "of answerable", "of answerable, with the answer shown", "of uncovered"],
        [*rows, ["n", *counts]],
    )


def _statuses(outcomes: Sequence[Outcome]) -> str:
    rows = [
        [expected, *(str(counts[status]) for status in STATUSES)]
        for expected, counts in status_counts(outcomes).items()
    ]
    return _table("What was replied, as shipped", ["expected", *STATUSES], rows)


def _reliability(bins: Sequence[Bin]) -> str:
    rows = [
        [
            f"{each.promised:.2f}",
            _text(each.covered),
            str(each.covered.n),
            BAR * round(BAR_SIGNS * each.promised),
            BAR * round(BAR_SIGNS * (each.covered.value or 0.0)),
        ]
        for each in bins
    ]
    return _table("Confidence against what came true", ["promised", "covered", "n", "promised", "covered"], rows)


def _acl(found: Evaluated) -> str:
    acl = acl_figures(found.shipped)
    return (
        f"Permissions: {acl['leaks']} leaks in {acl['forbidden']} forbidden questions; {acl['controls the same']} of "
        f"{acl['controls']} entitled questions as without restrictions."
    )


def _beside(corpus: str, outcomes: Sequence[Outcome]) -> str:
    figures = all_figures(outcomes)
    rows = [[label, _text(figures[name]), str(figures[name].n)] for name, label in FIGURES.items() if figures[name].n]
    return _table(f"Beside: {corpus}, with what is shipped; nothing was chosen on it", ["", "shipped", "n"], rows)


def _ablations(found: Evaluated) -> str:
    names = ("h@1", "h@5", "shown@3", "AUROC", "false at 80 % kept")
    whole = all_figures(found.told)
    rows = [["nothing", *(_text(whole[name]) for name in names), NONE]]
    rows += [_ablation(each, names) for each in found.ablations]
    title = f"Without each part, all else cross-fitted anew (n = {whole['h@1'].n}; AUROC {whole['AUROC'].n})"
    return _table(title, ["left out", *names, "MRR@10 change, points"], rows)


def _ablation(ablation: Ablation, names: Sequence[str]) -> list[str]:
    change = ablation.change
    points = [100 * (value or 0.0) for value in (change.value, change.low, change.high)]
    return [
        ablation.part,
        *(_text(ablation.figures[name]) for name in names),
        f"{points[0]:+.1f} [{points[1]:+.1f}, {points[2]:+.1f}]",
    ]


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    return "\n".join([title, *(line.rstrip() for line in lines)])


def _text(figure: Figure) -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return NONE
    return f"{_decimals(figure.value, 3)} [{_decimals(figure.low, 2)}, {_decimals(figure.high, 2)}]"


def _decimals(value: float, places: int) -> str:
    return f"{value:.{places}f}".removeprefix("0") if value < 1 else f"{value:.{places}f}"


def _percent(figure: Figure) -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return NONE
    return f"{100 * figure.value:.0f} % [{100 * figure.low:.0f}, {100 * figure.high:.0f}; n = {figure.n}]"
