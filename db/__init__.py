"""The database: tables, sessions scoped to one municipality, migrations. No rules."""
