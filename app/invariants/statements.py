"""The invariants: a number, a sentence, and the SQL that finds what breaks it."""

from app.invariants.circles import COMMUNITIES, TREASURY
from app.invariants.conversations import POSTS
from app.invariants.invariant import Invariant
from app.invariants.ties import TIES

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

INVARIANTS: tuple[Invariant, ...] = (
    *_LEDGER,
    *_LOG,
    *_STOCK,
    *_PAYMENTS,
    *_ORDERS,
    *COMMUNITIES,
    *TREASURY,
    *POSTS,
    *TIES,
)
