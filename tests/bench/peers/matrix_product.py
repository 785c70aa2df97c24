"""A product of two square matrices, answering requests as serve.ts does.

Arguments: torch or numpy, side of the matrices, threads.
"""
import json
import os
import sys
import time

library, side, threads = sys.argv[1], int(sys.argv[2]), sys.argv[3]
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = threads

import numpy as np  # noqa: E402  after the number of threads

values = (np.arange(side * side) % 7 - 3).astype(np.float32).reshape(side, side)
if library == "torch":
    import torch

    torch.set_num_threads(int(threads))
    values = torch.from_numpy(values)

print(json.dumps({"library": library}), flush=True)
for line in sys.stdin:
    count = json.loads(line)["count"]
    started = time.perf_counter()
    for _ in range(count):
        values @ values
    print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)
