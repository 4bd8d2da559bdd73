"""Readiness gates, transitions between launch states, invitations, and the board."""
