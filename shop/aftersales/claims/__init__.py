"""Claims: what one rests on, its form and its photos, and what is to be known of it by whoever decides."""
