"""The rulebook: what may be shared. Pure functions over frozen values; no database, no web, no clock of its own."""
