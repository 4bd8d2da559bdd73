"""The JSON door under /api/v1 and what it tells other programs by itself: thin, the same actions as the HTML doors."""
