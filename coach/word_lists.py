"""Owns the lists of English words that the checks on a model's sentences go by."""

import re

NEGATION_WORDS = """
    not never no none nobody nothing nowhere neither nor without forbidden forbid forbids prohibited prohibit prohibits
    banned avoid avoids avoided
"""
NEGATIONS = frozenset(NEGATION_WORDS.split())
LIMIT_WORDS = "only solely exclusively unless except excepting excluding"
LIMITS = frozenset(LIMIT_WORDS.split())
LIMIT_PHRASES = re.compile(r"\b(?:apart from|other than|no later than|no more than|no less than)\b")

# What a statement holds under a condition begins with one of these, and the condition ends with the clause.
CONDITIONS = re.compile(
    r"(?:\b(?:if|when|whenever|once(?! (?:an?|per|every|each|in)\b)|provid(?:ed|ing)(?: that)?|assuming|in cases?"
    r"|in the (?:case|event)|on condition|(?:as|so) long as|as soon as|subject to|upon|who|whose"
    r"|after(?= [^,;:.]{0,40}\b(?:has|have|agree\w*|approv\w*|confirm\w*)\b))\b"
    r"|(?:^|[,;:.] )(?:where|should)\b|\bwith\b)([^,;:.]*)"
)

# What stands on one side of a line turns what stands on the other round.
OPPOSITE_WORDS = """
    before|after
    above over exceed exceeds exceeding more greater|below under less fewer
    least minimum|most maximum
    always|never sometimes
    must shall required mandatory obliged|may optional optionally might can could allowed
    must shall required mandatory obliged|should ought recommend recommended
    may optional optionally might can allowed|should ought
    open opens opened opening|close closes closed closing shut
    lock locks locked|unlock unlocks unlocked
    add adds added|remove removes removed
    increase increases raise raises|decrease decreases reduce reduces lower
    accept accepts accepted|refuse refuses refused reject rejects rejected decline
    approve approves approved|deny denies denied reject rejected
    start starts begin begins|stop stops end ends finish
    include includes including included|exclude excludes excluding excluded
    inside in-store|outside
    first|last
    left|right
    on|off
    full|partial empty
    hot|cold
    paid|unpaid
    early earlier|late later
    all every|some
    opening|closing
    internal|external
    old|new
    same|next other different previous
    push|pull
    arrive arriving arrival|leave leaving departure
"""
HAVE_TO = re.compile(r"\b(?:have|has|had|needs?|needed) to\b", re.IGNORECASE)
AT_MOST = re.compile(r"\b(?:up to|not? more than|no later than)\b", re.IGNORECASE)
AT_LEAST = re.compile(r"\b(?:or more|not? less than|no fewer than)\b", re.IGNORECASE)
OPPOSITES = tuple(
    tuple(frozenset(side.split()) for side in line.split("|")) for line in OPPOSITE_WORDS.strip().splitlines()
)
PREFIXES = ("un", "in", "im", "ir", "non", "dis")

# A plain word, and the stems of the words it may stand for.
PLAIN_WORD_LINES = """
    over: abov exceed
    under: below
    buy: purchas bought
    tell: inform notifi advis told
    start: commenc begin began initi
    end: termin finish
    use: util
    help: assist
    get: obtain receiv
    ask: request
    check: ensur verifi
    send: submit forward sent
    fill: complet
    employe: staff colleagu personnel worker
    put: place
    refund: repay reimburs
    tri: attempt
    leav: depart left
    give: given gave
    keep: kept retain
    hold: held
    write: written wrote
    take: taken took
    show: shown present
    throw: thrown threw
    drive: driven drove
    speak: spoken spoke
    break: broken broke
    steal: stolen stole
    lose: lost
    sell: sold
    spend: spent
    lend: lent
    stand: stood
    find: found
    meet: met
    hide: hidden hid
    freez: frozen froze
    fall: fallen fell
    wear: worn wore
    ring: rang rung
    bring: brought
    pay: paid
    do: done
    make: made
    choos: chosen chose select
    phone: telephon call
    pictur: photo photograph
    e-mail: email mail
    id: identif identifi
    close: shut
"""
PLAIN_WORDS = {
    stem: word.strip()
    for word, _, stems in (line.partition(":") for line in PLAIN_WORD_LINES.strip().splitlines())
    for stem in stems.split()
}

# Words that carry an answer without stating anything.
GLUE_WORDS = """
    able allowed remember want wants know knows happen happens
    please then also first next finally afterwards make makes sure need needs needed have has had get gets got
    let lets must may might can could should shall will would do does done use used using follow person people
    someone anyone customer's yes it they them there here this that these those when if once while until before
    after during within least most up out down back off each every any all both own go come take takes put per
    via
"""
GLUE = frozenset(GLUE_WORDS.split())

# How a sentence may begin though its quotes do not say the word: nobody's name is among them.
OPENING_WORDS = """
    a an the this that these those it its he she they we you your their our there here i in on at by for from of
    to with without within under over above below about as after before during until since between across
    through into onto if when where while once unless except only even also and or but so then first next
    finally otherwise however yes no not never always usually any all each every both either neither none some
    most more less fewer another must may can could should shall will would do does did is are was were be has
    have had make let please need get give take keep put ask tell call send bring check show use fill write sign
    open close lock count hand leave wait go come stay start stop begin end finish add remove move turn press
    push pull pick place hold wear wash clean dry cover store pack throw return report record note enter log
    read choose select say speak explain offer accept refuse refund pay buy book request apply follow see look
    find contact phone e-mail email inform hang set switch repeat confirm approve agree complete submit save
    scan print copy attach share post collect deliver order receive avoid remember staff everyone anyone someone
    nobody people customers employees managers
"""
OPENINGS = frozenset(OPENING_WORDS.split())

# What makes of a rule less than a rule; both texts must have the same.
HEDGES = re.compile(
    r"\b(?<!at )(most|few|rarely|seldom|hardly|scarcely|barely|sometimes|usually|normally|mostly|often)\b"
)
DENYING_PHRASES = re.compile(
    r"\b(instead of|rather than|with the exception of|save for|but for|barring|excluded|refuses? to|used to (?!be\b)"
    r"|fails? to|stop (?=\w+ing\b))"
)
ROLE_WORDS = (
    "accountant admin administrator auditor boss buyer cashier chef chief cleaner cook director doctor driver engineer "
    "foreman guard head inspector lead leader manager mentor nurse officer owner pharmacist receptionist supervisor "
    "technician trainer"
)
ROLE = rf"(?:{'|'.join(ROLE_WORDS.split())})"
# Who does something, and what: "the shift lead may approve refunds".
DOERS = re.compile(
    rf"\b(?P<doer>{ROLE}s?) (?:(?:may|can|must|shall|should|will) (?!be\b|not be\b)(?P<act>\w+ \w+)|(?P<does>\w+s)\b)"
)
PERSONS = re.compile(
    rf"\b({ROLE}|customer|client|patient|visitor|employee|colleague|guest|supplier|contractor|staff)s?\b"
)
