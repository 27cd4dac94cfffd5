"""The requests and responses of the HTTP API, page by page: the page's TypeScript types are made from them.

Times are ISO 8601 UTC texts; the page shows them in `Status.timezone`.
"""
