"""Reads the blocks `answers:` and `glossary:` of company.yaml: what wrong answers cost, and the company's own words."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from coach.costs import DEFAULT_COSTS, Costs

MOST_TERMS = 200
LONGEST_TERM = 100


def _glossary(terms: dict[str, str]) -> dict[str, str]:
    if len(terms) > MOST_TERMS:
        raise ValueError(f"it has {len(terms)} terms; keep the {MOST_TERMS} that staff use most")
    alike: dict[str, str] = {}
    for term, meaning in terms.items():
        # Questions are read without capitals.
        other = alike.setdefault(" ".join(term.casefold().split()), term)
        if other != term:
            raise ValueError(f"{other!r} and {term!r} are one term to the search. Keep one, with one meaning")
        if not term.strip() or not meaning.strip():
            raise ValueError(
                f"{term or meaning!r} stands alone. Write a term and what it means, like `PTO: annual leave`"
            )
        if max(len(term), len(meaning)) > LONGEST_TERM:
            raise ValueError(
                f"{term[:LONGEST_TERM]!r} is too long. Term and meaning may have {LONGEST_TERM} characters each"
            )
    return {term.strip(): meaning.strip() for term, meaning in terms.items()}


Glossary = Annotated[dict[str, str], AfterValidator(_glossary)]
Cost = Annotated[float, Field(gt=0, le=1_000)]


class CostsBlock(BaseModel):
    """What each way to be wrong costs beside the others; see coach.costs.Costs."""

    model_config = ConfigDict(extra="forbid")

    wrong: Cost = DEFAULT_COSTS.wrong
    doubt: Cost = DEFAULT_COSTS.doubt
    noise: Cost = DEFAULT_COSTS.noise
    missed: Cost = DEFAULT_COSTS.missed

    @model_validator(mode="after")
    def _leave_a_middle(self) -> "CostsBlock":
        self.costs()
        return self

    def costs(self) -> Costs:
        """Return the costs it states."""
        return Costs(self.wrong, self.doubt, self.noise, self.missed)


class AnswersBlock(BaseModel):
    """How sure Coach must be to answer, by what its mistakes cost the company."""

    model_config = ConfigDict(extra="forbid")

    costs: CostsBlock = CostsBlock()
