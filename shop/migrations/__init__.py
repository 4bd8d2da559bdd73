"""The database's shape over time (Alembic); `migrate` brings a database to the newest one."""
