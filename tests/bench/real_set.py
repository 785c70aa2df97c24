"""Writes real, labelled photos as a folder a class: python real_set.py DIRECTORY [PER_CLASS].

The photos are the first of each class in Fashion-MNIST's test split (Zalando's
shop photos, 28x28, grey, MIT), as Debian's package `dataset-fashion-mnist`
installs them. They become PNGs, pixel for pixel, named by their row.
"""

import gzip
import sys
from pathlib import Path

from PIL import Image

SOURCE = Path("/usr/share/datasets/fashion-mnist")
NAMES = "t-shirt trouser pullover dress coat sandal shirt sneaker bag ankle-boot"
README = """The first {count} photos of each class of Fashion-MNIST's test split, as PNGs of
28x28 grey pixels: shop photos of Zalando, shrunk and inverted by its authors
(Xiao et al. 2017, MIT), from Debian's package dataset-fashion-mnist.
"""


def main():
    directory = Path(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    names = NAMES.split()
    with gzip.open(SOURCE / "t10k-images-idx3-ubyte.gz") as file:
        pixels = file.read()[16:]
    with gzip.open(SOURCE / "t10k-labels-idx1-ubyte.gz") as file:
        labels = file.read()[8:]
    written = [0] * len(names)
    for row, label in enumerate(labels):
        if written[label] == count:
            continue
        written[label] += 1
        path = directory / names[label] / f"{row:05}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        image = Image.frombytes("L", (28, 28), pixels[row * 784 : (row + 1) * 784])
        image.save(path)
    (directory / "README.txt").write_text(README.format(count=count))


if __name__ == "__main__":
    main()
