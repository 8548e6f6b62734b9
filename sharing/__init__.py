"""The record: what was shared, with whom, under which protocol. Imports nothing, so that the offline verifier stays small."""
