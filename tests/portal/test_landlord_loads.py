"""Loads of police and council data, and incident sheets under a protocol: what was placed, what was not, what was refused."""

from __future__ import annotations

import dataclasses
import io
import json
import sys
from pathlib import Path

import pytest
from landlord_desk import AISHA, COLIN, JO, PERIOD, SHEET_CHECK, SHEET_HEAD, FLOW, submit, table, upload, words

from portal import cli
from protocols import terms
from sharing import partners
from sharing.returns import read

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.integration.test_partners_protocols import protocol_text

PLACE = "waltham-forest"
POLICE = ["Month", "Longitude", "Latitude", "LSOA code", "Crime type"]


@pytest.fixture
def commands(counter, monkeypatch):
    settings = counter.app.extensions["accord.settings"]
    monkeypatch.setenv("ACCORD_HOME", str(settings.home))
    monkeypatch.setenv("ACCORD_DATABASE_URL", settings.database_url)
    return counter
