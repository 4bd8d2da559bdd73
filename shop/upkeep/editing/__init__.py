"""Editing what was set up: an edit is a small import."""
