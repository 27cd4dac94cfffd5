"""The automations in git: a bare repository, its refs, and the life of every suggestion."""
