"""The invariants of communities, student groups and treasuries."""

from typing import Final

from app.invariants.invariant import Invariant

COMMUNITIES: Final = (
    Invariant(
        "I6",
        "Each community counts its active members.",
        """
        SELECT community.id AS community_id, member_count, count(membership.id) AS active
        FROM communities AS community LEFT JOIN community_memberships AS membership
            ON membership.community_id = community.id AND status = 'active'
        GROUP BY community.id HAVING member_count <> count(membership.id)
        """,
    ),
    Invariant(
        "I6",
        "Each community has an active owner.",
        """
        SELECT id AS community_id FROM communities WHERE NOT EXISTS (
            SELECT FROM community_memberships WHERE community_id = communities.id AND is_owner AND status = 'active'
        )
        """,
    ),
    Invariant(
        "I6",
        "No community is above itself.",
        """
        WITH RECURSIVE above(chapter_id, parent_id) AS (
            SELECT community_id, other_id FROM community_relations WHERE kind = 'chapter' AND status = 'accepted'
            UNION SELECT chapter_id, other_id FROM above JOIN community_relations
                ON community_id = parent_id AND kind = 'chapter' AND status = 'accepted'
        )
        SELECT chapter_id AS community_id FROM above WHERE chapter_id = parent_id
        """,
    ),
    Invariant(
        "I6",
        "Each community is the chapter of one parent at the most.",
        """
        SELECT community_id, count(*) AS parents FROM community_relations
        WHERE kind = 'chapter' AND status = 'accepted' GROUP BY community_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        "I6",
        "Roles are held by members of the community that gives them.",
        """
        SELECT role_id, membership_id, status FROM community_role_holders
        JOIN community_roles AS role ON role.id = role_id JOIN community_memberships AS membership
            ON membership.id = membership_id
        WHERE role.community_id <> membership.community_id OR status NOT IN ('active', 'suspended')
        """,
    ),
    Invariant(
        "I6",
        "The rules in force are the newest of each community.",
        """
        SELECT id AS community_id, rules_number, newest FROM communities LEFT JOIN LATERAL (
            SELECT coalesce(max(number), 0) AS newest FROM community_rules WHERE community_id = communities.id
        ) AS published ON true WHERE rules_number <> newest
        """,
    ),
    Invariant(
        "I6",
        "What members of a student group are rests on proofs of their own.",
        """
        SELECT class.id AS class_id, member_class, proof.person_id FROM student_classes AS class
        JOIN community_memberships AS membership ON membership.id = membership_id
        LEFT JOIN student_groups AS made ON made.community_id = membership.community_id
        LEFT JOIN university_proofs AS proof ON proof.id = proof_id
        WHERE made.community_id IS NULL OR proof.person_id <> membership.person_id
            OR proof.community_id <> membership.community_id OR (proof.id IS NULL) <> (member_class = 'associate')
        """,
    ),
    Invariant(
        "I6",
        "Members confirm in periods of their own group what they are themselves.",
        """
        SELECT period_id, confirmed.membership_id FROM membership_confirmations AS confirmed
        JOIN membership_periods AS period ON period.id = period_id
        JOIN community_memberships AS membership ON membership.id = confirmed.membership_id
        JOIN student_classes AS class ON class.id = class_id
        WHERE period.community_id <> membership.community_id OR class.membership_id <> membership.id
        """,
    ),
    Invariant(
        "I6",
        "No two periods of a group and no two terms of a community have a day in common.",
        """
        WITH span(id, community_id, kind, days) AS (
            SELECT id, community_id, 'period', daterange(starts_on, ends_on, '[]') FROM membership_periods
            UNION ALL SELECT id, community_id, 'term', daterange(starts_on, ends_on, '[]') FROM officer_terms
            WHERE withdrawn_at IS NULL
        )
        SELECT one.id, other.id AS other_id FROM span AS one JOIN span AS other
            ON other.community_id = one.community_id AND other.kind = one.kind AND other.id > one.id
        WHERE one.days && other.days
        """,
    ),
    Invariant(
        "I6",
        "The officers of a term are of its community, and so are their roles.",
        """
        SELECT term.id AS term_id, seat.membership_id, seat.role_id FROM officer_terms AS term
        JOIN community_memberships AS lead ON lead.id = lead_id
        LEFT JOIN officer_seats AS seat ON seat.term_id = term.id
        LEFT JOIN community_memberships AS holder ON holder.id = seat.membership_id
        LEFT JOIN community_roles AS role ON role.id = seat.role_id
        WHERE lead.community_id <> term.community_id OR holder.community_id <> term.community_id
            OR role.community_id <> term.community_id
        """,
    ),
)

TREASURY: Final = (
    Invariant(
        "I2",
        "Each book's cash and bank are the sums of its entries.",
        """
        SELECT book.id AS book_id, place, coalesce(account.balance, 0) AS balance, told
        FROM treasury_books AS book CROSS JOIN LATERAL (
            SELECT coalesce(sum(cash_change), 0) AS cash, coalesce(sum(bank_change), 0) AS bank
            FROM treasury_entries WHERE book_id = book.id
        ) AS sums CROSS JOIN LATERAL (VALUES ('cash', sums.cash), ('bank', sums.bank)) AS each(place, told)
        LEFT JOIN ledger_accounts AS account
            ON party_id = community_id AND account.currency = book.currency AND kind = place
        WHERE coalesce(account.balance, 0) <> told
        """,
    ),
    Invariant(
        "I2",
        "Each entry of a book is posted once, as it changes cash and bank.",
        """
        SELECT entry.id AS entry_id, cash_change, bank_change, posted.cash, posted.bank
        FROM treasury_entries AS entry LEFT JOIN LATERAL (
            SELECT count(DISTINCT made.id) AS transactions,
                coalesce(sum(amount) FILTER (WHERE kind = 'cash'), 0) AS cash,
                coalesce(sum(amount) FILTER (WHERE kind = 'bank'), 0) AS bank
            FROM ledger_transactions AS made JOIN ledger_entries AS line ON line.transaction_id = made.id
            JOIN ledger_accounts AS account ON account.id = line.account_id
            WHERE source_type = 'treasury_entry' AND source_id = entry.id
        ) AS posted ON true
        WHERE (transactions, posted.cash, posted.bank) IS DISTINCT FROM (1, cash_change, bank_change)
        """,
    ),
    Invariant(
        "I6",
        "Each book's entries are numbered without a gap.",
        """
        SELECT book.id AS book_id, entry_count, count(entry.id) AS entries, max(entry.number) AS last
        FROM treasury_books AS book LEFT JOIN treasury_entries AS entry ON entry.book_id = book.id
        GROUP BY book.id HAVING (entry_count, entry_count) <> (count(entry.id), coalesce(max(entry.number), 0))
        """,
    ),
    Invariant(
        "I6",
        "Each book runs in its last term, whose custodian has the money; all others are closed.",
        """
        SELECT book.id AS book_id, book.term, term.number FROM treasury_books AS book
        LEFT JOIN treasury_terms AS term ON term.book_id = book.id
        WHERE term.number IS NULL OR term.number > book.term OR (term.ended_at IS NULL) <> (term.number = book.term)
            OR (term.number = book.term AND (term.custodian_id, term.begins_on) <> (book.custodian_id, book.begins_on))
        """,
    ),
    Invariant(
        "I6",
        "No entry was added to a closed term.",
        """
        SELECT entry.id AS entry_id, entry.number, entry.term, last_entry, entry.booked_on, begins_on, ends_on
        FROM treasury_entries AS entry JOIN treasury_terms AS term
            ON term.book_id = entry.book_id AND term.number = entry.term
        WHERE entry.number > last_entry OR booked_on > ends_on OR booked_on < begins_on
        """,
    ),
    Invariant(
        "I2",
        "Each closed term ended with what its entries and those before come to.",
        """
        SELECT term.book_id, term.number, closing_cash, closing_bank, sums.cash, sums.bank
        FROM treasury_terms AS term CROSS JOIN LATERAL (
            SELECT coalesce(sum(cash_change), 0) AS cash, coalesce(sum(bank_change), 0) AS bank
            FROM treasury_entries AS entry WHERE entry.book_id = term.book_id AND entry.number <= last_entry
        ) AS sums
        WHERE ended_at IS NOT NULL AND (closing_cash, closing_bank) <> (sums.cash, sums.bank)
        """,
    ),
    Invariant(
        "I6",
        "Each payment of dues that was confirmed is one entry of its amount for its due, and stands as long as that.",
        """
        SELECT payment.id AS due_payment_id, payment.state, payment.amount, entry.id AS entry_id, entry.due_id
        FROM treasury_due_payments AS payment LEFT JOIN treasury_entries AS entry ON entry.id = entry_id
        WHERE payment.state IN ('confirmed', 'reversed') AND (
            (payment.due_id, payment.book_id, payment.amount)
                IS DISTINCT FROM (entry.due_id, entry.book_id, entry.cash_change + entry.bank_change)
            OR (payment.state = 'reversed')
                <> EXISTS (SELECT FROM treasury_entries AS later WHERE later.reverses_id = entry.id)
        )
        """,
    ),
    Invariant(
        "I6",
        "Each statement line that was booked or found is an entry of its amount in its book.",
        """
        SELECT line.id AS line_id, line.state, line.amount, entry.id AS entry_id, entry.bank_change
        FROM treasury_statement_lines AS line LEFT JOIN treasury_entries AS entry ON entry.id = entry_id
        WHERE line.state IN ('booked', 'found')
            AND (line.book_id, line.amount) IS DISTINCT FROM (entry.book_id, entry.bank_change)
        """,
    ),
    Invariant(
        "I6",
        "Dues, and entries for them, are of the book that called for them.",
        """
        SELECT due.id AS due_id, due.book_id, call.book_id AS called_by, entry.book_id AS entered_in
        FROM treasury_dues AS due JOIN treasury_calls AS call ON call.id = call_id
        LEFT JOIN treasury_entries AS entry ON entry.due_id = due.id
        WHERE due.book_id <> call.book_id OR entry.book_id <> due.book_id
        """,
    ),
)
