"""What a market teaches: what the shop counts, what each figure proves, and GO, HOLD or STOP."""
