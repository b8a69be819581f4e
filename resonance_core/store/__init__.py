from resonance_core.store.dataset import ActivationDataset, open_activations

__all__ = ["ActivationDataset", "open_activations"]
