"""PRISMA 2020, MARS and PRISMA-LSR, filled in as far as the tool has seen it."""
