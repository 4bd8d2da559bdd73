"""Products, their texts per language, listings per market, and whether a product suits a market."""
