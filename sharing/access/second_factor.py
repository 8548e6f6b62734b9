"""This module knows the codes from a phone (RFC 6238) and the codes that stand in for a lost one; each works once."""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass, field
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from sharing.access import seeds
from sharing.access.model import RecoveryCode, SecondFactor
from sharing.access.rules import canonical_code, code_number, is_totp_code
from sharing.access.tokens import digest, new_recovery_code, new_seed
from sharing.vault import Vault

ISSUER = "Accord"
RECOVERY_CODES = 10
PURPOSE = "second-factor"


@dataclass(frozen=True)
class Enrolment:
    """What a phone needs: the seed to type, and the address that a QR code holds."""

    seed: str = field(repr=False)
    uri: str = field(repr=False)


def begin_enrolment(
    session: Session, vault: Vault, user_id: uuid.UUID, email: str, seed: str | None = None
) -> Enrolment:
    """Make a new seed that waits for its first code. A seed in use stays in use until then."""
    chosen = seed or new_seed()
    row = session.get(SecondFactor, user_id)
    if row is None:
        row = SecondFactor(user_id=user_id)
        session.add(row)
    row.pending_seed = seeds.seal(vault, PURPOSE, user_id, chosen)
    return Enrolment(chosen, pyotp.TOTP(chosen).provisioning_uri(name=email, issuer_name=ISSUER))


def finish_enrolment(
    session: Session, vault: Vault, user_id: uuid.UUID, typed: str, now: datetime
) -> tuple[str, ...] | None:
    """Put the waiting seed in use if the code proves it.

    Return new recovery codes, shown once, or None for a wrong code.
    """
    row = session.get(SecondFactor, user_id, with_for_update=True)
    if row is None or row.pending_seed is None:
        return None
    number = _number_of(seeds.unseal(vault, PURPOSE, user_id, row.pending_seed), canonical_code(typed), now, after=0)
    if number is None:
        return None
    row.seed, row.pending_seed, row.last_counter, row.confirmed_at = row.pending_seed, None, number, now
    return _new_recovery_codes(session, user_id)


def forget(session: Session, user_id: uuid.UUID) -> None:
    """Drop an account's seed and recovery codes: a lost phone stops working at once."""
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def has_second_factor(session: Session, user_id: uuid.UUID) -> bool:
    """Whether a phone has been proved."""
    row = session.get(SecondFactor, user_id)
    return row is not None and row.seed is not None


def use_code(session: Session, vault: Vault, user_id: uuid.UUID, typed: str, now: datetime) -> str | None:
    """Use up a code.

    Return what it was, 'phone' or 'recovery-code', or None when it is wrong, old, or used already.
    """
    code = canonical_code(typed)
    if is_totp_code(code):
        return "phone" if _use_phone_code(session, vault, user_id, code, now) else None
    return "recovery-code" if _use_recovery_code(session, user_id, code, now) else None


def recovery_codes_left(session: Session, user_id: uuid.UUID) -> int:
    """How many recovery codes are unused."""
    query = select(func.count()).select_from(RecoveryCode)
    return session.scalar(query.where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))) or 0


def _use_phone_code(session: Session, vault: Vault, user_id: uuid.UUID, code: str, now: datetime) -> bool:
    row = session.get(SecondFactor, user_id, with_for_update=True)
    if row is None or row.seed is None:
        return False
    number = _number_of(seeds.unseal(vault, PURPOSE, user_id, row.seed), code, now, after=row.last_counter)
    if number is None:
        return False
    row.last_counter = number
    return True


def _number_of(seed: str, code: str, now: datetime, *, after: int) -> int | None:
    """The thirty seconds, one either side of now, that the code belongs to, if no code so late has been used before."""
    current = code_number(now)
    totp = pyotp.TOTP(seed)
    found = [n for n in (current - 1, current, current + 1) if hmac.compare_digest(totp.generate_otp(n), code)]
    return next((number for number in found if number > after), None)


def _use_recovery_code(session: Session, user_id: uuid.UUID, code: str, now: datetime) -> bool:
    query = select(RecoveryCode).where(
        RecoveryCode.user_id == user_id,
        RecoveryCode.code_hash == digest("recovery", user_id.hex, code),
        RecoveryCode.used_at.is_(None),
    )
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        return False
    row.used_at = now
    return True


def _new_recovery_codes(session: Session, user_id: uuid.UUID) -> tuple[str, ...]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = tuple(new_recovery_code() for _ in range(RECOVERY_CODES))
    for code in codes:
        session.add(RecoveryCode(user_id=user_id, code_hash=digest("recovery", user_id.hex, canonical_code(code))))
    return codes


def finish_enrolment_unproved(session: Session, user_id: uuid.UUID, now: datetime) -> None:
    """Put the waiting seed in use without a code: for a demonstration, whose seeds are printed."""
    session.flush()
    row = session.get_one(SecondFactor, user_id)
    row.seed, row.pending_seed, row.confirmed_at = row.pending_seed, None, now
