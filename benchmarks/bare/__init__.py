"""The least that could be built instead: what the figures of Meguru are held against."""
