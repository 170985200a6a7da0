"""The invariants of posts and of what is said, felt and decided about them."""

from typing import Final

from app.invariants.invariant import Invariant

POSTS: Final = (
    Invariant(
        "I6",
        "Each post counts its published comments.",
        """
        SELECT post.id AS post_id, comment_count, count(said.id) AS comments
        FROM posts AS post LEFT JOIN post_comments AS said ON said.post_id = post.id AND said.state = 'published'
        GROUP BY post.id HAVING comment_count <> count(said.id)
        """,
    ),
    Invariant(
        "I6",
        "Each post counts what people feel about it.",
        """
        SELECT post.id AS post_id, reactions, coalesce(felt.counted, '{}') AS counted
        FROM posts AS post LEFT JOIN LATERAL (
            SELECT jsonb_object_agg(feeling, people) AS counted FROM (
                SELECT feeling, count(*) AS people FROM post_reactions WHERE post_id = post.id GROUP BY feeling
            ) AS each
        ) AS felt ON true WHERE reactions <> coalesce(felt.counted, '{}')
        """,
    ),
    Invariant(
        "I6",
        "Comments reply to comments on their own post that reply to none; only questions are answered.",
        """
        SELECT said.id AS comment_id, said.post_id, above.id AS reply_to_id, post.kind FROM post_comments AS said
        JOIN posts AS post ON post.id = said.post_id LEFT JOIN post_comments AS above ON above.id = said.reply_to_id
        WHERE above.post_id <> said.post_id OR above.reply_to_id IS NOT NULL
            OR (said.is_answer AND post.kind <> 'question')
        """,
    ),
    Invariant(
        "I6",
        "What moderators took from its readers was decided so, and the decision stands.",
        """
        SELECT withheld.post_id, withheld.comment_id FROM (
            SELECT id AS post_id, NULL::uuid AS comment_id FROM posts WHERE state IN ('hidden', 'removed')
            UNION ALL SELECT post_id, id FROM post_comments WHERE state IN ('hidden', 'removed')
        ) AS withheld WHERE NOT EXISTS (
            SELECT FROM moderation_cases AS decided
            WHERE decided.post_id = withheld.post_id AND decided.comment_id IS NOT DISTINCT FROM withheld.comment_id
                AND decision IN ('hide', 'remove', 'suspend') AND is_upheld IS NOT false
        )
        """,
    ),
    Invariant(
        "I6",
        "Nobody decides on what is their own or what they reported, and appeals are another's.",
        """
        SELECT decided.id AS case_id, decided_by, appeal_decided_by FROM moderation_cases AS decided
        WHERE author_id IN (decided_by, appeal_decided_by) OR (appeal_decided_by = decided_by AND NOT is_sole)
            OR EXISTS (
                SELECT FROM moderation_reports WHERE case_id = decided.id
                    AND reporter_id IN (decided_by, appeal_decided_by, author_id)
            )
        """,
    ),
)
