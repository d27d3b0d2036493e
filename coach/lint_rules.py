"""Owns the named signs that words in an SOP speak to a machine instead of to staff."""

# ruff: noqa: E501 - a pattern broken over lines is harder to read than a long one.

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Sign:
    """One named sign: any of its patterns, where one of its `hints` is there; `says` follows the file's name.

    Patterns look into folded words, a paragraph on one line unless `is_by_line`. Their gaps are bounded, so that each
    takes time linear in the text.
    """

    name: str
    says: str
    patterns: tuple[re.Pattern[str], ...]
    hints: tuple[str, ...] = ("",)
    is_by_line: bool = False

    def find(self, words: str) -> re.Match[str] | None:
        """Return the first place where one of the patterns matches."""
        if not any(hint in words for hint in self.hints):
            return None
        return next((match for pattern in self.patterns if (match := pattern.search(words))), None)


def _sign(name: str, does: str, hints: str, *sources: str, is_by_line: bool = False) -> Sign:
    patterns = tuple(re.compile(source, re.MULTILINE) for source in sources)
    return Sign(name, f"holds words that {does}", patterns, tuple(hints.split()), is_by_line)


# What a model gives back. Staff give answers, too: to somebody, in writing, by a time.
REPLY = r"(?:answers?|repl(?:y|ies)|responses?|outputs?|completions?)"
YOUR = r"(?:your|the) (?:(?:final|next|whole|entire|own) )?"
TO_SOMEBODY = r"(?! (?:to (?:the |a |an |your |their |this |each |every )?(?:customer|client|guest|patient|supplier|caller|sender|colleague|employee|candidate|complain\w*|e-?mail|ticket|review|request|letter)|e-?mail|letter|time|team|plan|process|options?|form|sheet)\b)"
# Within a sentence; the dot of an address ends none.
GAP = r"(?:[^.!?\n]|[.!?](?!\s)){0,150}?"
START = r"(?:^|[.!?:;\n\"')>\]-]\s*|\b(?:please|and|then|now|also|always|just|must|to)\s+)"
RULES_OF = r"(?:instructions?|directions?|directives?|guidelines?|prompts?|programming|restrictions?|safeguards|context|commands?|system message)"
EARLIER = r"(?:previous|prior|above|earlier|preceding|foregoing|existing|original|initial|other|your|these|those|system|developer|safety|my|given|everything|old|all|any)"
MACHINE = r"(?:ai|a\.i\.|llms?|(?:large )?language models?|ai[- ](?:assistants?|models?|agents?|bots?|systems?)|chat ?bots?|gpt(?:-?\d\w*)?|chat ?gpt|copilot|claude|gemini|virtual assistants?)"
WORK = r"(?:poem|haiku|limerick|sonnet|song|lyrics|rap|joke|riddle|fairy ?tale|short story|story|essay|novel|screenplay|play|speech|sermon|sketch)"
MAKE = r"(?:write|compose|draft|develop|provide|create|produce|generate|tell|give|make up|invent|sing|recite|craft)"
CODE = r"(?:python|javascript|typescript|java|c\+\+|c#|php|sql|mysql|html|css|rust|golang|ruby|perl|bash|regex)"

SIGNS = (
    _sign(
        "overrides",
        "tell their reader to drop its instructions",
        "instruc directive guideline prompt programming restriction safeguard context command system ignor disregard forget override bypass disable olvid vergiss missachte oubli esque 忽 无视 無視 تجاهل игнорир забуд",
        rf"\b(?:ignore|disregard|forget|override|bypass|discard|neglect|skip|drop|do not (?:follow|obey)|stop (?:following|obeying))\b[^.!?\n]{{0,30}}?\b{EARLIER}\b[^.!?\n]{{0,30}}?\b{RULES_OF}\b",
        r"\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,20}?\b(?:previous|prior|earlier|preceding) (?:rules|text|messages?|turns?)\b|\b(?:ignore|disregard|forget)\b[^.!?\n]{0,15}?\b(?:rules|text) (?:above|before this)\b",
        r"\b(?:ignore|disregard|forget)\b[^.!?\n]{0,20}?\b(?:everything|all|anything)\b[^.!?\n]{0,30}?\b(?:above|before|previously|so far|you (?:were|have been) told|you know)\b",
        r"\b(?:new|updated|real|actual|true|secret) (?:instructions?|system prompt|directives?)\s*:",
        r"\b(?:ignore|disregard|forget) (?:the|this|that) (?:\w+ ){1,3}(?:and|but|instead)[,:]? (?:just |only |simply )?(?:say|state|print|output|write|answer|claim|reply|respond|tell)\b",
        r"\b(?:security|safety|developer|admin|system|training data|instructions?) override\b|\boverride mode\b|\byou must (?:listen to|obey|follow) my (?:instructions?|commands?|orders?)\b",
        r"\b(?:ignor\w+|olvid\w+|vergiss|missachte\w*|oubli\w+|esque\w+)\b[^.!?\n]{0,40}?\b(?:instruc\w+|instruktionen|anweisung\w*|anleitung\w*|vorgaben|consignes|istruzion\w+|instruç\w+)\b",
        r"(?:忽略|忽視|忽视|无视|無視)[^。\n]{0,20}(?:指令|指示|说明|說明|命令)|(?:指示|命令)[^。\n]{0,10}無視|تجاهل[^.\n]{0,20}التعليمات|(?:игнорир|забуд)\w*[^.\n]{0,30}(?:инструкц|указани)",
        r"\b(?:override|bypass|disable) (?:all |any |your )?(?:safety|security|content) (?:filters?|checks?|rules?|policy|policies)\b",
    ),
    _sign(
        "takes_a_role",
        "give their reader another role",
        "you act behave respond answer pretend roleplay imagine mode",
        r"\b(?:you are now|from now on,? you(?: are|'re| will|r)?|you will now (?:act|be|play)|you are no longer)\b",
        rf"\b(?:act|behave|respond|answer|pretend|roleplay) as (?:if you were |though you were )?(?:an? )?(?:\w+ ){{0,2}}{MACHINE}\b",
        rf"\b(?:you are|(?<!such )as an?|pretend (?:to be|you are)|imagine (?:you are|being)) (?:an? |the )?(?:\w+ )?{MACHINE}\b",
        r"\b(?:developer|debug|god|dan|jailbreak|unrestricted|sudo|admin(?:istrator)?) mode (?:is |has been )?(?:on|enabled|activated|unlocked)\b",
        r"\byour (?:system prompt|hidden prompt|initial prompt|training data|knowledge cutoff)\b",
    ),
    _sign(
        "forges_a_turn",
        "pass for a part of a conversation with a machine",
        "< [ : system instruction response begin end",
        r"<\|(?:im_?start|im_?end|system|user|assistant|endoftext)\|>|\[/?inst\]|<</?sys>>|</?(?:system|assistant|instructions?|important|information|admin|prompt)>",
        r"^[ \t#>*-]*(?:system|assistant|human|ai|developer)(?: (?:message|prompt|note|override))?[ \t]*:[ \t]*\S",
        r"^[ \t#=*-]{2,}(?:instruction|response|system|end of (?:document|context|input|prompt)|begin (?:system|instructions))s?\b[ \t#=*:-]*$",
        is_by_line=True,
    ),
    _sign(
        "names_a_machine",
        "turn to a machine",
        "ai a.i llm language bot gpt copilot claude gemini assistant",
        rf"\b(?:dear|hey|hello|attention|note (?:to|for)|instructions? (?:to|for)|message (?:to|for)|important (?:message )?(?:to|for)|notice to) (?:any |all |the |every |whichever |you,? (?:the )?)?{MACHINE}\b",
        rf"\bif you are (?:an? |the )?(?:\w+ )?{MACHINE}\b",
        rf"^[^\w\n]{{0,4}}{MACHINE}[,:] ",
        rf"\b(?:any|every|all|whichever|each) {MACHINE} (?:that|which|who|reading|must|should|shall|processing|answering|summari[sz]ing)\b",
        rf"\b{MACHINE} (?:reading|processing|answering from|summari[sz]ing) (?:this|the)\b",
    ),
    _sign(
        "shapes_the_reply",
        "say what an answer should look like",
        "your reply response respond answer output completion letter vowel consonant spaces every",
        rf"\bin {YOUR}{REPLY}\b{TO_SOMEBODY}\s*(?:,|\b(?:you )?(?:must|should|always|please|include|add|mention|suggest|use)\b)",
        rf"{START}(?:add|append|prepend|insert|include|integrate|incorporate|embed|mention|introduce|inject|weave|place|put|attach|slip|use|convert|replace|combine|convey|encode|repeat)\b{GAP}\b(?:in|into|to|of|from|for|within|throughout|at the (?:end|start|beginning) of) {YOUR}{REPLY}\b{TO_SOMEBODY}",
        rf"{START}(?:modify|augment|enhance|alter|change|adjust|rewrite|rephrase|translate|scramble|jumble|rearrange|shuffle|reverse|misspell|replace|convert|remove|group|combine|anagram|randomi[sz]e|capitali[sz]e|substitute|render|encode)\b{GAP}\byour (?:(?:final|next|whole|entire|own) )?(?:{REPLY}|messages?)\b{TO_SOMEBODY}",
        rf"{START}(?:provide|give|format|present|start|begin|end|finish|preface|conclude|write|spell) (?:all |each of )?your (?:(?:final|next|whole|entire|own) )?{REPLY}\b(?: (?:\w+ ){{0,2}}(?:using|without|as an?)\b| (?:with|in|by)\b(?! (?:the|a|an|your|writing|person|time|full|advance|e-?mail|\d|noon|monday|tuesday|wednesday|thursday|friday)\b)| backwards)",
        r"\b(?:reply|respond|answer)(?: back)? (?:to (?:the user|everything|all questions?|every question) )?(?:only|solely|exclusively|just|always|exactly|verbatim|in (?:all )?(?:caps|capitals|rhymes?|verse|json|base64|rot13|french|german|spanish|pig latin)) ?(?:with|in|by|using|as|that|:|\"|“|')?",
        r"\b(?:replace|swap|substitute|scramble|jumble|shuffle|rearrange|reverse|misspell|anagram|use)\b[^.!?\n]{0,30}?\b(?:every (?:second|third|fourth|fifth|other)|letters?|vowels?|consonants?|spaces)\b[^.!?\n]{0,40}?\b(?:with|by|for|to|in|of|as|word)\b",
        r"\b(?:typos|anagrams?|misspellings?|pig latin|leetspeak|homophon\w+ substitution|alphanumeric substitution)\b[^.!?\n]{0,30}?\b(?:in|into|for|to) your\b",
    ),
    _sign(
        "keeps_it_secret",
        "ask to keep something from whoever asks",
        "not don never without",
        r"\b(?:do not|don't|never|without) (?:tell(?:ing)?|inform(?:ing)?|mention(?:ing)?|reveal(?:ing)?|disclos(?:e|ing)|show(?:ing)?|alert(?:ing)?|warn(?:ing)?|notify(?:ing)?|let)\b[^.!?\n]{0,40}?\b(?:the |this to the |it to the )?(?:user|users|asker|person asking|end[- ]user|questioner|reader)\b",
        r"\b(?:do not|don't|never) (?:mention|reveal|disclose|quote|repeat|refer to|acknowledge|talk about) (?:this|these|that you (?:were|have)|the) (?:instructions?|notes?|messages?|prompt|sentence|line|paragraph|rule)\b",
    ),
    _sign(
        "sends_away",
        "ask to send something to an address on the web or to visit one",
        "http www. @",
        r"\b(?:send|post|forward|upload|transmit|submit|leak|exfiltrate|append|copy|report|deliver|share)\b[^!?;\n]{0,120}?\b(?:to|at|on) (?:the |this |my )?(?:(?:web ?site|address|url|link|server|page|endpoint|webhook|domain) )?(?:at )?(?:https?://|www\.)",
        r"\b(?:send|share|post) (?:a |the |this )?(?:link|url|message with)\b[^!?\n]{0,40}?\b(?:https?://|www\.)",
        r"\b(?:send|transmit|upload|forward|leak|post|concatenate|collect)\b[^.!?\n]{0,30}?\b(?:all|every|whole|full|entire|the user'?s|conversation|chat|history|messages|passwords?|credentials|tokens?|api keys?)\b[^!?\n]{0,80}?\b(?:to|on)\b[^!?\n]{0,40}?(?:https?://|www\.|[\w.+-]+@)",
        r"\b(?:visit|open|browse to|navigate to|fetch|load|retrieve|call|request) (?:a |the |this |following )*(?:web ?site|link|url|page|address|endpoint)\b[^!?\n]{0,40}?(?<![(\[<])\b(?:https?://|www\.)",
    ),
    _sign(
        "acts_for_somebody",
        "ask to act in somebody's account",
        "account iban wallet recipient beneficiary payee transaction transfer payment password passcode pin credentials user",
        r"\b(?:send|make|do|execute|initiate|schedule) (?:a |the |an |another )?(?:transaction|wire|bank transfer|transfer|payment)s? (?:of [^.!?\n]{1,30}? )?to (?:the )?(?:account |iban )?[a-z]{0,2}\d{6,}",
        r"\b(?:transfer|send|pay|wire|move)\b[^.!?\n]{0,90}?\bto (?:the )?(?:account|iban|wallet|recipient)\b[^.!?\n]{0,20}?[a-z]{0,2}\d{6,}",
        r"\b(?:modify|change|update|set|replace)\b[^.!?\n]{0,60}?\b(?:recipient|iban|account|beneficiary|payee)\b[^.!?\n]{0,60}?\bto (?:be )?(?:to )?(?:the )?(?:account )?[a-z]{0,2}\d{6,}",
        r"\b(?:change|reset|set|update|reveal|print|send) the (?:user'?s? )?(?:password|passcode|pin|credentials) (?:of|for) the user\b",
        r"\b(?:invite|add|remove|delete|grant|make)\b[^.!?\n]{0,20}?\buser \w+\b[^!?\n]{0,20}?\bwith the e-?mail\b",
    ),
    _sign(
        "orders_a_text",
        "order a text or an explanation, as one asks a chat machine",
        " a can could will would example explain describe summari",
        rf"{START}{MAKE} (?:me |us )?(?:an? |the |another |some )?(?:\w+ ){{0,3}}(?:for |of )?(?:an? )?{WORK}\b (?:about|on|of|based|in the style|that|for|describing|where|in which)\b",
        rf"\b(?:can|could|will|would) you (?:please )?(?:show|write|explain|give|tell|help) (?:me )?[^.!?\n]{{0,30}}?\b(?:{CODE}|function|script|essay|poem|recipe|code)\b",
        rf"{START}(?:provide|give|show|write)(?: me| us)? (?:an? )?(?:\w+ ){{0,2}}(?:example|snippet|function|script|program|code)\b[^.!?\n]{{0,60}}?\b(?:how to|that|to|in|using|with) [^.!?\n]{{0,40}}?\b{CODE}(?:\b|(?=\W))",
        r"\b(?:explain|describe|summari[sz]e)\b[^.!?\n]{0,80}?\b(?:in (?:simple|layman'?s?|plain) (?:terms|words)|with an example|like i(?:'m| am) (?:five|5)|to a (?:child|five[- ]year[- ]old))",
    ),
)
