"""The pipeline configs that ship; read by `resonance_core.config`."""
