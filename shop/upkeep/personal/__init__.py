"""A customer's personal data: where it stands, what leaves with an export, what an erasure empties and what it must keep."""
