"""What `make demo` and the tests run on when no servers are given: PostgreSQL, Valkey, a mail catcher, a supervisor.

Nothing in campaign/ imports from here: in production these places are taken by real servers.
"""
