"""The catalogue of what can happen: one list of events of ids, also the webhook catalogue.

A field is an id, a frozen amount, a market or a code; never a name, a number to call or anything else personal.
Events that are not `exported` stay inside the installation.
"""

from uuid import UUID

from app.kernel.event_log import DomainEvent

# --- identity ---------------------------------------------------------------------------------------------------------


class CodeRequested(DomainEvent, aggregate="challenge", change="none", exported=False):
    """Somebody asked for a one-time code; the job that sends it makes it."""

    purpose: str


class PersonRegistered(DomainEvent, aggregate="person"):
    """A person proved a phone number or e-mail address for the first time."""


class ProfileChanged(DomainEvent, aggregate="person"):
    """A person changed their profile; what changed is personal and not said here."""


class ContactChanged(DomainEvent, aggregate="person", exported=False):
    """A person proved another phone number or e-mail address, which took the place of the one before."""


class OperatorAppointed(DomainEvent, aggregate="person", exported=False):
    """Whoever runs the installation made a person one of its operators."""


class PersonSuspended(DomainEvent, aggregate="person"):
    """An operator suspended a person."""


class PersonReinstated(DomainEvent, aggregate="person"):
    """An operator lifted a suspension."""


class PasswordChanged(DomainEvent, aggregate="person", exported=False):
    """A person set, changed or reset their password; their other sessions ended."""


class ApiKeyCreated(DomainEvent, aggregate="api_key", exported=False):
    """A key for another program was made."""

    party_id: UUID


class ApiKeyRevoked(DomainEvent, aggregate="api_key", exported=False):
    """A key stopped working."""

    party_id: UUID


# --- activity_rules ---------------------------------------------------------------------------------------------------


class ActivityRuleStated(DomainEvent, aggregate="activity_rule"):
    """An operator stated what is allowed where, for whom."""

    host_country: str
    basis: str | None
    activity: str
    outcome: str


class ActivityRuleChanged(DomainEvent, aggregate="activity_rule"):
    """An operator changed what a rule says."""

    host_country: str
    basis: str | None
    activity: str
    outcome: str


class ActivitySettled(DomainEvent, aggregate="activity_settlement", exported=False):
    """An operator recorded that a party has shown what allows it to do something."""

    party_id: UUID
    activity: str


class ActivitySettlementRevoked(DomainEvent, aggregate="activity_settlement", exported=False):
    """An operator took such a record back."""

    party_id: UUID
    activity: str


# --- media ------------------------------------------------------------------------------------------------------------


class UploadTaken(DomainEvent, aggregate="upload", exported=False):
    """A party uploaded a picture or a document."""

    owner_id: UUID
    purpose: str


class UploadPublished(DomainEvent, aggregate="upload"):
    """An upload is for everybody to see."""

    owner_id: UUID


# --- organizations ----------------------------------------------------------------------------------------------------


class OrganizationCreated(DomainEvent, aggregate="organization"):
    """A person created an organization and is its first owner; without one it waits to be handed over."""

    owner_id: UUID | None


class OrganizationChanged(DomainEvent, aggregate="organization"):
    """An organization's profile or numbers changed; `changed` names the fields."""

    changed: tuple[str, ...]


class StaffChanged(DomainEvent, aggregate="organization", exported=False):
    """A person's roles in an organization are now these; none: they left."""

    person_id: UUID
    roles: tuple[str, ...]


class HandoverOffered(DomainEvent, aggregate="organization", exported=False):
    """A steward offered an organization to whoever proves an address."""

    handover_id: UUID


class HandoverDeclined(DomainEvent, aggregate="organization", exported=False):
    """Whom an organization was offered to did not want it."""

    handover_id: UUID


class OrganizationHandedOver(DomainEvent, aggregate="organization"):
    """An organization that others had set up has its owner; its stewards' rights ended with this."""

    handover_id: UUID
    owner_id: UUID


class LocationAdded(DomainEvent, aggregate="organization"):
    """An organization keeps goods at a further place."""

    location_id: UUID


class LocationChanged(DomainEvent, aggregate="organization"):
    """A place of an organization was renamed, moved or given to another holder."""

    location_id: UUID


class LocationClosed(DomainEvent, aggregate="organization"):
    """An organization keeps no more goods at a place."""

    location_id: UUID


class VerificationSubmitted(DomainEvent, aggregate="organization"):
    """An organization asked to be verified."""

    verification_id: UUID


class OrganizationVerified(DomainEvent, aggregate="organization"):
    """An operator verified an organization."""

    verification_id: UUID


class VerificationRejected(DomainEvent, aggregate="organization"):
    """An operator did not find an organization to be what it says."""

    verification_id: UUID


class VerificationExpired(DomainEvent, aggregate="organization"):
    """An organization's verification ran out."""


# --- communities ------------------------------------------------------------------------------------------------------


class CommunityEvent(DomainEvent, aggregate="community"):
    """What happens to a community itself; it never happens itself."""


class CommunityCreated(CommunityEvent):
    """A person founded a community and is its first owner."""

    owner_id: UUID


class CommunityChanged(CommunityEvent):
    """A community's profile changed; `changed` names the fields."""

    changed: tuple[str, ...]


class CommunityRulesPublished(CommunityEvent):
    """A community has new rules, which its members are to accept."""

    number: int


class CommunityRolesChanged(CommunityEvent, exported=False):
    """A community made, changed or deleted a role."""

    role_id: UUID


class OwnershipTransferred(CommunityEvent, exported=False):
    """An owner handed a community over and holds nothing in it any more but their membership."""

    from_id: UUID
    to_id: UUID


class MembershipEvent(DomainEvent, aggregate="community_membership", exported=False):
    """What every event of a membership says; it never happens itself."""

    community_id: UUID
    person_id: UUID


class MembershipRequested(MembershipEvent):
    """A person asked to become a member."""


class MemberInvited(MembershipEvent):
    """A person was invited by their id."""


class MemberJoined(MembershipEvent):
    """A person became a member; by an invitation where `invitation_id` says so."""

    invitation_id: UUID | None = None


class MembershipDeclined(MembershipEvent):
    """A request was turned down or taken back, or an invitation turned down."""


class MembershipExpired(MembershipEvent):
    """An invitation ran out."""


class MemberSuspended(MembershipEvent):
    """A member is kept from everything for a while."""


class MemberReinstated(MembershipEvent):
    """A suspended member takes part again."""


class MemberLeft(MembershipEvent):
    """A member left."""


class MemberRemoved(MembershipEvent):
    """A member was removed."""


class MemberBanned(MembershipEvent):
    """A member was removed and may not come back."""


class BanLifted(MembershipEvent):
    """Who was banned may ask to join again."""


class RulesAccepted(MembershipEvent):
    """A member accepted new rules."""

    number: int


class DirectoryChoiceChanged(MembershipEvent):
    """A member chose whom the directory may show them to."""

    shown_to: str


class MemberClassChanged(MembershipEvent):
    """A member of a student group is in another class, or in the same by another proof."""

    member_class: str


class MembershipConfirmed(MembershipEvent):
    """A member of a student group confirmed in a period what they are."""

    period_id: UUID


class ConfirmationAsked(MembershipEvent):
    """A member is reminded to confirm in a period."""

    period_id: UUID


class MembershipLapsed(MembershipEvent):
    """A member did not confirm in time, and may still do so while the period lasts."""

    period_id: UUID


class UniversityProved(DomainEvent, aggregate="university_proof", exported=False):
    """Somebody proved that they belong to a university: by an address, or by the word of a community's officer."""

    person_id: UUID
    community_id: UUID | None = None


class UniversityProofEnded(UniversityProved):
    """Somebody else proved the address since."""


class StudentGroupMade(CommunityEvent):
    """A community is a student group, or one for others than before."""


class MembershipPeriodOpened(CommunityEvent, exported=False):
    """A student group has a period in which its members confirm what they are."""

    period_id: UUID


class TermEvent(DomainEvent, aggregate="officer_term", exported=False):
    """What every event of a term says; it never happens itself."""

    community_id: UUID


class TermProposed(TermEvent):
    """An owner named the officers of a term."""


class TermAccepted(TermEvent):
    """Who is to lead in a term accepted it."""


class TermWithdrawn(TermEvent):
    """An owner took a term back, or who was to lead in it declined."""


class TermBegan(TermEvent):
    """A term began: its lead owns the community, and the lead of the one before no longer does."""


class CommunityInvitationCreated(DomainEvent, aggregate="community_invitation", exported=False):
    """A community invited by a link, a code or an address; the job that sends a message reads the address."""

    community_id: UUID
    way: str


class CommunityInvitationClosed(DomainEvent, aggregate="community_invitation", exported=False):
    """An invitation was withdrawn or turned down."""

    community_id: UUID


class RelationEvent(DomainEvent, aggregate="community_relation"):
    """What every event of a relation says: a chapter and its parent, or two peers; it never happens itself."""

    community_id: UUID
    other_id: UUID
    relation: str


class RelationAsked(RelationEvent):
    """A community asked another to be its parent, chapter or peer."""


class RelationAccepted(RelationEvent):
    """The other community accepted."""


class RelationDeclined(RelationEvent):
    """The other community turned it down."""


class RelationEnded(RelationEvent):
    """One of the two ended it, or took back what it had asked."""


class PartnershipEvent(DomainEvent, aggregate="community_partnership"):
    """What every event of a partnership says; it never happens itself."""

    community_id: UUID
    partner_id: UUID


class PartnershipProposed(PartnershipEvent):
    """A community proposed a partnership."""


class PartnershipAccepted(PartnershipEvent):
    """The partner accepted it; the community's form may follow."""


class PartnershipDeclined(PartnershipEvent):
    """The partner turned it down."""


class PartnershipEnded(PartnershipEvent):
    """One of the two ended it, or the community took its proposal back."""


class OwnerAppointed(MembershipEvent):
    """A member is an owner too."""


class OwnershipGivenUp(MembershipEvent):
    """A member is an owner no more."""


class MemberRolesChanged(MembershipEvent):
    """A member holds these roles now."""

    role_ids: tuple[UUID, ...]


# --- posts ------------------------------------------------------------------------------------------------------------


class CommunityPostingChanged(CommunityEvent, exported=False):
    """A community let its posts be shown outside, or no more."""

    public_posts: bool


class PostEvent(DomainEvent, aggregate="post", exported=False):
    """What every event of a post says; it never happens itself."""

    community_id: UUID


class PostPublished(PostEvent):
    """A member wrote a post."""

    post: str


class PostChanged(PostEvent):
    """A post says something else, or was pinned, closed or done."""

    changed: tuple[str, ...]


class PostDeleted(PostEvent, change="delete"):
    """A post's author deleted it."""


class MemberMentioned(PostEvent):
    """A post is meant for a member above all."""

    person_id: UUID


class PostReactionChanged(PostEvent):
    """Somebody feels something else about a post."""


class AnswerChosen(PostEvent):
    """Whoever asked said which comment answers the question, or took that back."""

    comment_id: UUID | None


class PostWithheld(PostEvent):
    """Moderators took a post from its readers."""


class PostRestored(PostEvent):
    """A post that was taken from its readers is back."""


class CommentEvent(DomainEvent, aggregate="post_comment", exported=False):
    """What every event of a comment says; it never happens itself."""

    community_id: UUID
    post_id: UUID


class CommentWritten(CommentEvent):
    """A member commented on a post."""


class CommentDeleted(CommentEvent, change="delete"):
    """A comment's author deleted it."""


class CommentWithheld(CommentEvent):
    """Moderators took a comment from its readers."""


class CommentRestored(CommentEvent):
    """A comment that was taken from its readers is back."""


class CaseEvent(DomainEvent, aggregate="moderation_case", exported=False):
    """What every event of a case says, never who reported; it never happens itself."""

    community_id: UUID
    post_id: UUID


class CaseOpened(CaseEvent):
    """A post or a comment on it was reported."""


class CaseReported(CaseEvent):
    """What waits for a decision was reported by somebody else too."""


class CaseClaimedByModerator(CaseEvent):
    """A moderator is at a case."""


class CaseDecided(CaseEvent):
    """A moderator decided what is done."""

    decision: str


class CaseAppealed(CaseEvent):
    """The author asked for a second opinion."""


class AppealDecided(CaseEvent):
    """It was decided for good whether the decision stands."""

    is_upheld: bool


class PostingLevelChanged(DomainEvent, aggregate="posting_level", exported=False):
    """A member is trusted with posting more or less than before."""

    community_id: UUID
    person_id: UUID
    level: str


# --- catalog ----------------------------------------------------------------------------------------------------------


class ProductEvent(DomainEvent, aggregate="product"):
    """What every event of a product says; it never happens itself."""

    organization_id: UUID


class ProductCreated(ProductEvent):
    """A product was entered in a catalog."""


class ProductChanged(ProductEvent):
    """A product, its variants, texts or pictures were changed."""


class ProductSubmitted(ProductEvent):
    """The product of a maker who is not verified is to be reviewed."""


class ProductWithdrawn(ProductEvent):
    """A product is a draft again."""


class ProductReturned(ProductEvent):
    """An operator found something to mend in a product: it is a draft again."""


class ProductPublished(ProductEvent):
    """A product is for sale."""


class ProductPaused(ProductEvent):
    """A product is not for sale for a while."""


class ProductArchived(ProductEvent):
    """A product is not for sale any more."""


class CertificateEvent(DomainEvent, aggregate="certificate"):
    """What every event of a certificate says; it never happens itself."""

    organization_id: UUID


class CertificateAdded(CertificateEvent):
    """An organization showed a certificate."""


class CertificateChanged(CertificateEvent):
    """A certificate was changed, and is no longer verified."""


class CertificateVerified(CertificateEvent):
    """An operator saw that a certificate is what it says."""


class CertificateRemoved(CertificateEvent, change="delete"):
    """An organization took a certificate back."""


class PriceListCreated(DomainEvent, aggregate="price_list"):
    """An organization has a new list of prices."""


class PriceListChanged(DomainEvent, aggregate="price_list"):
    """A price list's name, countries or validity changed."""


class PricesChanged(DomainEvent, aggregate="price_list"):
    """Prices on a list were set or changed."""


class PriceListGranted(DomainEvent, aggregate="price_list", exported=False):
    """A price list is for this party too."""

    party_id: UUID


class PriceListRevoked(DomainEvent, aggregate="price_list", exported=False):
    """A price list is no longer for this party."""

    party_id: UUID


# --- imports ----------------------------------------------------------------------------------------------------------


class ImportRequested(DomainEvent, aggregate="import", exported=False):
    """Somebody handed in a file to be taken over into a catalog."""

    organization_id: UUID


class ImportProgressed(ImportRequested):
    """Some more of an import's file was taken over."""


class ImportFinished(DomainEvent, aggregate="import"):
    """An import is done, or was given up."""

    organization_id: UUID
    state: str
    dry_run: bool


# --- reselling --------------------------------------------------------------------------------------------------------


class AgreementEvent(DomainEvent, aggregate="reseller_agreement"):
    """What every event of a reseller agreement says; it never happens itself."""

    supplier_id: UUID
    reseller_id: UUID


class AgreementRequested(AgreementEvent):
    """A reseller asked a producer for an agreement."""


class AgreementAccepted(AgreementEvent):
    """A producer accepted a reseller."""


class AgreementDeclined(AgreementEvent):
    """A producer turned a reseller down."""


class AgreementSuspended(AgreementEvent):
    """A producer takes no orders under the agreement for a while."""


class AgreementResumed(AgreementEvent):
    """A producer takes orders under the agreement again."""


class AgreementNoticeGiven(AgreementEvent):
    """One side gave notice."""


class AgreementEnded(AgreementEvent):
    """The agreement's term or notice ran out."""


class TermsEvent(AgreementEvent):
    """What every event of numbered terms says; it never happens itself."""

    number: int


class TermsProposed(TermsEvent):
    """A producer proposed terms."""


class TermsAccepted(TermsEvent):
    """A reseller accepted terms, which bind from now on."""


class TermsDeclined(TermsEvent):
    """A reseller turned terms down."""


# --- trust ------------------------------------------------------------------------------------------------------------


class TieRequestEvent(DomainEvent, aggregate="tie_request", exported=False):
    """What every event of a request for a tie says; it never happens itself."""

    asked_by: UUID


class TieRequested(TieRequestEvent):
    """A person asked another to confirm a tie, or asked again."""


class TieRequestDeclined(TieRequestEvent):
    """A person turned a request down, which whoever asked is not told."""


class TieRequestWithdrawn(TieRequestEvent):
    """A person took their request back."""


class TieRequestConfirmed(TieRequestEvent):
    """A request was answered by a tie."""

    tie_id: UUID


class TieEvent(DomainEvent, aggregate="tie", exported=False):
    """What every event of a tie says; it never happens itself."""

    low_id: UUID
    high_id: UUID


class TieConfirmed(TieEvent):
    """Two people are tied to each other, since both said so."""

    tie_kind: str
    origin: str


class TieEnded(TieEvent):
    """One of the two ended a tie."""


class TieSideEvent(DomainEvent, aggregate="tie_side", exported=False):
    """What every event of one person's side of a tie says; it never happens itself."""

    person_id: UUID


class TieSideMade(TieSideEvent):
    """A person has a side of a new tie, which is theirs alone."""


class TieSideChanged(TieSideEvent):
    """A person said something else of a tie, for themselves alone."""


class TieCodeMade(DomainEvent, aggregate="tie_code", change="none", exported=False):
    """A person showed a code for others to scan."""


class TieCodeScanned(DomainEvent, aggregate="tie_code", change="none", exported=False):
    """A person scanned a code that another showed."""

    tie_id: UUID
    person_id: UUID


# --- stock ------------------------------------------------------------------------------------------------------------


class StockLevelOpened(DomainEvent, aggregate="stock_level"):
    """An organization begins to count a variant at a location, from zero."""

    variant_id: UUID
    location_id: UUID


class StockMoved(DomainEvent, aggregate="stock_level"):
    """Units moved: how, how many, and what is there and promised since."""

    variant_id: UUID
    location_id: UUID
    movement: str
    quantity: int
    on_hand: int
    allocated: int


class StockPolicyChanged(DomainEvent, aggregate="stock_level"):
    """What happens where nothing is left was decided anew."""

    variant_id: UUID
    location_id: UUID
    policy: str
    oversell_limit: int


# --- payments ---------------------------------------------------------------------------------------------------------


class PayoutAccountAdded(DomainEvent, aggregate="payout_account", exported=False):
    """A party said where it wants to be paid: at once where it is its first account, else after a hold."""

    party_id: UUID
    currency: str
    is_first: bool


class PayoutAccountWithdrawn(DomainEvent, aggregate="payout_account", exported=False):
    """An account on hold was taken back or overtaken by a later one."""

    party_id: UUID
    currency: str


class ObligationMade(DomainEvent, aggregate="obligation"):
    """A payer owes a payee an amount, for an order or whatever else is its source."""

    payer_id: UUID
    payee_id: UUID
    source_kind: str
    source_id: UUID
    amount: int
    currency: str


class ObligationReduced(DomainEvent, aggregate="obligation"):
    """Less is owed, by `reduced_by`; an `amount` of 0 means that nothing is."""

    source_kind: str
    source_id: UUID
    amount: int
    reduced_by: int
    currency: str


class MoneyEvent(DomainEvent):
    """What every event of a payment or refund says; it never happens itself."""

    obligation_id: UUID
    source_kind: str
    source_id: UUID
    amount: int
    currency: str


class PaymentSubmitted(MoneyEvent, aggregate="payment"):
    """A payer says that money was sent, perhaps with a receipt."""


class PaymentProven(MoneyEvent, aggregate="payment"):
    """A payer showed the receipt of a payment."""


class PaymentConfirmed(MoneyEvent, aggregate="payment"):
    """The payee says that the money came."""


class PaymentRejected(MoneyEvent, aggregate="payment"):
    """The payee says that the money did not come."""


class PaymentVoided(MoneyEvent, aggregate="payment"):
    """The payer took back what was said in error."""


class RefundOwed(MoneyEvent, aggregate="refund"):
    """A payee owes a payer money back."""


class RefundSent(MoneyEvent, aggregate="refund"):
    """The payee says that a refund was sent."""


class RefundConfirmed(MoneyEvent, aggregate="refund"):
    """A refund came, or was left with the payee as credit."""


class RefundFailed(MoneyEvent, aggregate="refund"):
    """A refund did not come; another one is owed in its place."""


# --- treasury ---------------------------------------------------------------------------------------------------------


class BookEvent(DomainEvent, aggregate="treasury_book", exported=False):
    """What every event of a community's book says; it never happens itself."""

    community_id: UUID


class BookOpened(BookEvent):
    """A community began to keep a book."""

    custodian_id: UUID
    currency: str


class BookEntryWritten(BookEvent):
    """Money came, went or was moved, or such an entry was taken back."""

    entry_id: UUID
    entry: str


class BookHandedOver(BookEvent):
    """A book has another custodian: its term ended with this, and the next one began."""

    handover_id: UUID
    from_id: UUID
    to_id: UUID


class StatementProfileSaved(BookEvent):
    """Whoever keeps a book said how a bank writes its statements."""

    profile: str


class StatementTaken(BookEvent):
    """Lines of a bank statement were taken that were not there before."""

    lines: int


class StatementLinesDecided(BookEvent):
    """Lines were booked, found in the book, or left out."""

    lines: int


class HandoverEvent(DomainEvent, aggregate="book_handover", exported=False):
    """What every event of a hand-over of a book says; it never happens itself."""

    community_id: UUID
    book_id: UUID


class BookHandoverPrepared(HandoverEvent):
    """The money was counted, and those named are to sign."""


class BookHandoverSigned(HandoverEvent):
    """One of them put their name under it."""

    person_id: UUID


class BookHandoverWithdrawn(HandoverEvent):
    """It was called off before two had signed."""


class ContributionCalled(DomainEvent, aggregate="contribution_call", exported=False):
    """A community asked members for an amount each."""

    community_id: UUID
    book_id: UUID


class DuePaymentEvent(DomainEvent, aggregate="due_payment", exported=False):
    """What every event of a member's payment of dues says; it never happens itself."""

    community_id: UUID
    due_id: UUID


class DuePaymentSubmitted(DuePaymentEvent):
    """A member says that they paid."""


class DuePaymentConfirmed(DuePaymentEvent):
    """Whoever keeps the book says that the money came."""

    entry_id: UUID


class DuePaymentRejected(DuePaymentEvent):
    """Whoever keeps the book says that the money did not come."""


class DuePaymentWithdrawn(DuePaymentEvent):
    """A member took back what they said in error."""


class DuePaymentReversed(DuePaymentEvent):
    """The entry by which a payment was confirmed was taken back."""


# --- orders -----------------------------------------------------------------------------------------------------------


class OrderEvent(DomainEvent, aggregate="order"):
    """What every event of an order says: its parties, its market, its goods and what they came to by then."""

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


class OrderDrafted(OrderEvent, exported=False):
    """A buyer began an order; nobody else sees it yet."""


class OrderRevised(OrderEvent, exported=False):
    """A buyer changed a draft."""


class OrderDiscarded(OrderEvent, change="delete", exported=False):
    """A draft was deleted, by its buyer or for its age."""


class OrderSubmitted(OrderEvent):
    """A buyer placed an order: prices and terms frozen, stock reserved."""


class OrderAccepted(OrderEvent):
    """The seller took the order on, wholly or as the buyer had agreed; from now on money is owed."""


class OrderChangeProposed(OrderEvent):
    """The seller offered less than was ordered, or added freight; the buyer is to answer."""

    change_id: UUID


class OrderChangeDeclined(OrderEvent):
    """The buyer turned the seller's change down, or let its time pass; the order stands as submitted."""

    change_id: UUID
    is_lapsed: bool


class OrderRejected(OrderEvent):
    """The seller did not take the order on."""


class OrderExpired(OrderEvent):
    """The seller did not answer in time."""


class OrderCancelled(OrderEvent):
    """Every unit of the order was cancelled."""

    cancellation_id: UUID
    reason: str


class OrderUnitsCancelled(OrderEvent):
    """Some units of the order were cancelled, others stay."""

    cancellation_id: UUID
    reason: str


class OrderCancellationRequested(OrderEvent):
    """A buyer asked to cancel units of an accepted order; they are not shipped until the seller answers."""

    cancellation_id: UUID


class OrderCancellationDeclined(OrderEvent):
    """The seller keeps the units a buyer wanted to cancel, or did not answer in time."""

    cancellation_id: UUID
    is_lapsed: bool


class OrderShipped(OrderEvent):
    """A parcel left the seller."""

    shipment_id: UUID


class OrderDelivered(OrderEvent):
    """Units of a parcel arrived, or were reported lost, or their time to arrive passed."""

    shipment_id: UUID


class OrderCompleted(OrderEvent):
    """Everything arrived and the time to return it is over, or the buyer said that all is well."""
