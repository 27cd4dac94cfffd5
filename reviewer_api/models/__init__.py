"""What the HTTP API is asked and answers, page by page: the contract from which the page's TypeScript types are made.

Times are ISO 8601 UTC texts; the page shows them in `Status.timezone`.
"""
