"""This module knows every room of the counter: the blueprints that the application is put together from."""

from __future__ import annotations

from flask import Blueprint

from portal.account import room as account
from portal.auditor import room as auditor
from portal.coordinator import room as coordinator
from portal.landlord import room as landlord
from portal.liaison import room as liaison
from portal.officer import room as officer
from portal.public import room as public

ROOMS: tuple[Blueprint, ...] = (account, auditor, coordinator, landlord, liaison, officer, public)
