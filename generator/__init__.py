"""The batch program: reads the history, mines, ranks, drafts and proposes."""
