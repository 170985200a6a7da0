"""The catalogue of what can happen: one list of frozen dataclasses of ids, also the webhook catalogue.

A field is an id, a frozen amount, a market or a code; never a name, a number to call or anything else personal.
Events whose `exported` is False stay inside the installation.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeVar, dataclass_transform
from uuid import UUID

from app.kernel.event_log import DomainEvent

E = TypeVar("E", bound=DomainEvent)


@dataclass_transform(kw_only_default=True, frozen_default=True)
def _event(kind: type[E]) -> type[E]:
    return dataclass(frozen=True, slots=True, kw_only=True)(kind)


# --- identity ---------------------------------------------------------------------------------------------------------


@_event
class CodeRequested(DomainEvent):
    """Somebody asked for a one-time code; the job that sends it makes it."""

    aggregate: ClassVar[str] = "challenge"
    change: ClassVar[Literal["upsert", "delete", "none"]] = "none"
    exported: ClassVar[bool] = False

    purpose: str


@_event
class PersonRegistered(DomainEvent):
    """A person proved a phone number or e-mail address for the first time."""

    aggregate: ClassVar[str] = "person"


@_event
class ProfileChanged(DomainEvent):
    """A person changed their profile; what changed is personal and not said here."""

    aggregate: ClassVar[str] = "person"


@_event
class ContactChanged(DomainEvent):
    """A person proved another phone number or e-mail address, which took the place of the one before."""

    aggregate: ClassVar[str] = "person"
    exported: ClassVar[bool] = False


@_event
class OperatorAppointed(DomainEvent):
    """Whoever runs the installation made a person one of its operators."""

    aggregate: ClassVar[str] = "person"
    exported: ClassVar[bool] = False


@_event
class PersonSuspended(DomainEvent):
    """An operator suspended a person."""

    aggregate: ClassVar[str] = "person"


@_event
class PersonReinstated(DomainEvent):
    """An operator lifted a suspension."""

    aggregate: ClassVar[str] = "person"


@_event
class PasswordChanged(DomainEvent):
    """A person set, changed or reset their password; their other sessions ended."""

    aggregate: ClassVar[str] = "person"
    exported: ClassVar[bool] = False


@_event
class ApiKeyCreated(DomainEvent):
    """A key for another program was made."""

    aggregate: ClassVar[str] = "api_key"
    exported: ClassVar[bool] = False

    party_id: UUID


@_event
class ApiKeyRevoked(DomainEvent):
    """A key stopped working."""

    aggregate: ClassVar[str] = "api_key"
    exported: ClassVar[bool] = False

    party_id: UUID


# --- activity_rules ---------------------------------------------------------------------------------------------------


@_event
class ActivityRuleStated(DomainEvent):
    """An operator stated what is allowed where, for whom."""

    aggregate: ClassVar[str] = "activity_rule"

    host_country: str
    basis: str | None
    activity: str
    outcome: str


@_event
class ActivityRuleChanged(DomainEvent):
    """An operator changed what a rule says."""

    aggregate: ClassVar[str] = "activity_rule"

    host_country: str
    basis: str | None
    activity: str
    outcome: str


@_event
class ActivitySettled(DomainEvent):
    """An operator recorded that a party has shown what allows it to do something."""

    aggregate: ClassVar[str] = "activity_settlement"
    exported: ClassVar[bool] = False

    party_id: UUID
    activity: str


@_event
class ActivitySettlementRevoked(DomainEvent):
    """An operator took such a record back."""

    aggregate: ClassVar[str] = "activity_settlement"
    exported: ClassVar[bool] = False

    party_id: UUID
    activity: str


# --- media ------------------------------------------------------------------------------------------------------------


@_event
class UploadTaken(DomainEvent):
    """A party uploaded a picture or a document."""

    aggregate: ClassVar[str] = "upload"
    exported: ClassVar[bool] = False

    owner_id: UUID
    purpose: str


@_event
class UploadPublished(DomainEvent):
    """An upload is for everybody to see."""

    aggregate: ClassVar[str] = "upload"

    owner_id: UUID


# --- organizations ----------------------------------------------------------------------------------------------------


@_event
class OrganizationCreated(DomainEvent):
    """A person created an organization and is its first owner."""

    aggregate: ClassVar[str] = "organization"

    owner_id: UUID


@_event
class OrganizationChanged(DomainEvent):
    """An organization's profile or numbers changed; `changed` names the fields."""

    aggregate: ClassVar[str] = "organization"

    changed: tuple[str, ...]


@_event
class StaffChanged(DomainEvent):
    """A person's roles in an organization are now these; none: they left."""

    aggregate: ClassVar[str] = "organization"
    exported: ClassVar[bool] = False

    person_id: UUID
    roles: tuple[str, ...]


@_event
class LocationAdded(DomainEvent):
    """An organization keeps goods at a further place."""

    aggregate: ClassVar[str] = "organization"

    location_id: UUID


@_event
class LocationChanged(DomainEvent):
    """A place of an organization was renamed, moved or given to another holder."""

    aggregate: ClassVar[str] = "organization"

    location_id: UUID


@_event
class LocationClosed(DomainEvent):
    """An organization keeps no more goods at a place."""

    aggregate: ClassVar[str] = "organization"

    location_id: UUID


@_event
class VerificationSubmitted(DomainEvent):
    """An organization asked to be verified."""

    aggregate: ClassVar[str] = "organization"

    verification_id: UUID


@_event
class OrganizationVerified(DomainEvent):
    """An operator verified an organization."""

    aggregate: ClassVar[str] = "organization"

    verification_id: UUID


@_event
class VerificationRejected(DomainEvent):
    """An operator did not find an organization to be what it says."""

    aggregate: ClassVar[str] = "organization"

    verification_id: UUID


@_event
class VerificationExpired(DomainEvent):
    """An organization's verification ran out."""

    aggregate: ClassVar[str] = "organization"


# --- catalog ----------------------------------------------------------------------------------------------------------


@_event
class ProductEvent(DomainEvent):
    """What every event of a product says; it never happens itself."""

    aggregate: ClassVar[str] = "product"

    organization_id: UUID


@_event
class ProductCreated(ProductEvent):
    """A product was entered in a catalog."""


@_event
class ProductChanged(ProductEvent):
    """A product, its variants, texts or pictures were changed."""


@_event
class ProductSubmitted(ProductEvent):
    """The product of a maker who is not verified is to be reviewed."""


@_event
class ProductWithdrawn(ProductEvent):
    """A product is a draft again."""


@_event
class ProductReturned(ProductEvent):
    """An operator found something to mend in a product: it is a draft again."""


@_event
class ProductPublished(ProductEvent):
    """A product is for sale."""


@_event
class ProductPaused(ProductEvent):
    """A product is not for sale for a while."""


@_event
class ProductArchived(ProductEvent):
    """A product is not for sale any more."""


@_event
class CertificateEvent(DomainEvent):
    """What every event of a certificate says; it never happens itself."""

    aggregate: ClassVar[str] = "certificate"

    organization_id: UUID


@_event
class CertificateAdded(CertificateEvent):
    """An organization showed a certificate."""


@_event
class CertificateChanged(CertificateEvent):
    """A certificate was changed, and is no longer verified."""


@_event
class CertificateVerified(CertificateEvent):
    """An operator saw that a certificate is what it says."""


@_event
class CertificateRemoved(CertificateEvent):
    """An organization took a certificate back."""

    change: ClassVar[Literal["upsert", "delete", "none"]] = "delete"


@_event
class PriceListCreated(DomainEvent):
    """An organization has a new list of prices."""

    aggregate: ClassVar[str] = "price_list"


@_event
class PriceListChanged(DomainEvent):
    """A price list's name, countries or validity changed."""

    aggregate: ClassVar[str] = "price_list"


@_event
class PricesChanged(DomainEvent):
    """Prices on a list were set or changed."""

    aggregate: ClassVar[str] = "price_list"


@_event
class PriceListGranted(DomainEvent):
    """A price list is for this party too."""

    aggregate: ClassVar[str] = "price_list"
    exported: ClassVar[bool] = False

    party_id: UUID


@_event
class PriceListRevoked(DomainEvent):
    """A price list is no longer for this party."""

    aggregate: ClassVar[str] = "price_list"
    exported: ClassVar[bool] = False

    party_id: UUID


# --- imports ----------------------------------------------------------------------------------------------------------


@_event
class ImportRequested(DomainEvent):
    """Somebody handed in a file to be taken over into a catalog."""

    aggregate: ClassVar[str] = "import"
    exported: ClassVar[bool] = False

    organization_id: UUID


@_event
class ImportProgressed(ImportRequested):
    """Some more of an import's file was taken over."""


@_event
class ImportFinished(DomainEvent):
    """An import is done, or was given up."""

    aggregate: ClassVar[str] = "import"

    organization_id: UUID
    state: str
    dry_run: bool


# --- reselling --------------------------------------------------------------------------------------------------------


@_event
class AgreementEvent(DomainEvent):
    """What every event of a reseller agreement says; it never happens itself."""

    aggregate: ClassVar[str] = "reseller_agreement"

    supplier_id: UUID
    reseller_id: UUID


@_event
class AgreementRequested(AgreementEvent):
    """A reseller asked a producer for an agreement."""


@_event
class AgreementAccepted(AgreementEvent):
    """A producer accepted a reseller."""


@_event
class AgreementDeclined(AgreementEvent):
    """A producer turned a reseller down."""


@_event
class AgreementSuspended(AgreementEvent):
    """A producer takes no orders under the agreement for a while."""


@_event
class AgreementResumed(AgreementEvent):
    """A producer takes orders under the agreement again."""


@_event
class AgreementNoticeGiven(AgreementEvent):
    """One side gave notice."""


@_event
class AgreementEnded(AgreementEvent):
    """The agreement's term or notice ran out."""


@_event
class TermsEvent(AgreementEvent):
    """What every event of numbered terms says; it never happens itself."""

    number: int


@_event
class TermsProposed(TermsEvent):
    """A producer proposed terms."""


@_event
class TermsAccepted(TermsEvent):
    """A reseller accepted terms, which bind from now on."""


@_event
class TermsDeclined(TermsEvent):
    """A reseller turned terms down."""


# --- stock ------------------------------------------------------------------------------------------------------------


@_event
class StockLevelOpened(DomainEvent):
    """An organization begins to count a variant at a location, from zero."""

    aggregate: ClassVar[str] = "stock_level"

    variant_id: UUID
    location_id: UUID


@_event
class StockMoved(DomainEvent):
    """Units moved: how, how many, and what is there and promised since."""

    aggregate: ClassVar[str] = "stock_level"

    variant_id: UUID
    location_id: UUID
    movement: str
    quantity: int
    on_hand: int
    allocated: int


@_event
class StockPolicyChanged(DomainEvent):
    """What happens where nothing is left was decided anew."""

    aggregate: ClassVar[str] = "stock_level"

    variant_id: UUID
    location_id: UUID
    policy: str
    oversell_limit: int


# --- payments ---------------------------------------------------------------------------------------------------------


@_event
class PayoutAccountAdded(DomainEvent):
    """A party said where it wants to be paid: at once where it is its first account, else after a hold."""

    aggregate: ClassVar[str] = "payout_account"
    exported: ClassVar[bool] = False

    party_id: UUID
    currency: str
    is_first: bool


@_event
class PayoutAccountWithdrawn(DomainEvent):
    """An account on hold was taken back or overtaken by a later one."""

    aggregate: ClassVar[str] = "payout_account"
    exported: ClassVar[bool] = False

    party_id: UUID
    currency: str


@_event
class ObligationMade(DomainEvent):
    """A payer owes a payee an amount, for an order or whatever else is its source."""

    aggregate: ClassVar[str] = "obligation"

    payer_id: UUID
    payee_id: UUID
    source_kind: str
    source_id: UUID
    amount: int
    currency: str


@_event
class ObligationReduced(DomainEvent):
    """Less is owed, by `reduced_by`; an `amount` of 0 means that nothing is."""

    aggregate: ClassVar[str] = "obligation"

    source_kind: str
    source_id: UUID
    amount: int
    reduced_by: int
    currency: str


@_event
class MoneyEvent(DomainEvent):
    """What every event of a payment or refund says; it never happens itself."""

    obligation_id: UUID
    source_kind: str
    source_id: UUID
    amount: int
    currency: str


@_event
class PaymentSubmitted(MoneyEvent):
    """A payer says that money was sent, perhaps with a receipt."""

    aggregate: ClassVar[str] = "payment"


@_event
class PaymentProven(MoneyEvent):
    """A payer showed the receipt of a payment."""

    aggregate: ClassVar[str] = "payment"


@_event
class PaymentConfirmed(MoneyEvent):
    """The payee says that the money came."""

    aggregate: ClassVar[str] = "payment"


@_event
class PaymentRejected(MoneyEvent):
    """The payee says that the money did not come."""

    aggregate: ClassVar[str] = "payment"


@_event
class PaymentVoided(MoneyEvent):
    """The payer took back what was said in error."""

    aggregate: ClassVar[str] = "payment"


@_event
class RefundOwed(MoneyEvent):
    """A payee owes a payer money back."""

    aggregate: ClassVar[str] = "refund"


@_event
class RefundSent(MoneyEvent):
    """The payee says that a refund was sent."""

    aggregate: ClassVar[str] = "refund"


@_event
class RefundConfirmed(MoneyEvent):
    """A refund came, or was left with the payee as credit."""

    aggregate: ClassVar[str] = "refund"


@_event
class RefundFailed(MoneyEvent):
    """A refund did not come; another one is owed in its place."""

    aggregate: ClassVar[str] = "refund"


# --- orders -----------------------------------------------------------------------------------------------------------


@_event
class OrderEvent(DomainEvent):
    """What every event of an order says: its parties, its market, its goods and what they came to by then."""

    aggregate: ClassVar[str] = "order"

    buyer_id: UUID
    seller_id: UUID
    mode: str
    channel: str
    market: str
    hs6: tuple[str, ...]
    currency: str
    goods_amount: int
    freight_amount: int
    total_amount: int
    units: int


@_event
class OrderDrafted(OrderEvent):
    """A buyer began an order; nobody else sees it yet."""

    exported: ClassVar[bool] = False


@_event
class OrderRevised(OrderEvent):
    """A buyer changed a draft."""

    exported: ClassVar[bool] = False


@_event
class OrderDiscarded(OrderEvent):
    """A draft was deleted, by its buyer or for its age."""

    change: ClassVar[Literal["upsert", "delete", "none"]] = "delete"
    exported: ClassVar[bool] = False


@_event
class OrderSubmitted(OrderEvent):
    """A buyer placed an order: prices and terms frozen, stock reserved."""


@_event
class OrderAccepted(OrderEvent):
    """The seller took the order on, wholly or as the buyer had agreed; from now on money is owed."""


@_event
class OrderChangeProposed(OrderEvent):
    """The seller offered less than was ordered, or added freight; the buyer is to answer."""

    change_id: UUID


@_event
class OrderChangeDeclined(OrderEvent):
    """The buyer turned the seller's change down, or let its time pass; the order stands as submitted."""

    change_id: UUID
    is_lapsed: bool


@_event
class OrderRejected(OrderEvent):
    """The seller did not take the order on."""


@_event
class OrderExpired(OrderEvent):
    """The seller did not answer in time."""


@_event
class OrderCancelled(OrderEvent):
    """Every unit of the order was cancelled."""

    cancellation_id: UUID
    reason: str


@_event
class OrderUnitsCancelled(OrderEvent):
    """Some units of the order were cancelled, others stay."""

    cancellation_id: UUID
    reason: str


@_event
class OrderCancellationRequested(OrderEvent):
    """A buyer asked to cancel units of an accepted order; they are not shipped until the seller answers."""

    cancellation_id: UUID


@_event
class OrderCancellationDeclined(OrderEvent):
    """The seller keeps the units a buyer wanted to cancel, or did not answer in time."""

    cancellation_id: UUID
    is_lapsed: bool


@_event
class OrderShipped(OrderEvent):
    """A parcel left the seller."""

    shipment_id: UUID


@_event
class OrderDelivered(OrderEvent):
    """Units of a parcel arrived, or were reported lost, or their time to arrive passed."""

    shipment_id: UUID


@_event
class OrderCompleted(OrderEvent):
    """Everything arrived and the time to return it is over, or the buyer said that all is well."""
