"""Fills the world, domain by domain.

Two producers make up the cast's surroundings: the one whose owner, staff and reseller are roles, and one whose owner
is `other_owner`. The strangers of the policy's `other` column are a third producer with its own reseller.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, union_all

from app.catalog.models import PriceListGrant, ProductText, Variant
from app.identity.models import LoginSession
from app.kernel import clock
from app.kernel.actor import SYSTEM
from app.kernel.database import Aggregate
from app.kernel.money import Money
from app.ledger.models import LedgerAccount
from app.organizations.models import Staff
from app.payments.actions import obliging, refunding
from app.payments.models import HOLD, Refund, SendingMethod
from tests.make import (
    activity_rules,
    catalog,
    communities,
    identity,
    imports,
    media,
    orders,
    organizations,
    payments,
    posts,
    reselling,
    stock,
    students,
    ties,
    treasury,
)
from tests.make.callers import Caller
from tests.make.identity import SignedIn
from tests.make.organizations import Msme
from tests.make.world import Thing, World

_STAFF = {"staff_catalog": "catalog", "staff_orders": "orders", "staff_finance": "finance"}
_BELONGING = {"msme_owner", *_STAFF, "reseller"}
_OURS, _STRANGE = "7101", "8202"
CANARIES: dict[str, set[str]] = {
    f"+90555000{_OURS}": {"reseller"},
    f"+90555000{_STRANGE}": set(),
    f"rini-{_OURS}@": {"reseller"},
    f"rini-{_STRANGE}@": set(),
    '"diaspora_basis":"worker"': {"reseller"},
    '"diaspora_basis":"student"': set(),
    f"Rahasia {_OURS}": {"reseller", "msme_owner", "staff_orders", "api_key"},
    f"Rahasia {_STRANGE}": set(),
    f"98700000{_OURS}": {"reseller", "msme_owner", "staff_finance", "api_key"},
    f"98700000{_STRANGE}": set(),
    f"Rumah Tersembunyi {_OURS}": {*_BELONGING, "operator", "api_key"},
    f"Anggota Tersembunyi {_OURS}": {*_BELONGING, "operator"},
    f"Jawaban Tersembunyi {_OURS}": {"msme_owner", "staff_catalog", "operator"},
    f"Kerja Tersembunyi {_OURS}": {"msme_owner", "staff_catalog", "operator", "api_key"},
    **{f"{what} Tersembunyi {_STRANGE}": {"operator"} for what in ("Rumah", "Anggota", "Jawaban", "Kerja")},
    f"Acuan Tersembunyi {_OURS}": {"msme_owner", "staff_catalog", "operator"},
    f"Acuan Tersembunyi {_STRANGE}": {"operator"},
    f"Iuran Tersembunyi {_OURS}": {"reseller", "msme_owner", "staff_catalog", "operator"},
    f"Iuran Tersembunyi {_STRANGE}": {"operator"},
    **{f"Bukti Tersembunyi {mark}": set() for mark in (_OURS, _STRANGE)},
    f"Tulisan Tersembunyi {_OURS}": {"reseller", "msme_owner", "staff_catalog", "staff_orders", "operator"},
    f"Tulisan Tersembunyi {_STRANGE}": {"operator"},
    f"Temu Tersembunyi {_OURS}": {"reseller"},
    f"Temu Tersembunyi {_STRANGE}": set(),
    f"Laporan Tersembunyi {_OURS}": {"msme_owner", "staff_catalog", "staff_orders", "operator"},
    f"Laporan Tersembunyi {_STRANGE}": {"operator"},
    f'"amount":{_OURS}00': {"reseller", "msme_owner", *_STAFF, "operator", "api_key"},
    f'"amount":{_STRANGE}00': {"operator"},
}
"""What is private: contacts, basis, addresses, account numbers, wholesale prices, hidden communities and their members,
what officers noted of a member's studies, where two people met; and the roles that may be told it."""


@dataclass(frozen=True)
class Side:
    """A producer and its reseller; `mark` makes what is private about them recognizable."""

    msme: Msme
    reseller: SignedIn
    mark: str


async def fill(world: World) -> None:
    """Make everybody and everything."""
    ours, strange = await cast(world)
    await identities(world, strange)
    await of_organizations(world, ours, strange)
    await of_communities(world, ours, strange)
    await of_treasuries(world, ours, strange)
    await of_posts(world, ours, strange)
    await of_ties(world, ours, strange)
    await goods(world, ours, strange)
    await rules(world, strange)
    await agreements(world, ours, strange)
    await money(world, ours, strange)
    await purchases(world, ours, strange)
    world.versions = await versions(world)


async def cast(world: World) -> tuple[Side, Side]:
    """Give every role its caller; whoever is suspended or signed out owns the MSME, and that must not help them."""
    http, database = world.http, world.database
    msme = await organizations.msme(database, http, "Keripik Bu Siti")
    theirs = await organizations.msme(database, http, "Kopi Tanoh Linge")
    reseller = await reselling_person(world, _OURS, "worker")
    world.callers = {
        "anonymous": Caller(http),
        "person": await identity.person(database, http, "Ani"),
        "msme_owner": msme.owner,
        "other_owner": theirs.owner,
        "reseller": reseller,
        "operator": await identity.person(database, http, "Operator", operator=True),
        "suspended": await identity.person(database, http, "Dulu", suspended=True),
        "expired": await identity.person(database, http, "Lupa", expired=True),
    } | {role: await identity.person(database, http, role) for role in _STAFF}
    await employ(world, msme.id)
    strange = await organizations.msme(database, http, "Rotan Tegalwangi")
    other = await reselling_person(world, _STRANGE, "student")
    return Side(msme, reseller, _OURS), Side(strange, other, _STRANGE)


async def reselling_person(world: World, mark: str, basis: str) -> SignedIn:
    """Somebody in Türkiye whose private details are canaries."""
    private: dict[str, Any] = {
        "phone": f"+90555000{mark}",
        "email": f"rini-{mark}@example.org",
        "diaspora_basis": basis,
    }
    return await identity.person(world.database, world.http, "Rini", host_country="TR", **private)


async def employ(world: World, organization_id: UUID) -> None:
    """Give the cast their roles in an organization."""
    async with world.database.transaction() as session:
        for role in (*_STAFF, "suspended", "expired"):
            held = _STAFF.get(role, "owner")
            person_id = world.people()[role].id
            session.add(Staff(organization_id=organization_id, person_id=person_id, role=held))


async def sisters(world: World, ours: Side, strange: Side, *, verified: bool) -> tuple[Msme, Msme]:
    """A further organization of the same owner and staff, and one of the strangers'."""
    mine, other = [
        await organizations.msme(world.database, world.http, "Cabang", owner=side.msme.owner, verified=verified)
        for side in (ours, strange)
    ]
    await employ(world, mine.id)
    return mine, other


async def identities(world: World, strange: Side) -> None:
    """Persons, their sessions and their keys."""
    stranger = strange.msme.owner
    people = world.people()
    async with world.database.reading() as session:
        found = await session.execute(select(LoginSession.person_id, LoginSession.id))
        sessions = {person_id: str(session_id) for person_id, session_id in found}
    keys = {
        person: str((await identity.api_key(world.database, person, "orders:read")).id)
        for person in (*people.values(), stranger)
    }
    world.things |= {
        "person": Thing(str(people["person"].id), str(stranger.id)),
        "reseller": Thing(str(people["reseller"].id), str(strange.reseller.id)),
        "session": Thing({role: sessions[each.id] for role, each in people.items()}, sessions[stranger.id]),
        "api_key": Thing({role: keys[each] for role, each in people.items()}, keys[stranger]),
    }


async def of_organizations(world: World, ours: Side, strange: Side) -> None:
    """Organizations in several states of verification, with their staff and places."""
    helper, stranger = [
        await organizations.staff(world.database, world.http, side.msme, "catalog", name="Dewi")
        for side in (ours, strange)
    ]
    keys = [
        str((await identity.api_key(world.database, side.msme.owner, "orders:read", party=side.msme.id)).id)
        for side in (ours, strange)
    ]
    world.things |= {
        "organization": Thing(str(ours.msme.id), str(strange.msme.id)),
        "location": Thing(str(ours.msme.location_id), str(strange.msme.location_id)),
        "staff_member": Thing(str(helper.id), str(stranger.id)),
        "organization_api_key": Thing(keys[0], keys[1]),
    }
    mine, other = await sisters(world, ours, strange, verified=False)
    world.things["organization.unverified"] = Thing(str(mine.id), str(other.id), party=str(mine.id))
    mine, other = await sisters(world, ours, strange, verified=False)
    world.things["organization.submitted"] = Thing(str(mine.id), str(other.id), party=str(mine.id))
    person = world.people()["person"]
    waiting = await organizations.offered(world.database, ours.msme.owner, person)
    elsewhere = await organizations.offered(world.database, strange.msme.owner, strange.reseller)
    world.things["organization.offered"] = Thing(str(waiting), str(elsewhere), party=str(waiting))
    world.things["upload.evidence"] = Thing(await submitted(world, mine), await submitted(world, other))


async def submitted(world: World, msme: Msme) -> str:
    """The upload with which a producer asked to be verified."""
    shown = str(await media.upload(world.database, msme.owner.id))
    await done(msme.owner, f"/v1/organizations/{msme.id}/verification", {"evidence": [shown]})
    return shown


async def of_communities(world: World, ours: Side, strange: Side) -> None:
    """A hidden community of the cast, one of strangers, and two that are open to all.

    The MSME's owner owns it, the staff are an officer, a member and a suspended one, the reseller is a member.
    """
    people = world.people()
    first, second = [await hidden(world, side) for side in (ours, strange)]
    made = communities.Made(UUID(first["community"]), ours.msme.owner)
    for role in (*_STAFF, "reseller"):
        looks_after = ["profile", "members", "moderation", "relations"] if role == "staff_catalog" else None
        await communities.member(world.database, world.http, made, who=people[role], looks_after=looks_after)
    await done(made.owner, f"{made.path}/members/{people['staff_finance'].id}/suspension", {})
    found = [str((await communities.community(world.database, world.http)).id) for _ in range(2)]
    world.things |= {name: Thing(first[name], second[name]) for name in first} | {"community.open": Thing(*found)}
    await inviting(world, ours, strange)


async def of_treasuries(world: World, ours: Side, strange: Side) -> None:
    """A book of each hidden community: the cast's is kept by its owner and by its custodian, the officer."""
    both = world.things["community"]
    custodians = (world.people()["staff_catalog"], strange.msme.owner)
    made = [
        await kept(world, side, communities.Made(UUID(community), side.msme.owner), custodian)
        for side, community, custodian in zip((ours, strange), (both.of(""), both.other), custodians, strict=True)
    ]
    world.things |= {name: Thing(made[0][name], made[1][name]) for name in made[0]}


async def kept(world: World, side: Side, of: communities.Made, custodian: SignedIn) -> dict[str, str]:
    """A book in which something is written, with dues of the reseller, a bank statement and a hand-over."""
    book = await treasury.book(world.database, world.http, of, keeper=custodian)
    paper = str(await media.upload(world.database, of.owner.id))
    said = treasury.income(5_000, bank_reference=f"Acuan Tersembunyi {side.mark}", receipt_upload_id=paper)
    entry = await done(of.owner, f"{book.path}/entries", said)
    call, due, payment = await contributed(world, side, book)
    await treasury.profile(book)
    row = ("01-06-2026", "7,00", f"Acuan Tersembunyi {side.mark}", "X")
    await treasury.upload(book, treasury.bank_csv(row))
    [line] = await treasury.lines(book)
    incoming = await communities.member(world.database, world.http, of, f"Anggota Tersembunyi {side.mark}")
    counted: dict[str, Any] = {"incoming_id": str(incoming.id), "counted_cash": 0, "counted_bank": 5_000}
    handover = await done(of.owner, f"{book.path}/handovers", counted)
    ids = {"book": book.id, "entry": entry["id"], "call": call, "due": due, "due_payment": payment}
    ids |= {"statement_line": line["id"], "handover": handover["id"], "member.incoming": incoming.id}
    return {name: str(value) for name, value in ids.items()}


async def of_ties(world: World, ours: Side, strange: Side) -> None:
    """A friend who is tied to everybody and asks for more, and what strangers are to each other."""
    database, people = world.database, world.people()
    friend = await identity.person(database, world.http, "Teman")
    secrets = [await ties.shown(database, each, lasting=True, max_uses=100) for each in (friend, strange.reseller)]
    sides, requests = {}, {}
    for role, person in people.items():
        occasion = f"Temu Tersembunyi {ours.mark}" if person is ours.reseller else None
        made = await ties.tied(database, friend, person, kind="classmate", occasion=occasion)
        sides[role] = str(made.sides[person.id])
        requests[role] = str(await ties.requested(database, friend, person, kind="colleague"))
    one, other = strange.reseller, strange.msme.owner
    theirs = await ties.tied(database, one, other, occasion=f"Temu Tersembunyi {strange.mark}")
    asked = await ties.requested(database, one, other, kind="colleague")
    world.things |= {
        "friend": Thing(str(friend.id), str(other.id)),
        "tie": Thing(sides, str(theirs.sides[one.id])),
        "tie_request": Thing(requests, str(asked)),
        "tie_code.secret": Thing(secrets[0], secrets[1], missing="rtc_made-up"),
    }


async def contributed(world: World, side: Side, book: treasury.Kept) -> tuple[str, str, str]:
    """A call of the reseller alone, what they owe of it and say that they paid."""
    if side.mark == _STRANGE:
        await communities.member(world.database, world.http, book.of, who=side.reseller)
    call = await treasury.called(book, 2_500, side.reseller)
    due = await treasury.due_of(side.reseller, call)
    paper = str(await media.upload(world.database, side.reseller.id, content=media.PDF + b"% dues"))
    said = {
        "amount": treasury.eur(2_500),
        "paid_on": "2026-06-01",
        "bank_reference": f"Iuran Tersembunyi {side.mark}",
        "receipt_upload_id": paper,
    }
    payment = await done(side.reseller, f"/v1/dues/{due['id']}/payments", said)
    return call["id"], due["id"], str(payment["id"])


async def of_posts(world: World, ours: Side, strange: Side) -> None:
    """A question of each hidden community, commented on and reported, and cases in every state.

    The cast's is the reseller's; the staff comment, report and decide.
    """
    both, people = world.things["community"], world.people()
    witness = await identity.person(world.database, world.http, f"Anggota Tersembunyi {_STRANGE}")
    theirs = communities.Made(UUID(both.other), strange.msme.owner)
    await communities.member(world.database, world.http, theirs, who=witness)
    members = people["staff_orders"], people["staff_catalog"]
    first = await discussed(world, ours, communities.Made(UUID(both.of("")), ours.msme.owner), *members)
    second = await discussed(world, strange, theirs, witness, strange.msme.owner)
    world.things |= {name: Thing(first[name], second[name]) for name in first}


async def discussed(
    world: World, side: Side, of: communities.Made, witness: SignedIn, moderator: SignedIn
) -> dict[str, str]:
    """A question that was edited, with a file and a comment, and what was reported and decided."""
    words, author = f"Tulisan Tersembunyi {side.mark}", side.reseller
    paper = str(await media.upload(world.database, author.id))
    post = await posts.post(author, of, title=words, text=f"{words}?", upload_ids=[paper])
    await done(author, f"/v1/posts/{post['id']}", {"text": f"{words}!"}, method="patch")
    comment = await posts.comment(witness, post, text=words)
    case = await posts.case(of, post, witness, moderator, f"Laporan Tersembunyi {side.mark}")
    decided, appealed = [
        await posts.warned(of, await posts.post(author, of, text=words), witness, moderator) for _ in range(2)
    ]
    await done(author, f"/v1/moderation-cases/{appealed}/appeal", {"text": words})
    cases = {"case": case, "case.decided": decided, "case.appealed": appealed}
    return {"post": post["id"], "comment": comment["id"], "upload.post": paper} | cases


async def inviting(world: World, ours: Side, strange: Side) -> None:
    """Invitations to the hidden communities, which their officers see, and to an open one, for everybody."""
    database = world.database
    hidden_one = world.things["community"]
    both = [
        (side, communities.Made(UUID(community), side.msme.owner))
        for side, community in ((ours, hidden_one.of("")), (strange, hidden_one.other))
    ]
    first, second = [await communities.invitation(database, made) for _, made in both]
    world.things["relation"] = Thing(*[await related(world, made) for _, made in both])
    world.things["partnership"] = Thing(*[await partnered(world, side, made) for side, made in both])
    hosts = [await communities.community(database, world.http, name="Terbuka") for _ in range(2)]
    given = [(await communities.invitation(database, host, max_uses=100)).secret for host in hosts]
    sent = {
        role: str((await communities.sent(database, hosts[0], await identity.phone(database, person))).id)
        for role, person in world.people().items()
    }
    other = await communities.sent(database, hosts[0], await identity.phone(database, strange.msme.owner))
    world.things |= {
        "invitation": Thing(str(first.id), str(second.id)),
        "invitation.secret": Thing(given[0], given[1], missing="rci_made-up"),
        "invitation.sent": Thing(sent, str(other.id)),
    }


async def related(world: World, made: communities.Made) -> str:
    """What an open community asks a hidden one to be, as somebody who belongs to both can."""
    open_one = await communities.community(world.database, world.http, name="Sebelah", owner=made.owner)
    asked = {"community_id": str(made.id), "stands": "parent"}
    return str((await done(made.owner, f"{open_one.path}/relations", asked))["id"])


async def partnered(world: World, side: Side, made: communities.Made) -> str:
    """What a hidden community proposes to the side's producer, on paper."""
    paper = str(await media.upload(world.database, made.owner.id))
    proposed = {
        "partner_id": str(side.msme.id),
        "purpose": f"Kerja Tersembunyi {side.mark}",
        "starts_on": "2026-11-24",
        "document_upload_id": paper,
    }
    return str((await done(made.owner, f"{made.path}/partnerships", proposed))["id"])


async def hidden(world: World, side: Side) -> dict[str, str]:
    """A community that outsiders know nothing of, with a member in every state."""
    database, http = world.database, world.http
    made = await communities.community(
        database,
        http,
        owner=side.msme.owner,
        name=f"Rumah Tersembunyi {side.mark}",
        visibility="protected",
        joining="request",
    )
    asking = await identity.person(database, http, f"Anggota Tersembunyi {side.mark} (calon)")
    question = f"Jawaban Tersembunyi {side.mark}"
    await done(made.owner, made.path, {"join_questions": ["Kenapa?"]}, method="patch")
    said = {"answers": [{"question": "Kenapa?", "answer": question}]}
    request = await done(asking, f"{made.path}/membership", said)
    await done(made.owner, made.path, {"join_questions": [], "visibility": "hidden"}, method="patch")
    await communities.rules(database, made, f"Rumah Tersembunyi {side.mark}")
    cast = {
        state: await communities.member(database, http, made, f"Anggota Tersembunyi {side.mark}", shown_to="members")
        for state in ("active", "suspension", "ban")
    }
    for state in ("suspension", "ban"):
        await done(made.owner, f"{made.path}/members/{cast[state].id}/{state}", {})
    return await studying(world, made, cast["active"], side.mark) | {
        "community": str(made.id),
        "request": str(request["id"]),
        "member": str(cast["active"].id),
        "member.suspended": str(cast["suspension"].id),
        "member.banned": str(cast["ban"].id),
        "role": str(await communities.role(database, made, ["treasury"])),
    }


async def studying(world: World, made: communities.Made, member: SignedIn, mark: str) -> dict[str, str]:
    """A period that has begun, a term that nobody has accepted, and a proof by hand, of a student group."""
    await done(made.owner, f"{made.path}/student-group", {"scope": "city"}, method="put")
    days = await students.days(world.database, starts_on=0, confirm_by=30, ends_on=300)
    period = await done(made.owner, f"{made.path}/periods", days)
    led = {"starts_on": days["starts_on"], "ends_on": days["ends_on"], "lead_id": str(made.owner.id)}
    term = await done(made.owner, f"{made.path}/terms", led)
    university = await students.named(world.database, "Erasmus University Rotterdam")
    world.things["university"] = Thing(str(university), str(university))
    seen = {"university_id": str(university), "valid_until": days["ends_on"], "note": f"Bukti Tersembunyi {mark}"}
    await done(made.owner, f"{made.path}/members/{member.id}/university-proofs", seen)
    return {"period": str(period["id"]), "term": str(term["id"])}


async def goods(world: World, ours: Side, strange: Side) -> None:
    """Products in every state with their prices, stock and certificates, and where they were imported from."""
    first, second = [await shelf(world, side) for side in (ours, strange)]
    world.things |= {name: Thing(first[name], second[name]) for name in first}
    world.things["price_list.wholesale"] = world.things["price_list"]
    asked = [await imports.hand_in(side.msme.owner, side.msme, [imports.KOPI]) for side in (ours, strange)]
    world.things["import"] = Thing(*(str(each.json()["id"]) for each in asked))
    await world.drain()


async def shelf(world: World, side: Side) -> dict[str, str]:
    """What one producer offers."""
    database, msme = world.database, side.msme
    made = await catalog.product(database, msme, wholesale=int(f"{side.mark}00"))
    draft, in_review = [await catalog.product(database, msme, status=each) for each in ("draft", "in_review")]
    translated = await catalog.product(database, msme)
    await stock.on_hand(database, msme, {made.variant_id: 10})
    async with database.transaction() as session:
        session.add(PriceListGrant(price_list_id=made.wholesale_list_id, party_id=side.reseller.id))
        session.add(ProductText(product_id=translated.id, language="en", title="Tempeh Crisps", status="human"))
    optional = await catalog.product(database, msme, options=["Size"])
    async with database.transaction() as session:
        (await session.get_one(Variant, optional.variant_id)).option_values = ["250 g"]
        session.add(Variant(product_id=optional.id, organization_id=msme.id, option_values=["1 kg"]))
    self_declared = {"kind": "organic", "level": "self_declared"}
    certificate = await done(msme.owner, f"/v1/organizations/{msme.id}/certificates", self_declared)
    ids = {
        "product": made.id,
        "variant": made.variant_id,
        "price_list": made.wholesale_list_id,
        "product.draft": draft.id,
        "product.in_review": in_review.id,
        "product.translated": translated.id,
        "variant.uncounted": translated.variant_id,
        "product.with_options": optional.id,
        "variant.with_options": optional.variant_id,
        "certificate": certificate["id"],
    }
    return {name: str(value) for name, value in ids.items()}


async def rules(world: World, strange: Side) -> None:
    """What may be done where, and what was settled for whom."""
    operator = world.people()["operator"]
    first = await activity_rules.rule(world.database, outcome="allow", legal_ways=[])
    second = await activity_rules.rule(world.database, host_country="NL")
    settled = {
        role: str(await activity_rules.settlement(world.database, operator, person.id))
        for role, person in world.people().items()
    }
    other = await activity_rules.settlement(world.database, operator, strange.msme.owner.id)
    world.things |= {"rule": Thing(str(first), str(second)), "settlement": Thing(settled, str(other))}


async def agreements(world: World, ours: Side, strange: Side) -> None:
    """Agreements in every state; there is one at a time between two parties, so each has a supplier of its own."""
    first, second = [
        str(await reselling.agreement(world.database, side.msme, side.reseller, reselling.terms()))
        for side in (ours, strange)
    ]
    world.things["agreement"] = Thing(first, second)
    for state in ("requested", "proposed", "suspended"):
        mine, other = await sisters(world, ours, strange, verified=True)
        first = await in_state(world, state, mine, ours.reseller)
        second = await in_state(world, state, other, strange.reseller)
        world.things[f"agreement.{state}"] = Thing(first, second, party=str(mine.id))


async def in_state(world: World, state: str, msme: Msme, reseller: SignedIn) -> str:
    """An agreement in a state."""
    if state == "requested":
        return str(await reselling.requested(world.database, msme, reseller))
    if state == "proposed":
        return str(await reselling.proposed(world.database, msme, reseller, reselling.terms()))
    made = await reselling.agreement(world.database, msme, reseller, reselling.terms())
    version = (await versions(world))[str(made)]
    await done(msme.owner, f"/v1/reseller-agreements/{made}/suspension", {}, match=version)
    return str(made)


async def money(world: World, ours: Side, strange: Side) -> None:
    """What the resellers owe, paid and get back."""
    people = world.people()
    uploads = {person: str(await media.upload(world.database, person.id)) for person in people.values()}
    held = {person: await payments.payout_account(world.database, person.id) for person in people.values()}
    fresh = {person: await fresh_account(world, person) for person in people.values()}
    stranger = strange.reseller
    first, second = [await debts(world, side) for side in (ours, strange)]
    world.things |= {name: Thing(first[name], second[name]) for name in first} | {
        "upload": Thing(
            {role: uploads[each] for role, each in people.items()}, str(await media.upload(world.database, stranger.id))
        ),
        "payout_account": Thing(
            {role: str(held[each].id) for role, each in people.items()},
            str((await payments.payout_account(world.database, stranger.id)).id),
        ),
    }
    world.things["payout_account.held"] = Thing(
        {role: fresh[each] for role, each in people.items()}, await fresh_account(world, stranger)
    )


async def fresh_account(world: World, person: SignedIn) -> str:
    """A payout account of a person that still waits for its hold to pass."""
    async with world.database.reading() as session:
        later = await clock.now(session) + HOLD
    made = await payments.payout_account(world.database, person.id, "EUR", usable_from=later)
    return str(made.id)


async def debts(world: World, side: Side) -> dict[str, str]:
    """Obligations of a reseller to the producer, with payments and refunds in every state."""
    await payments.payout_account(world.database, side.msme.id, number=f"98700000{side.mark}")
    owed = await payments.obligation(world.database, side.reseller.id, side.msme.id)
    pending = await payments.payment(world.database, owed, 1_000)
    proof = await media.upload(world.database, side.reseller.id, content=media.PDF + side.reseller.id.bytes)
    proven = await payments.payment(world.database, owed, 2_000, receipt_upload_id=str(proof))
    refunds = [await refund(world, side) for _ in range(2)]
    async with world.database.transaction() as session:
        await refunding.send(session, SYSTEM, refunds[1], SendingMethod.TRANSFER)
        account = await session.scalar(select(LedgerAccount.id).where(LedgerAccount.party_id == side.msme.id).limit(1))
    made = {
        "obligation": owed.id,
        "payment": pending.id,
        "payment.proven": proven.id,
        "refund": refunds[0],
        "refund.sent": refunds[1],
        "ledger_account": account,
    }
    return {name: str(value) for name, value in made.items()}


async def refund(world: World, side: Side) -> UUID:
    """A refund owed, since what was paid for is owed no longer."""
    owed = await payments.obligation(world.database, side.reseller.id, side.msme.id)
    await payments.confirmed_payment(world.database, owed, 100_000)
    async with world.database.transaction() as session:
        await obliging.reduce(session, SYSTEM, owed.id, Money(40_000, "IDR"))
        found = await session.scalars(select(Refund.id).where(Refund.obligation_id == owed.id))
        return found.one()


async def purchases(world: World, ours: Side, strange: Side) -> None:
    """Orders in every state."""
    first, second = [await ordered(world, side) for side in (ours, strange)]
    world.things |= {name: Thing(first[name], second[name]) for name in first}


async def ordered(world: World, side: Side) -> dict[str, str]:
    """Orders of a reseller from the producer."""
    database, buyer, seller = world.database, side.reseller, side.msme.owner
    shop = orders.Shop(side.msme, await orders.another_product(database, side.msme))
    accepted = await orders.accepted(database, buyer, shop, ship_to=orders.ADDRESS | {"street": f"Rahasia {side.mark}"})
    delivered = await orders.shipped(database, buyer, shop)
    shipped = await orders.shipped(database, buyer, shop)
    changed = await orders.submitted(database, buyer, shop)
    cancelling = await orders.accepted(database, buyer, shop)
    offer = {"freight": {"amount": 25_000_00, "currency": "IDR"}}
    change = await done(seller, f"/v1/orders/{changed.id}/changes", offer, match=changed.version)
    cancellation = await done(buyer, f"/v1/orders/{cancelling.id}/cancellation", {}, match=cancelling.version)
    parcels = [(await buyer.get(f"/v1/orders/{each.id}")).json()["shipments"][0]["id"] for each in (shipped, delivered)]
    arrived = {"shipment_id": parcels[1]}
    await done(buyer, f"/v1/orders/{delivered.id}/deliveries", arrived, match=delivered.version)
    made = {
        "order": accepted.id,
        "order.accepted": accepted.id,
        "order.draft": (await orders.drafted(database, buyer, shop)).id,
        "order.submitted": (await orders.submitted(database, buyer, shop)).id,
        "order.changed": changed.id,
        "change": change["changes"][0]["id"],
        "order.cancelling": cancelling.id,
        "cancellation": cancellation["cancellations"][0]["id"],
        "order.shipped": shipped.id,
        "shipment": parcels[0],
        "order.delivered": delivered.id,
    }
    return {name: str(value) for name, value in made.items()}


async def done(
    caller: Caller, path: str, body: dict[str, Any], *, match: int | None = None, method: str = "post"
) -> Any:
    """Do something over HTTP that must work; gives the answer."""
    answer = await getattr(caller, method)(path, body, match=match)
    assert answer.is_success, answer.text
    return answer.json()


async def versions(world: World) -> dict[str, int]:
    """The version of every aggregate, by its id."""
    every = union_all(*(select(kind.id, kind.version) for kind in Aggregate.__subclasses__())).subquery()
    async with world.database.reading() as session:
        return {str(row.id): row.version for row in await session.execute(select(every))}
