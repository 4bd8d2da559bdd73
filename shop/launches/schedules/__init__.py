"""Steps and changes of exposure that are to be taken by themselves, at a date and time of the market's own clock."""
