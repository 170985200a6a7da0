"""The invariants: a number, a sentence, and the SQL that finds what breaks it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that is always true; `violations` selects the rows for which it is not."""

    number: str
    sentence: str
    violations: str


_LEDGER = (
    Invariant(
        "I1",
        "Each ledger transaction sums to zero in every currency.",
        """
        SELECT transaction_id, currency, sum(amount) AS sum FROM ledger_entries
        GROUP BY transaction_id, currency HAVING sum(amount) <> 0
        """,
    ),
    Invariant(
        "I1",
        "Each ledger transaction has entries.",
        """
        SELECT id AS transaction_id, source_type, source_id FROM ledger_transactions AS posted
        WHERE NOT EXISTS (SELECT FROM ledger_entries WHERE transaction_id = posted.id)
        """,
    ),
    Invariant(
        "I2",
        "Each account's stored balance is the sum of its entries.",
        """
        SELECT account.id AS account_id, account.balance, coalesce(sum(entry.amount), 0) AS entries
        FROM ledger_accounts AS account LEFT JOIN ledger_entries AS entry ON entry.account_id = account.id
        GROUP BY account.id HAVING account.balance <> coalesce(sum(entry.amount), 0)
        """,
    ),
)

_LOG = (
    Invariant(
        "I5",
        "Each aggregate's versions are told by its events, one after the other.",
        """
        SELECT aggregate_kind, aggregate_id, count(*) AS events, max(aggregate_version) AS version
        FROM domain_events GROUP BY aggregate_kind, aggregate_id
        HAVING count(*) <> max(aggregate_version) OR min(aggregate_version) <> 1
        """,
    ),
    Invariant(
        "I5",
        "Each event has its audit row.",
        """
        SELECT event.id, event.kind, event.aggregate_id FROM domain_events AS event
        WHERE NOT EXISTS (
            SELECT FROM audit_entries WHERE subject_id = event.aggregate_id AND action = event.kind
            AND subject_kind = event.aggregate_kind AND request_id = event.request_id
        )
        """,
    ),
    Invariant(
        "I5",
        "Numbered events have no gap.",
        """
        SELECT count(position) AS numbered, max(position) AS last FROM domain_events
        HAVING count(position) <> coalesce(max(position), 0)
        """,
    ),
)

_STOCK = (
    Invariant(
        "I3",
        "Each stock level is the sum of its movements.",
        """
        SELECT level.id AS level_id, level.on_hand, level.allocated, coalesce(sum(on_hand_change), 0) AS moved,
            coalesce(sum(allocated_change), 0) AS promised
        FROM stock_levels AS level LEFT JOIN stock_movements AS movement ON movement.level_id = level.id
        GROUP BY level.id
        HAVING (on_hand, allocated) <> (coalesce(sum(on_hand_change), 0), coalesce(sum(allocated_change), 0))
        """,
    ),
    Invariant(
        "I3",
        "No stock is promised or held beyond the bound of its policy.",
        """
        SELECT level.id AS level_id, on_hand, allocated, oversell_limit, held.quantity AS reserved
        FROM stock_levels AS level CROSS JOIN LATERAL (
            SELECT coalesce(sum(quantity), 0) AS quantity FROM stock_reservations
            WHERE level_id = level.id AND expires_at > rantau_now()
        ) AS held
        WHERE policy <> 'made_to_order' AND on_hand - allocated - held.quantity + oversell_limit < 0
        """,
    ),
)

_MONEY_BACK = """
    SELECT obligation.id AS obligation_id, obligation.amount, paid.amount AS confirmed, back.amount AS given_back
    FROM obligations AS obligation CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount), 0) AS amount FROM payments
        WHERE obligation_id = obligation.id AND state = 'confirmed'
    ) AS paid CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount), 0) AS amount FROM refunds
        WHERE obligation_id = obligation.id AND state <> 'failed'
    ) AS back
"""
_PAYMENTS = (
    Invariant(
        "I6",
        "No more is given back for an obligation than was paid for it.",
        f"{_MONEY_BACK} WHERE back.amount > paid.amount",
    ),
    Invariant(
        "I6",
        "What was paid beyond an obligation is on its way back or left as credit.",
        f"{_MONEY_BACK} WHERE paid.amount - back.amount > obligation.amount",
    ),
    Invariant(
        "I2",
        "Each account credit is what was left there, less what was set off.",
        """
        SELECT credit.id AS account_credit_id, credit.amount, made.granted, made.drawn
        FROM account_credits AS credit CROSS JOIN LATERAL (
            SELECT
                (SELECT coalesce(sum(refund.amount), 0) FROM refunds AS refund
                 WHERE refund.obligation_id = ANY (array_agg(obligation.id)) AND method = 'credit') AS granted,
                (SELECT coalesce(sum(payment.amount), 0) FROM payments AS payment
                 WHERE payment.obligation_id = ANY (array_agg(obligation.id)) AND method = 'credit') AS drawn
            FROM obligations AS obligation
            WHERE payer_id = credit.holder_id AND payee_id = credit.debtor_id AND currency = credit.currency
        ) AS made
        WHERE credit.amount <> made.granted - made.drawn
        """,
    ),
)

_ORDERS = (
    Invariant(
        "I4",
        "Each order's goods are the sum of its lines.",
        """
        SELECT orders.id AS order_id, number, goods_amount, coalesce(sum(line.amount), 0) AS lines
        FROM orders LEFT JOIN order_lines AS line ON line.order_id = orders.id
        GROUP BY orders.id HAVING goods_amount <> coalesce(sum(line.amount), 0)
        """,
    ),
    Invariant(
        "I4",
        "Each order that was taken on is owed for, by its buyer to its seller, what it comes to.",
        """
        SELECT orders.id AS order_id, number, status, total_amount, owed.amount AS owed
        FROM orders LEFT JOIN obligations AS owed ON owed.source_kind = 'order' AND owed.source_id = orders.id
        WHERE status IN ('accepted', 'completed') AND total_amount > 0
            AND (owed.amount, owed.currency, owed.payer_id, owed.payee_id)
                IS DISTINCT FROM (total_amount, orders.currency, buyer_id, seller_id)
        """,
    ),
    Invariant(
        "I4",
        "Nothing is owed for an order that was not taken on.",
        """
        SELECT owed.id AS obligation_id, owed.source_id AS order_id, status, owed.amount
        FROM obligations AS owed LEFT JOIN orders ON orders.id = owed.source_id
        WHERE owed.source_kind = 'order' AND owed.amount > 0
            AND (status IS NULL OR status NOT IN ('accepted', 'completed'))
        """,
    ),
    Invariant(
        "I3",
        "What is allocated of a stock level is what orders taken on have still to ship.",
        """
        WITH due AS (
            SELECT variant_id, ship_from_id AS location_id, sum(open - shipped) AS units
            FROM orders JOIN order_lines AS line ON line.order_id = orders.id
            WHERE status IN ('accepted', 'completed') GROUP BY variant_id, ship_from_id
        )
        SELECT level.id AS level_id, level.allocated, coalesce(due.units, 0) AS to_ship
        FROM stock_levels AS level LEFT JOIN due USING (variant_id, location_id)
        WHERE level.allocated <> coalesce(due.units, 0)
        """,
    ),
    Invariant(
        "I3",
        "Stock is reserved for orders that wait for an answer, and for nothing else.",
        """
        SELECT held.id AS reservation_id, holder_kind, holder_id, status
        FROM stock_reservations AS held LEFT JOIN orders ON orders.id = holder_id
        WHERE held.expires_at > rantau_now() AND (holder_kind <> 'order' OR status IS DISTINCT FROM 'submitted')
        """,
    ),
    Invariant(
        "I6",
        "Each order came into its state by the deeds that lead there.",
        """
        WITH needed(status, kind) AS (VALUES
            ('submitted', 'OrderSubmitted'), ('accepted', 'OrderSubmitted'), ('accepted', 'OrderAccepted'),
            ('completed', 'OrderSubmitted'), ('completed', 'OrderAccepted'), ('completed', 'OrderCompleted'),
            ('rejected', 'OrderSubmitted'), ('rejected', 'OrderRejected'), ('expired', 'OrderSubmitted'),
            ('expired', 'OrderExpired'), ('cancelled', 'OrderSubmitted'), ('cancelled', 'OrderCancelled')
        )
        SELECT orders.id AS order_id, number, status, kind AS missing FROM orders JOIN needed USING (status)
        WHERE NOT EXISTS (
            SELECT FROM domain_events WHERE aggregate_kind = 'order' AND aggregate_id = orders.id
            AND domain_events.kind = needed.kind
        )
        """,
    ),
    Invariant(
        "I5",
        "Whoever brought an order about is a party.",
        """
        SELECT id AS order_id, number, introduced_by FROM orders
        WHERE introduced_by IS NOT NULL AND NOT EXISTS (SELECT FROM parties WHERE parties.id = introduced_by)
        """,
    ),
)

_COMMUNITIES = (
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
)

_TREASURY = (
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

INVARIANTS: tuple[Invariant, ...] = (*_LEDGER, *_LOG, *_STOCK, *_PAYMENTS, *_ORDERS, *_COMMUNITIES, *_TREASURY)
