"""What a connection to the database asks of it, and for how long it waits."""

# A request that waits longer than this for a row or an answer is better told to come back.
LOCK_TIMEOUT_MS = 2_000
STATEMENT_TIMEOUT_MS = 10_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000

SERVER_SETTINGS = {
    "application_name": "mobility",
    "timezone": "UTC",
    "lock_timeout": str(LOCK_TIMEOUT_MS),
    "statement_timeout": str(STATEMENT_TIMEOUT_MS),
    "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_TIMEOUT_MS),
    # asyncpg prepares every statement once; JIT compilation of short queries costs more than it gives.
    "jit": "off",
}
