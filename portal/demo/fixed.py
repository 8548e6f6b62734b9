"""This module knows what is fixed about the demonstration: its day, the seed of its made-up figures, its partnerships."""

from __future__ import annotations

from datetime import date

DAY = date(2023, 1, 16)
"""The business day on which the demonstration begins; from there it ticks."""
SEED = 2023
PARTNERSHIPS = ("preston", "waltham-forest")
NAME = "demonstration.accord.example"
"""The name of the installation, as it stands in its ledgers."""
