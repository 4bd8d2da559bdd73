"""What the house does by itself with a market that sells: it warns early, pauses on proof, stops at once for harm."""
