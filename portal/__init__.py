"""The counter: where people do it. Holds no SQL and no cryptography; asks the record, which asks the rulebook."""
