"""What is printed and handed over: the distributor's manual, procedures, the crisis handbook, checklist and log."""
