"""Customer documents: CII and UBL, plain or in a PDF."""
