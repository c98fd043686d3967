"""From what documents say to the ledger's entries, each once."""
