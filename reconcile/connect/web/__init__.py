"""How a system is reached over the web: one client, its lines and pace, a deadline for each exchange, and signing in."""
