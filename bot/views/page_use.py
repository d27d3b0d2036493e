"""Words of the page about the use of Coach: who asks, what became of its lessons, and whether managers support them."""

from bot.views.figures import day, of, percent
from bot.views.page import Cell, Column, Fact, Grid, PageView, Section
from bot.views.page_links import PageLinks
from bot.views.tracks import count
from lessons.use_report import Questions, UseReport
from metrics.adoption import NudgesSent
from metrics.charts import ChartSpec, Series
from metrics.shares import Share

NOT_SHOWN = "not shown"
OF_COMPANY = (
    "Figures are of the whole company. “Not shown” means that fewer than {smallest} people asked, rated an answer, "
    "were sent a lesson, practised or manage somebody. They say how Coach does, not how anybody does."
)
# From here on something should change; neither is a target that anybody is held to.
MANY_IGNORED, LITTLE_SUPPORT = 0.5, 0.5


def use_page(report: UseReport, links: PageLinks, zone: str, smallest: int) -> PageView:
    """Return how Coach is used in the company; `smallest` is how many people figures are of at least."""
    period = report.period
    return PageView(
        title="Use of Coach",
        takeaway=use_takeaway(report, smallest),
        facts=_facts(report, links, smallest),
        facts_label=f"{count(round(period.days / 7), 'week')} up to last Monday",
        chart=_chart(report),
        sections=(
            Section("Questions", grids=(_questions(report.questions, links, smallest),)),
            Section("Lessons That Coach Sent", grids=(_nudges(report.nudges, links, smallest),)),
        ),
        steps=_steps(report, links),
        notes=(
            f"After {day(period.since, zone)}, 0:00, up to {day(period.until, zone)}, 0:00; support by managers in the "
            f"last {report.support_weeks} whole weeks. {OF_COMPANY.format(smallest=smallest)}",
        ),
    )


def use_takeaway(report: UseReport, smallest: int) -> str:
    """Return how many ask in a week, and how many of the lessons sent nobody took up."""
    if report.weekly_askers is None:
        return f"Fewer than {smallest} people asked Coach anything."
    said = f"{percent(report.weekly_askers)} of {count(report.people, 'person', 'people')} ask Coach in a week"
    ignored = report.nudges.ignored_share if report.nudges else Share()
    return f"{said}; {percent(ignored.value)} of the lessons it sent were ignored." if ignored.whole else f"{said}."


def _facts(report: UseReport, links: PageLinks, smallest: int) -> tuple[Fact, ...]:
    def fact(label: str, share: Share | None, metric: str, more: str = "") -> Fact:
        if share is None:
            return Fact(label, NOT_SHOWN, links.define(metric))
        parts = filter(None, (of(share.part, share.whole) if share.whole else "", more))
        return Fact(label, percent(share.value), links.define(metric), change="; ".join(parts))

    asking, days = report.weekly_askers, report.days_practised
    waiting = f"{report.return_waiting} too early to say" if report.return_waiting else ""
    ignored = None if report.nudges is None else report.nudges.ignored_share
    muted = (
        Fact("Muted lessons", f"fewer than {smallest}", links.define("muted"))
        if report.muted is None
        else fact("Muted lessons", report.muted, "muted")
    )
    managers = f"{count(report.managers, 'manager')} in {count(report.support_weeks, 'week')}"
    return (
        Fact("Ask in a week", NOT_SHOWN if asking is None else percent(asking), links.define("weekly_askers")),
        fact("Answers rated helpful", report.helpful, "helpful"),
        fact("Asked again after a wrong answer", report.returned, "returned", waiting),
        fact("Lessons sent and ignored", ignored, "nudges_ignored"),
        muted,
        Fact(
            "Days practised",
            NOT_SHOWN if days is None else f"{days:.1f}",
            links.define("frequency"),
            change="" if report.practised is None else f"mean of {count(report.practised, 'person', 'people')}",
        ),
        fact("Weeks with a manager's support", report.support, "reinforcement", managers),
    )


def _chart(report: UseReport) -> ChartSpec | None:
    told = [(week, week.askers.value) for week in report.weeks if week.askers.value is not None]
    if len(told) < 2:
        return None
    names = tuple(f"{week.starts_on.day} {week.starts_on:%b}" for week, _ in told)
    shares = tuple(float(round(100 * share)) for _, share in told)
    return ChartSpec(
        title="People who ask, week by week",
        kind="line",
        categories=names,
        series=(Series("Asked", shares),),
        y_label="% of people",
        takeaway=f"{shares[0]:.0f}% asked in the week of {names[0]}, {shares[-1]:.0f}% in the week of {names[-1]}.",
    )


def _questions(questions: Questions | None, links: PageLinks, smallest: int) -> Grid:
    rows: tuple[tuple[str, int], ...] = ()
    if questions is not None:
        rows = (
            ("Answered", questions.covered),
            ("Answered with a doubt", questions.uncertain),
            ("Not covered by any SOP", questions.not_covered),
            ("Refused", questions.refused),
        )
    again = () if questions is None else (_row("Asked again by the same person", questions.repeated, links),)
    columns = (Column("How they ended"), Column("Questions", links.define("questions"), is_number=True))
    cells = tuple((Cell(name, is_name=True), Cell(str(number))) for name, number in rows)
    return Grid("How questions ended", columns, cells + again, f"Fewer than {smallest} people asked.")


def _row(name: str, number: int, links: PageLinks) -> tuple[Cell, ...]:
    return Cell(name, links.define("repeated_questions"), is_name=True), Cell(str(number))


def _nudges(nudges: NudgesSent | None, links: PageLinks, smallest: int) -> Grid:
    rows: tuple[tuple[str, int], ...] = ()
    if nudges is not None:
        rows = (
            ("Opened within a day", nudges.opened),
            ("Put off", nudges.put_off),
            ("Ignored", nudges.ignored),
            ("Too early to say", nudges.waiting),
            ("All", nudges.sent),
        )
    columns = (Column("What became of them"), Column("Lessons sent", links.define("nudges_ignored"), is_number=True))
    cells = tuple((Cell(name, is_name=True), Cell(str(number))) for name, number in rows)
    return Grid("What people did within 24 hours", columns, cells, f"Fewer than {smallest} people were sent any.")


def _steps(report: UseReport, links: PageLinks) -> tuple[Cell, ...]:
    steps = []
    if report.questions is not None and report.questions.not_covered:
        steps.append(Cell("See what the SOPs could not answer", links.at("sops")))
    ignored = report.nudges.ignored_share.value if report.nudges else None
    if ignored is not None and ignored > MANY_IGNORED:
        steps.append(Cell("Send fewer lessons, or nearer to the work: see the lessons to revise", links.at("revise")))
    if report.support is not None and (report.support.value or 0.0) < LITTLE_SUPPORT:
        steps.append(Cell("Ask managers to check in with somebody each week: their digest says with whom."))
    return tuple(steps)
