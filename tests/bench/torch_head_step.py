"""The training step of the head in PyTorch, for head_step.ts to compare with.

    python3 torch_head_step.py INPUTS HIDDEN CLASSES BATCH THREADS WARM_UP STEPS

Prints the duration of each step in milliseconds, as a JSON list. Dropout, dense,
dropout, dense, cross-entropy, Adam, as in the head; the batch is
gathered by an index from a larger set, as in training.
"""

import json
import os
import sys
import time

inputs, hidden, classes, batch, threads, warm_up, steps = map(int, sys.argv[1:])
# OpenBLAS has threads of its own, which PyTorch does not set.
os.environ["OPENBLAS_NUM_THREADS"] = str(threads)

import torch
from torch import nn

torch.set_num_threads(threads)
torch.manual_seed(0)
embeddings = torch.rand(1000, inputs)
labels = torch.randint(0, classes, (1000,))
net = nn.Sequential(
    nn.Dropout(0.5), nn.Linear(inputs, hidden), nn.Dropout(0.5), nn.Linear(hidden, classes)
)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, eps=1e-7)
criterion = nn.CrossEntropyLoss()
durations = []
for step in range(warm_up + steps):
    rows = torch.randint(0, 1000, (batch,))
    start = time.perf_counter()
    optimizer.zero_grad()
    criterion(net(embeddings[rows]), labels[rows]).backward()
    optimizer.step()
    durations.append((time.perf_counter() - start) * 1e3)
print(json.dumps(durations[warm_up:]))
