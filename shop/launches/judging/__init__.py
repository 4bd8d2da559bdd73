"""What a person reads of a market's figures and says to them: the scorecard, words against it, the learning log."""
