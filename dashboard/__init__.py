"""The Streamlit dashboard: pages that show what the engine found and call what it offers, and hold no rule."""
