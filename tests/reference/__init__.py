"""This module knows that the rules of release have a second, independent reading, written from the page alone.

Nothing here imports `protocols`: what both sides agree on, they agree on because the page says so. Plain and slow on purpose.
"""
