"""The written world as it is read from the files in `content/`; nothing is made here.

What a field means is said at the top of `categories.toml` and `orders.toml`. What a thing refers to is named by slug.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from app.kernel.schema import Schema
from app.sample_world.books import Book
from app.sample_world.student_groups import StudentGroup
from app.sample_world.ties import Tie

SOURCE: Final = "sample-world"
"""Where the world's products and orders say that they come from."""

_FOLDER = Path(__file__).with_name("content")


class Texts(Schema):
    """The same said in Indonesian and in English."""

    id: str
    en: str


class Residence(Schema):
    """Where somebody lived, in years; without `until` they still do."""

    country: str
    city: str
    since: int = Field(alias="from")
    until: int | None = None


class Person(Schema):
    """Somebody who does not exist."""

    slug: str
    name: str
    phone: str | None = None
    email: str | None = None
    home_country: str
    host_country: str
    city: str
    time_zone: str
    languages: list[str]
    diaspora_basis: str | None = None
    residence: list[Residence]
    operator: bool = False

    @property
    def addresses(self) -> list[str]:
        """Where they are reached, the address they sign in with first."""
        return [address for address in (self.phone, self.email) if address is not None]


class Province(Schema):
    """A province by its ISO 3166-2 code."""

    code: str
    name: str


class Employee(Schema):
    """Somebody who works for an organization."""

    person: str
    roles: list[str]


class Place(Schema):
    """Where an organization's goods leave from."""

    name: str
    address: str
    city: str
    postal_code: str


class Account(Schema):
    """Where an organization is paid in one currency."""

    bank: str
    number: str
    holder: str
    currency: str
    country: str = "ID"


class Organization(Schema):
    """A small producer."""

    slug: str
    name: str
    legal_name: str
    province: Province
    city: str
    time_zone: str
    business_number: str
    other_numbers: dict[str, str] = Field(default={})
    verification: str
    owner: str
    staff: list[Employee]
    description: Texts
    location: Place
    payout_accounts: list[Account]

    def clerk(self, role: str) -> str:
        """Who does the work of a role there: the first who has it, else the owner."""
        return next((employee.person for employee in self.staff if role in employee.roles), self.owner)


class Certificate(Schema):
    """What an organization can show for its goods."""

    slug: str
    organization: str
    kind: str
    level: str
    number: str
    issuer: str
    valid_from_days: int
    valid_until_days: int


class Stock(Schema):
    """How many there are, and what is promised beyond them."""

    on_hand: int
    policy: str
    limit: int | None = None
    ships_in_days: int | None = None
    made_in_days: int | None = None


class Variant(Schema):
    """A product in one size, flavor or color, with its prices by currency."""

    sku: str
    options: dict[str, str] = Field(default={})
    net_weight_g: int
    gross_weight_g: int
    dimensions_mm: list[int]
    gtin: str | None = None
    retail: dict[str, int]
    wholesale: dict[str, int]
    wholesale_min_quantity: int
    stock: Stock


class Product(Schema):
    """Something an organization makes."""

    slug: str
    category: str
    hs_code: str
    title: Texts
    description: Texts
    shelf_life_days: int | None = None
    storage: str | None = None
    countries_of_sale: list[str] = Field(default=[])
    certificates: list[str] = Field(default=[])
    variants: list[Variant]


class Shelf(Schema):
    """All products of an organization."""

    organization: str
    products: list[Product]

    @property
    def currencies(self) -> list[str]:
        """The currencies that something there has a price in."""
        return sorted({currency for product in self.products for each in product.variants for currency in each.retail})


class Rule(Schema):
    """What a source says of every pair of these bases and activities in a country."""

    host_country: str
    basis: list[str]
    activity: list[str]
    outcome: str
    valid_from: date
    source: str
    message: Texts
    legal_ways: list[str] = Field(default=[])


class Settlement(Schema):
    """What somebody has shown an operator where the rules ask."""

    person: str
    activity: str
    note: str
    settled_days_ago: int


class Agreement(Schema):
    """A reseller's agreement with an organization, and the state it has come to."""

    slug: str
    reseller: str
    organization: str
    role: str
    mode: str
    price_list: str
    territory: list[str]
    exclusive: bool
    currency: str
    min_order_value: int
    duration_days: int
    requested_days_ago: int
    introduced_by: str | None = None
    state: str
    note: Texts


class Address(Schema):
    """Where somebody's orders go."""

    recipient: str
    line: str
    city: str
    postal_code: str
    country: str


class OrderLine(Schema):
    """Units of a variant; of a part, how many are taken on or have left."""

    sku: str
    quantity: int
    accepted: int | None = None
    shipped: int | None = None


class Order(Schema):
    """An order, and the states that it and its payment are driven to."""

    slug: str
    mode: str
    buyer: str
    payer: str | None = None
    seller: str
    agreement: str | None = None
    currency: str
    lines: list[OrderLine]
    channel: str
    introduced_by: str | None = None
    placed_days_ago: int
    carrier: str | None = None
    tracking: str | None = None
    reach: str
    reason: str | None = None
    note: Texts | None = None
    payment: str | None = None


class Institution(Schema):
    """An organization that makes nothing: a bank, a consulate."""

    slug: str
    name: str
    roles: list[str]
    country: str
    city: str
    time_zone: str
    owner: str
    description: Texts


class Role(Schema):
    """What somebody looks after in a community."""

    name: str
    responsibilities: list[str]


class Member(Schema):
    """Somebody in a community besides its owner, and whom they want to be shown to."""

    person: str
    shown_to: str
    roles: list[str] = Field(default=[])
    answer: str = "Kenal dari bazar."
    joined_days_later: int = 30


class Partnership(Schema):
    """What a community and an institution agreed to do."""

    partner: str
    purpose: str
    targets: str | None = None
    started_days_ago: int
    ends_in_days: int | None = None


class Community(Schema):
    """A diaspora network."""

    slug: str
    name: str
    host_country: str
    city: str
    home_region: str | None = None
    time_zone: str
    legal_form: str | None = None
    visibility: str
    joining: str
    join_questions: list[str] = Field(default=[])
    owner: str
    description: Texts
    rules: Texts
    roles: list[Role] = Field(default=[])
    members: list[Member]
    parent: str | None = None
    partnerships: list[Partnership] = Field(default=[])
    students: StudentGroup | None = None


class World(Schema):
    """All of it."""

    people: list[Person]
    organizations: list[Organization]
    categories: dict[str, Texts]
    options: dict[str, Texts]
    option_values: dict[str, Texts]
    certificates: list[Certificate]
    shelves: list[Shelf]
    rules: list[Rule]
    settlements: list[Settlement]
    agreements: list[Agreement]
    addresses: dict[str, Address]
    orders: list[Order]
    institutions: list[Institution]
    communities: list[Community]
    books: list[Book]
    ties: list[Tie]

    def person(self, slug: str) -> Person:
        """The person of that name."""
        return next(each for each in self.people if each.slug == slug)

    def organization(self, slug: str) -> Organization:
        """The organization of that name."""
        return next(each for each in self.organizations if each.slug == slug)

    def institution(self, slug: str) -> Institution:
        """The institution of that name."""
        return next(each for each in self.institutions if each.slug == slug)

    def community(self, slug: str) -> Community:
        """The community of that name."""
        return next(each for each in self.communities if each.slug == slug)


@cache
def read() -> World:
    """Read all files. Raises ValidationError where one is not written as it should be."""
    tables: dict[str, Any] = {}
    for file in sorted(_FOLDER.glob("*.toml")):
        tables |= _table(file)
    return World.model_validate(tables | {"shelves": [*map(_table, sorted(_FOLDER.glob("products/*.toml")))]})


def _table(file: Path) -> Mapping[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
