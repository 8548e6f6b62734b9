"""This module knows every action that can be asked for and every event that can have happened: two vocabularies, one grammar.

An action is `noun:verb`, imperative (`return:submit`); its event is `noun:past` (`return:submitted`). The same verb names the
endpoint, the service, the form, the template and the test. Nothing else in the house may spell one as a string.
"""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What somebody may ask the portal to do. `protocols.roles` says who may."""

    # the front door, for anybody
    OPEN_PUBLIC_PAGE = "public:open"
    SIGN_IN = "account:sign_in"
    SIGN_OUT = "account:sign_out"
    MANAGE_OWN_ACCOUNT = "account:manage_own"
    SWITCH_POST = "account:switch_post"
    OPEN_HOME = "home:open"
    # people and organisations
    READ_PARTNERSHIP = "partnership:read"
    INVITE_OFFICER = "officer:invite"
    DISABLE_OFFICER = "officer:disable"
    RESET_PHONE = "officer:reset_phone"
    ASSIGN_OFFICER = "officer:assign"
    RECORD_TRAINING = "officer:record_training"
    NAME_LIAISON_OFFICER = "liaison_officer:name"
    AUTHORISE_DECIDER = "liaison_officer:authorise"
    RECORD_DELEGATION = "delegation:record"
    # protocols
    READ_PROTOCOL = "protocol:read"
    DRAFT_PROTOCOL = "protocol:draft"
    SIGN_PROTOCOL = "protocol:sign"
    WITHDRAW_FROM_PROTOCOL = "protocol:withdraw"
    SUSPEND_PROTOCOL = "protocol:suspend"
    REVIEW_PROTOCOL = "protocol:review"
    # what landlords, the police and the council send in
    READ_RETURN = "return:read"
    CHECK_RETURN = "return:check"
    SUBMIT_RETURN = "return:submit"
    SUBMIT_NIL_RETURN = "return:submit_nil"
    LOAD_POLICE_DATA = "police_data:load"
    LOAD_COUNCIL_REPORTS = "council_reports:load"
    READ_RETURN_STATUS = "return_status:read"
    # hotspots
    READ_HOTSPOTS = "hotspots:read"
    READ_HOTSPOT_COUNTS = "hotspots:read_counts"
    PUBLISH_HOTSPOTS = "hotspots:publish"
    NAME_LEAD_OFFICER = "hotspot:name_lead"
    NOMINATE_HOTSPOT = "hotspot:nominate"
    # tasking
    READ_MEETING = "meeting:read"
    SET_UP_SERIES = "series:set_up"
    MOVE_MEETING = "meeting:move"
    PREPARE_AGENDA = "meeting:prepare_agenda"
    RUN_MEETING = "meeting:run"
    ACCEPT_CONFIDENTIALITY = "meeting:accept_confidentiality"
    READ_ACTION = "action:read"
    SET_ACTION = "action:set"
    FUND_ACTION = "action:fund"
    ACCEPT_ACTION = "action:accept"
    FINISH_ACTION = "action:finish"
    VERIFY_ACTION = "action:verify"
    # visits
    READ_VISIT = "visit:read"
    LOG_VISIT = "visit:log"
    CONFIRM_VISIT = "visit:confirm"
    # disclosure
    READ_REQUEST = "request:read"
    MAKE_REQUEST = "request:make"
    MEND_REQUEST = "request:mend"
    DECIDE_REQUEST = "request:decide"
    ALLOW_EMERGENCY = "request:allow_emergency"
    VIEW_RELEASE = "release:view"
    EXPORT_RELEASE = "release:export"
    HEAR_RELEASE = "release:hear"
    LINK_RELEASE = "release:link"
    FETCH_RELEASE = "release:fetch"
    TELL_RELEASE = "release:tell"
    DEPOSIT_RECORD = "record:deposit"
    VIEW_OWN_RECORD = "record:view_own"
    # standards
    READ_STANDARDS = "standards:read"
    ASSESS_STANDARD = "standards:assess"
    SIGN_UP_STANDARD = "standards:sign_up"
    FORM_CONSORTIUM = "consortium:form"
    # the auditor
    READ_LEDGER = "ledger:read"
    VERIFY_LEDGER = "ledger:verify"
    EXPORT_LEDGER = "ledger:export"
    FETCH_RECEIPT = "receipt:fetch"


class Event(StrEnum):
    """What has happened. Every ledger entry is of one of these types."""

    # signing in, in the log of the operator
    SIGNED_IN = "account:signed_in"
    SIGN_IN_FAILED = "account:sign_in_failed"
    SIGNED_OUT = "account:signed_out"
    LOCKED_OUT = "account:locked_out"
    PASSWORD_CHOSEN = "account:password_chosen"  # noqa: S105  an event's name, not a password
    SECOND_FACTOR_ENROLLED = "account:second_factor_enrolled"
    SECOND_FACTOR_RESET = "account:second_factor_reset"
    POST_SWITCHED = "account:post_switched"
    DENIED = "access:denied"
    COMMAND_RUN = "operator:command_run"
    # people and organisations
    PARTNERSHIP_LOADED = "partnership:loaded"
    PLACES_LOADED = "places:loaded"
    ORGANISATION_CHANGED = "organisation:changed"
    OFFICER_INVITED = "officer:invited"
    OFFICER_JOINED = "officer:joined"
    OFFICER_CHANGED = "officer:changed"
    OFFICER_DISABLED = "officer:disabled"
    OFFICER_ASSIGNED = "officer:assigned"
    TRAINING_RECORDED = "officer:training_recorded"
    LIAISON_OFFICER_NAMED = "liaison_officer:named"
    DECIDER_AUTHORISED = "liaison_officer:authorised"
    AUTHORISATION_ENDED = "liaison_officer:authorisation_ended"
    DELEGATION_RECORDED = "delegation:recorded"
    # protocols
    PROTOCOL_DRAFTED = "protocol:drafted"
    PROTOCOL_SIGNED = "protocol:signed"
    PROTOCOL_WITHDRAWN = "protocol:withdrawn"
    PROTOCOL_SUSPENDED = "protocol:suspended"
    PROTOCOL_RESUMED = "protocol:resumed"
    PROTOCOL_REVIEWED = "protocol:reviewed"
    # what landlords, the police and the council send in
    RETURN_SUBMITTED = "return:submitted"
    RETURN_SUPERSEDED = "return:superseded"
    NIL_RETURN_SUBMITTED = "return:submitted_nil"
    POLICE_DATA_LOADED = "police_data:loaded"
    COUNCIL_REPORTS_LOADED = "council_reports:loaded"
    # hotspots
    HOTSPOTS_PUBLISHED = "hotspots:published"
    LEAD_OFFICER_NAMED = "hotspot:named_lead"
    HOTSPOT_NOMINATED = "hotspot:nominated"
    # tasking
    SERIES_SET_UP = "series:set_up"
    MEETING_MOVED = "meeting:moved"
    AGENDA_PREPARED = "meeting:prepared_agenda"
    ATTENDANCE_RECORDED = "meeting:attendance_recorded"
    MINUTES_AGREED = "meeting:minutes_agreed"
    CONFIDENTIALITY_ACCEPTED = "meeting:accepted_confidentiality"
    ACTION_SET = "action:set"
    ACTION_FUNDED = "action:funded"
    ACTION_ACCEPTED = "action:accepted"
    ACTION_DECLINED = "action:declined"
    ACTION_FINISHED = "action:finished"
    ACTION_ROLLED_OVER = "action:rolled_over"
    ACTION_VERIFIED = "action:verified"
    # visits
    VISIT_LOGGED = "visit:logged"
    VISIT_CONFIRMED = "visit:confirmed"
    # disclosure
    REQUEST_MADE = "request:made"
    REQUEST_MENDED = "request:mended"
    REQUEST_DECIDED = "request:decided"
    RELEASED = "disclosure:released"
    REFUSED = "disclosure:refused"
    RECORD_DEPOSITED = "record:deposited"
    RECORD_VIEWED = "record:viewed"
    EXPORTED = "record:exported"
    # standards
    STANDARD_ASSESSED = "standards:assessed"
    STANDARD_SIGNED_UP = "standards:signed_up"
    CONSORTIUM_FORMED = "consortium:formed"
    # keys, drafts and the ledger itself
    DRAFT_SAVED = "draft:saved"
    KEY_ROTATED = "keys:rotated"
    RECORD_SHREDDED = "record:shredded"
    LOG_OPENED = "ledger:opened"
    LEDGER_VERIFIED = "ledger:verified"
    LEDGER_EXPORTED = "ledger:exported"
    BACKUP_MADE = "backup:made"
    BACKUP_RESTORED = "backup:restored"
    DEMONSTRATION_LOADED = "demonstration:loaded"
