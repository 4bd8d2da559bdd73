"""What goes wrong, on purpose: `make faults`. Each fault ends with `softlaunch check` finding nothing broken.

The ordinary tests run the short, seeded form of each (tests/test_faults_*.py); `python -m tests.faults` all of it.
"""
