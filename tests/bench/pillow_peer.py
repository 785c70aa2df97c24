"""Pillow's side of pixels_bench.ts: decodes and resizes photos in one thread.

Arguments: the photos. Each line of standard input, "nearest" or "bilinear", is
one pass over them, answered by its seconds: a stretch to 224x224 with the
nearest pixel, or the short side to 256 with the filter and the centre 224x224.
"""

import sys
import time

from PIL import Image


def stretch(image):
    return image.resize((224, 224), Image.NEAREST)


def crop(image):
    scale = 256 / min(image.size)
    width, height = (round(side * scale) for side in image.size)
    left, top = (width - 224) // 2, (height - 224) // 2
    resized = image.resize((width, height), Image.BILINEAR)
    return resized.crop((left, top, left + 224, top + 224))


def main():
    for line in sys.stdin:
        make = {"nearest": stretch, "bilinear": crop}[line.strip()]
        start = time.perf_counter()
        for path in sys.argv[1:]:
            with Image.open(path) as image:
                make(image.convert("RGB")).tobytes()
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
