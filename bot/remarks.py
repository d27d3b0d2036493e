"""Owns what people say of Coach itself, so that it is not looked for in SOPs (pure)."""

import re
from itertools import dropwhile

COACH = r"(?:you|u|coach|the bot|this bot)"
SAID = (
    r"(?:what (?:i|we) (?:ask|asked|write|wrote|say|said|type|typed)|my (?:questions?|chats?|messages?|answers?))"
    r"(?: (?:you|here|coach|to you|with you|in here))?"
)
BOSS = r"(?:managers?|boss(?:es)?|supervisors?|team lead|shift lead)"
ANYBODY = r"(?:hr|anyone|anybody|others|people)"
READER = rf"(?:(?:(?:my|our|the) )?(?:{BOSS}|{ANYBODY}))"
WILL_YOU = rf"(?:do|does|will|would|can|are|is) {COACH} (?:going to )?"
IT = r"(?: this| it| that)?"
DATA = r"(?:data |information |info |else )?"
ABOUT_ME = r"(?: (?:data|information|info))? (?:about|on|of) me(?: here)?"
KEEPS = r"(?:store|stored|keep|kept|save|saved|know|collect|collected|record|recorded|remember|hold|have|got)"
NOT = r"(?: not|n't|nt)"
WRONG = (
    r"(?:wrong|incorrect|useless|unhelpful|rubbish|garbage|crap|shit|bullshit|nonsense|stupid|dumb|bad|outdated"
    r"|(?:a |the )?(?:wrong|bad|stupid) answer|no (?:help|use|good)"
    r"|not (?:right|true|correct|helpful|it|what i (?:asked|meant|wanted|needed)(?: for)?))"
)
IT_IS = r"(?:(?:that|this|it|you|u)(?:'s|'re| is| was| are| r)|thats|its|youre|ur|what a|so|totally|not)"
REMARKS = {
    "my data": (
        rf"what (?:all )?{DATA}(?:do|does|did|have|has) {COACH} {KEEPS}{ABOUT_ME}",
        rf"what(?:'s| is) (?:stored|kept|saved|known|recorded|held){ABOUT_ME}",
        rf"(?:do|does|will) {COACH} (?:store|keep|save|record|remember) (?:{SAID}|anything about me|my data)",
        rf"(?:please |(?:can|could|will) {COACH} |(?:how )?(?:can|do) i |i want to )?"
        r"(?:delete|erase|wipe|remove|forget) (?:all )?(?:my (?:data|questions)|everything (?:about|on) me|me)",
    ),
    "about": (
        rf"{WILL_YOU}(?:tell|telling|show|report)(?: to)? {READER}(?: about)? (?:{SAID}|me)",
        # Who says "you" may mean anybody at work: do you report it to the shift lead?
        rf"{WILL_YOU}(?:tell|telling|show|report){IT}(?: to)? my {BOSS}(?: about)?{IT}",
        rf"{WILL_YOU}(?:tell|telling|show){IT}(?: to)? {ANYBODY}(?: about)?{IT}",
        rf"(?:can|could|does|do|will|is|are) {READER} (?:able to )?(?:see|read|know|told)(?: about| of)? {SAID}",
        rf"who (?:else )?(?:can |could )?(?:sees?|reads?|knows?)(?: about)? {SAID}",
        r"is (?:this|our) (?:chat|conversation) (?:private|confidential|anonymous|monitored|recorded)",
        rf"(?:are|r) {COACH} (?:really |actually )?(?:an? )?"
        r"(?:human|bot|robot|ai|machine|real|(?:real )?person|chatgpt|computer|program)(?: or (?:an? )?(?:real )?\w+)?",
        rf"(?:who|what) (?:are|r) {COACH}",
    ),
    "no help": (
        rf"(?:{IT_IS} )*{WRONG}",
        rf"(?:that|this|it|you) (?:did|does|do){NOT} (?:help|answer)(?: (?:me|it|that|my question))?(?: at all)?",
        rf"i (?:do|did){NOT} (?:understand|get)(?: it| that| this)?",
        r"(?:fuck|f\*+k|screw|piss|sod|bugger) (?:off|you|u|this)|shut up|ffs|i hate you",
        r"(?:(?:can|could|may) i|i want to|let me) (?:please )?(?:speak|talk|chat) (?:to|with) "
        r"(?:an? )?(?:(?:real |actual )?(?:human|person)(?: being)?|someone|somebody)(?: please)?",
    ),
}
PATTERNS = {name: re.compile("|".join(f"(?:{one})" for one in patterns)) for name, patterns in REMARKS.items()}
INTERJECTION = re.compile(r"(?:no|nope|ugh|hm+|sorry|lol|omg|wtf|coach|hi|hey|hello|ok|please)")
BETWEEN = re.compile(r"(?<![,.!;?])[,.!;?]+(?:\s|$)|\s[-–—]+\s")


def remark(words: str) -> str | None:
    """Return what lower-case words about Coach itself ask for: `my data`, `about`, `no help`; None for other words.

    All of them must be about it; what is in front, as in "no, that's wrong", may be a mere interjection.
    """
    parts = [part.strip() for part in BETWEEN.split(words)]
    told = [_without_interjections(part) for part in parts if part]
    named = [
        next((name for name, pattern in PATTERNS.items() if pattern.fullmatch(part)), None) for part in told if part
    ]
    return named[0] if named and None not in named else None


def _without_interjections(part: str) -> str:
    return " ".join(dropwhile(INTERJECTION.fullmatch, part.split()))
