"""What a script means, what changed between two, and whether it is what it says. Nothing here executes any of it."""
