"""The same sign-up as a tutorial would write it: ModelSerializer, get_or_create, `.delay()`. For the comparison only.

It is given every advantage: the same server and bounded connection pool, no key, no rate limit, no sealing, no outbox.
"""
