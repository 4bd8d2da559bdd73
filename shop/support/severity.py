"""How grave it is: a request, a question, a card of the handbook. The smaller the number, the graver."""

CRISIS, URGENT, NORMAL = range(3)
CRISIS_MINUTES = 60  # of the clock, within which a person answers a crisis, where no rotation says otherwise
