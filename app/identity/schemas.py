"""Identity on the wire: signing in, what people say of themselves, what others read of them, keys."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from app.identity import addresses
from app.identity.models import ApiKey, DiasporaBasis, LoginSession, Person, Purpose
from app.identity.scopes import SCOPES
from app.kernel.schema import (
    FORBIDDEN,
    AggregateRead,
    Choice,
    Country,
    Instant,
    Language,
    Line,
    Paragraph,
    Read,
    Schema,
    Timestamps,
    TimeZone,
    refusal,
)
from app.messaging.outgoing import Channel

_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def _address(text: str) -> str:
    found = addresses.normalized(text)
    if found is None:
        raise refusal(
            "address_invalid", "Give an e-mail address, or a phone number with its country code, such as +628123456789."
        )
    return found


def _password(secret: SecretStr) -> SecretStr:
    if FORBIDDEN.search(secret.get_secret_value()):
        raise refusal("text_forbidden", "Leave out control characters and invisible direction marks.")
    return secret


def _scope(name: str) -> str:
    if name not in SCOPES or name == "operations:write":
        raise refusal("scope_unknown", "Choose scopes that a key may have, such as orders:read.")
    return name


Address = Annotated[str, StringConstraints(min_length=3, max_length=addresses.MAXIMUM_LENGTH), AfterValidator(_address)]
"""A phone number in any writing with its country code, kept as E.164, or an e-mail address, kept in lower case."""
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Password = Annotated[SecretStr, Field(min_length=10, max_length=200), AfterValidator(_password)]
ShownPassword = Annotated[SecretStr, Field(min_length=1, max_length=200), AfterValidator(_password)]
Token = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")]
Scope = Annotated[str, StringConstraints(max_length=40), AfterValidator(_scope)]
Year = Annotated[int, Field(ge=_FIRST_YEAR, le=_LAST_YEAR)]


class CodeRequest(Schema):
    """Where to send a one-time code, and what for; left out, `channel` is e-mail or SMS."""

    address: Address
    channel: Choice[Channel] | None = None
    purpose: Choice[Purpose] = Purpose.SIGN_IN

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.channel is not None and self.channel not in addresses.channels(self.address):
            raise refusal("channel_unfit", "Reach a number by sms or whatsapp, an e-mail address by email.")
        return self

    @property
    def way(self) -> Channel:
        """The channel that was chosen, or the usual one."""
        return self.channel or addresses.channels(self.address)[0]


class CodeRequestRead(Read):
    """That a code is on its way; the same whoever has the address."""

    channel: Channel
    valid_minutes: int


class Shown(Schema):
    """What somebody shows to prove that they are the person at an address."""

    address: Address
    code: Code | None = None
    password: ShownPassword | None = None
    device_token: Token | None = Field(
        None, description="From the last sign-in on this device: lets you in when strangers have tried too often."
    )

    @model_validator(mode="after")
    def _proves(self) -> Self:
        if self.code is None and self.password is None:
            raise refusal("proof_missing", "Send the code you got, or your password.")
        return self


class SessionCreate(Shown):
    """Signing in: by a code, a password, or both; the first time with what to call you."""

    device: Line = "unknown device"
    display_name: Line | None = Field(None, description="What to call you; needed the first time.")


class Reauthentication(Shown):
    """Confirming that it is you, by a code for this purpose or the password."""


class SessionTokens(Read):
    """A session's tokens, shown once; send `access_token` as a bearer token."""

    session_id: UUID
    person_id: UUID
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


class SessionOpened(SessionTokens):
    """A new session; keep `device_token` for the next sign-in on this device."""

    device_token: str
    is_new_person: bool


class Refresh(Schema):
    """The refresh token to exchange."""

    refresh_token: Token


class SessionRead(Read):
    """A device that is signed in."""

    id: UUID
    device: str
    is_current: bool
    created_at: datetime
    last_used_at: datetime
    authenticated_at: datetime

    @classmethod
    def of(cls, row: LoginSession, current: UUID | None) -> Self:
        """Read a session as the one called `current` sees it."""
        return cls(
            id=row.id,
            device=row.device,
            is_current=row.id == current,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            authenticated_at=row.authenticated_at,
        )


class PasswordSet(Schema):
    """A new password."""

    password: Password


class _ByCode(Schema):
    """What is proved by a code alone."""

    address: Address
    code: Code

    @property
    def shown(self) -> Shown:
        """The proof in it."""
        return Shown(address=self.address, code=self.code)


class PasswordReset(_ByCode):
    """A new password, with the code that was sent to reset it."""

    password: Password


class ContactChange(_ByCode):
    """A new number or e-mail address, with the code that was sent there."""


class ProfileUpdate(Schema):
    """What is to change of one's profile; what is left out stays, null empties what may be empty."""

    display_name: Line = Field(default_factory=str)
    home_country: Country | None = None
    host_country: Country | None = None
    city: Line | None = None
    time_zone: TimeZone = Field(default_factory=str)
    languages: Annotated[list[Language], Field(max_length=10)] = Field(default_factory=list)
    diaspora_basis: Choice[DiasporaBasis] | None = Field(None, description="Private: nobody else ever sees it.")


class ResidenceIn(Schema):
    """A place where somebody lives or lived."""

    country: Country
    city: Line
    from_year: Year
    to_year: Year | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to_year is not None and self.to_year < self.from_year:
            raise refusal("years_reversed", "Give the years in order.")
        return self


class ResidencesSet(Schema):
    """All places where one lives and lived."""

    residences: Annotated[list[ResidenceIn], Field(max_length=50)]


class ResidenceRead(Read):
    """A place where somebody lives or lived; without `to_year` they still do."""

    country: str
    city: str
    from_year: int
    to_year: int | None


class MeRead(Timestamps):
    """One's own profile, with what nobody else sees."""

    display_name: str
    phone: str | None
    email: str | None
    has_password: bool
    home_country: str | None
    host_country: str | None
    city: str | None
    time_zone: str
    languages: list[str]
    diaspora_basis: str | None
    residences: list[ResidenceRead]
    is_operator: bool

    @classmethod
    def of(cls, person: Person) -> Self:
        """Read a person with their details and residences."""
        details = person.details
        return cls(
            id=person.id,
            version=person.version,
            created_at=person.created_at,
            updated_at=person.updated_at,
            display_name=details.display_name,
            phone=details.phone,
            email=details.email,
            has_password=details.password_hash is not None,
            home_country=details.home_country,
            host_country=details.host_country,
            city=details.city,
            time_zone=person.time_zone,
            languages=details.languages,
            diaspora_basis=details.diaspora_basis,
            residences=[ResidenceRead.model_validate(place) for place in person.residences],
            is_operator=person.is_operator,
        )


class PersonRead(Read):
    """What people see of each other."""

    id: UUID
    display_name: str


class PersonAccountRead(AggregateRead):
    """What operators see of a person's account."""

    display_name: str
    is_operator: bool
    created_at: datetime
    suspended_at: datetime | None
    suspension_reason: str | None

    @classmethod
    def of(cls, person: Person) -> Self:
        """Read a person with their details."""
        return cls(
            id=person.id,
            version=person.version,
            display_name=person.details.display_name,
            is_operator=person.is_operator,
            created_at=person.created_at,
            suspended_at=person.suspended_at,
            suspension_reason=person.suspension_reason,
        )


class Suspend(Schema):
    """Why a person is suspended; they are told nothing but that they are."""

    reason: Paragraph


class NextStep(Read):
    """Something that is missing, and what it is good for."""

    code: str
    message: str


class NextSteps(Read):
    """What is still missing, the most useful first."""

    items: list[NextStep]


class ApiKeyCreate(Schema):
    """A key for another program."""

    name: Line
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(SCOPES))]
    expires_at: Instant | None = None


class ApiKeyRead(AggregateRead):
    """A key, without its secret."""

    party_id: UUID
    created_by: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class ApiKeyCreated(ApiKeyRead):
    """A new key with its secret, which is shown this once."""

    secret: str

    @classmethod
    def of(cls, key: ApiKey, secret: str) -> Self:
        """Read a key with the secret that is kept nowhere."""
        return cls(**ApiKeyRead.model_validate(key).model_dump(), secret=secret)
