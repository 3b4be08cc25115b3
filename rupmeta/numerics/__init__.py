"""Arrays, tail-safe distributions, root search and the batched fit; nothing about studies."""
