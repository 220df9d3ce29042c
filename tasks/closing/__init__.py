"""Close-out (销号): asked for, verified, taken up again."""
