"""What follows a sale: withdrawals, returns, claims, exchanges, what a customer owns, care reminders and recalls."""
