"""What is known and who may say it: questions and answers, referrals, training, procedures, and what is yet to be learned."""
