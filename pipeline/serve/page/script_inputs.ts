/** The script of the page of a server, last part: how photos come in. */

/** The script; it stands within a function, after the other parts. */
export const INPUTS_SCRIPT = `
  const drop = $("drop");
  $("choose").addEventListener("click", () => $("file").click());
  for (const id of ["file", "capture"]) {
    $(id).addEventListener("change", ({ target }) => {
      add([...target.files]);
      target.value = "";
    });
  }

  // A drop anywhere counts: a photo that misses would replace the page.
  const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    drop.classList.add("over");
  });
  addEventListener("dragleave", ({ relatedTarget }) => relatedTarget === null && drop.classList.remove("over"));
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    drop.classList.remove("over");
    add([...event.dataTransfer.files]);
  });
  addEventListener("paste", ({ clipboardData }) => {
    const files = [...clipboardData?.files ?? []];
    if (files.length > 0) add(files);
    else if (!$("token")) say("There is no photo to paste.", true);
  });

  // The camera; where a page may not use it, the one of the system.
  let stream;
  let shots = 0;
  const closeCamera = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
    $("camera").hidden = true;
    $("shoot").disabled = true;
  };
  $("photograph").addEventListener("click", async () => {
    if (!navigator.mediaDevices) return $("capture").click();
    try {
      stream ??= await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      return say("The camera cannot be used: there is none, or it is not allowed.", true);
    }
    $("video").srcObject = stream;
    $("camera").hidden = false;
    say("The camera is open.");
  });
  $("video").addEventListener("loadeddata", () => {
    $("shoot").disabled = false;
    $("shoot").focus();
  });
  $("shoot").addEventListener("click", () => {
    const { videoWidth: width, videoHeight: height } = $("video");
    const canvas = make("canvas", { width, height });
    canvas.getContext("2d").drawImage($("video"), 0, 0);
    canvas.toBlob((blob) => add([new File([blob], "camera-" + ++shots + ".jpg", { type: blob.type })]), "image/jpeg", 0.95);
  });
  $("close-camera").addEventListener("click", () => {
    closeCamera();
    $("photograph").focus();
  });

  const whole = (value) => value.toLocaleString("en");
  const MOST_CLASSES = 30;

  /** Says what is served. */
  const showModel = () => {
    const { run, classes, metrics, hasReport, limits, threshold } = model;
    document.title = "Classify photos: run " + run;
    $("about").textContent = "Run " + run;
    const share = (value) => percent(value);
    $("summary").textContent = metrics
      ? "Right for " + share(metrics.top1) + " of " + whole(metrics.samples) + " photos in its evaluation; of other photos like these " + share(metrics.intervals.top1[0]) + " to " + share(metrics.intervals.top1[1]) + " would be right."
      : "This run was not evaluated: how often it is right is not known.";
    const more = classes.length - MOST_CLASSES;
    $("classes").textContent = (classes.length === 1 ? "One class: " : whole(classes.length) + " classes: ") + classes.slice(0, MOST_CLASSES).join(", ") + (more > 0 ? " and " + whole(more) + " more." : ".") + (threshold > 0 ? " Below " + percent(threshold).replace(".0", "") + " it is unsure." : "");
    $("limits").textContent = "JPEG, PNG, GIF, WebP, AVIF, HEIC, BMP or TIFF, up to " + Math.floor(limits.bodyBytes / 2 ** 20) + " MiB and " + Math.floor(limits.pixels / 1e6) + " megapixels";
    $("report").hidden = !hasReport;
    $("report").href = "/report?run=" + encodeURIComponent(run);
    drop.hidden = false;
    $("footer").hidden = false;
  };

  const start = async () => {
    try {
      const { runs } = await ask("/api/runs");
      const wanted = new URLSearchParams(location.search).get("run");
      $("run").replaceChildren(...runs.map((name) => make("option", { value: name }, name)));
      if (runs.includes(wanted)) $("run").value = wanted;
      $("runs").hidden = runs.length < 2;
      model = await ask("/api/model");
      showModel();
    } catch (error) {
      if (error.code !== "unauthorized") say(error.message, true);
    }
  };
  $("run").addEventListener("change", () => {
    clear();
    history.replaceState(null, "", "?run=" + encodeURIComponent($("run").value));
    start();
  });
  start();
`;
