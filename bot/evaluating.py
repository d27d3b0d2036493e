"""Runs an evaluation: corpora applied, asked, cross-fitted, and asked again without each part."""

from contextlib import ExitStack, closing

from bot.ablation import ablations
from bot.app import App
from bot.corpora import Corpus
from bot.evaluated import Evaluated
from bot.evaluation import Exam, apply_corpus, eval_app
from coach.cross_fit import CrossFitted, can_cross_fit, cross_fitted
from coach.embed import Embedder, TokenEmbedder
from coach.evaluation import Outcome
from coach.index.port import OnStep, ignore
from coach.remembered import Remembered
from coach.windows import PooledWindows

QUICK = "-quick"


def evaluate(app: App, corpora: list[Corpus], on_step: OnStep = ignore, ablate: bool = False) -> Evaluated:
    """Apply each corpus to an application of its own, ask everything, and return what was found."""
    pooled = [corpus for corpus in corpora if not corpus.is_beside]
    with ExitStack() as stack:
        beside = _asked(_exams(app, stack, [each for each in corpora if each.is_beside], app.embedder, "", on_step))
        exams = _exams(app, stack, pooled, app.embedder, "", on_step)
        outcomes = _asked(exams)
        fitted = _cross_fitted(exams, outcomes) if can_cross_fit(outcomes) else None
        without = []
        if ablate and fitted is not None:
            quick: dict[str, Exam] = {}
            if isinstance(app.embedder, TokenEmbedder):
                quick = _exams(app, stack, pooled, PooledWindows(app.embedder), QUICK, on_step)
            without = ablations(exams, outcomes, fitted, quick)
    return Evaluated(tuple(each for some in outcomes.values() for each in some), fitted, beside, tuple(without))


def _exams(
    app: App, stack: ExitStack, corpora: list[Corpus], embedder: Embedder, suffix: str, on_step: OnStep
) -> dict[str, Exam]:
    asking = Remembered(embedder) if isinstance(embedder, TokenEmbedder) else embedder
    exams = {}
    for corpus in corpora:
        name = corpus.name + suffix
        with closing(eval_app(app, name, embedder)) as own:
            apply_corpus(own, corpus, on_step)
        exams[corpus.name] = Exam(stack.enter_context(closing(eval_app(app, name, asking))), corpus, on_step)
    return exams


def _asked(exams: dict[str, Exam]) -> dict[str, list[Outcome]]:
    return {name: exam.outcomes() for name, exam in exams.items()}


def _cross_fitted(exams: dict[str, Exam], outcomes: dict[str, list[Outcome]]) -> CrossFitted:
    return cross_fitted(outcomes, lambda corpus, weights: exams[corpus].again(outcomes[corpus], weights))
