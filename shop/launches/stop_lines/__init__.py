"""Writing down, before the first order, by which figures a market is judged: its targets and stop lines."""
