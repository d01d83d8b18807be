"""The checks: one table, a row each (`table`)."""
