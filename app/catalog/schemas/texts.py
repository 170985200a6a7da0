"""Translations, reviews and what a product still lacks, on the wire."""

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from app.kernel.schema import Choice, Line, Paragraph, Read, Schema, refusal


class TranslationPut(Schema):
    """A product's title and description in one language."""

    title: Line
    description: Paragraph | None = None
    is_machine_made: bool = False


class TranslationRead(Read):
    """A product's text in one language; where its status is `missing` there is none."""

    language: str
    title: str | None
    description: str | None
    status: str


class ReviewOutcome(StrEnum):
    """What an operator found in a product that waits for review."""

    APPROVED = "approved"
    RETURNED = "returned"


class ReviewDecide(Schema):
    """What an operator found in a product that waits; one that goes back says why."""

    outcome: Choice[ReviewOutcome]
    reason: Paragraph | None = None

    @model_validator(mode="after")
    def _say_why(self) -> Self:
        if self.outcome is ReviewOutcome.RETURNED and self.reason is None:
            raise refusal("reason_missing", "Say why, so that they can mend it.")
        return self


class MissingRead(Read):
    """Something a product lacks; any one of `accepts` fills it. What is required stands in the way of publishing."""

    code: str
    is_required: bool
    accepts: list[str]


class DestinationRead(Read):
    """What a product lacks for one country."""

    country: str
    missing: list[MissingRead]


class ComplianceRead(Read):
    """What a product lacks, country by country."""

    destinations: list[DestinationRead]
