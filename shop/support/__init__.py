"""Roster, requests, routing to native-language agents, and the promise of when somebody answers."""
