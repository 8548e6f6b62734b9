"""The gate: decide, record, permit, unseal. The only way to plaintext."""

from sharing.disclosures import audited, recalled
from sharing.disclosures.again import Again, judge_again
from sharing.disclosures.copies import view_release
from sharing.disclosures.emergency import view_emergency
from sharing.disclosures.gate import foresee, preview, refuse_as_asked, release
from sharing.disclosures.judge import Ask, SupplierDecision, leaving, nothing_known, told_of
from sharing.disclosures.keeping import Released
from sharing.disclosures.of_request import of_request
from sharing.disclosures.offers import Offer, offer, offers
from sharing.disclosures.opening import OwnRecord, open_sent, view_own
from sharing.disclosures.past import PastCase, past_cases
from sharing.disclosures.person_index import forget_person, index_person
from sharing.disclosures.person_keys import SURE, WAYS, Person
from sharing.disclosures.persons import (
    Found,
    FoundCopy,
    FoundRecord,
    ToldOf,
    codes_held,
    find_person,
    is_held,
    keep_address_safe,
    open_copy,
    open_record,
    record_view,
)
from sharing.disclosures.read import (
    DisclosureView,
    FieldView,
    LogQuery,
    RecordView,
    disclosure,
    disclosure_of,
    entry_parties,
    given_by,
    given_to,
    records_of,
    search_log,
)
from sharing.disclosures.records import DepositRecord, deposit_record, find_record
from sharing.disclosures.shared_parts import holds, keep_record_until, open_part, view_own_record
from sharing.disclosures.unheld import Unheld, refuse_unheld

__all__ = [
    "SURE",
    "WAYS",
    "Again",
    "Ask",
    "DepositRecord",
    "DisclosureView",
    "FieldView",
    "Found",
    "FoundCopy",
    "FoundRecord",
    "LogQuery",
    "Offer",
    "OwnRecord",
    "PastCase",
    "Person",
    "RecordView",
    "Released",
    "SupplierDecision",
    "ToldOf",
    "Unheld",
    "audited",
    "codes_held",
    "deposit_record",
    "disclosure",
    "disclosure_of",
    "entry_parties",
    "find_person",
    "find_record",
    "foresee",
    "forget_person",
    "given_by",
    "given_to",
    "holds",
    "index_person",
    "is_held",
    "judge_again",
    "keep_address_safe",
    "keep_record_until",
    "leaving",
    "nothing_known",
    "of_request",
    "offer",
    "offers",
    "open_copy",
    "open_part",
    "open_record",
    "open_sent",
    "past_cases",
    "preview",
    "recalled",
    "record_view",
    "records_of",
    "refuse_as_asked",
    "refuse_unheld",
    "release",
    "search_log",
    "told_of",
    "view_emergency",
    "view_own",
    "view_own_record",
    "view_release",
]
