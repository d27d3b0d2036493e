"""A company's SOPs, made up: any number of sections of the size of real ones, with words as uneven as people's."""

import random
from collections.abc import Iterator, Sequence


def _listed(words: str) -> list[str]:
    return words.split("|")


SECTIONS_A_FILE = 20
SITES = ("Harbour Street", "Mill Lane", "Quarry Park")
AUDIENCES = ("all", "all", "all", "owner", "lead")
THINGS = _listed(
    "delivery note|chilled delivery|till float|gift voucher|customer refund|loading bay|cold store|fire door|night key|"
    "alarm code|company van|trial shift|sick note|overtime sheet|holiday request|uniform order|first aid box|hot oil|"
    "allergen card|recalled item|broken glass|lost property|staff discount|loyalty card|price label|stock count|"
    "waste log|cleaning rota|knife set|pallet truck|card machine|cash bag|safe|visitor badge|contractor pass|laptop|"
    "work phone|shared mailbox|customer complaint|press enquiry|photo permission|supplier invoice|credit note|"
    "purchase order|travel claim|fuel card|parking space|meeting room|interview panel|reference letter|"
    "probation review|exit interview|training record|forklift licence|ladder|spill kit|pest trap|water filter|"
    "fridge thermometer|grill|"
    "extractor hood|dishwasher salt|bread order|flower delivery|special order|table booking|birthday cake|"
    "wheelchair ramp"
)
ROLES = _listed(
    "shift lead|duty manager|store manager|stock controller|head cashier|payroll clerk|safety officer|site engineer|"
    "buyer|office manager|driver|receptionist|trainer|kitchen lead|area manager|bookkeeper"
)
ACTIONS = _listed(
    "check|sign|count|lock away|photograph|weigh|label|record|report|hand over|collect|clean|return|replace|approve|"
    "refuse|book|cancel|renew|file|scan|measure|move|inspect|unpack|seal|reset|test|order|post"
)
PLACES = _listed(
    "back office|goods entrance|front counter|staff room|first floor store|yard|kitchen|workshop|reception|archive|"
    "drivers' lounge|cash office|packing table|meter cupboard|training room"
)
REASONS = _listed(
    "the insurer asks for it|a customer may be hurt|the count would be wrong|auditors look at it every year|"
    "nobody else can see it|stock goes bad quickly|we were fined once|the supplier pays only then|"
    "it saves the next shift an hour|the law says so|keys went missing before|claims end after that"
)
CASES = _listed(
    "the shop is closed|the system is down|it rains|a child is present|the driver will not wait|the seal is broken|"
    "two people disagree|it happens at night|the amount is unclear|nobody answers the phone|the customer is upset|"
    "the label cannot be read|you are alone|it is a bank holiday"
)
SENTENCES = (
    "{Action} the {thing} before {hour} and tell the {role}.",
    "The {role} keeps the {thing} in the {place} for {count} days.",
    "Never {action} the {thing} when {case}; ask the {role} first.",
    "Above {money} pounds a {role} decides about the {thing}, because {reason}.",
    "If {case}, leave the {thing} in the {place} and {action} it the next morning.",
    "We {action} every {thing} within {count} hours of {name} being told.",
    "Up to {count} of them may be kept; {name} takes the rest on {day}s.",
    "Write the number of the {thing} on form {code}, since {reason}.",
    "Staff must {action} the {thing} with a second person present, at least {count} times a month.",
    "A {thing} from {name} goes to the {place}, all others stay where they are.",
    "You may {action} it yourself unless {case}.",
    "When the {role} is away, the {role2} may {action} the {thing} and signs for it.",
    "The {thing} and the {thing2} are kept apart, as {reason}.",
    "Details are in {code}; {name} updates it every {count} weeks.",
)
STEPS = (
    "{Action} the {thing} in the {place}.",
    "Ask the {role} for form {code}.",
    "Wait {count} minutes, then {action} it again.",
    "Enter {money} pounds and the name of the {role}.",
    "{Action} what {name} sent.",
)
HEADINGS = (
    "When to {action} the {thing}",
    "Who looks after the {thing}",
    "{Thing} in the {place}",
    "If {case}",
    "{Thing}: limits and times",
    "How to {action} the {thing}",
)
QUESTIONS = (
    "who decides about the {thing}",
    "how do i {action} the {thing}",
    "how long do we keep the {thing} in the {place}?",
    "what do i do with a {thing} if {case}",
    "can i {action} the {thing} when {case}?",
    "{thing} {place}",
    "hey, quick one: am i allowed to {action} a {thing} above {money} pounds without the {role}?",
    "which form is it for the {thing} from {name}, and who signs it?",
    "where is the {thing} kept? and how do i {action} the {thing2}?",
    "what is our policy on parental leave in {name}",
    "do we have to {action} the {thing} with a second person at {hour} on {day}s or can i do it alone",
    "waht hapens to the {thing} becuase {case}",
)
FOLLOW_UPS = ("and on {day}s?", "what about the {thing}?", "who else may do that?")
SYLLABLES = _listed("ba|bren|cor|dal|el|fen|gar|hol|is|jor|kel|lan|mer|nor|os|pel|quin|ros|sel|tor|ul|ver|wes|yar|zan")
HOURS, DAYS = ("7 am", "9:30", "noon", "4 pm", "closing"), ("Monday", "Tuesday", "Thursday", "Friday", "Sunday")


def files(sections: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Return SOP files as (name, Markdown); the first part of a name is of AUDIENCES."""
    source = random.Random(seed)
    for number in range(-(-sections // SECTIONS_A_FILE)):
        topic = source.choice(THINGS)
        facts = f"---\nowner: {_name(source)}@example.com\nversion: {source.randint(1, 9)}.{source.randint(0, 9)}\n"
        facts += f"site: {source.choice(SITES)}\n" if number % 4 == 3 else ""
        held = [_section(source) for _ in range(min(SECTIONS_A_FILE, sections - number * SECTIONS_A_FILE))]
        title = f"# {topic.capitalize()} {_code(source)}"
        name = f"{AUDIENCES[number % len(AUDIENCES)]}-{number:05}.md"
        yield name, "\n\n".join([f"{facts}---\n{title}", *held]) + "\n"


def questions(count: int, seed: int = 2) -> list[tuple[str, str | None]]:
    """Return what is asked, and what was asked before it in the same thread: None but for each tenth."""
    source = random.Random(seed)
    asked: list[tuple[str, str | None]] = []
    for number in range(count):
        question = _filled(source, QUESTIONS[number % len(QUESTIONS)])
        follow_up = _filled(source, source.choice(FOLLOW_UPS))
        asked.append((follow_up, question) if number % 10 == 9 else (question, None))
    return asked


def _section(source: random.Random) -> str:
    paragraphs = [" ".join(_drawn(source, SENTENCES, source.randint(2, 4)))]
    if source.random() < 0.35:
        paragraphs.append("\n".join(f"{place}. {step}" for place, step in enumerate(_drawn(source, STEPS, 4), 1)))
    paragraphs.append(" ".join(_drawn(source, SENTENCES, source.randint(2, 4))))
    return "\n\n".join([f"## {_filled(source, source.choice(HEADINGS))}", *paragraphs])


def _drawn(source: random.Random, forms: Sequence[str], count: int) -> list[str]:
    return [_filled(source, form) for form in source.choices(forms, k=count)]


def _filled(source: random.Random, form: str) -> str:
    words = {
        "thing": _thing(source),
        "thing2": _thing(source),
        "role": source.choice(ROLES),
        "role2": source.choice(ROLES),
        "action": source.choice(ACTIONS),
        "place": source.choice(PLACES),
        "reason": source.choice(REASONS),
        "case": source.choice(CASES),
        "hour": source.choice(HOURS),
        "day": source.choice(DAYS),
        "count": source.randint(2, 90),
        "money": source.randint(1, 60) * 5,
        "code": _code(source),
        "name": _name(source).capitalize(),
    }
    capitals = {name.capitalize(): str(words[name]).capitalize() for name in ("thing", "action")}
    return form.format(**words, **capitals)


def _thing(source: random.Random) -> str:
    thing = source.choice(THINGS)
    return thing if source.random() < 0.6 else f"{_name(source)} {thing}"


def _code(source: random.Random) -> str:
    return f"{source.choice('ABCDEFGHK')}{source.choice('LMNPRST')}-{source.randint(100, 999)}"


def _name(source: random.Random) -> str:
    # A few names stand everywhere and most once or twice, as in any company (Zipf).
    number = int(source.paretovariate(0.35)) % 15_000
    syllables = len(SYLLABLES)
    return "".join(SYLLABLES[number // syllables**place % syllables] for place in range(3 if number > 600 else 2))
