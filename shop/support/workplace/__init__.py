"""Where agents work: the queue, one request with everything beside it, drafts, macros, and the shift."""
