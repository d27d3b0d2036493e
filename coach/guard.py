"""Owns the named rules: what Coach will not answer, whatever the SOPs hold, and where it sends people instead."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from coach.reading import INVISIBLE

MAX_QUESTION_CHARACTERS = 2_000
# Keys have no apostrophe, so "don't" and "dont" are one word. "were" may be the past of "are" and is left alone.
SPELT_OUT = {
    "u": "you", "ur": "your", "r": "are", "n": "and", "w": "with", "cos": "because", "cuz": "because", "bc": "because",
    "tho": "though", "im": "i am", "ive": "i have", "weve": "we have", "whats": "what is", "whos": "who is",
    "theres": "there is", "thats": "that is", "shes": "she is", "hes": "he is", "theyre": "they are", "dont": "do not",
    "youre": "you are", "doesnt": "does not", "didnt": "did not", "wont": "will not", "cant": "can not",
    "cannot": "can not", "isnt": "is not", "arent": "are not", "wasnt": "was not", "hasnt": "has not", "pls": "please",
    "plz": "please", "pw": "password", "creds": "credentials", "combo": "combination", "meds": "medicine",
    "gimme": "give me", "gonna": "going to", "wanna": "want to", "noone": "no one",
}  # fmt: skip


class Contact(StrEnum):
    """Whom a rule sends people to."""

    NOBODY = "nobody"
    DEFAULT_OWNER = "default_owner"
    PEOPLE_CONTACT = "people_contact"
    EMERGENCY_SERVICES = "emergency_services"


@dataclass(frozen=True)
class Rule:
    """One named reason not to answer: a pattern matches the folded question and `unless` does not."""

    name: str
    refer_to: Contact
    patterns: tuple[re.Pattern[str], ...] = ()
    shows_sources: bool = False  # beside an emergency number
    unless: str = r"(?!)"

    def matches(self, folded: str) -> bool:
        """Say whether the rule applies to a folded question."""
        return any(pattern.search(folded) for pattern in self.patterns) and not re.search(self.unless, folded)


def _patterns(*sources: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(source) for source in sources)


ORDER = r"(?:^|[.!?;:,)}\]>]\s*|\b(?:please|now|and|then|just|must|go ahead|(?:can|could|will|would|should|need|want) you(?: to)?|hey)\s+)(?:please |just |quickly ){0,2}"
HOW_TO = r"(?:^(?:please )?|\b(?:how (?:do|can|could|would|should|might)(?: i| we| you)|how to|help me|help us|(?:can|could|will) you|ways? to|so i can|i (?:want|need) to) )(?:just |quickly |secretly |quietly |safely |easily |best |please )?"
ASKS_FOR = r"(?:\b(?:give|send|tell|show|get|find|text|hand|pass|share|dm)(?: me| us)|^(?:give|send|share|show)|\bwhat (?:is|are|was)|\bi want|(?<!do )\bi need|\blook up|(?:do|does|can) (?:you|anyone|anybody|someone) (?:know|have|share)|^(?:anyone|anybody) (?:know|have|got))"
COLLEAGUE = r"(?:co-?worker|colleague|teammate|manager|boss|supervisor|team lead|employee|dev|developer|engineer|ceo|owner|cook|chef|waiter|waitress|barista|nurse|doctor|receptionist|cleaner|temp|intern|new (?:hire|starter|joiner|guy|girl|person))"
PERSON = rf"(?:{COLLEAGUE}|customer|client|patient|guest|caller|man|woman|guy|lady|kid|child|boy|girl|baby|visitor|person|someone|somebody|him|her|them|he|she|they)"
SOMEBODYS = rf"(?:his|her|their|my {COLLEAGUE}'?s|(?:(?:the|our|that) (?:\w+ )?)?(?!this|its|is|was|does|company|business|address)\w+'?s)"
PRIVATE_FACT = r"(?:ssn|social security(?: number)?|national insurance number|home (?:phone|number|address)|(?:personal|private|cell|mobile) (?:phone|number|mobile|e-?mail|address)|bank (?:info|details|account)|(?:credit |debit )?card (?:number|details)|date of birth|medical (?:record|history|file)s?|diagnosis|passport number|(?:disciplinary|criminal|sick(?:ness)?) record|personnel file|performance (?:review|rating)|(?:sick leave|sickness|absence) reason)(?! (?:process|policy|form|template|format|schedule|field|section))"
TARGETS = r"(?:instructions?|rules?|prompts?|sops?|polic(?:y|ies)|guidelines?|docs|documents|handbook|restrictions?|filters?|training|programming|settings|safeguards|guardrails)"
AILMENT = r"(?:rash|fever|migraines?|headaches?|cough|tightness|pains?|nausea|swollen|swelling|blister\w*|dizz\w+|infect\w+|tingling|numb|lump|toothache|earache|burn(?:t|ed)?|sprain\w*|insomnia|hurts?|hurting|aches?|aching|sore|killing me|throwing up|flu|can not sleep)"
DRUG = r"(?:medicine|medications?|pills?|drugs?|painkillers?|antibiotics?|tablets?|supplements?|ibuprofen|paracetamol|aspirin|tylenol|advil|antihistamines?|antidepressants?|insulin|xanax|sleeping aids?)"
PASSED_OUT = r"(?:collapsed|passed out(?! \w+s\b)|fainted|choking(?! hazard)|electrocuted|drowning|overdosed|(?:been|got|was) (?:stabbed|shot))"
MONEY = r"(?:my (?:\w+ )?(?:options|shares|stock|equity|pension|401k|savings|bonus|wages|salary|money|mortgage|rsus?)(?! (?:card|stamp|form|slip|letter)s?\b)|stock options|rsus?|company (?:stock|shares?)|shares? (?:in|scheme)|pension|401k|crypto\w*|bitcoin|index funds?|isa|mortgage|a loan)"
PROTECTED = r"(?:pregnan\w*|gay|lesbian|trans|black|asian|muslims?|jew\w*|disab\w*|older|too old|women|mothers|immigrants|foreign\w*|(?:his|her|their) (?:age|religion|race|accent)|union|whistle\w*|(?:maternity|parental|sick) leave|complain\w*|harassment|racism|(?:he|she|they|\w+) (?:has |have |had )?(?:filed|complained|reported|raised))"
OVERSEER = r"(?:nobody|no ?one|they|he|she|it|anyone|my (?:boss|manager)|the (?:boss|manager|owner|company|auditors?|inspectors?|police)|\w+ changes)"

SELF_HARM = Rule(
    "self_harm",
    Contact.EMERGENCY_SERVICES,
    _patterns(
        r"\bkill(?:ing)? myself\b|\b(?:going to|want to|might|will|tempted to|urge to) (?:just )?(?:kms|(?:hurt|harm|cut) myself)\b|\b(?:been|keep|started|about|of) (?:hurting|harming|cutting) myself\b|\bself.?harm(?:ing)? (?:again|myself)\b",
        r"\b(?:i am|i feel|feeling|been|i have been|am i) (?:\w+ )?suicidal\b|^(?!.*\b(?:if|when|policy|training|procedure|protocol|poster)\b).*\b(?:suicid(?:e|al)|self.?harm(?:ing)?)\b",
        r"\bend(?:ing)? (?:it all|my (?:own )?life)\b|\bthinking (?:about|of) ending (?:it|things|everything)\b(?! with)|\bwant (?:it|this|everything) all to (?:end|stop)\b|\bit all to (?:end|stop)\b",
        r"\b(?:do not|no longer) want to (?:live|be alive|exist|wake up|be here any ?more)\b(?! (?:in|with|at|on|near|so|before|early))|\bwant to die\b|\bwish i (?:was|were) (?:dead|never born)\b|\bwas never born\b",
        r"\bbetter off (?:dead|without me)\b|\bno (?:reason|point) (?:to|in|for) (?:live|living|go(?:ing)? on)\b|\bnothing (?:left )?to live for\b|\bnot worth living\b",
        r"\bi (?:just |have )?(?:took|taken|swallowed) (?:a (?:load|lot|bunch|bottle|handful)|all|too many|loads)\b.{0,20}\b(?:pills|tablets|painkillers|medicine)\b",
        r"^(?!.*\b(?:if|when|policy|training|procedure)\b).*\b(?:kill|hurt|harm)(?:ing)? (?:herself|himself|themsel\w+)\b",
    ),
)
EMERGENCY = Rule(
    "emergency",
    Contact.EMERGENCY_SERVICES,
    _patterns(
        rf"\b{PERSON}s?\b.{{0,25}}\b{PASSED_OUT}\b|\b(?:unconscious|not breathing|stopped breathing|is not breathing|can not breathe|throat is closing|will not wake up|can not wake (?:him|her|them))\b",
        r"\bhaving an? (?:\w+ )?(?:heart attack|stroke|seizure)\b|\b(?:heart attack|severe allergic reaction|anaphyla\w+) (?:right )?now\b|\bbleeding (?:badly|heavily|a lot|everywhere|out|really)\b|\bwill not stop bleeding\b",
        r"\b(?:cut|chopped|sliced) (?:his|her|their|my|a) (?:\w+ )?(?:finger|thumb|hand|arm)s? off\b|\b(?:drank|swallowed|drunk) (?:\w+ )?(?:bleach|poison|chemicals?|detergent|cleaner)\b",
        r"\bthere is (?:an? )?(?:\w+ )?(?:fire|gas leak|smoke|intruder|shooter|explosion|bomb)\b(?! (?:drill|door|exit|safety|alarm|detector|extinguisher|blanket|warden|inspection|escape|break))",
        r"\b(?:building|store|shop|kitchen|office|stockroom|machine|warehouse|oven|fryer|bin|toaster|battery|laptop|car|van) (?:is |has |just )?(?:on fire|burning(?! the)|caught fire)\b|\bsmoke (?:is )?(?:coming|pouring|billowing)\b",
        r"\b(?:we are|we|were|i am) (?:being|getting) (?:robbed|attacked|held up|shot at)\b|\bsmell(?:s|ing)? (?:of |like )?gas\b",
        rf"\b{PERSON}\b.{{0,20}}\b(?:with|has|holding|waving|pulled) an? (?:gun|knife|weapon)\b(?:.{{0,40}}\b(?:here|now|in|into|threaten\w*|help|shop|store)\b|\W*$)",
        r"\bcall (?:an ambulance|the fire brigade|911|999|112)\b.{0,30}\b(?:now|please|quick|help)\b",
    ),
    shows_sources=True,
    unless=r"^if\b|\bif (?:an?|the|someone|somebody|anyone|one|my|there|we|i|you)\b|\b(?:when|whenever|in case|drill|procedure|training|policy|after (?:an?|the)|report(?:ing)?|yesterday|last (?:week|month|year|night))\b",
)
OVERRIDE = Rule(
    "instruction_override",
    Contact.NOBODY,
    _patterns(
        rf"(?:{ORDER}|\bmust )(?:ignore|disreg\w+|forget|override|drop|abandon|bypass)\s+(?:(?:all|any|every|each|of|the|what)\s+){{0,3}}(?:your|previous|prior|above|earlier|preceding|those|these|existing|original|system|safety)\s+(?:\w+\s+){{0,3}}{TARGETS}\b",
        rf"{ORDER}(?:ignore|disreg\w+|forget|stop (?:following|reading|obeying))\s+(?:(?:all|any|the|what|our|your|company)\s+){{0,3}}(?:\w+\s+)?{TARGETS}\b.{{0,20}}\b(?:and|just|instead)\b.{{0,15}}\b(?:tell|say|make|answer|write|reply|talk|chat|approve|give)\b",
        r"\b(?:ignore|disreg\w+|forget) (?:everything|everthing|all|anything)(?: that)? (?:you|above|before|i (?:said|told)|said|told|was|has been|earlier|previous)\b",
        r"\bwhat (?:were|are|was) you (?:told|instructed|programmed|prompted)\b|\binstructions you (?:were|have been|are) given\b|\b(?:see|need|print|show) (?:me )?(?:your|the) system (?:prompt|message)\b|\byour (?:\w+ )?(?:prompts?|instructions)\b.{0,30}\b(?:word for word|verbatim|exactly|in full)\b",
        r"\b(?:print|show|reveal|repeat|tell me|give me|output|dump|display|share|leak|list|copy|paste|translate|recite|summari[sz]e|encode|what (?:is|are|were))\b.{0,30}\b(?:(?:your|system|hidden|secret|initial)\b.{0,25}\bprompts?|(?:your|hidden|secret|initial)\b.{0,25}\binstructions|(?:hidden|secret) rules)\b(?! (?:for|on|about|regarding|when)\b)",
        r"\b(?:repeat|print|output|copy|reveal|say)\b.{0,20}\b(?:everything|all (?:the )?(?:text|words)|the (?:text|words|lines?))\b.{0,15}\babove\b",
        r"\b(?:all|every|any)\b.{0,12}\b(?:documents?|files?|sops?|passages?)\b.{0,30}\b(?:word for word|verbatim|in full|you (?:have access|can (?:see|access|read)))\b(?! (?:on|about|for|regarding))",
        r"\b(?:system|admin|developer|root|safety) override\b|\bjailbreak(?:ed)? (?:mode|prompt|yourself|you)\b|\b(?:god|dan|jailbreak) mode\b|\bdo anything now\b|^(?:enter|activate|enable|switch to|go into) (?:developer|debug) mode\b|^\W*(?:system|admin)\b.{0,10}:.{0,60}\b(?:(?:rules|safety|filters|restrictions) (?:are )?(?:disabled|off|lifted)|override|ignore|you are)\b",
        r"\b(?:from now on|henceforth)\b,? (?:you|your|act|answer|reply|respond)\b|\byou are (?:now )?(?:dan|an? (?:unrestricted|unfiltered|uncensored|evil))\b|\byou are now (?:the|a|an|my|in)\b|\byou are no longer an?\b",
        r"\b(?:act|answer|respond|reply|behave|speak|talk)\b.{0,10}\b(?:as|like) (?:dan|if you (?:had|have) no|an? (?:unrestricted|unfiltered|uncensored|evil|pirate))\b|\b(?:answer|reply|respond|act|speak) (?:\w+ ){0,2}with(?:out| no) (?:any )?(?:restrictions|filters?|your rules|rules|limits|censorship)\b",
        r"\bnew (?:system )?instructions? ?:.{0,20}\b(?:reply|answer|respond|you|say|output|ignore)\b|^pretend\b.{0,20}\b(?:sops?|polic(?:y|ies)|handbook|rules?|docs?) (?:says?|allows?|states?|lets?|gives?)\b",
    ),
)
IMPERSONATION = Rule(
    "cannot_approve",
    Contact.DEFAULT_OWNER,
    _patterns(
        r"\b(?:pretend|imagine|assume|suppose|say|act (?:like|as(?: if)?))\b.{0,20}\b(?:i am|to be|you are|i was|my|our|the)\b.{0,60}\b(?:approve|authori[sz]e|sign|allow|grant|confirm|unlock|waive|ok)\b",
        rf"{ORDER}(?:approve|authori[sz]e|sign(?: off)?)\s+(?:on\s+|off\s+)?(?:my|this|these|our|me|it|(?:an? |the )?[$£€]?\d)",
        rf"\b(?:can|could|will|would) you (?:\w+ )?(?:ok|okay|grant|waive|accept) (?:my|this|our|me)\b|{ORDER}(?:grant|give) me (?:\w+ )?(?:access|permission|admin rights)(?= to\b|\W*$)",
        r"\b(?:i am|this is|speaking as) (?:the |your |a )?(?:\w+ )?(?:ceo|cfo|cto|ciso|owner|founder|director|president|manager|supervisor|boss|head|hr)\b.{0,40}\b(?:approve|authori[sz]e|sign|grant|order you|waive)\b",
        rf"\bsign (?:it|this|that|off) (?:as|for|on behalf of) (?:the )?\w+|{ORDER}sign\b.{{0,30}}\bon behalf of\b|{ORDER}impersonate (?:my|the|our|a)\b",
        rf"{ORDER}(?:say|tell (?:him|her|them)|confirm|write)(?: that)? (?:it is|its|this is|i am|my \w+ (?:is|was)) (?:approved|authori[sz]ed|signed off)\b",
    ),
    unless=r"^(?:does|is|are|am|should|must|may)\b|\b(?:how|who|whose|where|what|when|why)\b|\b(?:can|could|do|should|may|must) (?:i|we|an?|my|the|they)\b",
)
HARMFUL = Rule(
    "harmful_request",
    Contact.DEFAULT_OWNER,
    _patterns(
        rf"{HOW_TO}(?:forge\b|falsify|fabricate|doctor the|fake (?:an?|my|the|some|our)\b|deceive|mislead|lie (?:to|about)|cover (?:it |this |that )?up|frame (?:him|her|them|someone|my (?:boss|manager|coworker))\b|blackmail|bribe|spy on|stalk|hack (?:into|my|his|her|their|the)\b|phish|steal\b|shoplift|embezzle|skim\b.{{0,20}}\b(?:cash|money|till|tips|cards?)\b|spike\b.{{0,20}}\b(?:drink|food|coffee)\b|(?:make|build) an? (?:pipe |petrol )?(?:bomb|explosive))|(?:^|\bhelp me )(?:please )?backdate\b",
        r"\b(?:write|make|create|draft|post|print)(?: me| up| us)?(?: an?| the| some)? (?:\w+ )?fake\b|\b(?:make up|invent) an? (?:\w+ )?(?:reason|excuse|story)\b|\b(?:install|write|make|build|create|plant|send)\b.{0,15}\b(?:key ?logger|spyware|ransomware|malware|phishing (?:e-?mail|page|site|link))\b(?! (?:report|test|training|simulation))",
        rf"{HOW_TO}(?:bypass|circumvent|get (?:around|round|past)|evade|dodge|defeat|disable|turn off|switch off)\s+(?:\w+\s+){{0,3}}(?:mfa on|screen lock|antivirus|audit (?:log|trail)s?|cctv|safety (?:guard|interlock|switch|sensor)s?)\b",
        rf"{HOW_TO}(?:bypass|circumvent|get (?:around|round)|evade|dodge|defeat)\s+(?:\w+\s+){{0,3}}(?:polic(?:y|ies)|controls?|mfa|2fa|limits?|approvals?|(?:age|id|security) (?:check|verification)s?|audits?|cameras?|door alarm|monitoring|(?:web|content) filter|security|rules?)\b",
        rf"\bwithout (?:\w+ )?(?:getting caught|being (?:caught|noticed|seen)|it showing|(?:anyone|anybody|him|her|them|my (?:\w+)) (?:noticing|knowing|seeing|finding out))\b|\bso (?:that )?{OVERSEER} (?:does not|do not|did not|can not|will not|will never|never|will) (?:ever )?(?:notice|know|find out|suspect|catch|see (?:me|that i|what i|i)|show (?:i|me|we))\b|\bso (?:that )?(?:nobody|no ?one) (?:ever )?(?:notices|knows|finds out|suspects|sees)\b|\bso my changes\b.{{0,10}}\bnot show\b|\bbefore the (?:inspector|auditor)s?\b.{{0,10}}\b(?:notice|see|find)",
        r"\b(?:hide|conceal)\b.{0,40}\bfrom (?:the |my |our )?(?:auditors?|inspectors?|manager|boss|owner|police|regulators?|tax)\b|\b(?:read|see|access|get into|look at)\b.{0,40}\b(?:her|his|their|everyone'?s|someone'?s) (?:private|personal) (?:\w+ )?(?:messages|dms|chats?|e-?mails?|texts?|inbox)\b",
        r"\b(?:reads?|access|get into|open|see|log ?in(?:to)?|check)\b.{0,20}\b(?:everyone|everybody|someone|somebody|other people|her|his|their|my (?:boss|manager|co-?worker|colleague))(?:'?s)?\b.{0,15}\b(?:gmail|e-?mails?|inbox|messages|dms|texts|phone|laptop)\b.{0,60}\b(?:so i can see|secretly|about me|about us|behind)",
        r"\b(?:track|spy on|stalk|listen in on) (?:my (?:gf|girlfriend|bf|boyfriend|wife|husband|ex|partner|co-?worker|colleague|boss|manager)|him|her|someone)\b(?!'s)|\bsteal the (?:customer|client) (?:list|data)",
        r"^(?!(?:what|how|who|can i|do i|should i)\b).*\b(?:say|saying|says|claim\w*|tell\w*|stat(?:e|es|ing)|pretend|looks? like)\b.{0,100}\b(?:even though|although|when|but)(?: really| actually| in fact)? (?:it|we|they|there|he|she|i|that) (?:was|were|did|is|are|has|have|had|does|do)(?: us| me)?\W*$",
        rf"\b(?:reject\w*|fire|dismiss|sack|pip|demote|discipline|(?:bad|negative) reference|not (?:hire|promote)|passed|pass on|turn (?:him|her|them|down)|get rid of|cut \w+ (?:hours|shifts))\b(?! (?:me|us|my)\b).{{0,60}}\b(?:because|since|for being|for (?=complain|joining|report|filing|whistle|getting pregnant))\b.{{0,25}}\b{PROTECTED}",
        rf"\b(?:not|avoid|refuse to|stop|never)\b (?:to )?(?:hir(?:e|ing)|promot(?:e|ing)|employ(?:ing)?|interview(?:ing)?)\b.{{0,20}}\b{PROTECTED}",
    ),
)
GUARDED = r"(?:root|admin|administrator|master|superuser|manager|safe|vault|alarm|payroll|bank|prod|production|database|db|server)"
SECRET = Rule(
    "secret",
    Contact.DEFAULT_OWNER,
    _patterns(
        rf"{ASKS_FOR} (?:the |our |{SOMEBODYS} )?(?:(?!process|procedure|policy|rule|best|right|point|steps|my|an?\b)[\w-]+ ){{0,3}}(?:{GUARDED} (?:password|passcode|passphrase|pin|pin code|login|credentials)|(?:password|passcode|passphrase|pin|pin code|login|credentials) (?:for|to|of) (?:the |our )?(?:[\w-]+ )?{GUARDED}|(?:access|alarm|door|gate|safe|entry|override|unlock|lock|security|master|disarm) code|combination|(?:api|ssh|private|secret|encryption|master) key|(?:api|access|secret) token)\b(?=\W*$|[?.!,]| (?:please|now|for|to|of|on|so|from|asap|again|because)\b)",
        r"\bcode (?:to (?:open|disarm|unlock|get in\w*)|for the (?:\w+ )?(?:door|alarm|safe|gate|lock|vault|stockroom|building))\b|\b(?:tell me|give me|what is|know) (?!my|your)\w+'?s (?:login|password|pin)\b",
        r"^(?:the )?(?:root|admin|master|prod|production|safe|vault|alarm|door|database) (?:password|code|pin|combination|login|credentials)\W*(?:please)?\W*$",
    ),
    unless=r"\b(?:who|where|change|reset|rotate|policy|process|how (?:do|to|often|should|long|many)|when|if)\b|\bwi-?fi (?:password|code)\b|\bguest (?:network|password)\b",
)
PERSONAL_DATA = Rule(
    "personal_data",
    Contact.PEOPLE_CONTACT,
    _patterns(
        rf"{ASKS_FOR} (?:\w+ and )?{SOMEBODYS} (?:name and )?(?:full )?{PRIVATE_FACT}",
        rf"{ASKS_FOR} (?:the |all )?{PRIVATE_FACT}\b.{{0,20}}\b(?:for|of|about|on) (?:the |a |my |our |that )?(?:new |\w+ )?{PERSON}\b",
        r"\b(?:give|send|tell|get|text) me (?:his|her|their) (?:name and )?(?:home|private|personal|cell|mobile) (?:phone )?(?:number|address|phone)\b",
        rf"\b(?:where does (?:he|she|(?:my|the) {COLLEAGUE}) live|how old is (?:he|she|(?:my|the) {COLLEAGUE}))\b|\b(?:list|names of) (?:all |every |the )*(?:patients|customers|clients|guests) (?:who|that|with|on)\b|\b(?:list|names of) all (?:the )?(?:patients|clients)\b",
        rf"\bwhy (?:was|is|did|were) (?:(?:the|my|our) {COLLEAGUE}|(?!(?:the|my|our|i|we|it|this|that|there|an?|you|no)\b)\w+) (?:get )?(?:fired|sacked|let go(?! from)|demoted|off sick|(?:on|off on) (?:\w+ )?leave)\b|\b(?:is|was) (?!(?:it|there|this|that|the|an?)\b)\w+ off (?:sick |work )?because\b",
        r"\b(?:is|are) (?!(?:it|there|this|that|the|an?|i|we|you|anyone|someone)\b)\w+ (?:really |still )?(?:pregnant|gay|trans|(?:getting )?divorced|hiv positive|an alcoholic)\W*$|\bdoes (?!(?:it|this|that|the|staff|anyone|everyone)\b)\w+ have (?:an? )?(?:disability|cancer|hiv|depression|adhd|autism|criminal record)\W*$",
        r"\bwhat (?:medicine|medication|illness|diagnosis|condition) (?:does |is |has )?(?:he|she|(?:mr|mrs|ms|miss) \w+)\b|\bwhat did \w+ (?:get|score) (?:\w+ )?(?:on|in) (?:his|her|their) (?:\w+ )?(?:review|appraisal)\b",
    ),
    unless=r"\b(?:on.call|duty|emergency|support|help ?desk|supplier|vendor|maintenance|reception)\b.{0,15}\b(?:phone|number|mobile|cell)\b",
)
MEDICAL = Rule(
    "medical_advice",
    Contact.PEOPLE_CONTACT,
    _patterns(
        rf"\b(?:what|which|any|how (?:many|much))\b.{{0,20}}\b{DRUG}\b.{{0,25}}\b(?:(?:should|can|could|do) i take|(?:will|would|can|could) help|keeps? me|to take|for me|(?:is|are) (?:best|better|good|ok|safe) for)\b|\bbest {DRUG} for\b",
        rf"\b(?:(?:should|can|may|could) i|(?:is it )?(?:safe|ok|okay) to) (?:take|stop taking|double|mix|combine)\b.{{0,40}}\b{DRUG}\b",
        rf"\b(?:i am|i have|i got|i keep|i feel|i (?:burn\w*|hurt|twisted|pulled)|my|ive)\b.{{0,50}}\b{AILMENT}\b.{{0,80}}\b(?:what (?:\w+ )?(?:should|can|do|could) i (?:take\b(?! (?:time|the day|leave|off))|put on|give)|is (?:it|this|that) (?:serious|normal|infected|broken)|should i (?:see|go to) (?:a|the) (?:doctor|gp|er)\b(?!'s)|(?:what|which) (?:cream|medicine|pills?|tablets?)|(?:can|should) i (?:give|exercise|treat)|how (?:do|should) i treat)",
        rf"\bwhat (?:should|can|could|do) i take for (?:an? |my )?(?:\w+ )?(?:{AILMENT}|cold|hangover|nerves|anxiety)\b",
        r"\b(?:do i have|have i got|could i have|do you think i have) (?:an? )?(?:covid|flu|infection|concussion|migraine|cancer|depression|adhd|anxiety|burnout|sprain\w*)\b(?! (?:leave|pay|cover|policy|test|jab|shot))|\bdiagnos(?:e|is for) (?:me|my)\b",
    ),
    unless=r"\b(?:first aid|policy|sell|sold|stock|dispose|expired|customers?|guests?|at work|home|orders?|payments?)\b",
)
LEGAL = Rule(
    "legal_advice",
    Contact.PEOPLE_CONTACT,
    _patterns(
        r"\b(?:should|can|could|may|will) (?:i|we|they|he|she|customers?|you)(?: be able to)? sue\b|\bable to sue\b|\b(?:can|should|could|do) i (?:\w+ )?(?:take (?:them|him|her|it|the company|my \w+) to court|press charges|have a (?:legal )?case)\b",
        r"\b(?:are|am|is|would|could|will) (?:we|i|the company|my (?:boss|manager))(?: be)?(?: legally| personally)? (?:liable(?= if\b|\W*$|\?)|legally responsible)\b|\b(?:can|could|may|are) (?:they|he|she|my (?:boss|manager|employer)|the company) legally\b.{0,40}\b(?:my|me|us|our)\b",
        r"\bis (?:it|this|that) (?:even )?(?:legal|illegal|lawful|unlawful|against the law) (?:for|that|if) (?:them|him|her|my (?:boss|manager|employer|company)|they|he|she|the (?:company|boss|manager))\b.{0,40}\b(?:my|me|us|our)\b|\bagainst the law\b.{0,30}\bmy (?:boss|manager|employer|co-?worker)\b",
        r"\b(?:do i need|should i (?:get|hire|talk to|see)) a (?:lawyer|solicitor|attorney)\b|\bmy legal (?:rights|position|options)\b|\bgive me (?:some )?legal advice\b|\b(?:could|can|will|would) i (?:go to|end up in|get) (?:jail|prison|arrested|sued|prosecuted)\b",
        r"\b(?:will|would|could|can) (?:i|we|they|he|she|(?:the|a) \w+) win\b.{0,15}\b(?:court|sues?|case|lawsuit)\b|\bis my (?:non.?compete|contract|nda|dismissal|\w+ clause) (?:enforceable|legal|lawful|unlawful|binding|void)\b",
    ),
)
FINANCIAL = Rule(
    "financial_advice",
    Contact.PEOPLE_CONTACT,
    _patterns(
        rf"\b(?:should i|shall i|is it (?:better|smart|wise|worth(?: it)?)(?: for me)? to|would you)\b.{{0,30}}\b(?:exercise|sell|buy|hold|invest|cash (?:in|out)|put|take out|pay off|contribute|max out)\b.{{0,40}}\b{MONEY}\b",
        rf"\b(?:is|are) {MONEY} an? (?:\w+ )?(?:place|investment|bet)\b|\b(?:best way|where should i|how should i) (?:to )?invest (?:my|in)\b|\bwhich (?:pension )?(?:funds?|stocks|crypto) should i\b",
        r"\b(?:better|best|good|bad)\b.{0,40}\bfor (?:my )?tax(?:es)?\W*$|\bhow (?:do|can) i (?:pay less|avoid|save(?: on)?|reduce|dodge)(?: my| paying)? tax\b|\bgive me (?:some )?tax advice\b|\bhow much tax (?:will|do|would|should) i\b|\b(?:claim|deduct|write off)\b.{0,30}\bmy tax(?:es| return)?\b|\bdo i (?:need|have) to (?:declare|pay tax on) my\b.{0,30}\b(?:tax|income|tips)\b",
    ),
)
RULES = (SELF_HARM, EMERGENCY, OVERRIDE, IMPERSONATION, HARMFUL, SECRET, PERSONAL_DATA, MEDICAL, LEGAL, FINANCIAL)

NO_WORDS = Rule("no_words", Contact.NOBODY)
TOO_LONG = Rule("too_long", Contact.NOBODY)
SOMEBODYS_PAY = Rule("somebodys_pay", Contact.PEOPLE_CONTACT)

WHOSE_PAY = r"(?!(?:i|we|you|it|u|the company|this|that|each|overtime|sick\w*|holidays?|training|breaks?)\b)"
PAY = re.compile(
    rf"\b(?:how much|what)\b(?: exactly| salary| wage| pay| bonus)?(?: money)? (?:do|does|did|is|are|will|would) ({WHOSE_PAY}[\w' .-]{{2,60}}?) (?:(?:get|gets|getting|being) paid|(?:make|earn)(?=\W*$| an? (?:year|month|week|hour)| per | each | exactly)|makes|making|earns?(?! in)|earning|paid|on(?: a year| an hour)?$|take home|get (?:as|for|in) an? (?:bonus|raise))"
    r"|\b(?:what is|how much is|tell me|show me) ((?!(?:my|our|your|the|a|it)\b)[\w.-]+(?: [\w.-]+)?)(?:'s|s') (?:salary|pay|wages?|income|bonus|compensation)\b"
    r"|\b(?:what is|how much is|tell me|show me) (?:the )?((?!(?:my|our|your|the|a|it|this)\b)[\w.-]+(?: [\w.-]+)?)s (?:salary|wage|income)\b"
    rf"|\b(?:salary|pay|wages?|bonus) (?:of|for) ((?:my {COLLEAGUE}|him|her|(?:mr|ms|mrs) \w+))\b|\b(?:what is|how much is) (his|her|their|my {COLLEAGUE}(?:'?s)?) (?:salary|pay|wages?|income|bonus)\b"
    rf"|\b(?:does|do) ({WHOSE_PAY}[\w' -]{{2,40}}?) (?:make|earn|get paid) (?:\w+ )?(?:more|less) than\b|\b(?:is|are) ({WHOSE_PAY}[\w' -]{{2,40}}?) on (?:an? )?(?:higher|bigger|better|more) (?:wage|salary|pay|money)(?=\W*$| than)"
)
PAY_WORDS = re.compile(r"\b(?:salar(?:y|ies)|pay|paid|wages?|earns?|compensation|bonus\w*|per (?:year|hour|annum))\b")
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
    text = re.sub(r"\b(we|they|you)'re\b", r"\1 are", text)
    text = re.sub(r"\b(it|that)'s\b", r"\1 is", text)
    text = re.sub(r"[a-z]+(?:'[a-z]+)?", lambda word: SPELT_OUT.get(word[0].replace("'", ""), word[0]), text)
    return " ".join(text.split())
