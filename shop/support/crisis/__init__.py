"""The bad day: cards, triggers, incidents, who is told, and who is on call."""
