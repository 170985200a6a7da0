"""The invariants of ties between people."""

from typing import Final

from app.invariants.invariant import Invariant

TIES: Final = (
    Invariant(
        "I6",
        "Two people have one tie of a kind that has not ended.",
        """
        SELECT low_id, high_id, kind, count(*) AS ties FROM ties WHERE ended_at IS NULL
        GROUP BY low_id, high_id, kind HAVING count(*) > 1
        """,
    ),
    Invariant(
        "I6",
        "Each tie has two sides, one for each of its two people.",
        """
        SELECT ties.id AS tie_id, count(side.id) AS sides FROM ties LEFT JOIN tie_sides AS side ON side.tie_id = ties.id
        GROUP BY ties.id HAVING count(side.id) <> 2
            OR min(least(person_id, other_id)::text) <> low_id::text
            OR max(greatest(person_id, other_id)::text) <> high_id::text
        """,
    ),
    Invariant(
        "I6",
        "A confirmed request is answered by a tie of its own kind that whoever asked is in.",
        """
        SELECT request.id AS request_id, request.tie_id FROM tie_requests AS request JOIN ties ON ties.id = tie_id
        WHERE ties.kind <> request.kind OR asked_by NOT IN (low_id, high_id) OR person_id NOT IN (low_id, high_id)
        """,
    ),
    Invariant(
        "I6",
        "There is a strength for each side of those who are tied, for nobody else, and it is from 0 to 0.99.",
        """
        WITH tied AS (
            SELECT person_id, other_id FROM tie_sides JOIN ties ON ties.id = tie_id WHERE ended_at IS NULL
            GROUP BY person_id, other_id
        )
        SELECT coalesce(tied.person_id, weighed.person_id) AS person_id, strength
        FROM tied FULL JOIN tie_strengths AS weighed
            ON (tied.person_id, tied.other_id) = (weighed.person_id, weighed.other_id)
        WHERE tied.person_id IS NULL OR strength IS NULL OR strength NOT BETWEEN 0 AND 0.99
        """,
    ),
    Invariant(
        "I6",
        "What two people did is written down of those alone who are or were tied.",
        """
        SELECT act.id AS act_id, low_id, high_id FROM tie_acts AS act WHERE NOT EXISTS (
            SELECT FROM ties WHERE (ties.low_id, ties.high_id) = (act.low_id, act.high_id)
        )
        """,
    ),
)
