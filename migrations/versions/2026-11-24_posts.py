"""Posts, comments and reactions of communities, and people's feeds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024_posts"
down_revision = "0023_student_groups"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "community_posting",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("public_posts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_community_posting_community_id")),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_community_posting")),
    )
    op.create_table(
        "feed_marks",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("read_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_feed_marks_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_feed_marks")),
    )
    op.create_table(
        "feed_mutings",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_feed_mutings_community_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_feed_mutings_person_id")),
        sa.PrimaryKeyConstraint("person_id", "community_id", name=op.f("pk_feed_mutings")),
    )
    op.create_index(op.f("ix_feed_mutings_community_id"), "feed_mutings", ["community_id"], unique=False)
    op.create_table(
        "posts",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment_count", sa.BigInteger(), nullable=False),
        sa.Column("reactions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'deleted') = (text IS NULL) AND (text IS NOT NULL OR title IS NULL)", name=op.f("ck_posts_text")
        ),
        sa.CheckConstraint("audience IN ('members', 'public')", name=op.f("ck_posts_audience")),
        sa.CheckConstraint("kind IN ('announcement', 'question', 'offer', 'request')", name=op.f("ck_posts_kind")),
        sa.CheckConstraint(
            "kind IN ('offer', 'request') OR num_nonnulls(until, done_at) = 0", name=op.f("ck_posts_timely")
        ),
        sa.CheckConstraint("state IN ('published', 'hidden', 'removed', 'deleted')", name=op.f("ck_posts_state")),
        sa.CheckConstraint("comment_count >= 0", name=op.f("ck_posts_comment_count")),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_posts_author_id")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_posts_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
    )
    op.create_index("ix_posts_author", "posts", ["author_id", "community_id", "created_at"], unique=False)
    op.create_index("ix_posts_community", "posts", ["community_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_posts_pinned",
        "posts",
        ["community_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'published' AND is_pinned"),
    )
    op.create_index(
        "ix_posts_published",
        "posts",
        ["community_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "post_attachments",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_attachments_post_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_post_attachments_upload_id")),
        sa.PrimaryKeyConstraint("post_id", "upload_id", name=op.f("pk_post_attachments")),
    )
    op.create_index(op.f("ix_post_attachments_upload_id"), "post_attachments", ["upload_id"], unique=False)
    op.create_table(
        "post_comments",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("reply_to_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_answer", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("(state = 'deleted') = (text IS NULL)", name=op.f("ck_post_comments_text")),
        sa.CheckConstraint("NOT is_answer OR state = 'published'", name=op.f("ck_post_comments_answer_published")),
        sa.CheckConstraint(
            "state IN ('published', 'hidden', 'removed', 'deleted')", name=op.f("ck_post_comments_state")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_post_comments_author_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_comments_post_id")),
        sa.ForeignKeyConstraint(["reply_to_id"], ["post_comments.id"], name=op.f("fk_post_comments_reply_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_comments")),
    )
    op.create_index(op.f("ix_post_comments_author_id"), "post_comments", ["author_id"], unique=False)
    op.create_index("ix_post_comments_post", "post_comments", ["post_id", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_post_comments_reply_to_id"), "post_comments", ["reply_to_id"], unique=False)
    op.create_index(
        "uq_post_comments_answer", "post_comments", ["post_id"], unique=True, postgresql_where=sa.text("is_answer")
    )
    op.create_table(
        "post_mentions",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_post_mentions_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_mentions_post_id")),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_post_mentions")),
    )
    op.create_index(op.f("ix_post_mentions_person_id"), "post_mentions", ["person_id"], unique=False)
    op.create_table(
        "post_reactions",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("feeling", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "feeling IN ('like', 'thanks', 'congratulations', 'sympathy')", name=op.f("ck_post_reactions_feeling")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_post_reactions_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_reactions_post_id")),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_post_reactions")),
    )
    op.create_index(op.f("ix_post_reactions_person_id"), "post_reactions", ["person_id"], unique=False)
    op.create_table(
        "post_versions",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_versions_post_id")),
        sa.PrimaryKeyConstraint("post_id", "number", name=op.f("pk_post_versions")),
    )
    op.execute("REVOKE DELETE ON posts, post_comments FROM rantau_app")
    op.execute("REVOKE UPDATE ON post_versions, post_attachments, post_mentions FROM rantau_app")


def downgrade() -> None:
    """Undo."""
    op.drop_table("post_versions")
    op.drop_table("post_reactions")
    op.drop_table("post_mentions")
    op.drop_table("post_comments")
    op.drop_table("post_attachments")
    op.drop_table("posts")
    op.drop_table("feed_mutings")
    op.drop_table("feed_marks")
    op.drop_table("community_posting")
