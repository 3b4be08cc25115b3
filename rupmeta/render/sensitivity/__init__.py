"""The parts of ``rupmeta sensitivity``, each by the name of its option."""
