"""Accounts, posts and handing over, as the administrators keep them."""
