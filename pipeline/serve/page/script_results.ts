/** The script of the page of a server, second part: what photos show. */

import { FORMULA } from "../../artifact/csv_text.ts";

/** The script; it stands within a function, after the first part. */
export const RESULTS_SCRIPT = `
  let model;
  const results = [];
  const queue = [];
  const MOST_AT_ONCE = 4;
  let underWay = 0;

  const send = (file, query) => ask("/api/classify" + query, {
    method: "POST",
    // What a file is, its bytes say.
    headers: { "Content-Type": "application/octet-stream" },
    body: file,
  });

  /** Shows where a photo speaks for a class, or the photo again. */
  const toggleMap = async (result, name) => {
    const { seen, shot, bars, toggle } = result;
    const isOn = result.shown === name;
    result.shown = isOn ? undefined : name;
    for (const image of seen.querySelectorAll(".of-map")) image.remove();
    const mark = () => {
      for (const [other, button] of bars) button.setAttribute("aria-pressed", String(result.shown === other));
      toggle.setAttribute("aria-pressed", String(result.shown !== undefined));
    };
    mark();
    shot.hidden = !isOn;
    seen.hidden = isOn && result.isUnshown;
    // A square that was stretched gets the shape of the photo again.
    const isStretched = model.preprocessing.geometry.resize === "stretch";
    if (isOn) return say("The photo is shown.");
    try {
      const query = "?topK=1&heatmap=true&class=" + encodeURIComponent(name);
      const { heatmap } = await send(result.file, query);
      if (result.shown !== name) return;
      seen.hidden = false;
      const kind = "of-map" + (isStretched ? " stretched" : "");
      seen.append(
        make("img", { className: kind, src: heatmap.photo, alt: "The photo as the network saw it" }),
        make("img", { className: kind + " map", src: heatmap.map, alt: "Activation map of " + name }),
      );
      say("Bright places speak for " + name + ".");
    } catch (error) {
      result.shown = undefined;
      shot.hidden = false;
      seen.hidden = result.isUnshown;
      mark();
      say(error.message, true);
    }
  };

  /** Shows the classes of a photo. */
  const showAnswer = (result, answer, roundTrip) => {
    const { says } = result;
    result.answer = answer;
    const [likeliest] = answer.top;
    result.bars = new Map();
    const bars = answer.top.map(({ class: name, probability }) => {
      const button = make("button", { type: "button" }, make("bdi", {}, name), make("span", { className: "value" }, percent(probability)));
      button.style.setProperty("--v", String(probability));
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => toggleMap(result, name));
      result.bars.set(name, button);
      return make("li", {}, button);
    });
    result.toggle = make("button", { type: "button" }, "Activation map");
    result.toggle.setAttribute("aria-pressed", "false");
    result.toggle.addEventListener("click", () => toggleMap(result, result.shown ?? likeliest.class));
    const heading = answer.unsure
      ? make("h3", { className: "unsure" }, "Unsure: ", make("bdi", {}, likeliest.class), "?")
      : make("h3", {}, make("bdi", {}, likeliest.class));
    const took = answer.milliseconds + " ms on " + (answer.device ?? "the server") + ", " + Math.round(roundTrip) + " ms in all";
    says.replaceChildren(
      heading,
      make("ol", { className: "bars", ariaLabel: "Likeliest classes" }, ...bars),
      make("div", { className: "actions" }, result.toggle),
      make("p", { className: "name" }, make("bdi", {}, result.file.name), make("br"), took),
    );
  };

  const showError = (result, error) => {
    result.error = error.message;
    result.seen.hidden = true;
    result.says.replaceChildren(
      make("h3", {}, error.code === "not_an_image" ? "Not a photo" : "No answer"),
      make("p", { className: "message" }, error.message),
      make("p", { className: "name" }, make("bdi", {}, result.file.name)),
    );
  };

  const showProgress = () => {
    const done = results.filter(({ answer, error }) => answer || error).length;
    const isMany = results.length > 1;
    $("progress").max = results.length;
    $("progress").value = done;
    $("progress").hidden = !isMany || done === results.length;
    $("results").classList.toggle("one", !isMany);
    $("csv").disabled = done < results.length;
    $("answers").hidden = results.length === 0;
    if (done < results.length) return;
    const failed = results.filter(({ error }) => error);
    if (isMany) {
      say(results.length + " photos are answered" + (failed.length > 0 ? ", " + failed.length + " of them could not be read." : "."), failed.length > 0);
    } else if (failed.length > 0) {
      say(failed[0].file.name + ": " + failed[0].error, true);
    } else if (results.length > 0) {
      const { unsure, top: [{ class: name, probability }] } = results[0].answer;
      say((unsure ? "Unsure: perhaps " : "It shows: ") + name + ", " + percent(probability) + ".");
    }
  };

  const work = async (result) => {
    underWay++;
    const started = performance.now();
    try {
      showAnswer(result, await send(result.file, ""), performance.now() - started);
    } catch (error) {
      showError(result, error);
    }
    underWay--;
    showProgress();
    next();
  };
  const next = () => {
    while (underWay < MOST_AT_ONCE && queue.length > 0) work(queue.shift());
  };

  /** Takes photos. */
  const add = (files) => {
    if (files.length === 0 || !model) return;
    // One photo after another is shown alone, several together.
    if (files.length === 1 && results.length <= 1 || results.every(({ answer, error }) => answer || error)) clear();
    for (const file of files) {
      const shot = make("img", { className: "shot", alt: "Photo " + file.name, src: URL.createObjectURL(file), loading: "lazy", decoding: "async" });
      const seen = make("figure", { className: "seen" }, shot);
      const says = make("div", { className: "says" }, make("p", { className: "wait" }, "…"));
      const result = { file, seen, shot, says, isUnshown: false };
      shot.addEventListener("load", () => seen.style.setProperty("--ratio", String(shot.naturalWidth / shot.naturalHeight)));
      // The browser may not know formats that the network can see.
      shot.addEventListener("error", () => seen.hidden = result.isUnshown = true);
      results.push(result);
      queue.push(result);
      $("results").append(make("li", { className: "result" }, seen, says));
    }
    say(files.length === 1 ? "Looking at " + files[0].name + "…" : "Looking at " + files.length + " photos…");
    showProgress();
    next();
    $("answers").scrollIntoView({ block: "nearest" });
  };

  const clear = () => {
    for (const { shot } of results) URL.revokeObjectURL(shot.src);
    results.length = 0;
    queue.length = 0;
    $("results").replaceChildren();
    showProgress();
    say("");
  };
  $("clear").addEventListener("click", () => {
    clear();
    $("choose").focus();
  });

  // A row a photo, as deno task predict --csv names its columns.
  // What a spreadsheet would run as a formula is text.
  const quote = (value) => {
    const text = value.replace(${FORMULA}, "'");
    return /[",\\n\\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  $("csv").addEventListener("click", () => {
    const rows = results.map(({ file, answer, error }) => {
      const [likeliest] = answer?.top ?? [];
      const top = (answer?.top ?? []).map(({ class: name, probability }) => name + "=" + probability).join(" ");
      return [file.name, likeliest?.class ?? "", String(likeliest?.probability ?? ""), answer ? String(answer.unsure === true) : "", error ?? "", top];
    });
    const lines = [["name", "class", "probability", "unsure", "error", "top"], ...rows].map((row) => row.map(quote).join(","));
    const url = URL.createObjectURL(new Blob([lines.join("\\r\\n") + "\\r\\n"], { type: "text/csv" }));
    make("a", { href: url, download: "classes.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  });
`;
