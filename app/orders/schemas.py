"""Orders on the wire. What comes in never says a price or a total: those are ours to work out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.activity_rules.schemas import ActivityWarningRead
from app.kernel.schema import (
    AggregateRead,
    Choice,
    Country,
    Currency,
    Id,
    Line,
    MoneyIn,
    MoneyRead,
    Paragraph,
    Quantity,
    Read,
    Schema,
    refusal,
)
from app.orders.models.changes import CancellationReason, CancellationStatus, ChangeStatus, Side
from app.orders.models.orders import Order
from app.orders.models.states import Channel, FulfilmentStatus, OrderMode, OrderStatus
from app.payments.models import PaymentStatus
from app.payments.schemas import ObligationRead, PaymentRead, RefundRead

LINES_PER_ORDER = 100


class _OfVariant(Schema):
    variant_id: Id


class _OfLine(Schema):
    line_id: Id


def _each_variant_once(lines: Sequence[_OfVariant]) -> Sequence[_OfVariant]:
    if len({line.variant_id for line in lines}) < len(lines):
        raise refusal("variant_repeated", "Name each variant once, with all of its units.")
    return lines


def _each_line_once(lines: Sequence[_OfLine]) -> Sequence[_OfLine]:
    if len({line.line_id for line in lines}) < len(lines):
        raise refusal("line_repeated", "Name each line once, with all of its units.")
    return lines


class LineCreate(_OfVariant):
    """Units of a variant."""

    quantity: Quantity


Lines = Annotated[list[LineCreate], Field(min_length=1, max_length=LINES_PER_ORDER), AfterValidator(_each_variant_once)]


class AddressIn(Schema):
    """Where the goods go and whom the carrier asks for."""

    recipient: Line
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ()-]{5,25}$")] | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = None
    street: Annotated[Paragraph, StringConstraints(max_length=500)]
    city: Line
    region: Line | None = None
    postal_code: Annotated[Line, StringConstraints(max_length=20)] | None = None
    country: Country


class OrderCreate(Schema):
    """A draft."""

    seller_id: Id
    buyer_id: Annotated[Id | None, Field(description="The organization that buys; left out: you.")] = None
    agreement_id: Annotated[Id | None, Field(description="Buy wholesale under it; left out: buy retail.")] = None
    currency: Currency
    ship_to: AddressIn
    ship_from_id: Annotated[Id | None, Field(description="Which of the seller's locations; left out: the first.")] = (
        None
    )
    lines: Lines
    channel: Annotated[
        Choice[Channel] | None, Field(description="Left out: diaspora where somebody brought it about, else direct.")
    ] = None
    source: Annotated[Line, Field(description="Which shop or program this comes from.")] = "rantau"
    external_id: Annotated[Line | None, Field(description="Its id there; one order for each.")] = None
    introduced_by: Annotated[Id | None, Field(description="The party that brought it about.")] = None
    via_community_id: Id | None = None
    share_link_id: Id | None = None
    offer_id: Id | None = None
    request_id: Id | None = None


class OrderUpdate(Schema):
    """Another address for a draft."""

    ship_to: AddressIn


class LinesUpdate(Schema):
    """Other lines for a draft."""

    lines: Lines


class OfferLine(_OfLine):
    """How many units of a line the seller takes on."""

    quantity: Annotated[int, Field(ge=0, le=1_000_000)]


class OfferCreate(Schema):
    """What the seller takes on instead: fewer units of some lines, or freight; lines not named stay whole."""

    lines: Annotated[list[OfferLine], Field(max_length=LINES_PER_ORDER), AfterValidator(_each_line_once)] = Field(
        default=[]
    )
    freight: MoneyIn | None = None
    note: Paragraph | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it takes the order on as it was placed."""
        return not self.lines and not (self.freight and self.freight.amount)


class CancellationPart(_OfLine):
    """Units of a line to be cancelled."""

    quantity: Quantity
    restock: Annotated[bool, Field(description="Seller: whether the units go back on sale.")] = True


class CancellationCreate(Schema):
    """What is to be cancelled and why; without lines, everything that has not been shipped."""

    lines: (
        Annotated[
            list[CancellationPart], Field(min_length=1, max_length=LINES_PER_ORDER), AfterValidator(_each_line_once)
        ]
        | None
    ) = None
    reason: Annotated[
        Choice[CancellationReason] | None, Field(description="Needed from the seller; a buyer's is always `buyer`.")
    ] = None
    note: Paragraph | None = None


class RejectionCreate(Schema):
    """Why an order is not taken on; the buyer reads it."""

    note: Paragraph | None = None


class ShippedLine(_OfLine):
    """Units of a line in a parcel."""

    quantity: Quantity


class ShipmentCreate(Schema):
    """A parcel; without lines, everything that is left to ship."""

    carrier: Line
    tracking_number: Line | None = None
    lines: (
        Annotated[list[ShippedLine], Field(min_length=1, max_length=LINES_PER_ORDER), AfterValidator(_each_line_once)]
        | None
    ) = None


class ArrivedLine(_OfLine):
    """What became of units of a line."""

    delivered: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    lost: Annotated[int, Field(ge=0, le=1_000_000)] = 0

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.delivered + self.lost:
            raise refusal("units_missing", "Say how many units were delivered or lost.")
        return self


class DeliveryCreate(Schema):
    """What arrived of a parcel; without lines, all that was still on its way."""

    shipment_id: Id
    lines: (
        Annotated[list[ArrivedLine], Field(min_length=1, max_length=LINES_PER_ORDER), AfterValidator(_each_line_once)]
        | None
    ) = None


class LineRead(Read):
    """A line: its frozen price, and how far its units have come."""

    id: UUID
    variant_id: UUID
    product_id: UUID
    title: str
    sku: str | None
    hs_code: str | None
    unit_weight_g: int | None
    unit_price: MoneyRead
    price: MoneyRead
    price_list_id: UUID
    agreement_version_id: UUID | None
    ordered: int
    open: int
    cancelled: int
    shipped: int
    delivered: int
    lost: int


class AddressRead(Read):
    """Where the goods go."""

    recipient: str
    phone: str | None
    email: str | None
    street: str
    city: str
    region: str | None
    postal_code: str | None
    country: str


class UnitsRead(Read):
    """Units of a line."""

    line_id: UUID
    quantity: int


class ChangeRead(Read):
    """A seller's offer of less, or with freight."""

    id: UUID
    status: ChangeStatus
    lines: list[UnitsRead]
    freight: MoneyRead
    note: str | None
    proposed_at: datetime
    answer_by: datetime
    decided_at: datetime | None


class CancelledUnitsRead(UnitsRead):
    """Units of a line that are cancelled."""

    restock: bool


class CancellationRead(Read):
    """Units taken off the order, or asked to be."""

    id: UUID
    status: CancellationStatus
    reason: CancellationReason
    asked_by: Side
    lines: list[CancelledUnitsRead]
    refund: MoneyRead
    note: str | None
    asked_at: datetime
    answer_by: datetime | None
    decided_at: datetime | None


class ShippedUnitsRead(UnitsRead):
    """Units of a line in a parcel and what became of them."""

    delivered: int
    lost: int


class ShipmentRead(Read):
    """A parcel."""

    id: UUID
    carrier: str
    tracking_number: str | None
    lines: list[ShippedUnitsRead]
    shipped_at: datetime
    arrives_by: datetime
    delivered_at: datetime | None


class OrderSummary(AggregateRead):
    """An order in a list: the three axes and what it comes to. `payment_status` is null until money is owed."""

    number: str
    status: OrderStatus
    payment_status: PaymentStatus | None
    fulfilment_status: FulfilmentStatus
    mode: OrderMode
    buyer_id: UUID
    seller_id: UUID
    agreement_id: UUID | None
    ship_to_country: str
    total: MoneyRead
    created_at: datetime
    submitted_at: datetime | None
    expires_at: datetime | None


class OrderRead(OrderSummary):
    """An order, for its two sides."""

    channel: Channel
    source: str
    external_id: str | None
    introduced_by: UUID | None
    via_community_id: UUID | None
    share_link_id: UUID | None
    offer_id: UUID | None
    request_id: UUID | None
    goods: MoneyRead
    freight: MoneyRead
    fees: MoneyRead
    tax: MoneyRead
    discount: MoneyRead
    ship_from_id: UUID
    ship_to: AddressRead
    obligation_id: UUID | None
    accepted_at: datetime | None
    completes_at: datetime | None
    ended_at: datetime | None
    rejection_note: str | None
    lines: list[LineRead]
    changes: list[ChangeRead]
    cancellations: list[CancellationRead]
    shipments: list[ShipmentRead]


class OrderPlaced(OrderRead):
    """An order just placed, and what the buyer is to heed in selling the goods on."""

    warnings: list[ActivityWarningRead]

    @classmethod
    def of(cls, order: Order, warnings: Sequence[object]) -> Self:
        """Put the two together."""
        return cls.model_validate(dict(OrderRead.model_validate(order)) | {"warnings": warnings})


class OrderPayments(Read):
    """What is owed for an order and what became of it; `obligation` is null until the seller took it on."""

    obligation: ObligationRead | None
    payments: list[PaymentRead]
    refunds: list[RefundRead]
