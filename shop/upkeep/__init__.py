"""A whole set-up carried in and out."""
