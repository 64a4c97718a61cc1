"""The read API under /api/v1: the figures that other systems show, as JSON."""
