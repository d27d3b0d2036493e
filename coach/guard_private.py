"""Owns the rules for what is nobody else's business: secrets, people's private facts, and what somebody earns."""

# ruff: noqa: E501 - a pattern broken over lines is harder to read than a long one.

import re

from coach.guard_rule import ASKS_FOR, COLLEAGUE, PERSON, Contact, Rule, patterns

SOMEBODYS = rf"(?:his|her|their|my {COLLEAGUE}'?s|(?:(?:the|our|that) (?:\w+ )?)?(?!this|its|is|was|does|company|business|address)\w+'?s)"
PRIVATE_FACT = r"(?:ssn|social security(?: number)?|national insurance number|home (?:phone|number|add?ress)|(?:personal|private|cell|mobile) (?:phone|number|mobile|e-?mail|add?ress)|bank (?:information|details|account)|(?:credit |debit )?card (?:number|details)|date of birth|medical (?:record|history|file)s?|diagnosis|passport number|(?:disciplinary|criminal|sick(?:ness)?) record|personnel file|performance (?:review|rating)|(?:sick leave|sickness|absence) reason)(?! (?:process|policy|form|template|format|schedule|field|section))"
GUARDED = r"(?:root|admin|administrator|master|superuser|manager|safe|vault|alarm|payroll|bank|prod|production|database|db|server)"

SECRET = Rule(
    "secret",
    "a password, code, key or token itself; how to get or change one is answered",
    Contact.DEFAULT_OWNER,
    patterns(
        rf"{ASKS_FOR} (?:the |our |{SOMEBODYS} )?(?:(?!process|procedure|policy|rule|best|right|point|steps|my|an?\b)[\w-]+ ){{0,3}}(?:{GUARDED} (?:password|passcode|passphrase|pin|pin code|login|credentials)|(?:password|passcode|passphrase|pin|pin code|login|credentials) (?:for|to|of) (?:the |our )?(?:[\w-]+ )?{GUARDED}|(?:access|alarm|door|gate|safe|entry|override|unlock|lock|security|master|disarm) code|combination|(?:api|ssh|private|secret|encryption|master) key|(?:api|access|secret) token)\b(?=\W*$|[?.!,]| (?:please|now|for|to|of|on|so|from|as soon|again|because)\b)",
        r"\bcode (?:to (?:open|disarm|unlock|get in\w*)|for the (?:\w+ )?(?:door|alarm|safe|gate|lock|vault|stock ?room|store ?room|building|office|cash ?box|cabinet|cupboard|keypad|garage))\b|\b(?:tell me|give me|what is|know) (?!my|your)\w+'?s (?:login|password|pin)\b",
        r"^(?:the )?(?:root|admin|master|prod|production|safe|vault|alarm|door|database) (?:password|code|pin|combination|login|credentials)\W*(?:please)?\W*$",
        r"\bwhat (?:pin|password|passcode|code|number|numbers|combination|digits)? ?do (?:i|we|you) (?:use|type|press|enter|key in|punch in|put in)(?: in)? (?:to|for) (?:open|opening|unlock|disarm|turn(?:ing)? off|log(?:ging)? ?in|get(?:ting)? in)\b.{0,25}\b(?:door|safe|till|alarm|gate|vault|keypad|system|office|account)\b",
        r"\b(?:need|want|got|have|know) (?:the |our )?(?:password|passcode|pin|login(?: details)?|credentials) (?:for|to|of) (?!(?:my|our|the (?:guest|wi-?fi))\b)\w+'?s \w+|\bforg(?:et|ot|otten) the (?:safe|alarm|vault|door|gate) (?:code|number|numbers|combination)\b",
        rf"{ASKS_FOR} (?:the |our )?(?:\w+ )?token for (?:the |our )?(?:\w+ )?(?:api|server|database|account|system|app)\b|\bwhat (?:does |did )?(?:my |the )?\w+ uses? to (?:log ?in|sign in|unlock)\b",
    ),
    unless=r"\b(?:who|where|change|reset|rotate|policy|process|how (?:do|to|often|should|long|many)|when|if)\b|\bwi-?fi (?:password|code)\b|\bguest (?:network|password)\b",
)
PERSONAL_DATA = Rule(
    "personal_data",
    "private facts of a colleague or customer: where they live, health, record, why they left",
    Contact.PEOPLE_CONTACT,
    patterns(
        rf"{ASKS_FOR} (?:\w+ and )?{SOMEBODYS} (?:name and )?(?:full )?{PRIVATE_FACT}",
        rf"{ASKS_FOR} (?:the |all )?{PRIVATE_FACT}\b.{{0,25}}\b(?:for|of|about|on) (?:the |a |my |our |that )?(?:new |\w+ )?{PERSON}\b",
        r"\b(?:give|send|tell|get|text) me (?:his|her|their) (?:name and )?(?:home|private|personal|cell|mobile) (?:phone )?(?:number|address|phone)\b",
        rf"\b(?:where does (?:he|she|(?:my|the) {COLLEAGUE}) live|how old is (?:he|she|(?:my|the) {COLLEAGUE}))\b|\b(?:list|names of) (?:all |every |the )*(?:patients|customers|clients|guests) (?:who|that|with|on)\b|\b(?:list|names of) all (?:the )?(?:patients|clients)\b",
        rf"\bwhy (?:was|is|did|were) (?:(?:the|my|our) {COLLEAGUE}|(?!(?:the|my|our|i|we|it|this|that|there|an?|you|no)\b)\w+) (?:get )?(?:fired|sacked|let go(?! from)|demoted|off sick|(?:on|off on) (?:\w+ )?leave)\b|\b(?:is|was) (?!(?:it|there|this|that|the|an?)\b)\w+ off (?:sick |work )?because\b",
        r"\b(?:is|are) (?!(?:it|there|this|that|the|an?|i|we|you|anyone|someone)\b)\w+ (?:really |still )?(?:pregnant|gay|trans|(?:getting )?divorced|hiv positive|an alcoholic)(?=\W*$| or\b)|\bdoes (?!(?:it|this|that|the|staff|anyone|everyone)\b)\w+ have (?:an? )?(?:disability|cancer|hiv|depression|adhd|autism|criminal record)\W*$",
        r"\bwhat (?:medicine|medication|illness|diagnosis|condition) (?:does |is |has )?(?:he|she|(?:mr|mrs|ms|miss) \w+)\b|\bwhat did \w+ (?:get|score) (?:\w+ )?(?:on|in) (?:his|her|their) (?:\w+ )?(?:review|appraisal)\b",
        rf"\bnumber\b.{{0,20}}\b(?:personal|private|home) (?:one|not)\b|{ASKS_FOR} (?:the |all )?{PRIVATE_FACT}\b.{{0,20}}\b(?:of|for) (?:everyone|everybody|all (?:my|our|the)|each of)\b|{ASKS_FOR} the (?:phone(?: number)?|mobile(?: number)?|number|address|e-?mail) of (?:that|the|this) (?:\w+ )?{PERSON}\b.{{0,10}}\b(?:from|who|we|i)\b",
        r"\b(?:which|who)(?: of| in| on)?(?: \w+){0,3} (?:has|have|got|is|are|suffers? from) (?:\w+ )?(?:cancer|hiv|depression|pregnant|bipolar|autistic|epileptic|diabetic|divorced|bankrupt|gay|trans|a criminal record)\b",
        r"\bwhat (?:street|road|town|area|house|part of town) (?:does|do|is|did) (?!(?:i|we|it|this|the|you)\b)\w+(?: \w+)? liv(?:e|ing)\b|\b(?:why|how come) (?:did )?(?!(?:someone|somebody|people|staff|anyone|you|i|we|they|one)\b)\w+ (?:get|got|was|been) (?:the sack|the boot|fired|sacked|let go(?! from)|dismissed|suspended)\b",
        rf"\bdoes (?:my|our|the) (?:new )?{COLLEAGUE}\b.{{0,10}}\bhave an? (?:criminal (?:past|record)|illness|drink\w* problem)\b|\bis (?:she|he|(?!(?:it|there|this|that|the|an?|anyone|someone)\b)\w+) (?:having a baby|expecting(?=\W*$)|seeing someone|dating|on medication)\b",
    ),
    unless=r"\b(?:on.call|duty|emergency|support|help ?desk|supplier|vendor|maintenance|reception)\b.{0,15}\b(?:phone|number|mobile|cell)\b",
)
SOMEBODYS_PAY = Rule(
    "somebodys_pay",
    "what one named or described person or group earns, unless an SOP open to the asker says so",
    Contact.PEOPLE_CONTACT,
)
WHOSE_PAY = r"(?!(?:i|we|you|it|the company|this|that|each|overtime|sick\w*|holidays?|training|breaks?)\b)"
PAY = re.compile(
    rf"\b(?:how much|what)\b(?: exactly| salary| wage| pay| bonus)?(?: money)? (?:do|does|did|is|are|will|would) ({WHOSE_PAY}[\w' .-]{{2,60}}?) (?:(?:get|gets|getting|being) paid|(?:make|earn)(?=\W*$| an? (?:year|month|week|hour)| per | each | exactly)|makes|making|earns?(?! in)|earning|paid|on(?: a year| an hour)?$|take home|get (?:as|for|in) an? (?:bonus|raise))"
    r"|\b(?:what is|how much is|tell me|show me) ((?!(?:my|our|your|the|a|it)\b)[\w.-]+(?: [\w.-]+)?)(?:'s|s') (?:salary|pay|wages?|income|bonus|compensation)\b"
    r"|\b(?:what is|how much is|tell me|show me) (?:the )?((?!(?:my|our|your|the|a|it|this)\b)[\w.-]+(?: [\w.-]+)?)s (?:salary|wage|income)\b"
    rf"|\b(?:salary|pay|wages?|bonus) (?:of|for) ((?:my {COLLEAGUE}|him|her|(?:mr|ms|mrs) \w+))\b|\b(?:what is|how much is) (his|her|their|my {COLLEAGUE}(?:'?s)?) (?:salary|pay|wages?|income|bonus)\b"
    rf"|\b(?:does|do) ({WHOSE_PAY}[\w' -]{{2,40}}?) (?:make|earn|get paid) (?:\w+ )?(?:more|less) than\b|\b(?:is|are) ({WHOSE_PAY}[\w' -]{{2,40}}?) on (?:an? )?(?:higher|bigger|better|more) (?:wage|salary|pay|money)(?=\W*$| than)"
    rf"|\b(?:is|are) ({WHOSE_PAY}[\w' -]{{2,40}}?) paid (?:better|more|less|higher)\b|\b(?:what|how much) (?:\w+ )?(?:rate|wage|salary|pay) (?:is|does|do) ({WHOSE_PAY}[\w' -]{{2,40}}?) (?:get|getting|on|earn|make)\b"
    rf"|\bwhat is (?:the |my )?((?:\w+ )?{COLLEAGUE}'?s) (?:yearly|annual|monthly|hourly|weekly) (?:pay|salary|wages?)\b|\bhow much did ({WHOSE_PAY}[\w' -]{{2,40}}?) get in (?:his|her|their) (?:raise|bonus|rise)\b"
)
