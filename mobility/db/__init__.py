"""PostgreSQL and Valkey: sessions, the outbox, idempotency, live streams, embedded servers."""
