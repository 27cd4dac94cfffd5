"""Git itself: its commands, its environment, and answers about many objects at once."""
