"""Reading activations: pandas, DuckDB, the nearest tracks, and a probe in torch.

Written as cells, which editors run one by one. It reads the store that ``make demo`` or an ingest
has filled; where that holds no activations, it listens to three tracks of the example playlist.
"""

# %% What is there
from pathlib import Path

import duckdb
import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

from resonance_core.config import ChunkConfig, PipelineConfig, ResolveConfig, RuntimeConfig
from resonance_core.sources.resolve import resolve
from resonance_core.stages.tracks import hear
from resonance_core.store import open_activations
from resonance_core.store.open import open_store

EXTRACTION = None  # name one where there are several: the error says which, and how they differ

runtime = RuntimeConfig()  # reads RESONANCE_STORE
folder = Path(runtime.store) / "activations"
if not folder.exists():
    config = PipelineConfig(chunk=ChunkConfig(length_s=5, hop_s=8))
    playlist = resolve(str(Path(__file__).parent / "playlist"), ResolveConfig(max_tracks=3))
    hear(playlist.tracks, config, open_store(runtime.store), runtime)

activations = open_activations(folder, EXTRACTION)
model, layer = activations.metadata["model"], activations.layers[len(activations.layers) // 2]
print(f"{model['id']}: layers {activations.layers}, {model['hidden_size']} wide; here: {layer}")

# %% Pandas: how large the residual stream is in each layer
frame = activations.pandas(columns=["track", "chunk", "layer", "rms"])
print(frame.groupby("layer")["rms"].describe()[["count", "mean", "std"]].round(2))

# %% DuckDB: the same files, with no code of ours
print(
    duckdb.sql(
        f"""
        select left(track, 8) as track, count(*) as chunks, round(avg(rms), 2) as rms
        from read_parquet('{folder}/*/*/*.parquet', hive_partitioning = true)
        where layer = {layer} and extraction = '{next(iter(activations.extractions))}'
        group by all order by rms
        """
    )
)

# %% The nearest tracks: the cosine between their means, less what all tracks share
vectors, rows = activations.vectors(layer)
tracks, owner = np.unique(rows["track"], return_inverse=True)
means = np.stack([vectors[owner == track].mean(0) for track in range(len(tracks))])
means -= means.mean(0)
means /= np.linalg.norm(means, axis=1, keepdims=True)
cosine = means @ means.T
np.fill_diagonal(cosine, -1)
for track, nearest in enumerate(cosine.argmax(1)):
    print(f"{tracks[track][:8]} -> {tracks[nearest][:8]}  {cosine[track, nearest]:+.2f}")

# %% Torch: does the layer tell the tracks apart? A linear probe, tried on chunks it has not seen
torch.manual_seed(0)
heard = activations.torch(layer)  # on the disk: larger than memory would do
unseen = torch.tensor(rows["chunk"].to_numpy() % 3 == 2)
labels = torch.tensor(owner)
seen = torch.utils.data.Subset(TensorDataset(heard, labels), (~unseen).nonzero()[:, 0].tolist())
probe = torch.nn.Sequential(
    torch.nn.LayerNorm(heard.shape[1]), torch.nn.Linear(heard.shape[1], len(tracks))
)
optimizer = torch.optim.AdamW(probe.parameters(), lr=0.01)
for _epoch in range(20):
    for batch, wanted in DataLoader(seen, batch_size=16, shuffle=True):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(probe(batch.float()), wanted).backward()
        optimizer.step()
right = probe(heard[unseen].float()).argmax(1) == labels[unseen]
print(f"{right.float().mean():.0%} of {len(right)} chunks go to their track")
