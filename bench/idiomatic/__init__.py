"""The same sign-up as a tutorial would write it: ModelSerializer, get_or_create, `.delay()`. For the comparison only.

The same job: a partner's token, a person, a signature, a mail to send. Beside that it is given every advantage: the
same server and bounded connection pool, one transaction, no rate limit, no sealing, no screening, no outbox.
"""
