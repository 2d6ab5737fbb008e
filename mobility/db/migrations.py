from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

PACKAGE = Path(__file__).parents[1]


def alembic_config(url: str) -> Config:
    """Alembic's configuration for one database; migrations lie beside the package, or inside it in a wheel."""
    inside = PACKAGE / "migrations"
    config = Config()
    config.set_main_option("script_location", str(inside if inside.is_dir() else PACKAGE.parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def upgrade(url: str) -> None:
    """Bring the database to the newest schema; each migration is one transaction. Not for use inside an event loop."""
    command.upgrade(alembic_config(url), "head")


def head() -> str:
    """The newest revision that this code knows."""
    revision = ScriptDirectory.from_config(alembic_config("")).get_current_head()
    if revision is None:
        raise RuntimeError("the migrations folder is empty")
    return revision
