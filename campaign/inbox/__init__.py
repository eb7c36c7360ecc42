"""The demo's development inbox: what would have been mailed, for whoever tries the project out. No tables."""
