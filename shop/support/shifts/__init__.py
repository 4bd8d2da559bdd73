"""What is known of people who answer: their weeks, absences, swaps, holidays and presence, and the hours of duty that follow."""
