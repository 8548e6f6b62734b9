"""The tables of partnerships, people and protocols, by what they are about."""

from sharing.partners.model.organisations import (
    Area,
    Delegation,
    GatewayEnabled,
    Homes,
    Membership,
    OpenField,
    Organisation,
    PartnerNote,
    Partnership,
    WardLead,
    WorldVersion,
)
from sharing.partners.model.people import Assignment, Authorisation, LiaisonPost, Officer, Training
from sharing.partners.model.protocols import (
    Consultation,
    Contribution,
    ProtocolDraft,
    ProtocolVersion,
    Review,
    Signature,
    Suspension,
)

__all__ = [
    "Area",
    "Assignment",
    "Authorisation",
    "Consultation",
    "Contribution",
    "Delegation",
    "GatewayEnabled",
    "Homes",
    "LiaisonPost",
    "Membership",
    "Officer",
    "OpenField",
    "Organisation",
    "PartnerNote",
    "Partnership",
    "ProtocolDraft",
    "ProtocolVersion",
    "Review",
    "Signature",
    "Suspension",
    "Training",
    "WardLead",
    "WorldVersion",
]
