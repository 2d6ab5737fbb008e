"""A database taken back to how it was, in milliseconds: thousands of histories begin in the same town."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

TABLES = text(
    """
    SELECT c.relname, string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    GROUP BY c.relname ORDER BY c.relname
    """
)


@dataclass(frozen=True)
class Pristine:
    """Copies of all rows, as they were when it was made."""

    engine: AsyncEngine
    restore_sql: str

    @classmethod
    async def keep(cls, engine: AsyncEngine) -> "Pristine":
        async with engine.begin() as connection:
            tables = [(name, columns) for name, columns in await connection.execute(TABLES)]
            await connection.execute(text("CREATE SCHEMA pristine"))
            for name, _ in tables:
                await connection.execute(text(f"CREATE TABLE pristine.{name} AS TABLE public.{name}"))
        restore = [
            f"DELETE FROM public.{name}; INSERT INTO public.{name} ({columns}) OVERRIDING SYSTEM VALUE "
            f"SELECT {columns} FROM pristine.{name};"
            for name, columns in tables
        ]
        # Neither foreign keys nor what guards append-only tables stands in the way of a new beginning.
        return cls(engine, f"DO $$ BEGIN SET LOCAL session_replication_role = replica; {' '.join(restore)} END $$")

    async def restore(self) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(self.restore_sql))
