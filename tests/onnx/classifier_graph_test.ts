import { assertEquals } from "@std/assert";
import { initializeHead } from "../../pipeline/head/model.ts";
import { encodeClassifier } from "../../pipeline/onnx/classifier_graph.ts";
import { ModelProto } from "../../pipeline/onnx/messages.ts";
import { smallBackbone } from "../backbone/support.ts";

/** Numbers of the data types in `TensorProto.DataType`. */
const [F32, F16] = [1, 10];

/** The part of a model that is looked at. */
interface Model {
  graph: {
    node: { opType: string }[];
    initializer: { name: string; dataType: number }[];
    output: { name: string }[];
  };
  metadataProps: { key: string; value: string }[];
}

/** Encodes a small model, and decodes it. */
function encode(options: { half: boolean; layout: "nhwc" | "nchw" }) {
  const shape = {
    inputs: 128,
    hidden: 3,
    classes: 2,
    activation: "relu" as const,
  };
  const bytes = encodeClassifier({
    network: smallBackbone(),
    head: { shape, parameters: initializeHead(shape, 1) },
    temperature: 2,
    metadata: { labels: '["a","b"]' },
    ...options,
  });
  return ModelProto.toObject(ModelProto.decode(bytes)) as Model;
}

Deno.test("encodeClassifier() names the head's layers, and ends in probabilities", () => {
  const { graph, metadataProps } = encode({ half: false, layout: "nhwc" });
  const ends = graph.node.slice(-5).map(({ opType }) => opType);
  assertEquals(ends, ["Gemm", "Relu", "Gemm", "Div", "Softmax"]);
  assertEquals(graph.output.map(({ name }) => name), [
    "logits",
    "probabilities",
  ]);
  assertEquals(
    metadataProps.map(({ key, value }) => [key, value]),
    [["labels", '["a","b"]']],
  );
});

Deno.test("encodeClassifier() keeps kernels as F16 and the rest as F32", () => {
  const { graph } = encode({ half: true, layout: "nchw" });
  const types = new Map(
    graph.initializer.map(({ name, dataType }) => [name, dataType]),
  );
  for (const [name, type] of types) {
    assertEquals(type, name.endsWith(".half") ? F16 : F32, name);
  }
  const halves = [...types.keys()].filter((name) => name.endsWith(".half"));
  const convolutions = graph.node.filter(({ opType }) => opType === "Conv");
  assertEquals(halves.length, convolutions.length + 2);
});
