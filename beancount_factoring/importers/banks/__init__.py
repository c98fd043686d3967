"""Bank statements: CAMT, CFONB 120, MT940, OFX."""
