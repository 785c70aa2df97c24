import { assertEquals } from "@std/assert";
import { Catalogue } from "../../pipeline/serve/catalogue.ts";
import {
  refreshRuns,
  type WatchOptions,
  watchRuns,
} from "../../pipeline/serve/watch_runs.ts";
import { testApp, testModel } from "./support.ts";

/** A run whose newest version the test decides. */
function testRun() {
  const catalogue = new Catalogue([testModel()]);
  const { parts, entries } = testApp({ catalogue });
  const state = { version: "1" as string | undefined, error: "", loads: 0 };
  const options: WatchOptions = {
    ...parts,
    findVersion: () => Promise.resolve(state.version),
    load() {
      state.loads++;
      if (state.error) return Promise.reject(new Error(state.error));
      return Promise.resolve(testModel({ version: state.version! }));
    },
  };
  const version = () => catalogue.get().version;
  const events = () => entries.map(({ event }) => event);
  return { options, state, version, events };
}

Deno.test("refreshRuns() loads a run that was made anew, once", async () => {
  const { options, state, version, events } = testRun();
  const refused = new Map<string, string>();
  await refreshRuns(options, refused);
  // While it is trained there is nothing to load.
  state.version = undefined;
  await refreshRuns(options, refused);
  assertEquals([version(), state.loads], ["1", 0]);
  state.version = "2";
  await refreshRuns(options, refused);
  await refreshRuns(options, refused);
  assertEquals([version(), state.loads, events()], ["2", 1, ["reload"]]);
});

Deno.test("refreshRuns() keeps the old run where the new one does not load, and tells once", async () => {
  const { options, state, version, events } = testRun();
  const refused = new Map<string, string>();
  Object.assign(state, { version: "2", error: "its weights are gone" });
  await refreshRuns(options, refused);
  await refreshRuns(options, refused);
  assertEquals(
    [version(), state.loads, events()],
    ["1", 1, ["reload-failed"]],
  );
  Object.assign(state, { version: "3", error: "" });
  await refreshRuns(options, refused);
  assertEquals([version(), events().at(-1)], ["3", "reload"]);
});

Deno.test("watchRuns() looks again and again until it is over", async () => {
  const { options, state, version } = testRun();
  {
    await using _watch = watchRuns(options, 1);
    for (const wanted of ["2", "3"]) {
      state.version = wanted;
      while (version() !== wanted) {
        await new Promise((resolve) => setTimeout(resolve));
      }
    }
  }
  assertEquals(state.loads, 2);
});
