/** The format `onnx`: backbone and head in one file, `model.onnx`. */

import { join } from "../path.ts";
import { freeBytes } from "../artifact/free_bytes.ts";
import { openOnnxFile } from "../backends/open_model.ts";
import { encodeClassifier } from "../onnx/classifier_graph.ts";
import { toPlanes } from "./float_planes.ts";
import type { ExportFacts, ExportFormat } from "./format.ts";
import { pillowLines } from "./pillow_lines.ts";

const FILE = "model.onnx";

/** What runtimes show of the model. */
function metadata(facts: ExportFacts): Record<string, string> {
  const { classNames, preprocessing, temperature, backbone } = facts;
  return {
    labels: JSON.stringify(classNames),
    preprocessing: JSON.stringify(preprocessing),
    temperature: String(temperature),
    probabilities: "softmax(logits / temperature)",
    licence: backbone.licence,
    head: facts.fingerprint,
    backbone: backbone.digest,
  };
}

/** What a program must know that runs a model in integers. */
const IN_INTEGERS = `

The backbone is computed in integers of 8 bits. Only onnxruntime runs it. On an x86 CPU
without 8-bit dot products (VNNI) set the session option
\`session.x64quantprecision\` to \`1\`: without it sums are cut off and answers wrong.`;

/** How a program loads the model. */
function describeUse(
  { preprocessing, floatInput, precision }: ExportFacts,
): string {
  const { imageSize: side } = preprocessing.geometry;
  const [array, input] = floatInput
    ? [
      `numpy.asarray(photo, "float32").transpose(2, 0, 1)[None]`,
      `F32 \`[n, 3, ${side}, ${side}]\`, RGB of 0 to 255`,
    ]
    : [`numpy.asarray(photo)[None]`, `U8 \`[n, ${side}, ${side}, 3]\`, RGB`];
  return `Input \`image\` is ${input}, any number n of photos; outputs are \`logits\` and
\`probabilities\`, F32 \`[n, C]\`. Normalization and temperature are in the model. The
operators are those of opset 13${
    precision ? ", and `QLinearAdd` of onnxruntime" : ""
  }.

\`\`\`python
import json, numpy, onnxruntime
from PIL import Image, ImageOps

session = onnxruntime.InferenceSession("model.onnx")
${pillowLines(preprocessing.geometry)}
image = ${array}
[probabilities] = session.run(["probabilities"], {"image": image})
print(json.load(open("labels.json"))[probabilities[0].argmax()])
\`\`\`

Builds of onnxruntime for Linux and macOS send telemetry unless the environment has
\`ORT_DISABLE_TELEMETRY=1\` before they load.${precision ? IN_INTEGERS : ""}`;
}

export const ONNX: ExportFormat = {
  file: FILE,
  library: "onnx",
  hasFloatInput: true,
  hasIntegers: true,
  async write({ facts, network, head }, folder) {
    const { temperature, half, floatInput } = facts;
    const bytes = encodeClassifier({
      network,
      head,
      temperature,
      half,
      layout: floatInput ? "nchw" : "nhwc",
      metadata: metadata(facts),
    });
    freeBytes(network.weights.values);
    await folder.writeAtomic(FILE, bytes);
    freeBytes(bytes);
  },
  async open(folder, { preprocessing, floatInput }) {
    const { imageSize: side } = preprocessing.geometry;
    const model = await openOnnxFile(join(folder, FILE));
    return {
      runtime: model.runtime,
      classify: (images, count) =>
        floatInput
          ? model.run(toPlanes(images, side), [count, 3, side, side])
          : model.run(images, [count, side, side, 3]),
      close: model.close,
    };
  },
  describeUse,
};
