import { assertEquals } from "@std/assert";
import { levelScale, quantizeConv } from "../../pipeline/onnx/quantize.ts";

Deno.test("levelScale() puts 0 on a level", () => {
  assertEquals(levelScale([0, 255]), { scale: 1, zeroPoint: 0 });
  assertEquals(levelScale([-64, 63.5]), { scale: 0.5, zeroPoint: 128 });
});

Deno.test("levelScale() of an activation that is always 0 is usable", () => {
  assertEquals(levelScale([0, 0]), { scale: 1, zeroPoint: 0 });
});

Deno.test("quantizeConv() has a scale a channel, and a bias in steps of both scales", () => {
  const weight = Float32Array.of(127, -1, 254, 2);
  const quantized = quantizeConv(
    { weight, bias: Float32Array.of(10, -10) },
    0.5,
  );
  assertEquals(quantized, {
    weight: Int8Array.of(127, -1, 127, 1),
    scales: Float32Array.of(1, 2),
    bias: Int32Array.of(20, -10),
  });
});

Deno.test("quantizeConv() carries the error of a weight to the next", () => {
  const weight = Float32Array.of(127, 0.4, 0.4, 0.4, 0.4, 0.4);
  const { weight: levels } = quantizeConv(
    { weight, bias: Float32Array.of(0) },
    1,
  );
  assertEquals([...levels], [127, 0, 1, 0, 1, 0]);
});

Deno.test("quantizeConv() keeps a bias within 32 bits where weights are tiny", () => {
  const of = (weight: number, bias: number) =>
    quantizeConv({
      weight: Float32Array.of(weight),
      bias: Float32Array.of(bias),
    }, 1);
  const tiny = of(1e-12, 1);
  assertEquals(tiny.bias[0], 2 ** 30);
  assertEquals([...tiny.weight], [0]);
  const none = of(0, 0);
  assertEquals([none.scales[0], none.bias[0]], [1, 0]);
});
