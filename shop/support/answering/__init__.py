"""Who answers a request and by when: routing, assignment, promise, clocks, handover, and what is overdue."""
