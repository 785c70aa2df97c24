/**
 * How far the embeddings of two programs are apart.
 *
 * @module
 */

import { relativeError } from "../../support/assert_all_close.ts";
import { compareRounds, type Row } from "../bench_row.ts";
import type { Field } from "../field.ts";

/** Images whose embeddings are compared. */
const COUNT = 2;

/** How far they may be apart, as the design promises. */
const AGREEMENT = 1e-4;

/** Embeddings of a program. */
async function embeddings(
  field: Field,
  name: string,
): Promise<number[] | undefined> {
  const answer = await field.child(name)?.ask({ count: COUNT, rows: true });
  return answer?.rows;
}

/**
 * Makes a line for each program: how far its embeddings are from those of
 * another, `|a - b| / |b|`.
 *
 * @param field The programs.
 * @param names Names of the programs.
 * @param reference Name of the other.
 * @returns The lines.
 */
export async function compareEmbeddings(
  field: Field,
  names: readonly string[],
  reference: string,
): Promise<Row[]> {
  const expected = await embeddings(field, reference);
  const rows: Row[] = [];
  for (const name of names) {
    const figure = `embeddings of ${name} beside those of ${reference}`;
    const actual = await embeddings(field, name);
    if (!actual || !expected) {
      const absent = actual ? reference : name;
      rows.push({ figure, skipped: `${absent}: ${field.reason(absent)}` });
      continue;
    }
    rows.push(compareRounds(figure, {
      ours: [relativeError(actual, expected)],
      unit: "relative",
      target: { kind: "most", value: AGREEMENT },
    }));
  }
  return rows;
}
