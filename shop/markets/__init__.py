"""Markets and their languages, launch states, the gate that decides who may buy, and tax and shipping rates."""
