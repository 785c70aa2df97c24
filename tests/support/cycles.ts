/**
 * Cycles of a directed graph.
 *
 * @module
 */

/**
 * Finds cycles by a depth-first walk: at least one where there is any, though
 * not each of several that share an edge.
 *
 * @param graph For each node the nodes it points to; those that are no key are passed over.
 * @returns The cycles, each with its first node at both ends.
 */
export function findCycles(
  graph: ReadonlyMap<string, Iterable<string>>,
): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]) => {
    const start = path.indexOf(node);
    if (start >= 0) cycles.push([...path.slice(start), node]);
    if (start >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return cycles;
}
