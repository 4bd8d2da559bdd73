"""Is a market ready to sell: the research, the facts, the gates, and who waived one until when."""
