/** The loader of the format `safetensors` for PyTorch: `model.py`. */

/** The program, which needs PyTorch alone. */
export const PYTORCH_LOADER =
  `"""The model of this folder in PyTorch: config.json says which layers, model.safetensors holds their weights."""

import json
import struct
from pathlib import Path

import torch
import torch.nn.functional as F


def load_tensors(path):
    """Reads a safetensors file; safetensors.torch.load_file does the same."""
    data = bytearray(Path(path).read_bytes())
    start = 8 + struct.unpack_from("<Q", data)[0]
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        dtype = {"F32": torch.float32, "F16": torch.float16}[entry["dtype"]]
        count = torch.Size(entry["shape"]).numel()
        offset = start + entry["data_offsets"][0]
        values = torch.frombuffer(data, dtype=dtype, count=count, offset=offset)
        tensors[name] = values.reshape(entry["shape"]).float()
    return tensors


class Classifier(torch.nn.Module):
    """From RGB images, uint8 [n, H, W, 3], to probabilities [n, classes]."""

    def __init__(self, folder):
        super().__init__()
        self.config = json.loads((Path(folder) / "config.json").read_text("utf-8"))
        for name, values in load_tensors(Path(folder) / "model.safetensors").items():
            self.register_buffer(name.replace(".", "_"), values)

    def weights(self, name):
        name = name.replace(".", "_")
        return getattr(self, name + "_weight"), getattr(self, name + "_bias")

    def forward(self, images):
        config, normalization = self.config, self.config["normalization"]
        x = images.permute(0, 3, 1, 2).float()
        if normalization["channels"] == "bgr":
            x = x.flip(1)
        mean, std = (x.new_tensor(normalization[key]).view(1, 3, 1, 1) for key in ("mean", "std"))
        outputs = {"input": (x - mean) / std}
        for layer in config["layers"]:
            x = outputs[layer["input"]]
            if layer["kind"] == "avgpool":
                x = x.mean((2, 3))
            else:
                # Zeros around a pool never win, as its input is never negative.
                x = F.pad(x, [layer["padding"][side] for side in ("left", "right", "top", "bottom")])
                if layer["kind"] == "maxpool":
                    x = F.max_pool2d(x, layer["kernel"], layer["stride"])
                else:
                    x = F.conv2d(x, *self.weights(layer["name"]), layer["stride"])
                    x = x + outputs[layer["add"]] if "add" in layer else x
                    x = x.relu() if layer["relu"] else x
            outputs[layer["name"]] = x
        x = F.linear(x, *self.weights("dense1"))
        if config["head"]["hidden"] > 0:
            x = x.relu() if config["head"]["activation"] == "relu" else x
            x = F.linear(x, *self.weights("dense2"))
        return (x / config["temperature"]).softmax(1)
`;
