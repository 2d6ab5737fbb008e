"""What can be asked of the account: each operation is (account, parameters, ids of the path) -> object."""
