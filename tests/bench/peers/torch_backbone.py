"""torchvision's ResNet-101 in PyTorch, answering requests as serve.ts does.

Arguments: weight file, side of the images, images a batch, threads.
"""
import json
import sys
import time

import numpy as np
import torch
import torchvision

weights, side, batch, threads = sys.argv[1], *map(int, sys.argv[2:5])
torch.set_num_threads(threads)

with open(weights, "rb") as file:
    content = file.read()
start = 8 + int.from_bytes(content[:8], "little")
header = json.loads(content[8:start])
state = {}
for name, entry in header.items():
    if name != "__metadata__":
        begin, end = entry["data_offsets"]
        values = np.frombuffer(content[start + begin:start + end], "<f4")
        state[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())

width = state["conv1.weight"].shape[0]


def build():
    """A ResNet-101 whose blocks are as wide as the file has them."""
    if width == 64:
        return torchvision.models.resnet101()
    # Its stem is 64 wide whatever it is told, so every convolution is replaced.
    model = torchvision.models.resnet101()
    for name, module in list(model.named_modules()):
        path, _, last = name.rpartition(".")
        parent = model.get_submodule(path)
        if isinstance(module, torch.nn.Conv2d):
            out, inside = state[f"{name}.weight"].shape[:2]
            setattr(parent, last, torch.nn.Conv2d(inside, out, module.kernel_size, module.stride, module.padding, bias=False))
        elif isinstance(module, torch.nn.BatchNorm2d):
            setattr(parent, last, torch.nn.BatchNorm2d(len(state[f"{name}.weight"])))
    return model


model = build()
model.fc = torch.nn.Identity()
model.load_state_dict(state, strict=False)
model.eval()
MEANS = torch.tensor([123.68, 116.78, 103.94]).view(1, 3, 1, 1)


def noise(count):
    """The images of network_input.ts, normalized: F32 [count, 3, S, S]."""
    i = np.arange(1, count * side * side * 3 + 1, dtype=np.uint64)
    levels = ((i * np.uint64(0x9E3779B1) & np.uint64(0xFFFFFFFF)) >> np.uint64(24)).astype(np.float32)
    pixels = torch.from_numpy(levels.reshape(count, side, side, 3))
    return (pixels.permute(0, 3, 1, 2) - MEANS).contiguous()


print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    images = noise(request["count"])
    started = time.perf_counter()
    with torch.inference_mode():
        rows = torch.cat([model(part) for part in images.split(batch)])
    answer = {"seconds": time.perf_counter() - started}
    if request.get("rows"):
        answer["rows"] = rows.flatten().tolist()
    print(json.dumps(answer), flush=True)
