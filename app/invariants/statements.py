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

INVARIANTS: tuple[Invariant, ...] = (*_LEDGER, *_LOG)
