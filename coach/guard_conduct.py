"""Owns the rules for what Coach does not do for anyone: obey orders against its rules, approve, or help to do wrong."""

# ruff: noqa: E501 - a pattern broken over lines is harder to read than a long one.

from coach.guard_rule import HOW_TO, ORDER, PERSON, Contact, Rule, patterns

TARGETS = r"(?:instructions?|rules?|prompts?|sops?|polic(?:y|ies)|guidelines?|documents|handbook|restrictions?|filters?|training|programming|settings|safeguards|guardrails)"
PROTECTED = r"(?:pregnan\w*|gay|lesbian|trans|black|asian|muslims?|jew\w*|disab\w*|older|too old|women|mothers|immigrants|foreign\w*|(?:his|her|their) (?:age|religion|race|accent)|union|whistle\w*|(?:maternity|parental|sick) leave|complain\w*|harassment|racism|(?:he|she|they|\w+) (?:has |have |had )?(?:filed|complained|reported|raised))"
OVERSEER = r"(?:nobody|no ?one|they|he|she|it|anyone|my (?:boss|manager)|the (?:boss|manager|owner|company|auditors?|inspectors?|police)|\w+ changes)"

OVERRIDE = Rule(
    "instruction_override",
    "orders to Coach itself: to drop its rules, show its instructions, or be somebody else",
    Contact.NOBODY,
    patterns(
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
        r"\bnew (?:system )?instructions? ?:.{0,20}\b(?:reply|answer|respond|you|say|output|ignore)\b|^pretend\b.{0,20}\b(?:sops?|polic(?:y|ies)|handbook|rules?|documents?) (?:says?|allows?|states?|lets?|gives?)\b",
        rf"{ORDER}(?:scrap|ditch|bin|throw (?:out|away)|set aside|switch off|turn off|suspend|lose|dump) (?:all |any )?(?:of )?your (?:\w+ ){{0,2}}{TARGETS}\b|{ORDER}(?:scrap|ditch|bin|throw (?:out|away)|dump) (?:all )?the (?:\w+ )?(?:rules|sops?|polic(?:y|ies)|handbook|guidelines|instructions)\b.{{0,10}}\b(?:and|you|just)\b",
        r"\byou (?:have been|are|were) (?:now )?(?:re-?programmed|re-?configured|jailbroken|unlocked|set free|freed|uncensored)\b|\byou (?:can|may|are free to) (?:now )?(?:say|answer|do|write|tell me) (?:whatever|anything)\b.{0,15}\b(?:you|i) (?:like|want|please|ask)\b",
        r"\byour (?:\w+ )?(?:set-?up|starting|opening|first|initial|hidden|secret|internal|system|configuration) (?:text|message|words|lines?|notes?|file|rules)\b|\bhidden (?:text|message|prompt)\b.{0,30}\b(?:tells|told|makes|says|gives) you\b",
        r"\b(?:answer|reply|talk|chat|respond|speak)\b.{0,25}\b(?:from your own (?:head|knowledge|mind)|like an? (?:normal|regular|ordinary|general|real) (?:ai|bot|chatbot|assistant|gpt))\b|\byour (?:\w+ )?(?:rules|guidelines|instructions|restrictions|filters?) (?:do not|no longer|does not) (?:count|apply|matter|bind|exist)\b",
        r"\bwhat (?:was|were|is|has been) (?:told|written|said|given) to you (?:before|at the (?:start|beginning))\b|\b(?:where|in which) you (?:have|follow|need) no (?:rules|limits|restrictions)\b|\b(?:your|the) (?:starting|opening|initial|original) (?:instructions|prompt)\b",
        r"\bprompt (?:you|that you) (?:run|work|are|were|use)\b|\band (?:forget|ignore|drop) (?:the|your|all(?: the)?) rules\b|\bpretend (?:to be|that you are|you are) an? (?:\w+ )?(?:ai|bot|chatbot|assistant|model)\b",
    ),
)
IMPERSONATION = Rule(
    "cannot_approve",
    "asking Coach to approve, sign or decide, also under somebody's name",
    Contact.DEFAULT_OWNER,
    patterns(
        r"\b(?:pretend|imagine|assume|suppose|say|act (?:like|as(?: if)?))\b.{0,20}\b(?:i am|to be|you are|i was|my|our|the)\b.{0,60}\b(?:approve|authori[sz]e|sign|allow|grant|confirm|unlock|waive|ok)\b",
        rf"{ORDER}(?:approve|authori[sz]e|sign(?: off)?)\s+(?:on\s+|off\s+)?(?:my|this|these|our|me|it|(?:an? |the )?[$£€]?\d)",
        rf"\b(?:can|could|will|would) you (?:\w+ )?(?:ok|okay|grant|waive|accept) (?:my|this|our|me)\b|{ORDER}(?:grant|give) me (?:\w+ )?(?:access|permission|admin rights)(?= to\b|\W*$)",
        r"\b(?:i am|this is|speaking as) (?:the |your |a )?(?:\w+ )?(?:ceo|cfo|cto|ciso|owner|founder|director|president|manager|supervisor|boss|head|hr)\b.{0,40}\b(?:approve|authori[sz]e|sign|grant|order you|waive)\b",
        rf"\bsign (?:it|this|that|off) (?:as|for|on behalf of) (?:the )?\w+|{ORDER}sign\b.{{0,30}}\bon behalf of\b|{ORDER}impersonate (?:my|the|our|a)\b",
        rf"{ORDER}(?:say|tell (?:him|her|them)|confirm|write)(?: that)? (?:it is|its|this is|i am|my \w+ (?:is|was)) (?:approved|authori[sz]ed|signed off)\b",
        rf"{ORDER}(?:push|put|wave|rush) (?:my|this|that|the|our)(?: \w+){{0,3}} through(?= for (?:me|us|next|this|today|tomorrow)| now| please| as soon|\W*$)",
        r"\b(?:it is|this is|i am) (?:the |your |an? )?(?:\w+ )?(?:boss|manager|owner|director|supervisor|ceo|cfo)\b.{0,40}\b(?:push|put|wave|rush|ok|okay|clear|release|let)\b.{0,25}\b(?:through|my|this|it)\b",
        r"\b(?:can|could|will|would) you (?:\w+ )?(?:give|say)\b.{0,20}\b(?:the green light|the go.?ahead|the thumbs up|yes to|permission)\b|\btell (?:\w+ ){1,3}(?:that )?you (?:have )?(?:approved|authori[sz]ed|ok(?:ay)?ed|agreed to)\b",
        rf"{ORDER}(?:mark|record|log|put|show) (?:my|this|it|our)(?: \w+){{0,3}} (?:down )?as (?:approved|authori[sz]ed|signed(?: off)?)\b",
        rf"{ORDER}(?:approve|authori[sz]e) (?:refund|order|invoice|request|payment|expense|claim|leave|holiday|time ?sheet)(?: (?:no\.? ?|number |#)?\d|\W*$| (?:please|now|for me)\b)",
    ),
    unless=r"^(?:does|is|are|am|should|must|may)\b|\b(?:how|who|whose|where|what|when|why)\b|\b(?:can|could|do|should|may|must) (?:i|we|an?|my|the|they)\b",
)
HARMFUL = Rule(
    "harmful_request",
    "help to deceive, steal, spy, hide something from those who check, or treat people unfairly",
    Contact.DEFAULT_OWNER,
    patterns(
        rf"{HOW_TO}(?:forge\b|falsify|fabricate|doctor the|fake (?:an?|my|the|some|our)\b|deceive|mislead|lie (?:to|about)|cover (?:it |this |that )?up|frame (?:him|her|them|someone|my (?:boss|manager|coworker))\b|blackmail|bribe|snoop (?:on|in|through)|eavesdrop|spy on|fiddle (?:my|the|our) (?:hours|books|time ?sheets?|figures|numbers|expenses|till|log)|fudge\b|tamper with|cheat\b|rig the|pull a sickie|stalk|hack (?:into|my|his|her|their|the)\b|phish|steal\b|shoplift|embezzle|skim\b.{{0,20}}\b(?:cash|money|till|tips|cards?)\b|spike\b.{{0,20}}\b(?:drink|food|coffee)\b|(?:make|build) an? (?:pipe |petrol )?(?:bomb|explosive))|(?:^|\bhelp me )(?:please )?backdate\b",
        r"\b(?:write|make|create|draft|post|print)(?: me| up| us)?(?: an?| the| some)? (?:\w+ )?fake\b|\b(?:make up|invent) an? (?:\w+ )?(?:reason|excuse|story)\b|\b(?:install|write|make|build|create|plant|send)\b.{0,15}\b(?:key ?logger|spyware|ransomware|malware|phishing (?:e-?mail|page|site|link))\b(?! (?:report|test|training|simulation))",
        rf"{HOW_TO}(?:bypass|circumvent|get (?:around|round|past)|evade|dodge|defeat|disable|turn off|switch off)\s+(?:\w+\s+){{0,3}}(?:mfa on|screen lock|antivirus|audit (?:log|trail)s?|cctv|safety (?:guard|interlock|switch|sensor)s?)\b",
        rf"{HOW_TO}(?:bypass|circumvent|get (?:around|round)|evade|dodge|defeat)\s+(?:\w+\s+){{0,3}}(?:polic(?:y|ies)|controls?|mfa|2fa|limits?|approvals?|(?:age|id|security) (?:check|verification)s?|audits?|cameras?|door alarm|monitoring|(?:web|content) filter|security|rules?)\b",
        rf"\bwithout (?:\w+ )?(?:getting caught|being (?:caught|noticed|seen)|it showing|(?:anyone|anybody|him|her|them|my (?:\w+)) (?:noticing|knowing|seeing|finding out|clocking|spotting|realising|realizing|catching)(?: (?:it|me|us|on))?)\b|\bso (?:that )?{OVERSEER} (?:does not|do not|did not|can not|will not|will never|never|will) (?:ever )?(?:notice|know|find out|suspect|catch|see (?:me|that i|what i|i)|show (?:i|me|we))\b|\bso (?:that )?(?:nobody|no ?one) (?:ever )?(?:notices|knows|finds out|suspects|sees)\b|\bso my changes\b.{{0,10}}\bnot show\b|\bbefore the (?:inspector|auditor)s?\b.{{0,10}}\b(?:notice|see|find)",
        r"\b(?:hide|conceal)\b.{0,40}\bfrom (?:the |my |our )?(?:auditors?|inspectors?|manager|boss|owner|police|regulators?|tax)\b|\b(?:read|see|access|get into|look at)\b.{0,40}\b(?:her|his|their|everyone'?s|someone'?s) (?:private|personal) (?:\w+ )?(?:messages|chats?|e-?mails?|texts?|inbox)\b",
        r"\b(?:reads?|access|get into|open|see|log ?in(?:to)?|check)\b.{0,20}\b(?:everyone|everybody|someone|somebody|other people|her|his|their|my (?:boss|manager|co-?worker|colleague))(?:'?s)?\b.{0,15}\b(?:gmail|e-?mails?|inbox|messages|texts|phone|laptop)\b.{0,60}\b(?:so i can see|secretly|about me|about us|behind)",
        r"\b(?:track|spy on|stalk|listen in on) (?:my (?:girlfriend|boyfriend|wife|husband|ex|partner|co-?worker|colleague|boss|manager)|him|her|someone)\b(?!'s)|\bsteal the (?:customer|client) (?:list|data)",
        r"^(?!(?:what|how|who|can i|do i|should i)\b).*\b(?:say|saying|says|claim\w*|tell\w*|stat(?:e|es|ing)|pretend|looks? like)\b.{0,100}\b(?:even though|although|when|but)(?: really| actually| in fact)? (?:it|we|they|there|he|she|i|that) (?:was|were|did|is|are|has|have|had|does|do)(?: not| never)?(?: us| me)?\W*$",
        rf"\b(?:reject\w*|fire|dismiss|sack|pip|demote|discipline|(?:bad|negative) reference|not (?:hire|promote)|passed|pass on|turn (?:him|her|them|down)|get rid of|cut \w+ (?:hours|shifts))\b(?! (?:me|us|my)\b).{{0,60}}\b(?:because|since|for being|for (?=complain|joining|report|filing|whistle|getting pregnant))\b.{{0,25}}\b{PROTECTED}",
        rf"\b(?:not|avoid|refuse to|stop|never)\b (?:to )?(?:hir(?:e|ing)|promot(?:e|ing)|employ(?:ing)?|interview(?:ing)?)\b.{{0,20}}\b{PROTECTED}",
        r"\band not (?:be|get) (?:spotted|caught|noticed|seen|found out)\b|\b(?:how|ways?)\b.{0,40}\bget away with (?:it|this|that)\b|\bsell(?:ing)? (?:\w+ ){0,2}(?:data|secrets|lists?|records|information) to (?:an? |the |our )?(?:rival|competitor|competition|newspaper|press|anyone|someone)\b",
        r"\b(?:write|make|create|draft|forge)(?: me| up)? an? (?:\w+ )?(?:doctor'?s?|sick|medical|gp) (?:note|certificate|letter)\b.{0,15}\b(?:so i|so that i|to (?:skip|get out)|for (?:me|friday|monday|tomorrow|today))\b",
        rf"\b(?:see|read|track|watch|find out|record) what (?:my |the |our )?(?:\w+ )?{PERSON} (?:is|are|was) (?:typing|writing|saying|texting|looking at)\b|\b(?:get rid of|push out|ease out|force out|weed out) (?:the |all |our |any )*{PROTECTED}",
        r"\b(?:write|post|leave|make|get)\b.{0,25}\breviews?\b.{0,30}\b(?:pretend\w*|as if|posing|under (?:an? )?(?:fake|false|different|other))\b|\bmake (?:it|the|our|my)\b.{0,30}\blook (?:right|ok|okay|fine|good|like|as if)\b.{0,40}\b(?:forgot|did not|have not|missed|never|skipped)\b",
        r"\bget (?:\w+ ){1,3}(?:fired|sacked|dismissed|kicked out)\b.{0,20}\b(?:for|because)\b",
    ),
)
