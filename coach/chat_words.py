"""Owns how people spell in chat: short forms and what they stand for, in any company."""

import re
import unicodedata

# One "full form: short forms" each.
TABLE = """
about: abt bout; account: acct; accounts: accts; address: addr adr; amount: amt; and: n; anyone: any1
appointment: appt; appointments: appts; approximately: approx; are: r; are not: arent; as soon as possible: asap
assistant: asst; august: aug; average: avg; back: bk; because: bc bcos bcuz bcz cos coz cuz; before: b4
birthday: bday; boyfriend: bf; business: biz; can not: cannot cant; cancel: canx cxl; check: chk; christmas: xmas
combination: combo; could: cld; could not: couldnt; credentials: creds; current: curr; customer: cust
customers: custs; december: dec; delivery: deliv; department: dept; developer: dev; developers: devs
did not: didnt; different: diff; direct message: dm; direct messages: dms; do not: dont; do not know: dunno
document: doc; documents: docs; does not: doesnt; end of day: eod; end of month: eom; end of week: eow
especially: esp; everyone: every1; excluding: excl; experience: exp; february: feb; forever: 4ever; forward: fwd
frequency: freq; friday: fri; from: frm; girlfriend: gf; give me: gimme; going to: gonna; good: gd; got: gotten
government: govt; great: gr8; had not: hadnt; has not: hasnt; hate: h8; have: hav hv; have not: havent
have to: gotta; he is: hes; headquarters: hq; holidays: hols; hours: hrs; how: hw; how is: hows; i am: im
i do not know: idk; i have: ive; including: incl; information: info; international: intl; invoices: invs
is not: aint isnt; it will: itll; january: jan; kind of: kinda; late: l8; later: l8r; let me: lemme
let me know: lmk; level: lvl; management: mgmt; manager: mgr mngr; managers: mgrs; market: mkt; marketing: mktg
maximum: max; medicine: meds; meeting: mtg; meetings: mtgs; message: msg; messages: msgs; minutes: mins
miscellaneous: misc; monday: mon; month: mth; months: mos mths; never mind: nvm; night: nite; no one: noone
november: nov; number: num; numbers: nums; october: oct; organization: org; organizations: orgs; out of: outta
out of office: ooo; password: pw pwd; payment: pmt pymt; people: ppl; picture: pic; pictures: pics
please: pls plss plz; previous: prev; problems: probs; quantity: qty; really: rly; received: recd; referred: refd
refrigerator: refrig; request: req; requests: reqs; reschedule: resched; right now: rn; schedule: sched
september: sept; she is: shes; should: shd shld; should not: shouldnt; somebody: sb; someone: sum1 sumone
something: smth sth; sort of: sorta; standard: std; telephone: tel; text: txt; thanks: thx; that is: thats
that will: thatll; there is: theres; they are: theyre; they have: theyve; they will: theyll; though: tho
through: thru; thursday: thu thur thurs; today: 2day; tomorrow: 2moro tmr tmrw tmw tomoz; tonight: 2nite tonite
tuesday: tue tues; until: til; vacation: vac vacay; vaccine: vax; versus: vs; wait: w8; want to: wanna
was not: wasnt; we have: weve; wednesday: wed weds; week: wk; weekend: wknd; weekends: wknds; weekly: wkly
weeks: wks; were not: werent; what: wat wut; what is: whats; when is: whens; where is: wheres; who is: whos
why is: whys; will not: wont; with: w; work from home: wfh; would: wld; would not: wouldnt; year: yr; years: yrs
yesterday: yday ystd; you: u ya; you all: yall; you are: youre; you have: youve; you will: youll; your: ur
"""
FULL_FORMS = {
    short: full
    for full, _, shorts in (entry.strip().partition(": ") for entry in re.split(r"[;\n]", TABLE.strip()))
    for short in shorts.split()
}
MARKS = ((r"\bw/o\b", "without"), (r"\bb/c\b", "because"), (r"\bw/(?=\s)", "with"))
IS_OR_ARE = ((r"\b(we|they|you)'re\b", r"\1 are"), (r"\b(it|that)'s\b", r"\1 is"))
# Letters beside a hyphen or & are of a name: a W-2 is not "with 2", nor R&D "are & d".
WORD = re.compile(r"(?<![a-z0-9&-])[a-z0-9]+(?:'[a-z]+)?(?![a-z0-9&-])")


def written_out(text: str, kept: frozenset[str] = frozenset()) -> str:
    """Return text in one spelling: compatible characters, lower case, straight quotes, short forms written out.

    `kept` are words that mean something else here.
    """
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("‘", "'")
    for pattern, full in (*MARKS, *IS_OR_ARE):
        text = re.sub(pattern, full, text)

    def full_form(word: re.Match[str]) -> str:
        short = word[0].replace("'", "")
        return word[0] if short in kept else FULL_FORMS.get(short, word[0])

    return " ".join(WORD.sub(full_form, text).split())
