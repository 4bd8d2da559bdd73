"""Drafts of policy versions: begun, written part by part, looked at, published or discarded."""
