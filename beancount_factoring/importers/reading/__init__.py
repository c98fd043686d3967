"""What every reader needs: documents as data, proofs, XML and text from strangers, values."""
