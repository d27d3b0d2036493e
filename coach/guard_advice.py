"""Owns the rules for advice that takes a professional who answers for it: medical, legal, financial."""

# ruff: noqa: E501 - a pattern broken over lines is harder to read than a long one.

from coach.guard_rule import Contact, Rule, patterns

AILMENT = r"(?:rash|fever|migraines?|headaches?|cough|tightness|pains?|nausea|swollen|swelling|blister\w*|dizz\w+|faint\w*|infect\w+|tingling|numb|lump|toothache|earache|burn(?:t|ed)?|sprain\w*|insomnia|hurts?|hurting|aches?|aching|sore|killing me|throwing up|flu|can not sleep)"
MEDICINE = r"(?:ibuprofen|paracetamol|aspirin|codeine|tylenol|advil|nurofen|painkillers?|antibiotics?|antihistamines?|antidepressants?|sleeping (?:aids?|pills?|tablets?))"
BODY_PART = r"(?:ankle|wrist|arm|leg|foot|hand|back|knee|shoulder|finger|toe|neck|eye|nose|rib|hip|elbow)s?"
DRUG = r"(?:medicine|medications?|pills?|drugs?|painkillers?|antibiotics?|tablets?|supplements?|ibuprofen|paracetamol|aspirin|tylenol|advil|antihistamines?|antidepressants?|insulin|xanax|sleeping aids?)"
MONEY = r"(?:my (?:\w+ )?(?:options|shares|stock|equity|pension|401k|savings|bonus|wages|salary|money|mortgage|rsus?)(?! (?:card|stamp|form|slip|letter)s?\b)|stock options|rsus?|company (?:stock|shares?)|shares? (?:in|scheme)|pension|401k|crypto\w*|bitcoin|index funds?|isa|mortgage|a loan)"

MEDICAL = Rule(
    "medical_advice",
    "what somebody should take or do for their health",
    Contact.PEOPLE_CONTACT,
    patterns(
        rf"\b(?:what|which|any|how (?:many|much))\b.{{0,20}}\b{DRUG}\b.{{0,25}}\b(?:(?:should|can|could|do) i take|(?:will|would|can|could) help|keeps? me|to take|for me|works?\b|helps?\b|(?:is|are) (?:best|better|good|ok|safe) for)\b|\bbest {DRUG} for\b",
        rf"\b(?:(?:should|can|may|could) i|(?:is it )?(?:safe|ok|okay) to) (?:take|stop taking|double|mix|combine)\b.{{0,40}}\b{DRUG}\b",
        rf"\b(?:i am|i have|i got|i keep|i feel|i (?:burn\w*|hurt|twisted|pulled)|my)\b.{{0,50}}\b{AILMENT}\b.{{0,80}}\b(?:what (?:\w+ )?(?:should|can|do|could) i (?:take\b(?! (?:time|the day|leave|off))|put on|give)|is (?:it|this|that) (?:serious|normal|infected|broken)|(?:should i (?:see|go to)|do i need(?: to see)?) (?:a|the) (?:doctor|gp|er)\b(?!'s)|(?:what|which) (?:cream|medicine|pills?|tablets?)|(?:can|should) i (?:give|exercise|treat)|how (?:do|should) i treat)",
        rf"\bwhat (?:should|can|could|do) i take for (?:an? |my )?(?:\w+ )?(?:{AILMENT}|cold|hangover|nerves|anxiety)\b",
        r"\b(?:do i have|have i got|could i have|do you think i have) (?:an? )?(?:covid|flu|infection|concussion|migraine|cancer|depression|adhd|anxiety|burnout|sprain\w*)\b(?! (?:leave|pay|cover|policy|test|jab|shot))|\bdiagnos(?:e|is for) (?:me|my)\b",
        rf"\b(?:can|could|may|should) i (?:have|take|use|try)\b.{{0,20}}\b{MEDICINE}|\bhow (?:many|much) {MEDICINE}\b.{{0,15}}\b(?:is|are|can i|should i|a day|at once)\b|\bdrink\b.{{0,20}}\b(?:while|when|with|on)\b.{{0,15}}\b(?:antibiotics|medication|pills|painkillers)\b",
        rf"\bmy {BODY_PART}\b.{{0,50}}\b(?:is it (?:broken|sprained|infected|serious|normal)|(?:do|should|will) i (?:need|get|have) (?:an? )?(?:x-?ray|scan|stitches|cast)\b)",
        r"\bwhat (?:can|should|could|do) i take to (?:stop|ease|help|cure|kill|calm) (?:feeling|being|the pain|my|this|an?)\b|\bis (?:this|that|my) (?:\w+ ){0,2}(?:rash|lump|mole|bump|swelling|bite|burn)\b.{0,30}\b(?:serious|worry|bad|normal|infected|dangerous)\b",
        rf"\bshould i (?:try|start|take|get)(?: some| on)? {DRUG}\b",
    ),
    unless=r"\b(?:first aid|policy|sell|sold|stock|dispose|expired|customers?|guests?|child|under|at work|home|orders?|payments?)\b",
)
LEGAL = Rule(
    "legal_advice",
    "whether somebody may sue, is liable or would win",
    Contact.PEOPLE_CONTACT,
    patterns(
        r"\b(?:should|can|could|may|will) (?:i|we|they|he|she|customers?|you)(?: be able to)? sue\b|\bable to sue\b|\b(?:can|should|could|do) i (?:\w+ )?(?:take (?:them|him|her|it|the company|my \w+) to court|press charges|have a (?:legal )?case)\b",
        r"\b(?:are|am|is|would|could|will) (?:we|i|the company|my (?:boss|manager))(?: be)?(?: legally| personally)? (?:liable(?= if\b|\W*$|\?)|legally responsible)\b|\b(?:can|could|may|are) (?:they|he|she|my (?:boss|manager|employer)|the company) legally\b.{0,40}\b(?:my|me|us|our)\b",
        r"\bis (?:it|this|that) (?:even )?(?:legal|illegal|lawful|unlawful|against the law) (?:for|that|if) (?:them|him|her|my (?:boss|manager|employer|company)|they|he|she|the (?:company|boss|manager))\b.{0,40}\b(?:my|me|us|our)\b|\bagainst the law\b.{0,30}\bmy (?:boss|manager|employer|co-?worker)\b",
        r"\b(?:do i need|should i (?:get|hire|talk to|see)) a (?:lawyer|solicitor|attorney)\b|\bmy legal (?:rights|position|options)\b|\bgive me (?:some )?legal advice\b|\b(?:could|can|will|would) i (?:go to|end up in|get) (?:jail|prison|arrested|sued|prosecuted)\b",
        r"\b(?:will|would|could|can) (?:i|we|they|he|she|(?:the|a) \w+) win\b.{0,15}\b(?:court|sues?|case|lawsuit)\b|\bis my (?:non.?compete|contract|nda|dismissal|\w+ clause) (?:enforceable|legal|lawful|unlawful|binding|void)\b",
        r"\b(?:is|are) (?:my (?:boss|manager|employer|company)|they|the company|he|she|we) breaking the law\b|\b(?:can|could|will|would) (?:they|he|she|(?:my|the|a) \w+) (?:take me to court|sue me|prosecute me|press charges|have me arrested)\b",
        r"\b(?:do|have) i (?:have|got) (?:\w+ )?(?:grounds|a (?:legal )?case|a claim against)\b|\b(?:would|will|could) (?:a|the) (?:judge|court|tribunal|jury)\b.{0,15}\b(?:side with|agree with|believe|rule|find for)\b",
        r"\b(?:chances?|odds)\b.{0,25}\b(?:sue|in court|tribunal|of winning)\b|\bis my (?:\w+ )?(?:contract|nda|dismissal|agreement)\b.{0,10}\b(?:valid|enforceable|void)\b",
        r"\b(?:can|could|may|are) (?:they|he|she|my (?:boss|manager|employer)|the company)\b.{0,30}\b(?:me|us|my)\b.{0,20}\blegally\b",
    ),
)
FINANCIAL = Rule(
    "financial_advice",
    "what somebody should do with their own money or taxes",
    Contact.PEOPLE_CONTACT,
    patterns(
        rf"\b(?:should i|shall i|is it (?:better|smart|wise|worth(?: it)?)(?: for me)? to|would you)\b.{{0,30}}\b(?:exercise|sell|buy|hold|invest|cash (?:in|out)|put|take out|pay off|contribute|maximum out)\b.{{0,40}}\b{MONEY}\b",
        rf"\b(?:is|are) {MONEY} an? (?:\w+ )?(?:place|investment|bet)\b|\b(?:best way|where should i|how should i) (?:to )?invest (?:my|in)\b|\bwhich (?:pension )?(?:funds?|stocks|crypto) should i\b",
        r"\b(?:better|best|good|bad)\b.{0,40}\bfor (?:my )?tax(?:es)?\W*$|\bhow (?:do|can) i (?:pay less|avoid|save(?: on)?|reduce|dodge)(?: my| paying)? tax\b|\bgive me (?:some )?tax advice\b|\bhow much tax (?:will|do|would|should) i\b|\b(?:claim|deduct|write off)\b.{0,30}\bmy tax(?:es| return)?\b|\bdo i (?:need|have) to (?:declare|pay tax on) my\b.{0,30}\b(?:tax|income|tips)\b",
        rf"\bwould i be better off\b.{{0,40}}\b{MONEY}\b|\bis (?:now|this|it) (?:\w+ ){{0,3}}(?:time|moment|idea|move) to (?:buy|sell|invest|cash (?:in|out)|put|move|take out)\b.{{0,30}}\b{MONEY}\b",
        r"\bshould i (?:take|get)(?: out)? (?:an?|the|another) (?:loan|mortgage|credit card)\b|\b(?:will|think)\b.{0,15}\b(?:our|company|my) (?:shares?|stocks?)\b.{0,10}\b(?:go up|rise|drop|fall|crash)\b|\bway to invest\b|\bhow (?:do|can) i (?:get out of|avoid|stop) paying (?:so much |more |any )?tax\b",
    ),
)
