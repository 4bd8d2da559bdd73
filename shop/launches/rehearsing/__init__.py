"""Dry runs: the real shop as a customer would see it at another time, behind a link that lives for a day."""
