/**
 * The line of a photo that was classified.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { parse } from "@std/csv";
import { csvRow, PREDICTION_COLUMNS } from "../../../tasks/cli/prediction.ts";

Deno.test("csvRow() gives a program every class and its probability, whatever its name", () => {
  const top = [
    { class: 'red "rose" b=1, or 2', probability: 0.75 },
    { class: "tulip", probability: 1e-7 },
  ];
  const result = { photo: "a.jpg", digest: "d", top };
  const [row] = parse(
    `${PREDICTION_COLUMNS}\r\n${csvRow(result as never, 0.8)}`,
    { skipFirstRow: true },
  );
  assertEquals({ ...row, top: JSON.parse(row!.top!) }, {
    path: "a.jpg",
    digest: "d",
    class: 'red "rose" b=1, or 2',
    probability: "0.75",
    unsure: "true",
    error: "",
    top,
  });
});
