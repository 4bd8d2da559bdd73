"""Reading policies/**: rules and texts as one hashed version, the statutory minimums, and what was accepted."""
