"""How far an assignment is: the facts entered on it, and everything that follows from them."""
