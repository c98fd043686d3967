"""The FEC of earlier books, and what is taken up of it."""
