"""expert consensus"""

import sqlalchemy as sa
from alembic import op

from training.database import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_sight",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("vignette_slug", sa.String(length=120), nullable=False),
        sa.Column(
            "occasion",
            sa.Enum(
                "contest",
                "dossier",
                "key-change",
                "key-health",
                "panel",
                name="occasion",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_key_sight_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_sight")),
        sa.UniqueConstraint(
            "person_id", "vignette_slug", name=op.f("uq_key_sight_person_id_vignette_slug")
        ),
    )
    op.create_index(op.f("ix_key_sight_vignette_slug"), "key_sight", ["vignette_slug"])

    op.create_table(
        "key_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vignette_slug", sa.String(length=120), nullable=False),
        sa.Column("from_document_id", sa.Uuid(), nullable=False),
        sa.Column("to_document_id", sa.Uuid(), nullable=False),
        sa.Column("put_in_use_by_id", sa.Uuid(), nullable=True),
        sa.Column("put_in_use_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_document_id"],
            ["document.id"],
            name=op.f("fk_key_change_from_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["put_in_use_by_id"], ["person.id"], name=op.f("fk_key_change_put_in_use_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["to_document_id"], ["document.id"], name=op.f("fk_key_change_to_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_change")),
    )
    op.create_index(op.f("ix_key_change_vignette_slug"), "key_change", ["vignette_slug"])

    op.create_table(
        "panel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("instrument_document_id", sa.Uuid(), nullable=False),
        sa.Column("chair_id", sa.Uuid(), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "rating",
                "consensus",
                "ended",
                "cancelled",
                name="panelstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "here",
                "elsewhere",
                name="panelorigin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("vouched_by_id", sa.Uuid(), nullable=True),
        sa.Column("vouching", sa.Text(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("rating_closed_at", UtcDateTime(), nullable=True),
        sa.Column("rating_closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("rating_closing_reason", sa.Text(), nullable=False),
        sa.Column("current_position", sa.Integer(), nullable=True),
        sa.Column("current_item", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("cancelling_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["chair_id"], ["person.id"], name=op.f("fk_panel_chair_id_person")),
        sa.ForeignKeyConstraint(
            ["instrument_document_id"],
            ["document.id"],
            name=op.f("fk_panel_instrument_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["person.id"], name=op.f("fk_panel_opened_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["rating_closed_by_id"], ["person.id"], name=op.f("fk_panel_rating_closed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["vouched_by_id"], ["person.id"], name=op.f("fk_panel_vouched_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
    )
    op.create_index(op.f("ix_panel_chair_id"), "panel", ["chair_id"])

    op.create_table(
        "panel_seat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("invited_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["panel_id"], ["panel.id"], name=op.f("fk_panel_seat_panel_id_panel")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_panel_seat_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_seat")),
        sa.UniqueConstraint("panel_id", "person_id", name=op.f("uq_panel_seat_panel_id_person_id")),
        sa.UniqueConstraint("panel_id", "place", name=op.f("uq_panel_seat_panel_id_place")),
    )
    op.create_index(op.f("ix_panel_seat_person_id"), "panel_seat", ["person_id"])

    op.create_table(
        "panel_vignette",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("vignette_slug", sa.String(length=120), nullable=False),
        sa.Column("vignette_document_id", sa.Uuid(), nullable=False),
        sa.Column("key_document_id", sa.Uuid(), nullable=True),
        sa.Column("ratified_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["key_document_id"],
            ["document.id"],
            name=op.f("fk_panel_vignette_key_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["panel_id"], ["panel.id"], name=op.f("fk_panel_vignette_panel_id_panel")
        ),
        sa.ForeignKeyConstraint(
            ["vignette_document_id"],
            ["document.id"],
            name=op.f("fk_panel_vignette_vignette_document_id_document"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_vignette")),
        sa.UniqueConstraint(
            "panel_id", "position", name=op.f("uq_panel_vignette_panel_id_position")
        ),
        sa.UniqueConstraint(
            "panel_id", "vignette_slug", name=op.f("uq_panel_vignette_panel_id_vignette_slug")
        ),
    )
    op.create_index(op.f("ix_panel_vignette_vignette_slug"), "panel_vignette", ["vignette_slug"])

    op.create_table(
        "set_aside",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "appeal",
                "key-change",
                name="settingasideground",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_aside_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_set_aside_attempt_id_attempt")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_set_aside_by_id_person")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_set_aside")),
    )
    op.create_table(
        "appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("appealed_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "dismissed",
                "granted",
                name="appealoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("outcome_reason", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_appeal_decided_has_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_appeal_decision_id_decision")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["person.id"], name=op.f("fk_appeal_reviewer_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_appeal_decision_id")),
    )
    op.create_table(
        "consensus_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_vignette_id", sa.Uuid(), nullable=False),
        sa.Column("item_number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "score",
                "band",
                "not-rateable",
                "dropped",
                name="consensuskind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("lowest", sa.Integer(), nullable=True),
        sa.Column("highest", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('score', 'band')) = (lowest IS NOT NULL AND highest IS NOT NULL)",
            name=op.f("ck_consensus_item_scores_where_scored"),
        ),
        sa.ForeignKeyConstraint(
            ["panel_vignette_id"],
            ["panel_vignette.id"],
            name=op.f("fk_consensus_item_panel_vignette_id_panel_vignette"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_consensus_item_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consensus_item")),
        sa.UniqueConstraint(
            "panel_vignette_id",
            "item_number",
            name=op.f("uq_consensus_item_panel_vignette_id_item_number"),
        ),
    )
    op.create_table(
        "contest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("vignette_slug", sa.String(length=120), nullable=False),
        sa.Column("key_document_id", sa.Uuid(), nullable=False),
        sa.Column("item_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("turns", sa.JSON(), nullable=False),
        sa.Column("contested_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "kept",
                "for-panel",
                name="contestoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (answered_at IS NULL)",
            name=op.f("ck_contest_answered_has_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_contest_answered_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["key_document_id"], ["document.id"], name=op.f("fk_contest_key_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contest_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["rating_session.id"], name=op.f("fk_contest_session_id_rating_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest")),
        sa.UniqueConstraint(
            "person_id",
            "key_document_id",
            "item_number",
            name=op.f("uq_contest_person_id_key_document_id_item_number"),
        ),
    )
    op.create_index(op.f("ix_contest_key_document_id"), "contest", ["key_document_id"])
    op.create_index(op.f("ix_contest_person_id"), "contest", ["person_id"])
    op.create_index(op.f("ix_contest_vignette_slug"), "contest", ["vignette_slug"])

    op.create_table(
        "key_change_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_change_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("outcome_before", sa.String(length=40), nullable=False),
        sa.Column("outcome_after", sa.String(length=40), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "stands",
                "set-aside",
                "revoked",
                name="caseact",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(act IS NULL) = (decided_at IS NULL)", name=op.f("ck_key_change_case_decided_has_act")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_key_change_case_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_key_change_case_decision_id_decision")
        ),
        sa.ForeignKeyConstraint(
            ["key_change_id"],
            ["key_change.id"],
            name=op.f("fk_key_change_case_key_change_id_key_change"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_change_case")),
        sa.UniqueConstraint(
            "key_change_id",
            "decision_id",
            name=op.f("uq_key_change_case_key_change_id_decision_id"),
        ),
    )
    op.create_index(op.f("ix_key_change_case_decision_id"), "key_change_case", ["decision_id"])

    op.create_table(
        "key_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_vignette_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["panel_vignette_id"],
            ["panel_vignette.id"],
            name=op.f("fk_key_signature_panel_vignette_id_panel_vignette"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_key_signature_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_signature")),
        sa.UniqueConstraint(
            "panel_vignette_id",
            "person_id",
            name=op.f("uq_key_signature_panel_vignette_id_person_id"),
        ),
        sa.UniqueConstraint(
            "panel_vignette_id", "place", name=op.f("uq_key_signature_panel_vignette_id_place")
        ),
    )
    op.create_table(
        "panel_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("panel_vignette_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["panel_vignette_id"],
            ["panel_vignette.id"],
            name=op.f("fk_panel_assignment_panel_vignette_id_panel_vignette"),
        ),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["panel_seat.id"], name=op.f("fk_panel_assignment_seat_id_panel_seat")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["rating_session.id"],
            name=op.f("fk_panel_assignment_session_id_rating_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_assignment")),
        sa.UniqueConstraint(
            "seat_id",
            "panel_vignette_id",
            name=op.f("uq_panel_assignment_seat_id_panel_vignette_id"),
        ),
        sa.UniqueConstraint("session_id", name=op.f("uq_panel_assignment_session_id")),
    )
    op.create_index(
        op.f("ix_panel_assignment_panel_vignette_id"), "panel_assignment", ["panel_vignette_id"]
    )

    op.create_table(
        "panel_position",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_vignette_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("item_number", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("is_not_rateable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "is_not_rateable = (score IS NULL)",
            name=op.f("ck_panel_position_score_or_not_rateable"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_panel_position_changed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["panel_vignette_id"],
            ["panel_vignette.id"],
            name=op.f("fk_panel_position_panel_vignette_id_panel_vignette"),
        ),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["panel_seat.id"], name=op.f("fk_panel_position_seat_id_panel_seat")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_position")),
        sa.UniqueConstraint(
            "panel_vignette_id",
            "seat_id",
            "item_number",
            name=op.f("uq_panel_position_panel_vignette_id_seat_id_item_number"),
        ),
    )
    op.create_table(
        "panel_rating",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_vignette_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("item_number", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("is_not_rateable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "is_not_rateable = (score IS NULL)", name=op.f("ck_panel_rating_score_or_not_rateable")
        ),
        sa.ForeignKeyConstraint(
            ["panel_vignette_id"],
            ["panel_vignette.id"],
            name=op.f("fk_panel_rating_panel_vignette_id_panel_vignette"),
        ),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["panel_seat.id"], name=op.f("fk_panel_rating_seat_id_panel_seat")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_rating")),
        sa.UniqueConstraint(
            "panel_vignette_id",
            "seat_id",
            "item_number",
            name=op.f("uq_panel_rating_panel_vignette_id_seat_id_item_number"),
        ),
    )


def downgrade() -> None:
    op.drop_table("panel_rating")
    op.drop_table("panel_position")
    op.drop_index(op.f("ix_panel_assignment_panel_vignette_id"), table_name="panel_assignment")

    op.drop_table("panel_assignment")
    op.drop_table("key_signature")
    op.drop_index(op.f("ix_key_change_case_decision_id"), table_name="key_change_case")

    op.drop_table("key_change_case")
    op.drop_index(op.f("ix_contest_vignette_slug"), table_name="contest")
    op.drop_index(op.f("ix_contest_person_id"), table_name="contest")
    op.drop_index(op.f("ix_contest_key_document_id"), table_name="contest")

    op.drop_table("contest")
    op.drop_table("consensus_item")
    op.drop_table("appeal")
    op.drop_table("set_aside")
    op.drop_index(op.f("ix_panel_vignette_vignette_slug"), table_name="panel_vignette")

    op.drop_table("panel_vignette")
    op.drop_index(op.f("ix_panel_seat_person_id"), table_name="panel_seat")

    op.drop_table("panel_seat")
    op.drop_index(op.f("ix_panel_chair_id"), table_name="panel")

    op.drop_table("panel")
    op.drop_index(op.f("ix_key_change_vignette_slug"), table_name="key_change")

    op.drop_table("key_change")
    op.drop_index(op.f("ix_key_sight_vignette_slug"), table_name="key_sight")

    op.drop_table("key_sight")
