"""What is owed: the ledger, charges and the gateway that collects them."""
