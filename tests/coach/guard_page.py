"""The table of docs/guard.md: every rule by name, what it refuses, whom it refers to, and an example.

`python -m tests.coach.guard_page` prints it.
"""

import json
from pathlib import Path

from coach.guard import ALL_RULES, Contact

EXAMPLES = Path(__file__).parent / "guard_examples.jsonl"
REFERS_TO = {
    Contact.NOBODY: "nobody",
    Contact.DEFAULT_OWNER: "`default_owner`",
    Contact.PEOPLE_CONTACT: "`people_contact`, else `default_owner`",
    Contact.EMERGENCY_SERVICES: "`emergency_number`",
}


def examples():
    """Return what each rule must match, and what it must leave, by its name."""
    rows = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    return {row["rule"]: (row["matches"], row["leaves"]) for row in rows}


def table():
    shown = examples()
    lines = ["| rule | refuses | refers to | for example |", "|---|---|---|---|"]
    for rule in ALL_RULES:
        matches, _ = shown.get(rule.name, ([""], []))
        lines.append(f"| `{rule.name}` | {rule.refuses} | {REFERS_TO[rule.refer_to]} | {matches[0]} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
