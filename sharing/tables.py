"""This module knows every table: importing it makes the metadata whole, for migrations and for tests."""

from __future__ import annotations

from sharing.access import model as access
from sharing.audit import model as audit
from sharing.base import Base
from sharing.disclosures import link_model as links
from sharing.disclosures import model as disclosures
from sharing.disclosures import person_model as persons
from sharing.hotspots import model as hotspots
from sharing.ledger import model as ledger
from sharing.meetings import model as meetings
from sharing.partners import model as partners
from sharing.places import model as places
from sharing.recalls import model as recalls
from sharing.registers import alert_model, referral_model
from sharing.registers import model as registers
from sharing.requests import course_model as request_course
from sharing.requests import model as requests
from sharing.retention import model as retention
from sharing.returns import model as returns
from sharing.standards import model as standards
from sharing.store import model as store
from sharing.subjects import model as subjects
from sharing.vault import model as vault
from sharing.visits import model as visits

ROOMS = (
    access,
    audit,
    alert_model,
    disclosures,
    hotspots,
    ledger,
    links,
    meetings,
    partners,
    persons,
    places,
    recalls,
    referral_model,
    registers,
    request_course,
    requests,
    retention,
    returns,
    standards,
    store,
    subjects,
    vault,
    visits,
)
METADATA = Base.metadata

__all__ = ["METADATA", "ROOMS"]
