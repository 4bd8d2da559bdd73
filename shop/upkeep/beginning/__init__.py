"""Beginning a market: a form filled with what is known of the country, and as much of another market as may come along."""
