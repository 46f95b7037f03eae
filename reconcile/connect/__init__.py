"""How systems are reached: one port, and one connector for each kind of system."""
