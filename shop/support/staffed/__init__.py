"""Whether enough people are there: coverage of waking hours, staffing, and the record of promises and ratings."""
