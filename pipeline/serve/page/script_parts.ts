/** The script of the page of a server, first part: what the rest uses. */

/** The script; it stands within a function. */
export const PARTS_SCRIPT = `
  const $ = (id) => document.getElementById(id);
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const percent = (share) => (share * 100).toFixed(1) + "\\u00a0%";
  const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const say = (text, isBad = false) => {
    $("status").textContent = text;
    $("status").classList.toggle("message", isBad);
  };

  /** What an answer says is wrong. */
  class ServerError extends Error {
    constructor({ code, message }) {
      super(message);
      this.code = code;
    }
  }

  /** Asks the server; comes again where it is busy. */
  const ask = async (path, options = {}) => {
    const url = new URL(path, location.origin);
    const run = $("run").value || new URLSearchParams(location.search).get("run");
    if (run) url.searchParams.set("run", run);
    for (let tries = 0; ; tries++) {
      const response = await fetch(url, options).catch(() => {
        throw new ServerError({ code: "gone", message: "The server does not answer. Is it still running?" });
      });
      if (response.status === 429 && tries < 20) {
        await wait(Number(response.headers.get("Retry-After")) || 1);
        continue;
      }
      if (response.status === 204) return undefined;
      const value = await response.json().catch(() => ({}));
      if (response.ok) return value;
      if (response.status === 401) askForToken();
      throw new ServerError(value.error ?? { code: "failed", message: "The server has failed: see its log" });
    }
  };

  const askForToken = () => {
    if ($("token")) return;
    $("drop").hidden = true;
    const input = make("input", { type: "password", id: "token", autocomplete: "current-password" });
    const label = make("label", {}, "This server asks for its token ", input);
    // Managers of passwords want a name too.
    const name = make("input", { type: "text", autocomplete: "username", value: "headstart", hidden: true });
    const form = make("form", { className: "actions" }, name, label, make("button", { className: "main" }, "Send"));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        await ask("/api/session", { method: "POST", headers: { Authorization: "Bearer " + input.value } });
        form.remove();
        say("");
        await start();
      } catch (error) {
        say(error.code === "unauthorized" ? "This is not the token." : error.message, true);
      }
    });
    $("login").append(form);
    input.focus();
  };

  // Light and dark.
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const showTheme = () => $("theme").setAttribute("aria-pressed", String(isDark()));
  $("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("headstart-theme:" + location.pathname, root.dataset.theme);
    } catch { /* Then it lasts as long as the page. */ }
    showTheme();
  });
  system.addEventListener("change", showTheme);
  showTheme();
`;
