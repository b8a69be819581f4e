"""Measurements of the corpus, the codec and the model against their targets."""
