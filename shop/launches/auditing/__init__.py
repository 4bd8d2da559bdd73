"""What was done to markets, by whom and why: read, narrowed down, and handed out as a file."""
