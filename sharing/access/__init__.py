"""The front door: accounts, signing in, sessions, throttles, idempotency keys and drafts."""

from sharing.access.accounts import (
    Account,
    DemonstrationAccount,
    Invited,
    account,
    account_by_email,
    disable_account,
    enable_account,
    invite,
    open_account,
    open_demonstration_account,
    reset_phone,
    start_over,
    write_invitation,
)
from sharing.access.drafts import DraftLine, SavedDraft, drafts_of, drop_draft, read_draft, save_draft
from sharing.access.idempotency import Claim, Replay, keep_outcome, once
from sharing.access.letters import LetterKind, Opened, Post, ask_for_new_password, open_letter
from sharing.access.second_factor import Enrolment, recovery_codes_left
from sharing.access.sessions import SignedIn, State, choose_post, resolve, touch
from sharing.access.set_up import Enrolled, choose_password, confirm_enrolment, start_enrolment
from sharing.access.sign_in import WORDS, Outcome, Step, begin_sign_in, confirm_identity, sign_out, verify_code
from sharing.access.sweep import sweep

__all__ = [
    "WORDS",
    "Account",
    "Claim",
    "DemonstrationAccount",
    "DraftLine",
    "Enrolled",
    "Enrolment",
    "Invited",
    "LetterKind",
    "Opened",
    "Outcome",
    "Post",
    "Replay",
    "SavedDraft",
    "SignedIn",
    "State",
    "Step",
    "account",
    "account_by_email",
    "ask_for_new_password",
    "begin_sign_in",
    "choose_password",
    "choose_post",
    "confirm_enrolment",
    "confirm_identity",
    "disable_account",
    "drafts_of",
    "drop_draft",
    "enable_account",
    "invite",
    "keep_outcome",
    "once",
    "open_account",
    "open_demonstration_account",
    "open_letter",
    "read_draft",
    "recovery_codes_left",
    "reset_phone",
    "resolve",
    "save_draft",
    "sign_out",
    "start_enrolment",
    "start_over",
    "sweep",
    "touch",
    "verify_code",
    "write_invitation",
]
