"""This module knows every room of the counter: the blueprints that the application is put together from."""

from __future__ import annotations

from flask import Blueprint

from portal.account import room as account
from portal.public import room as public

ROOMS: tuple[Blueprint, ...] = (account, public)
