"""The ledger: what was recorded, in an order that nobody can change unseen. Imports nothing, so the verifier stays bare."""
