/**
 * The order in which Keras lists the layers of a model.
 *
 * Weights are read from a file by position, so they must be written in it.
 */

/** A layer, as far as its order goes. */
interface Node {
  name: string;
  /** Names of the layers it reads. */
  inputs: readonly string[];
}

/** Numbers layers by a depth-first walk from the output, each before those it reads. */
function walkBack(
  name: string,
  layers: ReadonlyMap<string, Node>,
  positions: Map<string, number>,
): void {
  if (positions.has(name)) return;
  positions.set(name, positions.size);
  for (const input of layers.get(name)!.inputs) {
    walkBack(input, layers, positions);
  }
}

/**
 * Orders layers as Keras does: by their longest way to the output, the farthest
 * first; those that are as far by a depth-first walk from the output.
 *
 * Source: `map_graph` in `keras/src/ops/function.py`,
 * https://github.com/keras-team/keras.
 *
 * @param layers The layers, each after those it reads; the last is the output.
 * @returns The layers in Keras' order.
 */
export function orderAsKeras<L extends Node>(layers: readonly L[]): L[] {
  const depths = new Map<string, number>();
  for (const { name, inputs } of layers.toReversed()) {
    const depth = depths.get(name) ?? 0;
    depths.set(name, depth);
    for (const input of inputs) {
      depths.set(input, Math.max(depths.get(input) ?? 0, depth + 1));
    }
  }
  const positions = new Map<string, number>();
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  walkBack(layers.at(-1)!.name, byName, positions);
  return layers.toSorted((a, b) =>
    depths.get(b.name)! - depths.get(a.name)! ||
    positions.get(a.name)! - positions.get(b.name)!
  );
}
