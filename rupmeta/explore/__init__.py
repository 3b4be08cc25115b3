"""Is the answer the same everywhere, and can it be trusted?"""
