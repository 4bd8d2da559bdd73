"""Pure building stones: money, instants and wall time, duty intervals, errors. Standard library and tzdata only."""
