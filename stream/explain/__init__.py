"""Explain: the story of a conversation's clocks, from its facts (semantics 5.4)."""
