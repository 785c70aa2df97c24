"""Pillow on one thread, answering requests as serve.ts does.

Arguments: folder of photos, side of the images. A request is for so many photos:
reading, decoding, a stretch to a square with the nearest pixel.
"""
import json
import pathlib
import sys
import time

from PIL import Image

folder, side = sys.argv[1], int(sys.argv[2])
paths = sorted(path for path in pathlib.Path(folder).rglob("*") if path.is_file())

print(json.dumps({}), flush=True)
for line in sys.stdin:
    chosen = paths[:json.loads(line)["count"]]
    started = time.perf_counter()
    for path in chosen:
        with Image.open(path) as image:
            image.convert("RGB").resize((side, side), Image.NEAREST).tobytes()
    print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)
