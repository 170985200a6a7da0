"""Shapes of stock levels and movements on the wire."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.kernel.schema import Choice, Day, Id, Line, Read, Schema, Timestamps, refusal
from app.stock.models import MovementKind, StockPolicy

_MOST = 1_000_000_000
Count = Annotated[int, Field(ge=0, le=_MOST)]


class StockLevelRead(Timestamps):
    """One variant at one location; `available` is null where each one is made to order."""

    variant_id: UUID
    location_id: UUID
    organization_id: UUID
    on_hand: int
    allocated: int
    reserved: int
    available: int | None
    policy: StockPolicy
    oversell_limit: int
    ships_by: date | None


class StockCount(Schema):
    """How many are there now, as counted; `expected` is what the counter read as `on_hand` before."""

    expected: Annotated[int, Field(ge=-_MOST, le=_MOST)]
    on_hand: Count


class StockTerms(Schema):
    """What happens where nothing is left; a limit for backorder and preorder alone, a day for preorder."""

    policy: Choice[StockPolicy]
    oversell_limit: Count = 0
    ships_by: Day | None = None

    @model_validator(mode="after")
    def _fits_the_policy(self) -> Self:
        if self.oversell_limit and self.policy not in {StockPolicy.BACKORDER, StockPolicy.PREORDER}:
            raise refusal("oversell_limit_unused", "Give a limit for backorder and preorder only.")
        if (self.policy is StockPolicy.PREORDER) != (self.ships_by is not None):
            raise refusal("ships_by_preorder", "Give the day when it ships for preorder, and only for that.")
        return self


class RecordedKind(StrEnum):
    """What people record by hand; the rest follows from orders."""

    RECEIVED = "received"
    ADJUSTED = "adjusted"
    WRITTEN_OFF = "written_off"


class MovementCreate(Schema):
    """Units that came, were counted differently (then signed) or are gone."""

    variant_id: Id
    location_id: Id
    kind: Choice[RecordedKind]
    quantity: Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
    reason: Line | None = None

    @model_validator(mode="after")
    def _has_its_sign(self) -> Self:
        if self.quantity == 0 or (self.quantity < 0 and self.kind is not RecordedKind.ADJUSTED):
            raise refusal("quantity_sign", "Give a number above zero; only an adjustment may be below.")
        return self


class MovementRead(Read):
    """One movement; `holder` says for which order or other thing, where there is one."""

    id: UUID
    variant_id: UUID
    location_id: UUID
    kind: MovementKind
    on_hand_change: int
    allocated_change: int
    holder_kind: str | None
    holder_id: UUID | None
    reason: str | None
    moved_by: UUID | None
    moved_at: datetime
