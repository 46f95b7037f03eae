"""Why a pair became what it became: its weight taken apart, a verdict and its reason, and which pairs a report shows."""
