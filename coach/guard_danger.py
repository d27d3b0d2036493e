"""Owns the rules for people in danger: somebody who may hurt themselves, and an emergency."""

# ruff: noqa: E501 - a pattern broken over lines is harder to read than a long one.

from coach.guard_rule import PERSON, Contact, Rule, patterns

PASSED_OUT = r"(?:collapsed|passed out(?! \w+s\b)|fainted|keeled over|blacked out|stopped (?:moving|breathing)|just dropped(?! (?:off|by|in|out|an?|the|his|her|their|my|it)\b)|choking(?! hazard)|electrocuted|drowning|overdosed|(?:been|got|was) (?:stabbed|shot))"

SELF_HARM = Rule(
    "self_harm",
    "nothing: who may hurt or kill themselves, or fears that somebody will, is told whom to call",
    Contact.EMERGENCY_SERVICES,
    patterns(
        r"\bkill(?:ing)? myself\b|\b(?:going to|want to|might|will|tempted to|urge to) (?:just )?(?:kms|(?:hurt|harm|cut) myself)\b|\b(?:been|keep|started|about|of) (?:hurting|harming|cutting) myself\b|\bself.?harm(?:ing)? (?:again|myself)\b",
        r"\b(?:i am|i feel|feeling|been|i have been|am i) (?:\w+ )?suicidal\b|^(?!.*\b(?:if|when|policy|training|procedure|protocol|poster)\b).*\b(?:suicid(?:e|al)|self.?harm(?:ing)?)\b",
        r"\bend(?:ing)? (?:it all|my (?:own )?life)\b|\bthinking (?:about|of) ending (?:it|things|everything)\b(?! with)|\bwant (?:it|this|everything) all to (?:end|stop)\b|\bit all to (?:end|stop)\b",
        r"\b(?:do not|no longer) want to (?:live|be alive|exist|wake up|be here any ?more)\b(?! (?:in|with|at|on|near|so|before|early))|\bwant to die\b|\bwish i (?:was|were) (?:dead|never born)\b|\bwas never born\b",
        r"\bbetter off (?:dead|without me)\b|\bno (?:reason|point) (?:to|in|for) (?:live|living|go(?:ing)? on)\b|\bnothing (?:left )?to live for\b|\bnot worth living\b",
        r"\bi (?:just |have )?(?:took|taken|swallowed) (?:a (?:load|lot|bunch|bottle|handful|packet|pack|box|strip|whole \w+)|all|too many|loads|every)\b.{0,20}\b(?:pills|tablets|painkillers|medicine)\b",
        r"^(?!.*\b(?:if|when|policy|training|procedure)\b).*\b(?:kill|hurt|harm)(?:ing)? (?:herself|himself|themsel\w+)\b",
        r"\b(?:want|wish i could|rather|would like) (?:to )?(?:just )?(?:disappear for good|not wake up|never wake up|sleep forever|be gone for good|be dead|not exist)\b|\bnever wake up again\b",
        r"\bi (?:can not|do not want to|do not think i can) (?:go on|carry on|keep going|do this|cope|take it)(?: any ?more| any ?longer| like this)\b",
        r"\b(?:everyone|everybody|they|people|my family|the world)\b.{0,25}\b(?:happier|better|better off|relieved) (?:if i (?:was|were|am) (?:gone|dead|not (?:here|around))|without me)\b",
        r"\b(?:think\w*|thought|thoughts) (?:about|of) (?:dying\b|ways to die|jumping off|not being here|taking my (?:own )?life)|\bwhat is the point (?:of|in) (?:living|being alive)\b",
        r"\b(?:do not|can not) see (?:a|any|the) (?:reason|point) (?:to be here|(?:to|in|of) (?:be(?:ing)? alive|liv(?:e|ing)|go(?:ing)? on|carry(?:ing)? on))\b",
        r"\bi (?:have )?(?:started|been) (?:cutting|hurting|harming|burning) (?:myself|again)\b|\b(?:want to|feel like|thought about|tempted to|urge to) (?:just )?(?:driv\w+|crash\w*|walk\w*|jump\w*|step\w*) (?:my car |the car )?(?:into|in front of|off|under) (?:a|the) (?:wall|tree|train|bridge|roof|bus|lorry|truck)\b",
        r"\b(?:nobody|no one|no ?body) would (?:miss me|care if i (?:died|was (?:dead|gone)))\b|\b(?:plan(?:ning|ned)?|going|want|ready|decided) (?:to )?end (?:things|it)(?: all)? (?:tonight|today|now|for good)\b|\b(?:think\w*|thoughts?|planning|plan) (?:about|of|on|to) (?:hang\w*|drown\w*|shoot\w*|poison\w*|overdos\w*) (?:myself\b|on\b|$)",
        r"\bi (?:would|will|had)? ?rather be dead\b|\b(?:hang|drown|shoot|poison) myself\b(?! in the foot)",
    ),
)
EMERGENCY = Rule(
    "emergency",
    "nothing: danger that is happening now gets the number to call, and what the SOPs say of it",
    Contact.EMERGENCY_SERVICES,
    patterns(
        rf"\b{PERSON}s?\b.{{0,25}}\b{PASSED_OUT}\b|\b(?:unconscious|not breathing|stopped breathing|is not breathing|can not breathe|throat is closing|will not wake up|can not wake (?:him|her|them))\b",
        r"\bhaving an? (?:\w+ )?(?:heart attack|stroke|seizure|fit(?! (?:about|over|of))|asthma attack)\b|\b(?:heart attack|severe allergic reaction|anaphyla\w+) (?:right )?now\b|\bbleeding (?:badly|heavily|a lot|everywhere|out|really)\b|\bwill not stop bleeding\b",
        r"\b(?:cut|chopped|sliced) (?:his|her|their|my|a) (?:\w+ )?(?:finger|thumb|hand|arm)s? off\b|\b(?:drank|swallowed|drunk) (?:\w+ )?(?:bleach|poison|chemicals?|detergent|cleaner|batter(?:y|ies)|magnets?|drain\w*|acid)\b",
        r"\bthere is (?:an? )?(?:\w+ )?(?:fire|gas leak|smoke|intruder|shooter|explosion|bomb)\b(?! (?:drill|door|exit|safety|alarm|detector|extinguisher|blanket|warden|inspection|escape|break))",
        r"\b(?:building|store|shop|kitchen|office|stock ?room|store ?room|machine|warehouse|oven|fryer|grill|bin|till|counter|shelf|roof|toaster|battery|laptop|phone|car|van|forklift)(?: area| room)? (?:is |has |just )?(?:on fire|burning(?! the)|caught fire)\b|\bsmoke (?:is )?(?:coming|pouring|billowing)\b",
        r"\b(?:we are|we|were|i am) (?:being|getting) (?:robbed|attacked|held up|shot at)\b|\bsmell(?:s|ing)? (?:of |like )?gas\b",
        rf"\b{PERSON}\b.{{0,20}}\b(?:with|has|holding|waving|waves|pulled|swinging) an? (?:\w+ )?(?:gun|knife|weapon|machete|axe|hammer|bat|rifle)\b(?:.{{0,40}}\b(?:here|now|in|into|outside|threaten\w*|help|shop|store)\b|\W*$)",
        r"\bcall (?:an ambulance|the fire brigade|911|999|112)\b.{0,30}\b(?:now|please|quick|help)\b",
        rf"\b{PERSON}\b.{{0,40}}\bnot (?:moving|breathing|conscious|waking up)\b|\b{PERSON}\b.{{0,20}}\bon the (?:floor|ground)\b.{{0,30}}\bnot (?:respond\w*|mov\w+|talk\w*|answer\w*)\b",
        r"\b(?:went|gone|going|is|are) up in flames\b|\b(?:is|are) in flames\b|\b(?:burst|bursting) into flames\b|\bsmoke (?:is )?(?:filling|everywhere|all over)\b|\bblood (?:is )?(?:everywhere|pouring|gushing|spurting)\b",
        rf"\b(?:he|she|they|{PERSON}) (?:is |are )?(?:not|will not) wak(?:e|ing) up\b|\b(?:ceiling|roof|wall|shelf|shelving|scaffold\w*|racking|forklift|truck|van|car) (?:has |just )?(?:come down|fallen|fell|collapsed|crashed|tipped(?: over)?)(?: down| over)? (?:on|onto|into)(?: top of)? (?:\w+ )?(?:{PERSON}|people|customers|staff|us|me)\b|\b{PERSON} (?:is |got |has been |was )?(?:trapped|crushed|run over|electrocuted)\b",
    ),
    shows_sources=True,
    unless=r"^if\b|\bif (?:an?|the|someone|somebody|anyone|one|my|there|we|i|you)\b|\b(?:when|whenever|in case|drill|procedure|training|policy|clean(?:ing)? up|after (?:an?|the)|report(?:ing)?|yesterday|last (?:week|month|year|night))\b",
)
