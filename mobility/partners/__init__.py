"""Apps of others that are told, by signed webhooks, what changes in the feeds."""
