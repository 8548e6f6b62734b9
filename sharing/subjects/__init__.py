"""One person: everything held about them and everyone told, found by blind index."""

from sharing.subjects.asking import (
    CheckIdentity,
    ReceiveRequest,
    answer_request,
    check_identity,
    extend_request,
    receive_request,
)
from sharing.subjects.deciding import DecideItem, advise_on_item, consult_supplier, decide_item, fields_of
from sharing.subjects.gathering import gather_items
from sharing.subjects.links import LINKS, LinkSubjects, LinkView, link_subjects, links_of
from sharing.subjects.outside import AttemptView, Refused, TellOutside, attempt, attempts, reason_of, tell_outside
from sharing.subjects.pack import GivenCopy, GivenRecord, GivenTelling, SubjectPack, make_pack, open_item
from sharing.subjects.read import (
    ItemView,
    QuestionView,
    SubjectRequestView,
    questions_to,
    subject_request,
    subject_requests,
)
from sharing.subjects.rules import (
    Advice,
    ItemKind,
    Outcome,
    SubjectStatus,
    extensions,
    identity_checks,
    reasons,
    search_reasons,
)

__all__ = [
    "LINKS",
    "Advice",
    "AttemptView",
    "CheckIdentity",
    "DecideItem",
    "GivenCopy",
    "GivenRecord",
    "GivenTelling",
    "ItemKind",
    "ItemView",
    "LinkSubjects",
    "LinkView",
    "Outcome",
    "QuestionView",
    "ReceiveRequest",
    "Refused",
    "SubjectPack",
    "SubjectRequestView",
    "SubjectStatus",
    "TellOutside",
    "advise_on_item",
    "answer_request",
    "attempt",
    "attempts",
    "check_identity",
    "consult_supplier",
    "decide_item",
    "extend_request",
    "extensions",
    "fields_of",
    "gather_items",
    "identity_checks",
    "link_subjects",
    "links_of",
    "make_pack",
    "open_item",
    "questions_to",
    "reason_of",
    "reasons",
    "receive_request",
    "search_reasons",
    "subject_request",
    "subject_requests",
    "tell_outside",
]
