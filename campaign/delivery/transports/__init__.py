"""What stands behind the door: SMTP, the interfaces of providers, a terminal, and a folder of files."""
