"""The thinking: read history, mine, rank, draft, propose; a batch program."""
