"""`import.yaml`: what the documents call things, and what the ledger calls them."""
