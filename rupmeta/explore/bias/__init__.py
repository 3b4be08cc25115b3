"""What may be missing: small-study effects, selection of results, and the answer under every adjustment."""
