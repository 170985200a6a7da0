"""`rantau check` holds on a sound database and names what is wrong on a broken one."""

import psycopg
import pytest
from sqlalchemy import text

from app.invariants.invariant import Invariant
from app.invariants.queries import all_invariants, check
from app.kernel.database import Database
from tests.conftest import Postgres


async def broken(database: Database) -> dict[str, int]:
    found = {}
    for invariant in all_invariants():
        async with database.reading() as session:
            finding = await check(session, invariant)
        if not finding.holds:
            found[invariant.sentence] = len(finding.rows)
    return found


async def test_an_empty_database_is_sound(database: Database) -> None:
    assert len(list(all_invariants())) > 8
    assert await broken(database) == {}


async def test_a_check_may_take_longer_than_a_request(committed: Database) -> None:
    long = Invariant("I0", "Nothing sleeps.", "SELECT FROM pg_sleep(0.1) WHERE pg_sleep IS NULL")
    async with committed.reading() as session:
        await session.execute(text("SET statement_timeout = '10ms'"))
        finding = await check(session, long)
    assert finding.holds


PERSON = """
WITH party AS (INSERT INTO parties VALUES (gen_random_uuid(), 'person') RETURNING id)
INSERT INTO people (id, version, is_operator, time_zone) SELECT id, 1, false, 'UTC' FROM party
"""
ACCOUNT = """
WITH party AS (INSERT INTO parties VALUES (gen_random_uuid(), 'person') RETURNING id)
INSERT INTO ledger_accounts (id, party_id, currency, kind, balance) SELECT id, id, 'IDR', 'payable', 5 FROM party
"""
EMPTY_TRANSACTION = """
ALTER TABLE ledger_transactions DISABLE TRIGGER USER;
INSERT INTO ledger_transactions (id, source_type, source_id, event, memo)
VALUES (gen_random_uuid(), 'order', gen_random_uuid(), 'accepted', 'x')
"""

SHELF = """
WITH party AS (INSERT INTO parties VALUES (gen_random_uuid(), 'organization') RETURNING id),
maker AS (INSERT INTO organizations (id, version, name, roles, country, time_zone, other_numbers, verification)
    SELECT id, 0, 'x', '{buyer}', 'TR', 'UTC', '{}', 'unverified' FROM party RETURNING id),
place AS (INSERT INTO organization_locations (id, organization_id, holder_party_id, name, country, city, is_ship_from)
    SELECT id, id, id, 'x', 'TR', 'x', true FROM maker RETURNING id),
product AS (INSERT INTO products (id, version, organization_id, handle, status, source_language, origin_country,
    countries_of_sale, tags, options, source)
    SELECT id, 0, id, 'x', 'draft', 'id', 'ID', '{}', '{}', '{}', 'manual' FROM maker RETURNING id),
variant AS (INSERT INTO variants (id, product_id, organization_id, option_values, pack_multiple, min_order_quantity,
    position) SELECT id, id, id, '{}', 1, 1, 0 FROM product RETURNING id),
level AS (INSERT INTO stock_levels (id, version, variant_id, location_id, organization_id, on_hand, allocated, policy,
    oversell_limit) SELECT id, 0, id, id, id, 3, 0, 'deny', 0 FROM variant RETURNING id)
"""
UNMOVED_STOCK = f"{SHELF} SELECT FROM level"
OVERSOLD = f"""
{SHELF}, moved AS (INSERT INTO stock_movements (id, level_id, organization_id, kind, on_hand_change, allocated_change)
    SELECT id, id, id, 'received', 3, 0 FROM level)
INSERT INTO stock_reservations (id, holder_kind, holder_id, level_id, quantity, expires_at)
SELECT id, 'order', id, id, 4, '2100-01-01' FROM level
"""
OWED = """
WITH payer AS (INSERT INTO parties VALUES (gen_random_uuid(), 'platform') RETURNING id),
payee AS (INSERT INTO parties VALUES (gen_random_uuid(), 'platform') RETURNING id),
obligation AS (INSERT INTO obligations
    (id, version, payer_id, payee_id, currency, amount, reference, instructions, source_kind, source_id)
    SELECT payer.id, 0, payer.id, payee.id, 'IDR', 100, 'x', '{}', 'test', payer.id FROM payer, payee
    RETURNING id, payer_id)
"""
REFUNDED_UNPAID = f"""
{OWED} INSERT INTO refunds (id, version, obligation_id, currency, amount, reason, state)
SELECT id, 0, id, 'IDR', 50, 'reduced', 'owed' FROM obligation
"""
KEPT_TOO_MUCH = f"""
{OWED} INSERT INTO payments (id, version, obligation_id, currency, amount, method, state, paid_by_id, overpayment)
SELECT id, 0, id, 'IDR', 150, 'cash', 'confirmed', payer_id, 'refund' FROM obligation
"""
CREDIT = """
WITH party AS (INSERT INTO parties VALUES (gen_random_uuid(), 'platform') RETURNING id)
INSERT INTO account_credits (id, holder_id, debtor_id, currency, amount) SELECT id, id, id, 'IDR', 5 FROM party
"""

COMMUNITY = """
WITH party AS (INSERT INTO parties VALUES (gen_random_uuid(), 'community') RETURNING id),
person AS (INSERT INTO parties VALUES (gen_random_uuid(), 'person') RETURNING id),
member AS (INSERT INTO people (id, version, is_operator, time_zone)
    SELECT id, 0, false, 'UTC' FROM person RETURNING id),
community AS (INSERT INTO communities (id, version, name, host_country, home_country, time_zone, visibility, joining,
    join_questions, rules_number, member_count)
    SELECT id, 0, 'x', 'NL', 'ID', 'UTC', 'public', 'open', '{}', %(rules)s, %(count)s FROM party RETURNING id),
membership AS (INSERT INTO community_memberships (id, version, community_id, person_id, status, is_owner, shown_to,
    answers, rules_accepted, asked_at, joined_at)
    SELECT community.id, 0, community.id, member.id, '%(status)s', %(owner)s, 'officers', '[]', 0, rantau_now(),
    rantau_now() FROM community, member RETURNING id)
"""
SOUND = {"rules": 0, "count": 1, "status": "active", "owner": True}
MISCOUNTED = COMMUNITY % (SOUND | {"count": 2}) + "SELECT FROM membership"
OWNERLESS = COMMUNITY % (SOUND | {"owner": False}) + "SELECT FROM membership"
UNPUBLISHED = COMMUNITY % (SOUND | {"rules": 1}) + "SELECT FROM membership"
HELD_BY_NOBODY = (
    COMMUNITY % (SOUND | {"status": "left", "owner": False, "count": 0})
    + """, role AS (INSERT INTO community_roles (id, community_id, name, responsibilities)
    SELECT id, id, 'x', '{members}' FROM community RETURNING id)
INSERT INTO community_role_holders (role_id, membership_id) SELECT role.id, membership.id FROM role, membership
"""
)
RING = """
WITH party AS (INSERT INTO parties SELECT gen_random_uuid(), 'community' FROM generate_series(1, 2) RETURNING id),
community AS (INSERT INTO communities (id, version, name, host_country, home_country, time_zone, visibility, joining,
    join_questions, rules_number, member_count)
    SELECT id, 0, 'x', 'NL', 'ID', 'UTC', 'public', 'open', '{}', 0, 0 FROM party RETURNING id)
INSERT INTO community_relations (id, version, kind, community_id, other_id, asked_by, status)
SELECT gen_random_uuid(), 0, 'chapter', one.id, other.id, one.id, 'accepted'
FROM community AS one JOIN community AS other ON other.id <> one.id
"""
UNPROVED = (
    COMMUNITY % SOUND
    + """, made AS (INSERT INTO student_groups (community_id, scope) SELECT id, 'country' FROM community)
INSERT INTO student_classes (id, membership_id, member_class, since)
SELECT gen_random_uuid(), membership.id, 'student', rantau_now() FROM membership
"""
)
CONFIRMED_ELSEWHERE = """
WITH party AS (INSERT INTO parties VALUES (gen_random_uuid(), 'community') RETURNING id)
INSERT INTO communities (id, version, name, host_country, home_country, time_zone, visibility, joining,
    join_questions, rules_number, member_count)
SELECT id, 0, 'other', 'NL', 'ID', 'UTC', 'public', 'open', '{}', 0, 0 FROM party;
""" + (
    COMMUNITY % SOUND
    + """, period AS (INSERT INTO membership_periods (id, community_id, starts_on, ends_on, confirm_by)
    SELECT gen_random_uuid(), id, '2026-01-01', '2026-12-31', '2026-02-01' FROM communities WHERE name = 'other'
    RETURNING id),
class AS (INSERT INTO student_classes (id, membership_id, member_class, since)
    SELECT gen_random_uuid(), id, 'associate', rantau_now() FROM membership RETURNING id)
INSERT INTO membership_confirmations (period_id, membership_id, class_id)
SELECT period.id, membership.id, class.id FROM period, membership, class
"""
)
DAYS_IN_COMMON = (
    COMMUNITY % SOUND
    + """INSERT INTO membership_periods (id, community_id, starts_on, ends_on, confirm_by)
SELECT gen_random_uuid(), id, '2026-01-01', '2026-12-31', '2026-02-01' FROM community, generate_series(1, 2)
"""
)
SEATED_ELSEWHERE = """
WITH party AS (INSERT INTO parties VALUES (gen_random_uuid(), 'community') RETURNING id)
INSERT INTO communities (id, version, name, host_country, home_country, time_zone, visibility, joining,
    join_questions, rules_number, member_count)
SELECT id, 0, 'other', 'NL', 'ID', 'UTC', 'public', 'open', '{}', 0, 0 FROM party;
""" + (
    COMMUNITY % SOUND
    + """INSERT INTO officer_terms (id, version, community_id, lead_id, starts_on, ends_on)
SELECT gen_random_uuid(), 0, communities.id, membership.id, '2026-01-01', '2026-12-31'
FROM communities, membership WHERE name = 'other'
"""
)
TWO_PARENTS = """
DROP INDEX uq_community_relations_parent;
WITH party AS (INSERT INTO parties SELECT gen_random_uuid(), 'community' FROM generate_series(1, 3) RETURNING id),
community AS (INSERT INTO communities (id, version, name, host_country, home_country, time_zone, visibility, joining,
    join_questions, rules_number, member_count)
    SELECT id, 0, 'x', 'NL', 'ID', 'UTC', 'public', 'open', '{}', 0, 0 FROM party RETURNING id),
chapter AS (SELECT min(id::text)::uuid AS id FROM community)
INSERT INTO community_relations (id, version, kind, community_id, other_id, asked_by, status)
SELECT gen_random_uuid(), 0, 'chapter', chapter.id, community.id, chapter.id, 'accepted'
FROM chapter JOIN community ON community.id <> chapter.id
"""

POST = (
    COMMUNITY % SOUND
    + """, post AS (INSERT INTO posts (id, version, community_id, author_id, kind, text, language, audience, state,
    is_pinned, is_closed, comment_count, reactions)
    SELECT community.id, 0, community.id, member.id, 'offer', 'x', 'id', 'members', 'published', false, false, %(said)s,
    '%(felt)s' FROM community, member RETURNING id, author_id)
"""
)
MISCOUNTED_COMMENTS = POST % {"said": 1, "felt": "{}"} + "SELECT FROM post"
MISCOUNTED_REACTIONS = (
    POST % {"said": 0, "felt": '{"like": 2}'}
    + "INSERT INTO post_reactions (post_id, person_id, feeling) SELECT id, author_id, 'like' FROM post"
)
ANSWERED_OFFER = (
    POST % {"said": 1, "felt": "{}"}
    + """INSERT INTO post_comments (id, version, post_id, author_id, text, language, state, is_answer)
    SELECT id, 0, id, author_id, 'x', 'id', 'published', true FROM post
"""
)
WITHHELD_UNDECIDED = (POST % {"said": 0, "felt": "{}"} + "SELECT FROM post").replace("'published'", "'hidden'")
REPORTED_THEMSELVES = (
    POST % {"said": 0, "felt": "{}"}
    + """, opened AS (INSERT INTO moderation_cases (id, version, community_id, post_id, author_id, state, is_sole)
    SELECT id, 0, id, id, author_id, 'open', false FROM post RETURNING id, author_id)
INSERT INTO moderation_reports (id, case_id, reporter_id, ground) SELECT id, id, author_id, 'spam' FROM opened
"""
)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (PERSON, "Each row of people is at the version that its last event told."),
        (ACCOUNT, "Each account's stored balance is the sum of its entries."),
        (EMPTY_TRANSACTION, "Each ledger transaction has entries."),
        (UNMOVED_STOCK, "Each stock level is the sum of its movements."),
        (OVERSOLD, "No stock is promised or held beyond the bound of its policy."),
        (REFUNDED_UNPAID, "No more is given back for an obligation than was paid for it."),
        (KEPT_TOO_MUCH, "What was paid beyond an obligation is on its way back or left as credit."),
        (CREDIT, "Each account credit is what was left there, less what was set off."),
        (MISCOUNTED, "Each community counts its active members."),
        (OWNERLESS, "Each community has an active owner."),
        (UNPUBLISHED, "The rules in force are the newest of each community."),
        (HELD_BY_NOBODY, "Roles are held by members of the community that gives them."),
        (UNPROVED, "What members of a student group are rests on proofs of their own."),
        (CONFIRMED_ELSEWHERE, "Members confirm in periods of their own group what they are themselves."),
        (DAYS_IN_COMMON, "No two periods of a group and no two terms of a community have a day in common."),
        (SEATED_ELSEWHERE, "The officers of a term are of its community, and so are their roles."),
        (TWO_PARENTS, "Each community is the chapter of one parent at the most."),
        (WITHHELD_UNDECIDED, "What moderators took from its readers was decided so, and the decision stands."),
        (REPORTED_THEMSELVES, "Nobody decides on what is their own or what they reported, and appeals are another's."),
        (MISCOUNTED_COMMENTS, "Each post counts its published comments."),
        (MISCOUNTED_REACTIONS, "Each post counts what people feel about it."),
        (
            ANSWERED_OFFER,
            "Comments reply to comments on their own post that reply to none; only questions are answered.",
        ),
    ],
)
async def test_damage_is_named(
    server: Postgres, own_database: str, committed: Database, damage: str, sentence: str
) -> None:
    with psycopg.connect(server.owner(own_database)) as owner:
        owner.execute(damage.encode())
    assert (await broken(committed))[sentence] == 1


async def test_a_ring_of_chapters_is_named(server: Postgres, own_database: str, committed: Database) -> None:
    with psycopg.connect(server.owner(own_database)) as owner:
        owner.execute(RING.encode())
    assert (await broken(committed))["No community is above itself."] == 2
