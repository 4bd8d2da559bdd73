"""Cases: filed at one of four doors, seen by their customer, and handled at the desk until goods and money are settled."""
