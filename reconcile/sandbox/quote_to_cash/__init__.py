"""Quote to cash on both sides: orders shipped, invoiced, credited and paid in every harmless way, and planted violations."""
