"""Changing what a market is and to whom it is open: steps, exposure, what they touch, invitations and stops."""
