"""The rooms of the record: people, keys, protocols, returns, hotspots, meetings, visits, requests, disclosures, standards.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "idempotency",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_key", sa.String(length=64), nullable=False),
        sa.Column("body_digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency")),
        sa.UniqueConstraint("scope_key", name=op.f("uq_idempotency_scope_key")),
    )
    op.create_table(
        "organisation",
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("body_type", sa.String(length=40), nullable=False),
        sa.Column("public_authority", sa.Boolean(), nullable=False),
        sa.Column("regulator_no", sa.String(length=40), nullable=True),
        sa.Column("ico_no", sa.String(length=40), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_organisation")),
    )
    op.create_table(
        "partnership",
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=200), nullable=False),
        sa.Column("year_start_month", sa.Integer(), nullable=False),
        sa.Column("year_start_day", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_partnership")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "vault_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("epoch_version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vault_key")),
        sa.UniqueConstraint(
            "organisation", "kind", "epoch", "version", name=op.f("uq_vault_key_organisation_kind_epoch_version")
        ),
    )
    op.create_index(
        "uq_vault_key_active",
        "vault_key",
        ["organisation", "kind", "epoch"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "area",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.code"], name=op.f("fk_area_partnership_partnership")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("partnership", "code", name=op.f("uq_area_partnership_code")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_area_partnership_id")),
    )
    op.create_index(op.f("ix_area_partnership"), "area", ["partnership"], unique=False)
    op.create_table(
        "area_boundary",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("rings", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_area_boundary_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_boundary")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_area_boundary_partnership_id")),
        sa.UniqueConstraint("partnership", "kind", "code", name=op.f("uq_area_boundary_partnership_kind_code")),
    )
    op.create_index(op.f("ix_area_boundary_partnership"), "area_boundary", ["partnership"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("framework", sa.String(length=20), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_assessment_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_assessment_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_assessment_partnership_id")),
    )
    op.create_index(op.f("ix_assessment_partnership"), "assessment", ["partnership"], unique=False)
    op.create_table(
        "case_record",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=80), nullable=False),
        sa.Column("controllers", sa.JSON(), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("regime", sa.String(length=10), nullable=False),
        sa.Column("marking", sa.String(length=30), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=False),
        sa.Column("hold", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("data_set", sa.String(length=4), nullable=True),
        sa.Column("homes", sa.JSON(), nullable=False),
        sa.Column("public_place", sa.Boolean(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["holder"], ["organisation.code"], name=op.f("fk_case_record_holder_organisation")),
        sa.ForeignKeyConstraint(["origin"], ["organisation.code"], name=op.f("fk_case_record_origin_organisation")),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_case_record_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_record")),
        sa.UniqueConstraint(
            "partnership", "holder", "reference", name=op.f("uq_case_record_partnership_holder_reference")
        ),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_case_record_partnership_id")),
    )
    op.create_index(op.f("ix_case_record_holder"), "case_record", ["holder"], unique=False)
    op.create_index(op.f("ix_case_record_partnership"), "case_record", ["partnership"], unique=False)
    op.create_table(
        "cell_month",
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("cell_e", sa.Integer(), nullable=False),
        sa.Column("cell_n", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("n >= 0", name=op.f("ck_cell_month_n_from_0")),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_cell_month_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint(
            "partnership", "month", "cell_e", "cell_n", "source", "category", name=op.f("pk_cell_month")
        ),
    )
    op.create_table(
        "cell_name",
        sa.Column("cell_e", sa.Integer(), nullable=False),
        sa.Column("cell_n", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_cell_name_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell_name")),
        sa.UniqueConstraint(
            "partnership", "cell_e", "cell_n", "name", name=op.f("uq_cell_name_partnership_cell_e_cell_n_name")
        ),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_cell_name_partnership_id")),
    )
    op.create_index(op.f("ix_cell_name_partnership"), "cell_name", ["partnership"], unique=False)
    op.create_table(
        "consortium",
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("area", sa.String(length=120), nullable=False),
        sa.Column("framework", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_consortium_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consortium")),
        sa.UniqueConstraint("partnership", "code", name=op.f("uq_consortium_partnership_code")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_consortium_partnership_id")),
    )
    op.create_index(op.f("ix_consortium_partnership"), "consortium", ["partnership"], unique=False)
    op.create_table(
        "delegation",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("principal", sa.String(length=80), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("ref", sa.String(length=200), nullable=False),
        sa.Column("joint_control", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_delegation_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_delegation_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(
            ["principal"], ["organisation.code"], name=op.f("fk_delegation_principal_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_delegation_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "organisation",
            "principal",
            "ref",
            "from_on",
            name=op.f("uq_delegation_partnership_organisation_principal_ref_from_on"),
        ),
    )
    op.create_index(op.f("ix_delegation_organisation"), "delegation", ["organisation"], unique=False)
    op.create_index(op.f("ix_delegation_partnership"), "delegation", ["partnership"], unique=False)
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("form_key", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_draft_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("place", name=op.f("uq_draft_place")),
    )
    op.create_table(
        "gateway_enabled",
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_gateway_enabled_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_enabled")),
        sa.UniqueConstraint("partnership", "gateway", name=op.f("uq_gateway_enabled_partnership_gateway")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_gateway_enabled_partnership_id")),
    )
    op.create_index(op.f("ix_gateway_enabled_partnership"), "gateway_enabled", ["partnership"], unique=False)
    op.create_table(
        "hotspot_nomination",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("cell_e", sa.Integer(), nullable=False),
        sa.Column("cell_n", sa.Integer(), nullable=False),
        sa.Column("size_m", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("came_from", sa.String(length=20), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("nominated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_hotspot_nomination_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_hotspot_nomination_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotspot_nomination")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_hotspot_nomination_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "period",
            "cell_e",
            "cell_n",
            name=op.f("uq_hotspot_nomination_partnership_period_cell_e_cell_n"),
        ),
    )
    op.create_index(op.f("ix_hotspot_nomination_partnership"), "hotspot_nomination", ["partnership"], unique=False)
    op.create_table(
        "kept_mapping",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_kept_mapping_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_kept_mapping_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_mapping")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_kept_mapping_partnership_id")),
        sa.UniqueConstraint(
            "partnership", "organisation", "kind", name=op.f("uq_kept_mapping_partnership_organisation_kind")
        ),
    )
    op.create_index(op.f("ix_kept_mapping_partnership"), "kept_mapping", ["partnership"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_letter_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_letter_token_hash")),
    )
    op.create_index(op.f("ix_letter_user_id"), "letter", ["user_id"], unique=False)
    op.create_table(
        "meeting_series",
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("chair", sa.String(length=160), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("cycle_days", sa.Integer(), nullable=False),
        sa.Column("top_n", sa.Integer(), nullable=False),
        sa.Column("marking", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_meeting_series_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_series")),
        sa.UniqueConstraint("partnership", "code", name=op.f("uq_meeting_series_partnership_code")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_meeting_series_partnership_id")),
    )
    op.create_index(op.f("ix_meeting_series_partnership"), "meeting_series", ["partnership"], unique=False)
    op.create_table(
        "membership",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("tier", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_membership_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_membership_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_membership_partnership_id")),
        sa.UniqueConstraint(
            "partnership", "organisation", "from_on", name=op.f("uq_membership_partnership_organisation_from_on")
        ),
    )
    op.create_index(op.f("ix_membership_organisation"), "membership", ["organisation"], unique=False)
    op.create_index(op.f("ix_membership_partnership"), "membership", ["partnership"], unique=False)
    op.create_table(
        "officer",
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("elected", sa.Boolean(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_officer_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.code"], name=op.f("fk_officer_partnership_partnership")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_officer_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_officer_partnership_id")),
        sa.UniqueConstraint(
            "partnership", "organisation", "user_id", name=op.f("uq_officer_partnership_organisation_user_id")
        ),
    )
    op.create_index(op.f("ix_officer_organisation"), "officer", ["organisation"], unique=False)
    op.create_index(op.f("ix_officer_partnership"), "officer", ["partnership"], unique=False)
    op.create_index(op.f("ix_officer_user_id"), "officer", ["user_id"], unique=False)
    op.create_table(
        "open_field",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_open_field_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_open_field_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_field")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_open_field_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "organisation",
            "field",
            "form",
            name=op.f("uq_open_field_partnership_organisation_field_form"),
        ),
    )
    op.create_index(op.f("ix_open_field_partnership"), "open_field", ["partnership"], unique=False)
    op.create_table(
        "postcode",
        sa.Column("postcode", sa.String(length=8), nullable=False),
        sa.Column("easting", sa.Integer(), nullable=False),
        sa.Column("northing", sa.Integer(), nullable=False),
        sa.Column("lsoa", sa.String(length=9), nullable=True),
        sa.Column("ward", sa.String(length=9), nullable=True),
        sa.Column("inside", sa.Boolean(), nullable=False),
        sa.Column("ended", sa.String(length=7), nullable=True),
        sa.Column("edition", sa.String(length=80), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_postcode_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postcode")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_postcode_partnership_id")),
        sa.UniqueConstraint("partnership", "postcode", name=op.f("uq_postcode_partnership_postcode")),
    )
    op.create_index(op.f("ix_postcode_partnership"), "postcode", ["partnership"], unique=False)
    op.create_table(
        "protocol_version",
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parent", sa.String(length=80), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("parties", sa.JSON(), nullable=False),
        sa.Column("terms_toml", sa.Text(), nullable=False),
        sa.Column("terms_json", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("readable", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_protocol_version_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol_version")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_protocol_version_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", "number", name=op.f("uq_protocol_version_partnership_ref_number")),
    )
    op.create_index(op.f("ix_protocol_version_partnership"), "protocol_version", ["partnership"], unique=False)
    op.create_index(op.f("ix_protocol_version_ref"), "protocol_version", ["ref"], unique=False)
    op.create_table(
        "record_key",
        sa.Column("record", sa.Uuid(), nullable=False),
        sa.Column("vault_key", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=63), nullable=False),
        sa.Column("generation", sa.SmallInteger(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["vault_key"], ["vault_key.id"], name=op.f("fk_record_key_vault_key_vault_key")),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_record_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"], unique=False)
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("pending_seed", sa.LargeBinary(), nullable=True),
        sa.Column("last_counter", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_second_factor_user_id_user_account")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_session_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    op.create_index(op.f("ix_session_user_id"), "session", ["user_id"], unique=False)
    op.create_table(
        "standard_sign_up",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("framework", sa.String(length=20), nullable=False),
        sa.Column("decided_ref", sa.String(length=120), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("champion", sa.String(length=120), nullable=False),
        sa.Column("parent_consented_on", sa.Date(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("consortium_box", sa.Boolean(), nullable=False),
        sa.Column("satisfied_area", sa.String(length=120), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_standard_sign_up_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_standard_sign_up_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_sign_up")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_standard_sign_up_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "organisation",
            "framework",
            name=op.f("uq_standard_sign_up_partnership_organisation_framework"),
        ),
    )
    op.create_index(op.f("ix_standard_sign_up_partnership"), "standard_sign_up", ["partnership"], unique=False)
    op.create_table(
        "submission",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supersedes", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("form_version", sa.String(length=40), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_stored", sa.Integer(), nullable=False),
        sa.Column("rows_placed", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("submitted_by", sa.String(length=120), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("certified_by", sa.Uuid(), nullable=True),
        sa.Column("certified_alone", sa.Boolean(), nullable=False),
        sa.Column("protocol", sa.String(length=120), nullable=True),
        sa.Column("protocol_digest", sa.String(length=64), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_submission_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "supersedes"],
            ["submission.partnership", "submission.id"],
            name=op.f("fk_submission_partnership_supersedes_submission"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_submission_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_submission_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "organisation",
            "series",
            "period",
            "month",
            "version",
            name=op.f("uq_submission_partnership_organisation_series_period_month_version"),
        ),
    )
    op.create_index("ix_submission_digest", "submission", ["partnership", "organisation", "digest"], unique=False)
    op.create_index(op.f("ix_submission_partnership"), "submission", ["partnership"], unique=False)
    op.create_index(
        "uq_submission_current",
        "submission",
        ["partnership", "organisation", "series", "period", "month"],
        unique=True,
        sqlite_where=sa.text("status = 'current'"),
        postgresql_where=sa.text("status = 'current'"),
    )
    op.create_table(
        "suspension",
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_suspension_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_suspension_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_suspension_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "ref",
            "organisation",
            "from_at",
            name=op.f("uq_suspension_partnership_ref_organisation_from_at"),
        ),
    )
    op.create_index(op.f("ix_suspension_partnership"), "suspension", ["partnership"], unique=False)
    op.create_index(op.f("ix_suspension_ref"), "suspension", ["ref"], unique=False)
    op.create_table(
        "world_version",
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.Column("stamp", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_world_version_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("partnership", name=op.f("pk_world_version")),
    )
    op.create_table(
        "assignment",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_assignment_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_assignment_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_assignment_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "officer_id",
            "kind",
            "ref",
            "from_at",
            name=op.f("uq_assignment_partnership_officer_id_kind_ref_from_at"),
        ),
    )
    op.create_index(op.f("ix_assignment_officer_id"), "assignment", ["officer_id"], unique=False)
    op.create_index(op.f("ix_assignment_partnership"), "assignment", ["partnership"], unique=False)
    op.create_table(
        "authorisation",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("by_officer_id", sa.Uuid(), nullable=False),
        sa.Column("protocol", sa.String(length=80), nullable=False),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_authorisation_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "by_officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_authorisation_partnership_by_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_authorisation_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_authorisation_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_authorisation_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "organisation",
            "officer_id",
            "protocol",
            "line",
            "from_on",
            name=op.f("uq_authorisation_partnership_organisation_officer_id_protocol_line_from_on"),
        ),
    )
    op.create_index(op.f("ix_authorisation_partnership"), "authorisation", ["partnership"], unique=False)
    op.create_table(
        "case_field",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "record_id"],
            ["case_record.partnership", "case_record.id"],
            name=op.f("fk_case_field_partnership_record_id_case_record"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_case_field_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_field")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_case_field_partnership_id")),
        sa.UniqueConstraint("partnership", "record_id", "code", name=op.f("uq_case_field_partnership_record_id_code")),
    )
    op.create_index(op.f("ix_case_field_partnership"), "case_field", ["partnership"], unique=False)
    op.create_table(
        "case_index",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "record_id"],
            ["case_record.partnership", "case_record.id"],
            name=op.f("fk_case_index_partnership_record_id_case_record"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_case_index_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_index")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_case_index_partnership_id")),
    )
    op.create_index("ix_case_index_lookup", "case_index", ["partnership", "name", "token"], unique=False)
    op.create_index(op.f("ix_case_index_partnership"), "case_index", ["partnership"], unique=False)
    op.create_table(
        "consortium_member",
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_consortium_member_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "consortium_id"],
            ["consortium.partnership", "consortium.id"],
            name=op.f("fk_consortium_member_partnership_consortium_id_consortium"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_consortium_member_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consortium_member")),
        sa.UniqueConstraint(
            "partnership",
            "consortium_id",
            "organisation",
            name=op.f("uq_consortium_member_partnership_consortium_id_organisation"),
        ),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_consortium_member_partnership_id")),
    )
    op.create_index(op.f("ix_consortium_member_partnership"), "consortium_member", ["partnership"], unique=False)
    op.create_table(
        "disclosure",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("supplier", sa.String(length=80), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("subject_ref", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("provision", sa.String(length=60), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("protocol", sa.String(length=80), nullable=True),
        sa.Column("protocol_version", sa.Integer(), nullable=True),
        sa.Column("marking", sa.String(length=30), nullable=False),
        sa.Column("refused_by", sa.String(length=10), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=True),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opening", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "record_id"],
            ["case_record.partnership", "case_record.id"],
            name=op.f("fk_disclosure_partnership_record_id_case_record"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_disclosure_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(
            ["recipient"], ["organisation.code"], name=op.f("fk_disclosure_recipient_organisation")
        ),
        sa.ForeignKeyConstraint(["supplier"], ["organisation.code"], name=op.f("fk_disclosure_supplier_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_disclosure_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", name=op.f("uq_disclosure_partnership_ref")),
    )
    op.create_index(op.f("ix_disclosure_partnership"), "disclosure", ["partnership"], unique=False)
    op.create_index(op.f("ix_disclosure_recipient"), "disclosure", ["recipient"], unique=False)
    op.create_index(op.f("ix_disclosure_recorded_at"), "disclosure", ["recorded_at"], unique=False)
    op.create_index(op.f("ix_disclosure_request_id"), "disclosure", ["request_id"], unique=False)
    op.create_index(op.f("ix_disclosure_subject_ref"), "disclosure", ["subject_ref"], unique=False)
    op.create_index(op.f("ix_disclosure_supplier"), "disclosure", ["supplier"], unique=False)
    op.create_index(op.f("ix_disclosure_visit_id"), "disclosure", ["visit_id"], unique=False)
    op.create_table(
        "homes",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("homes", sa.Integer(), nullable=False),
        sa.Column("as_at_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_homes_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "area"], ["area.partnership", "area.code"], name=op.f("fk_homes_partnership_area_area")
        ),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.code"], name=op.f("fk_homes_partnership_partnership")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homes")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_homes_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "organisation",
            "area",
            "as_at_on",
            name=op.f("uq_homes_partnership_organisation_area_as_at_on"),
        ),
    )
    op.create_index(op.f("ix_homes_partnership"), "homes", ["partnership"], unique=False)
    op.create_table(
        "hotspot_list",
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("window_m", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("setting", sa.JSON(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("beside", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("replace_reason", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_hotspot_list_owner_organisation")),
        sa.ForeignKeyConstraint(
            ["partnership", "published_by"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_hotspot_list_partnership_published_by_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_hotspot_list_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotspot_list")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_hotspot_list_partnership_id")),
        sa.UniqueConstraint(
            "partnership", "owner", "period", "edition", name=op.f("uq_hotspot_list_partnership_owner_period_edition")
        ),
    )
    op.create_index(op.f("ix_hotspot_list_partnership"), "hotspot_list", ["partnership"], unique=False)
    op.create_table(
        "incident",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("hour", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("own_category", sa.String(length=120), nullable=False),
        sa.Column("cell_e", sa.Integer(), nullable=True),
        sa.Column("cell_n", sa.Integer(), nullable=True),
        sa.Column("precision", sa.String(length=40), nullable=False),
        sa.Column("lookup", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("hate", sa.Boolean(), nullable=True),
        sa.Column("repeat", sa.Boolean(), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.LargeBinary(), nullable=True),
        sa.Column("postcode", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_incident_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "submission_id"],
            ["submission.partnership", "submission.id"],
            name=op.f("fk_incident_partnership_submission_id_submission"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_incident_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_incident_partnership_id")),
    )
    op.create_index("ix_incident_month", "incident", ["partnership", "month"], unique=False)
    op.create_index(op.f("ix_incident_partnership"), "incident", ["partnership"], unique=False)
    op.create_index("ix_incident_submission", "incident", ["partnership", "submission_id"], unique=False)
    op.create_table(
        "information_request",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("asker", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("supplier", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("provision", sa.String(length=60), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("urgency", sa.String(length=12), nullable=False),
        sa.Column("linked_kind", sa.String(length=12), nullable=False),
        sa.Column("linked_ref", sa.String(length=40), nullable=False),
        sa.Column("subject_ref", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("reply_due_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disclosure_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("necessity", sa.LargeBinary(), nullable=True),
        sa.Column("proportionality", sa.LargeBinary(), nullable=True),
        sa.Column("harm", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["asker"], ["organisation.code"], name=op.f("fk_information_request_asker_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_information_request_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "record_id"],
            ["case_record.partnership", "case_record.id"],
            name=op.f("fk_information_request_partnership_record_id_case_record"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_information_request_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(
            ["supplier"], ["organisation.code"], name=op.f("fk_information_request_supplier_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_request")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_information_request_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", name=op.f("uq_information_request_partnership_ref")),
    )
    op.create_index(op.f("ix_information_request_asker"), "information_request", ["asker"], unique=False)
    op.create_index(op.f("ix_information_request_partnership"), "information_request", ["partnership"], unique=False)
    op.create_index(op.f("ix_information_request_status"), "information_request", ["status"], unique=False)
    op.create_index(op.f("ix_information_request_supplier"), "information_request", ["supplier"], unique=False)
    op.create_table(
        "item_judgement",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.String(length=2000), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("alternative", sa.String(length=2000), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "assessment_id"],
            ["assessment.partnership", "assessment.id"],
            name=op.f("fk_item_judgement_partnership_assessment_id_assessment"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_item_judgement_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_judgement")),
        sa.UniqueConstraint(
            "partnership", "assessment_id", "code", name=op.f("uq_item_judgement_partnership_assessment_id_code")
        ),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_item_judgement_partnership_id")),
    )
    op.create_index(op.f("ix_item_judgement_partnership"), "item_judgement", ["partnership"], unique=False)
    op.create_table(
        "liaison_post",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_liaison_post_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_liaison_post_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_liaison_post_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liaison_post")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_liaison_post_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "organisation",
            "officer_id",
            "kind",
            "from_on",
            name=op.f("uq_liaison_post_partnership_organisation_officer_id_kind_from_on"),
        ),
    )
    op.create_index(op.f("ix_liaison_post_organisation"), "liaison_post", ["organisation"], unique=False)
    op.create_index(op.f("ix_liaison_post_partnership"), "liaison_post", ["partnership"], unique=False)
    op.create_table(
        "meeting",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("agenda", sa.JSON(), nullable=True),
        sa.Column("agenda_prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("minutes_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "series_id"],
            ["meeting_series.partnership", "meeting_series.id"],
            name=op.f("fk_meeting_partnership_series_id_meeting_series"),
        ),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.code"], name=op.f("fk_meeting_partnership_partnership")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_meeting_partnership_id")),
        sa.UniqueConstraint("partnership", "series_id", "number", name=op.f("uq_meeting_partnership_series_id_number")),
    )
    op.create_index(op.f("ix_meeting_partnership"), "meeting", ["partnership"], unique=False)
    op.create_table(
        "protocol_review",
        sa.Column("protocol_id", sa.Uuid(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=200), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_protocol_review_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "protocol_id"],
            ["protocol_version.partnership", "protocol_version.id"],
            name=op.f("fk_protocol_review_partnership_protocol_id_protocol_version"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_protocol_review_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol_review")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_protocol_review_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "protocol_id",
            "reviewed_on",
            name=op.f("uq_protocol_review_partnership_protocol_id_reviewed_on"),
        ),
    )
    op.create_index(op.f("ix_protocol_review_partnership"), "protocol_review", ["partnership"], unique=False)
    op.create_table(
        "return_line",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=1), nullable=False),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("own_category", sa.String(length=120), nullable=False),
        sa.Column("area", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("out_of", sa.Integer(), nullable=True),
        sa.Column("trend", sa.String(length=40), nullable=False),
        sa.Column("busiest_time", sa.String(length=120), nullable=False),
        sa.Column("partners", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("is_not_collected", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "submission_id"],
            ["submission.partnership", "submission.id"],
            name=op.f("fk_return_line_partnership_submission_id_submission"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_return_line_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_line")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_return_line_partnership_id")),
        sa.UniqueConstraint(
            "partnership", "submission_id", "row", name=op.f("uq_return_line_partnership_submission_id_row")
        ),
    )
    op.create_index(op.f("ix_return_line_partnership"), "return_line", ["partnership"], unique=False)
    op.create_table(
        "signature",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("protocol_id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("seniority", sa.String(length=200), nullable=False),
        sa.Column("withdrew_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_signature_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_signature_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "protocol_id"],
            ["protocol_version.partnership", "protocol_version.id"],
            name=op.f("fk_signature_partnership_protocol_id_protocol_version"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_signature_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_signature_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "protocol_id",
            "organisation",
            "turn",
            name=op.f("uq_signature_partnership_protocol_id_organisation_turn"),
        ),
    )
    op.create_index(op.f("ix_signature_organisation"), "signature", ["organisation"], unique=False)
    op.create_index(op.f("ix_signature_partnership"), "signature", ["partnership"], unique=False)
    op.create_table(
        "training",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("course", sa.String(length=200), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_training_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_training_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_training_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "officer_id",
            "trained_on",
            "course",
            name=op.f("uq_training_partnership_officer_id_trained_on_course"),
        ),
    )
    op.create_index(op.f("ix_training_partnership"), "training", ["partnership"], unique=False)
    op.create_table(
        "ward_lead",
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "area"], ["area.partnership", "area.code"], name=op.f("fk_ward_lead_partnership_area_area")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_ward_lead_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_ward_lead_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward_lead")),
        sa.UniqueConstraint("partnership", "area", name=op.f("uq_ward_lead_partnership_area")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_ward_lead_partnership_id")),
    )
    op.create_index(op.f("ix_ward_lead_partnership"), "ward_lead", ["partnership"], unique=False)
    op.create_table(
        "attendance",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("confidentiality_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_attendance_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "meeting_id"],
            ["meeting.partnership", "meeting.id"],
            name=op.f("fk_attendance_partnership_meeting_id_meeting"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_attendance_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_attendance_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_attendance_partnership_id")),
        sa.UniqueConstraint(
            "partnership", "meeting_id", "officer_id", name=op.f("uq_attendance_partnership_meeting_id_officer_id")
        ),
    )
    op.create_index(op.f("ix_attendance_partnership"), "attendance", ["partnership"], unique=False)
    op.create_table(
        "disclosure_field",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=True),
        sa.Column("cover", sa.String(length=20), nullable=True),
        sa.Column("protocol", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("line", sa.String(length=40), nullable=True),
        sa.Column("gateway", sa.String(length=20), nullable=True),
        sa.Column("basis", sa.String(length=40), nullable=True),
        sa.Column("rule", sa.String(length=20), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "disclosure_id"],
            ["disclosure.partnership", "disclosure.id"],
            name=op.f("fk_disclosure_field_partnership_disclosure_id_disclosure"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_disclosure_field_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_field")),
        sa.UniqueConstraint(
            "partnership", "disclosure_id", "code", name=op.f("uq_disclosure_field_partnership_disclosure_id_code")
        ),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_disclosure_field_partnership_id")),
    )
    op.create_index(op.f("ix_disclosure_field_partnership"), "disclosure_field", ["partnership"], unique=False)
    op.create_table(
        "hotspot",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("cell_e", sa.Integer(), nullable=False),
        sa.Column("cell_n", sa.Integer(), nullable=False),
        sa.Column("size_m", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("ward", sa.String(length=9), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("firm", sa.Boolean(), nullable=True),
        sa.Column("nominated", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("lead_officer_id", sa.Uuid(), nullable=False),
        sa.Column("lead_organisation", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_hotspot_rank_from_one")),
        sa.ForeignKeyConstraint(
            ["lead_organisation"], ["organisation.code"], name=op.f("fk_hotspot_lead_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "lead_officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_hotspot_partnership_lead_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "list_id"],
            ["hotspot_list.partnership", "hotspot_list.id"],
            name=op.f("fk_hotspot_partnership_list_id_hotspot_list"),
        ),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.code"], name=op.f("fk_hotspot_partnership_partnership")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotspot")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_hotspot_partnership_id")),
        sa.UniqueConstraint(
            "partnership", "list_id", "cell_e", "cell_n", name=op.f("uq_hotspot_partnership_list_id_cell_e_cell_n")
        ),
        sa.UniqueConstraint("partnership", "list_id", "rank", name=op.f("uq_hotspot_partnership_list_id_rank")),
    )
    op.create_index(op.f("ix_hotspot_partnership"), "hotspot", ["partnership"], unique=False)
    op.create_table(
        "request_decision",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("allow", sa.JSON(), nullable=False),
        sa.Column("refuse", sa.JSON(), nullable=False),
        sa.Column("necessary", sa.String(length=1000), nullable=False),
        sa.Column("proportionate", sa.String(length=1000), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_request_decision_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "request_id"],
            ["information_request.partnership", "information_request.id"],
            name=op.f("fk_request_decision_partnership_request_id_information_request"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_request_decision_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_decision")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_request_decision_partnership_id")),
    )
    op.create_index(op.f("ix_request_decision_partnership"), "request_decision", ["partnership"], unique=False)
    op.create_index(op.f("ix_request_decision_request_id"), "request_decision", ["request_id"], unique=False)
    op.create_table(
        "tasked_action",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("hotspot_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("owner_organisation", sa.String(length=80), nullable=False),
        sa.Column("owner_officer_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("outcome", sa.String(length=2000), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("rollovers", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_organisation"], ["organisation.code"], name=op.f("fk_tasked_action_owner_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "hotspot_id"],
            ["hotspot.partnership", "hotspot.id"],
            name=op.f("fk_tasked_action_partnership_hotspot_id_hotspot"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "meeting_id"],
            ["meeting.partnership", "meeting.id"],
            name=op.f("fk_tasked_action_partnership_meeting_id_meeting"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "owner_officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_tasked_action_partnership_owner_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "verified_by"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_tasked_action_partnership_verified_by_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_tasked_action_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasked_action")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_tasked_action_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", name=op.f("uq_tasked_action_partnership_ref")),
    )
    op.create_index(op.f("ix_tasked_action_owner_organisation"), "tasked_action", ["owner_organisation"], unique=False)
    op.create_index(op.f("ix_tasked_action_partnership"), "tasked_action", ["partnership"], unique=False)
    op.create_table(
        "visit",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("with_organisation", sa.String(length=80), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.Column("hotspot_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("log_number", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=80), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_visit_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "action_id"],
            ["tasked_action.partnership", "tasked_action.id"],
            name=op.f("fk_visit_partnership_action_id_tasked_action"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "confirmed_by"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_visit_partnership_confirmed_by_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "hotspot_id"],
            ["hotspot.partnership", "hotspot.id"],
            name=op.f("fk_visit_partnership_hotspot_id_hotspot"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_visit_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.code"], name=op.f("fk_visit_partnership_partnership")),
        sa.ForeignKeyConstraint(
            ["with_organisation"], ["organisation.code"], name=op.f("fk_visit_with_organisation_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_visit_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", name=op.f("uq_visit_partnership_ref")),
    )
    op.create_index(op.f("ix_visit_organisation"), "visit", ["organisation"], unique=False)
    op.create_index(op.f("ix_visit_partnership"), "visit", ["partnership"], unique=False)
    op.create_index(op.f("ix_visit_with_organisation"), "visit", ["with_organisation"], unique=False)


def downgrade():
    op.drop_index(op.f("ix_visit_with_organisation"), table_name="visit")
    op.drop_index(op.f("ix_visit_partnership"), table_name="visit")
    op.drop_index(op.f("ix_visit_organisation"), table_name="visit")
    op.drop_table("visit")
    op.drop_index(op.f("ix_tasked_action_partnership"), table_name="tasked_action")
    op.drop_index(op.f("ix_tasked_action_owner_organisation"), table_name="tasked_action")
    op.drop_table("tasked_action")
    op.drop_index(op.f("ix_request_decision_request_id"), table_name="request_decision")
    op.drop_index(op.f("ix_request_decision_partnership"), table_name="request_decision")
    op.drop_table("request_decision")
    op.drop_index(op.f("ix_hotspot_partnership"), table_name="hotspot")
    op.drop_table("hotspot")
    op.drop_index(op.f("ix_disclosure_field_partnership"), table_name="disclosure_field")
    op.drop_table("disclosure_field")
    op.drop_index(op.f("ix_attendance_partnership"), table_name="attendance")
    op.drop_table("attendance")
    op.drop_index(op.f("ix_ward_lead_partnership"), table_name="ward_lead")
    op.drop_table("ward_lead")
    op.drop_index(op.f("ix_training_partnership"), table_name="training")
    op.drop_table("training")
    op.drop_index(op.f("ix_signature_partnership"), table_name="signature")
    op.drop_index(op.f("ix_signature_organisation"), table_name="signature")
    op.drop_table("signature")
    op.drop_index(op.f("ix_return_line_partnership"), table_name="return_line")
    op.drop_table("return_line")
    op.drop_index(op.f("ix_protocol_review_partnership"), table_name="protocol_review")
    op.drop_table("protocol_review")
    op.drop_index(op.f("ix_meeting_partnership"), table_name="meeting")
    op.drop_table("meeting")
    op.drop_index(op.f("ix_liaison_post_partnership"), table_name="liaison_post")
    op.drop_index(op.f("ix_liaison_post_organisation"), table_name="liaison_post")
    op.drop_table("liaison_post")
    op.drop_index(op.f("ix_item_judgement_partnership"), table_name="item_judgement")
    op.drop_table("item_judgement")
    op.drop_index(op.f("ix_information_request_supplier"), table_name="information_request")
    op.drop_index(op.f("ix_information_request_status"), table_name="information_request")
    op.drop_index(op.f("ix_information_request_partnership"), table_name="information_request")
    op.drop_index(op.f("ix_information_request_asker"), table_name="information_request")
    op.drop_table("information_request")
    op.drop_index("ix_incident_submission", table_name="incident")
    op.drop_index(op.f("ix_incident_partnership"), table_name="incident")
    op.drop_index("ix_incident_month", table_name="incident")
    op.drop_table("incident")
    op.drop_index(op.f("ix_hotspot_list_partnership"), table_name="hotspot_list")
    op.drop_table("hotspot_list")
    op.drop_index(op.f("ix_homes_partnership"), table_name="homes")
    op.drop_table("homes")
    op.drop_index(op.f("ix_disclosure_visit_id"), table_name="disclosure")
    op.drop_index(op.f("ix_disclosure_supplier"), table_name="disclosure")
    op.drop_index(op.f("ix_disclosure_subject_ref"), table_name="disclosure")
    op.drop_index(op.f("ix_disclosure_request_id"), table_name="disclosure")
    op.drop_index(op.f("ix_disclosure_recorded_at"), table_name="disclosure")
    op.drop_index(op.f("ix_disclosure_recipient"), table_name="disclosure")
    op.drop_index(op.f("ix_disclosure_partnership"), table_name="disclosure")
    op.drop_table("disclosure")
    op.drop_index(op.f("ix_consortium_member_partnership"), table_name="consortium_member")
    op.drop_table("consortium_member")
    op.drop_index(op.f("ix_case_index_partnership"), table_name="case_index")
    op.drop_index("ix_case_index_lookup", table_name="case_index")
    op.drop_table("case_index")
    op.drop_index(op.f("ix_case_field_partnership"), table_name="case_field")
    op.drop_table("case_field")
    op.drop_index(op.f("ix_authorisation_partnership"), table_name="authorisation")
    op.drop_table("authorisation")
    op.drop_index(op.f("ix_assignment_partnership"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_officer_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_table("world_version")
    op.drop_index(op.f("ix_suspension_ref"), table_name="suspension")
    op.drop_index(op.f("ix_suspension_partnership"), table_name="suspension")
    op.drop_table("suspension")
    op.drop_index(
        "uq_submission_current",
        table_name="submission",
        sqlite_where=sa.text("status = 'current'"),
        postgresql_where=sa.text("status = 'current'"),
    )
    op.drop_index(op.f("ix_submission_partnership"), table_name="submission")
    op.drop_index("ix_submission_digest", table_name="submission")
    op.drop_table("submission")
    op.drop_index(op.f("ix_standard_sign_up_partnership"), table_name="standard_sign_up")
    op.drop_table("standard_sign_up")
    op.drop_index(op.f("ix_session_user_id"), table_name="session")
    op.drop_table("session")
    op.drop_table("second_factor")
    op.drop_index(op.f("ix_recovery_code_user_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_table("record_key")
    op.drop_index(op.f("ix_protocol_version_ref"), table_name="protocol_version")
    op.drop_index(op.f("ix_protocol_version_partnership"), table_name="protocol_version")
    op.drop_table("protocol_version")
    op.drop_index(op.f("ix_postcode_partnership"), table_name="postcode")
    op.drop_table("postcode")
    op.drop_index(op.f("ix_open_field_partnership"), table_name="open_field")
    op.drop_table("open_field")
    op.drop_index(op.f("ix_officer_user_id"), table_name="officer")
    op.drop_index(op.f("ix_officer_partnership"), table_name="officer")
    op.drop_index(op.f("ix_officer_organisation"), table_name="officer")
    op.drop_table("officer")
    op.drop_index(op.f("ix_membership_partnership"), table_name="membership")
    op.drop_index(op.f("ix_membership_organisation"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_meeting_series_partnership"), table_name="meeting_series")
    op.drop_table("meeting_series")
    op.drop_index(op.f("ix_letter_user_id"), table_name="letter")
    op.drop_table("letter")
    op.drop_index(op.f("ix_kept_mapping_partnership"), table_name="kept_mapping")
    op.drop_table("kept_mapping")
    op.drop_index(op.f("ix_hotspot_nomination_partnership"), table_name="hotspot_nomination")
    op.drop_table("hotspot_nomination")
    op.drop_index(op.f("ix_gateway_enabled_partnership"), table_name="gateway_enabled")
    op.drop_table("gateway_enabled")
    op.drop_table("draft")
    op.drop_index(op.f("ix_delegation_partnership"), table_name="delegation")
    op.drop_index(op.f("ix_delegation_organisation"), table_name="delegation")
    op.drop_table("delegation")
    op.drop_index(op.f("ix_consortium_partnership"), table_name="consortium")
    op.drop_table("consortium")
    op.drop_index(op.f("ix_cell_name_partnership"), table_name="cell_name")
    op.drop_table("cell_name")
    op.drop_table("cell_month")
    op.drop_index(op.f("ix_case_record_partnership"), table_name="case_record")
    op.drop_index(op.f("ix_case_record_holder"), table_name="case_record")
    op.drop_table("case_record")
    op.drop_index(op.f("ix_assessment_partnership"), table_name="assessment")
    op.drop_table("assessment")
    op.drop_index(op.f("ix_area_boundary_partnership"), table_name="area_boundary")
    op.drop_table("area_boundary")
    op.drop_index(op.f("ix_area_partnership"), table_name="area")
    op.drop_table("area")
    op.drop_index(
        "uq_vault_key_active",
        table_name="vault_key",
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.drop_table("vault_key")
    op.drop_table("user_account")
    op.drop_table("throttle")
    op.drop_table("partnership")
    op.drop_table("organisation")
    op.drop_table("idempotency")
