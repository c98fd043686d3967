"""The factor's own statement: its figures, its balances."""
