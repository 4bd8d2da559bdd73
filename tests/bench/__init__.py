"""Measurements, each as a ratio to a bare reference measured in the same run. Never part of the tests."""
