import { assertEquals, assertThrows } from "@std/assert";
import { ApiError } from "../../pipeline/serve/api_error.ts";
import { Catalogue } from "../../pipeline/serve/catalogue.ts";
import { FACTS, testModel } from "./support.ts";

/** A run that says when it is closed. */
function closing(run: string, version: string, closed: string[]) {
  return testModel({
    facts: { ...FACTS, run },
    version,
    close: () => Promise.resolve(void closed.push(`${run} ${version}`)),
  });
}

Deno.test("Catalogue closes a run that was replaced when nobody uses it any more", async () => {
  const closed: string[] = [];
  const catalogue = new Catalogue([
    closing("a", "1", closed),
    closing("b", "1", closed),
  ]);
  assertEquals(catalogue.names, ["a", "b"]);
  const [first, second] = [catalogue.lease(), catalogue.lease("a")];
  catalogue.replace(closing("a", "2", closed));
  assertEquals(catalogue.names, ["a", "b"]);
  assertEquals(first.model.version, "1");
  assertEquals(catalogue.get("a").version, "2");
  first[Symbol.dispose]();
  assertEquals(closed, []);
  second[Symbol.dispose]();
  assertEquals(closed, ["a 1"]);
  // One that nobody uses is closed at once.
  catalogue.replace(closing("b", "2", closed));
  assertEquals(closed, ["a 1", "b 1"]);
  await catalogue[Symbol.asyncDispose]();
  assertEquals(closed, ["a 1", "b 1", "a 2", "b 2"]);
});

Deno.test("Catalogue knows no other run", () => {
  const catalogue = new Catalogue([testModel()]);
  for (const name of ["", "other", "../default", "constructor"]) {
    assertThrows(() => catalogue.get(name), ApiError, "Cannot find a run");
  }
});
