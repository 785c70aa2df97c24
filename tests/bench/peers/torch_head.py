"""The head's training step in PyTorch, answering requests as serve.ts does.

Arguments: length of an embedding, hidden units, classes, samples a batch,
threads. A request is for so many steps: gathering a batch, forward, backward,
Adam, as peers of the recipe do it.
"""
import json
import os
import sys
import time

# The threads of OpenBLAS and those of PyTorch would wait for each other at full
# speed: a step takes 36 ms then, and 21 like this.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from torch import nn

inputs, hidden, classes, batch, threads = map(int, sys.argv[1:6])
torch.set_num_threads(threads)
torch.manual_seed(0)
SAMPLES = 640

embeddings = torch.rand(SAMPLES, 2, inputs)
labels = torch.arange(SAMPLES) % classes
head = nn.Sequential(nn.Dropout(0.5), nn.Linear(inputs, hidden), nn.Dropout(0.5), nn.Linear(hidden, classes))
optimizer = torch.optim.Adam(head.parameters(), 1e-3, eps=1e-7)
head.train()

print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    count = json.loads(line)["count"]
    started = time.perf_counter()
    for step in range(count):
        rows = torch.randint(SAMPLES, (batch,))
        views = torch.randint(2, (batch,))
        loss = nn.functional.cross_entropy(head(embeddings[rows, views]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)
