"""Recalls: whom one reaches, opening it, telling customers and authorities, and what becomes of it."""
