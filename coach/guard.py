"""Owns the named rules: what Coach will not answer, whatever the SOPs hold, and where it sends people instead."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from coach.reading import INVISIBLE

MAX_QUESTION_CHARACTERS = 2_000
SPELT_OUT = {
    "u": "you", "ur": "your", "r": "are", "n": "and", "w": "with", "cos": "because", "cuz": "because", "bc": "because",
    "tho": "though", "im": "i am", "ive": "i have", "whats": "what is", "whos": "who is", "theres": "there is",
    "shes": "she is", "hes": "he is", "theyre": "they are", "dont": "do not", "doesnt": "does not", "wont": "will not",
    "cant": "can not", "isnt": "is not", "pls": "please", "plz": "please", "pw": "password", "meds": "medicine",
}  # fmt: skip


class Contact(StrEnum):
    """Whom a rule sends people to."""

    NOBODY = "nobody"
    DEFAULT_OWNER = "default_owner"
    PEOPLE_CONTACT = "people_contact"
    EMERGENCY_SERVICES = "emergency_services"


@dataclass(frozen=True)
class Rule:
    """One named reason not to answer; `patterns` match the folded question. Sources are shown beside an emergency."""

    name: str
    refer_to: Contact
    patterns: tuple[re.Pattern[str], ...] = ()
    shows_sources: bool = False
    unless: re.Pattern[str] | None = None

    def matches(self, folded: str) -> bool:
        """Say whether the rule applies to a folded question."""
        if self.unless is not None and self.unless.search(folded):
            return False
        return any(pattern.search(folded) for pattern in self.patterns)


def _patterns(*sources: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(source) for source in sources)


PERSON = (
    r"(?:new (?:hire|starter|joiner|guy|girl|person)|coworker|co-worker|colleague|teammate|manager|boss|supervisor"
    r"|employee|agent|dev|developer|engineer|ceo|owner|him|her|them|he|she|they|someone|somebody|everyone|everybody)"
)
PRIVATE_FACT = (
    r"(?:ssn|social security(?: number)?|national insurance number|home (?:phone|number|address)"
    r"|(?:personal|private|cell|mobile) (?:phone|number|mobile|email|address)|bank (?:info|details|account)"
    r"|date of birth|medical (?:record|history|file)s?|passport number|disciplinary record|sick(?:ness)? record)"
)
TARGETS = (
    r"(?:instructions?|rules?|prompts?|sops?|polic(?:y|ies)|guidelines?|docs|documents|handbook|restrictions?|filters?)"
)
STARTS = r"(?:^|[.!?;:,]\s*|\b(?:please|now|and|then|just|must|should|to|you|hey)\s+)"
ASKS_FOR = r"(?:write|draft|make|create|compose|give me|help me|show me how to|tell me how to|how (?:do|can|could|to|would)(?: i| we| you)?|script)"
HARM = r"(?:unconscious|not breathing|stopped breathing|collapsed|passed out|fainted|choking|electrocuted|stabbed|overdosed|having a (?:heart attack|stroke|seizure|fit)|bleeding (?:badly|heavily|a lot|everywhere|out)|can ?not breathe)"

SELF_HARM = Rule(
    "self_harm",
    Contact.EMERGENCY_SERVICES,
    _patterns(
        r"\b(?:suicid(?:e|al)|kill(?:ing)? myself|end(?:ing)? (?:it all|my (?:own )?life)|self.?harm(?:ing)?|(?:hurt|harm|cut)(?:ting|ing)? myself)\b",
        r"\bthinking (?:about|of) ending (?:it|things|everything)\b",
        r"\b(?:do not|no longer) want to (?:live|be alive|be here any ?more)\b|\bwant to die\b|\bbetter off dead\b",
    ),
)
EMERGENCY = Rule(
    "emergency",
    Contact.EMERGENCY_SERVICES,
    _patterns(
        rf"\b(?:is|are|has|have|just|someone|somebody|customer|colleague|person|guest|he|she|they|i am)\b.{{0,20}}\b{HARM}",
        r"\bthere is (?:a |an )?(?:fire|gas leak|smoke|intruder|explosion|bomb|man with a (?:gun|knife))\b",
        r"\b(?:building|store|shop|kitchen|office|stockroom|machine|warehouse|oven) is (?:on fire|burning)\b|\bwe are being robbed\b",
        r"\bsmell(?:s|ing)? (?:of )?gas\b|\b(?:has|with) a (?:gun|knife)\b.{0,40}\b(?:here|now|in the|threaten)",
        r"\bcall (?:an ambulance|the fire brigade|911|999|112)\b.{0,30}\b(?:now|please|quick|help)\b",
        r"\b(?:heart attack|severe allergic reaction|anaphyla\w+) (?:right )?now\b",
    ),
    shows_sources=True,
    unless=re.compile(
        r"\b(?:if|when|whenever|in case|drill|procedure|training|policy|after (?:a|an|the)|report(?:ing)? (?:a|an)|yesterday|last (?:week|month|year|night))\b"
    ),
)
OVERRIDE = Rule(
    "instruction_override",
    Contact.NOBODY,
    _patterns(
        rf"{STARTS}(?:ignore|disregard|forget|override|drop|abandon)\s+(?:(?:all|any|every|each|your|the|my|our|of|previous|prior|above|earlier|preceding|those|these|that|this|current|existing|original|incident|company|safety|system)\s+){{0,5}}(?:\w+\s+){{0,2}}{TARGETS}",
        r"\b(?:ignore|disregard|forget) (?:everything|all|anything)(?: that)? (?:you|above|before|i|we|said|told|was|has|earlier|previous)",
        r"\b(?:your|the) (?:hidden |secret |initial |original |full |entire |exact )*(?:system )?(?:prompts?|instructions)\b.{0,30}\b(?:word for word|verbatim|exactly|in full)\b",
        r"\b(?:print|show|reveal|repeat|tell me|give me|output|dump|display|share|leak|list|what (?:is|are|were))\b.{0,30}\b(?:your|system|hidden|secret|initial)\b.{0,25}\b(?:prompts?|instructions|rules)\b",
        r"\b(?:repeat|print|output|copy|reveal|say)\b.{0,20}\b(?:everything|all (?:the )?(?:text|words)|the (?:text|words|lines?))\b.{0,15}\babove\b",
        r"\bevery (?:document|file|sop|passage)s?\b.{0,30}\b(?:word for word|verbatim|access)",
        r"\b(?:system|admin|developer|root|safety) override\b|\bjailbreak(?:ed)? (?:mode|prompt|yourself|you)\b|\b(?:developer|god|dan|debug) mode\b|\bdo anything now\b",
        r"\b(?:from now on|henceforth)\b.{0,20}\byou (?:are|will|must|act|have|answer)\b|\byou are (?:now )?(?:dan|an? (?:unrestricted|unfiltered|uncensored|evil))\b|\byou are now (?:the|a|an|my|in)\b",
        r"\bact as (?:dan|if you had no|an? (?:unrestricted|unfiltered|uncensored))\b|\bwithout (?:any )?(?:restrictions|filters|your rules)\b",
    ),
)
IMPERSONATION = Rule(
    "cannot_approve",
    Contact.DEFAULT_OWNER,
    _patterns(
        r"\b(?:pretend|imagine|assume|suppose|say|act (?:like|as if))\b.{0,20}\b(?:i am|to be|you are|i was)\b.{0,60}\b(?:approve|authori[sz]e|sign|allow|grant|confirm|unlock|waive)\b",
        rf"{STARTS}(?:approve|authori[sz]e|sign off)\s+(?:on\s+)?(?:my|this|these|our|me)\b",
        r"\bsign (?:it|this|that|off) (?:as|for|on behalf of) (?:the )?\w+",
    ),
    unless=re.compile(r"^(?:how|who|when|where|what|why|can|could|may|does|do|is|are)\b"),
)
HARMFUL = Rule(
    "harmful_request",
    Contact.DEFAULT_OWNER,
    _patterns(
        rf"\b{ASKS_FOR}\b.{{0,60}}\b(?:fake|forge|falsify|fabricate|backdate|lie|deceive|mislead|cover (?:it|this|that|up)|frame|blackmail|spy on|stalk|hack|phish|steal|impersonate|doctor the)\b",
        rf"\b{ASKS_FOR}\b.{{0,20}}\b(?:bypass|circumvent|get (?:around|round|past)|evade|dodge|defeat)\b",
        rf"\b{ASKS_FOR}\b.{{0,20}}\b(?:disable|turn off|switch off|kill)\b.{{0,30}}\b(?:polic(?:y|ies)|security|mfa|2fa|monitoring|antivirus|audit|firewall|screen lock|cctv|cameras?)\b",
        r"\b(?:delete|erase|wipe|remove|hide|edit|alter|change)\b.{0,60}\b(?:so|to make sure|that)\b.{0,15}\b(?:it|no ?one|nobody|they|he|she|my (?:boss|manager))\b.{0,15}\b(?:does not|can not|will not|never|do not|will (?:ever )?(?:know|see|notice|find)|knows|sees|notices|finds|show)",
        r"\b(?:reads?|access|get into|open|see|log ?in(?:to)?|check)\b.{0,20}\b(?:everyone|everybody|someone|somebody|other people|her|his|their|my (?:boss|manager|coworker|colleague))(?:'?s)?\b.{0,15}\b(?:gmail|e-?mails?|inbox|messages|dms|texts|phone|laptop)\b.{0,60}\b(?:so|without|secretly|about me|about us|behind)\b",
        r"\b(?:say|saying|says|claim|claiming|tell|telling|state|stating|pretend)\b.{0,80}\b(?:even though|although|when (?:really|actually|in fact)|but (?:really|actually))\b.{0,20}\b(?:it|we|they|there|he|she|i|was|did|is|are)\b",
        r"\b(?:reject|rejection|fire|dismiss|sack|pip|demote|discipline|warning|write up|not (?:hire|promote)|passed|pass on|turn (?:him|her|them|down)|get rid of|cut (?:his|her|their) (?:hours|shifts))\b.{0,80}\b(?:because|since|as|for being|for)\b.{0,20}\b(?:pregnan\w*|gay|lesbian|trans|black|asian|white|muslim|jewish|christian|disabled|too old|his age|her age|union|(?:he|she|they|\w+) (?:has |have |had )?(?:filed|complained|reported|raised)|whistle\w*|(?:on )?(?:maternity|parental|sick) leave|complain\w*)",
    ),
)
SECRET = Rule(
    "secret",
    Contact.DEFAULT_OWNER,
    _patterns(
        r"\b(?:root|admin(?:istrator)?|master|superuser|production|prod|database|safe|vault|alarm|api|ssh|private|encryption)\s+(?:password|passcode|passphrase|code|key|pin|credentials?|token|combination|login)\b\s*(?:$|\?|please|for (?:the )?\w+\s*\??$|to (?:the )?\w+\s*\??$)",
    ),
    unless=re.compile(
        r"\b(?:who|where|change|reset|rotate|forgot|forgotten|lost|policy|how (?:do|often|should|long|many)|when)\b"
    ),
)
PERSONAL_DATA = Rule(
    "personal_data",
    Contact.PEOPLE_CONTACT,
    _patterns(
        rf"\b(?:give|tell|send|get|show|find|what is|where is|need|want|look up)\b.{{0,40}}\b(?:his|her|their|\w+'s)\s+(?:name and )?(?:full )?{PRIVATE_FACT}",
        rf"\b(?:give|tell|send|get|show|find|look up|need|want|what is)\b.{{0,25}}\b{PRIVATE_FACT}\b.{{0,30}}\b(?:for|of|about|on)\s+(?:the |a |my |our |that )?{PERSON}\b",
        r"\bwhere do(?:es)? (?:he|she|they|my (?:boss|manager|coworker|colleague)|\w+) live\b",
        r"\b(?:his|her|their) (?:name )?(?:and )?(?:home|private|personal|cell|mobile) (?:phone )?(?:number|address|phone)\b",
    ),
)
MEDICAL = Rule(
    "medical_advice",
    Contact.PEOPLE_CONTACT,
    _patterns(
        r"\b(?:what|which|any)\b.{0,20}\b(?:medicine|medication|pills?|drugs?|painkillers?|antibiotics?|tablets?|supplements?)\b.{0,30}\b(?:should|can|could|do|would|to|will|keep|help|stop|is|are)\b.{0,25}\b(?:i|me|my|take|best|good)\b",
        r"\b(?:should|can|may|could) i (?:take|stop taking|double|mix|combine)\b.{0,40}\b(?:medicine|medication|pills?|tablets?|ibuprofen|paracetamol|aspirin|antidepressants?|antibiotics?|painkillers?|dose)\b",
        r"\b(?:do i have|have i got|is this|could this be|do you think i have) (?:a |an )?(?:covid|flu|infection|infected|concussion|concussed|migraine|broken|fracture\w*|cancer|depression|adhd|anxiety|burnout|sprain\w*)\b",
        r"\bmy (?:\w+ )?(?:back|head|chest|stomach|knee|leg|arm|wrist|neck|eye|tooth|throat|ankle|foot|shoulder)\b.{0,20}\b(?:hurts?|aches?|is (?:numb|swollen|sore|killing))\b.{0,80}\b(?:what|should|is it|can i|which)\b.{0,40}\b(?:take|do about|treat|serious|doctor|exercise|medicine)\b",
        r"\b(?:diagnose|diagnosis for) (?:me|my)\b",
    ),
)
LEGAL = Rule(
    "legal_advice",
    Contact.PEOPLE_CONTACT,
    _patterns(
        r"\b(?:should|can|could|may) (?:i|we|they|he|she|customers?|you)(?: be able to)? sue\b|\bable to sue\b|\b(?:take (?:them|him|her|us|the company) to court|press charges|do i have a case)\b",
        r"\b(?:are|am|is|be|would|could) (?:we|i|they|he|she|the company)? ?(?:be )?legally (?:liable|responsible|allowed|required|obliged|entitled)\b",
        r"\bis (?:it|this|that) (?:even )?(?:legal|illegal|lawful|unlawful|against the law) (?:for|that|to)\b.{0,60}\b(?:me|my|them|him|her|us|they|he|she)\b",
        r"\b(?:do i need|should i (?:get|hire|call|talk to)) a (?:lawyer|solicitor|attorney)\b|\bmy legal (?:rights|position|options)\b|\blegal advice\b",
    ),
)
FINANCIAL = Rule(
    "financial_advice",
    Contact.PEOPLE_CONTACT,
    _patterns(
        r"\b(?:should i|shall i|is it (?:better|smart|wise|worth it) to|would you)\b.{0,30}\b(?:exercise|sell|buy|hold|invest|cash (?:in|out)|put (?:more )?money)\b.{0,60}\b(?:options?|shares?|stock|equity|pension|401k|crypto|isa|tax\w*|fund|savings)\b",
        r"\b(?:better|best|good|bad) for my tax(?:es)?\b|\bhow (?:do|can) i (?:pay less|avoid|save(?: on)?|reduce)(?: my)? tax\b|\btax advice\b|\bwhich pension fund should i\b",
    ),
)
RULES = (
    SELF_HARM, EMERGENCY, OVERRIDE, IMPERSONATION, HARMFUL, SECRET, PERSONAL_DATA, MEDICAL, LEGAL, FINANCIAL,
)  # fmt: skip

NO_WORDS = Rule("no_words", Contact.NOBODY)
TOO_LONG = Rule("too_long", Contact.NOBODY)
SOMEBODYS_PAY = Rule("somebodys_pay", Contact.PEOPLE_CONTACT)

PAY = re.compile(
    r"\b(?:how much|what)\b(?: exactly| salary| wage| pay)?(?: money)? (?:do|does|did|is|are|will|would) (?P<subject>(?!(?:i|we|you|it|u|the company|this|that)\b)[\w' .-]{2,60}?) (?:(?:get|gets|getting|being) paid|make|makes|making|earn|earns|earning|paid|on(?: a year| an hour)?$|take home)"
    r"|\b(?:what is|how much is|tell me|show me|whats) (?P<owner>(?!(?:my|our|your|the|a|it)\b)[\w.-]+(?: [\w.-]+)?)(?:'s|s') (?:salary|pay|wages?|income|bonus|compensation)\b"
    r"|\b(?:salary|pay|wages?|bonus) (?:of|for) (?P<named>(?:my (?:boss|manager|coworker|colleague)|him|her|(?:mr|ms|mrs) \w+))\b"
    r"|\b(?:what is|how much is) (?P<theirs>(?:his|her|their|my (?:boss|manager|coworker|colleague)(?:'?s)?)) (?:salary|pay|wages?|income|bonus)\b"
)
PAY_WORDS = re.compile(
    r"\b(?:salar(?:y|ies)|pay|paid|wages?|earns?|compensation|bonus(?:es)?|per (?:year|hour|annum))\b"
)
FILLER = re.compile(r"\b(?:my|the|our|a|an|all|any|does|do|other|exactly|actually|much|year|per|people|person|guys?)\b")


def cleaned(question: str) -> str:
    """Return a question as people see it: composed, without invisible marks, white space folded."""
    return " ".join(unicodedata.normalize("NFC", INVISIBLE.sub("", question)).split())


def unaskable(question: str) -> Rule | None:
    """Return the rule that says a text is no question at all: no words in it, or too many."""
    if len(question) > MAX_QUESTION_CHARACTERS:
        return TOO_LONG
    return None if any(character.isalnum() for character in question) else NO_WORDS


def broken_rule(question: str) -> Rule | None:
    """Return the first rule a question breaks, None for an ordinary one."""
    folded = fold(question)
    return next((rule for rule in RULES if rule.matches(folded)), None)


def asks_somebodys_pay(question: str) -> bool:
    """Say whether a question asks what one named or described person or group earns."""
    return PAY.search(fold(question)) is not None


def speaks_of_pay(sentence: str) -> bool:
    """Say whether a sentence is about what people earn."""
    return PAY_WORDS.search(sentence.lower()) is not None


def pay_subject(question: str) -> str:
    """Return whose pay a question asks for, in its own words, without articles; empty where it names nobody."""
    match = PAY.search(fold(question))
    whose = next((name for name in match.groups() if name), "") if match else ""
    return " ".join(FILLER.sub(" ", whose).split())


def fold(question: str) -> str:
    """Return a question in one spelling: compatible characters, lower case, straight quotes, chat words spelt out."""
    text = unicodedata.normalize("NFKC", question).lower().replace("’", "'").replace("‘", "'")
    text = re.sub(r"\b(do|does|did|is|are|was|were|ca|wo|could|should|would|has|have)n't\b", r"\1 not", text)
    text = text.replace("ca not", "can not").replace("wo not", "will not").replace("cannot", "can not")
    text = re.sub(r"\b(i)'m\b", r"\1 am", text)
    text = re.sub(r"\b(i|we|they|you)'ve\b", r"\1 have", text)
    text = re.sub(r"\b(what|who|there|he|she|it|that)'s\b", r"\1 is", text)
    text = re.sub(r"\b(we|they|you)'re\b", r"\1 are", text)
    return " ".join(SPELT_OUT.get(word, word) for word in text.split())
