"""The automations in git: a bare repository, its refs, and the lifecycle of every suggestion."""
