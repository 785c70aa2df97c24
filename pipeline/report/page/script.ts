/**
 * The script of the page: sorting and filtering the classes, arrow keys in the
 * matrix, light and dark. Everything else works without it.
 */

/** Runs before anything is shown, so that nothing moves when the rest has run. */
export const FIRST_SCRIPT = `(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("headstart-theme:" + location.pathname);
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch { /* There is no storage for files in some browsers. */ }
})();`;

/** Runs at the end. */
export const SCRIPT = `(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const toggle = document.getElementById("theme");
  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => toggle.setAttribute("aria-pressed", String(isDark()));
  toggle.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("headstart-theme:" + location.pathname, root.dataset.theme);
    } catch { /* Then it lasts as long as the page. */ }
    show();
  });
  system.addEventListener("change", show);
  show();

  // Sorting: a button in each heading; a second press turns the order.
  const table = document.getElementById("class-table");
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  const text = (row, column) => row.cells[column].textContent.trim();
  const number = (row, column) => parseFloat(text(row, column).replaceAll(",", ""));
  const byName = new Intl.Collator(undefined, { numeric: true }).compare;
  const sort = (column, sign) => {
    const compare = (a, b) => {
      if (column === 0) return sign * byName(text(a, 0), text(b, 0));
      const [x, y] = [number(a, column), number(b, column)];
      // What has no number comes last, either way.
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
      return sign * (x - y);
    };
    body.append(...[...body.rows].sort(compare));
    headings.forEach((heading, i) =>
      heading.setAttribute("aria-sort", i !== column ? "none" : sign > 0 ? "ascending" : "descending"));
  };
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.querySelector(".sort").childNodes);
    heading.replaceChildren(button);
    heading.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      // Names begin with the first, numbers with the largest.
      const first = column === 0 ? 1 : -1;
      const before = heading.getAttribute("aria-sort");
      const same = before === (first > 0 ? "ascending" : "descending");
      sort(column, same ? -first : first);
    });
  });

  const filter = document.getElementById("class-filter");
  const counted = document.getElementById("class-count");
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    let shown = 0;
    for (const row of body.rows) {
      row.hidden = !text(row, 0).toLowerCase().includes(wanted);
      if (!row.hidden) shown++;
    }
    counted.value = shown.toLocaleString("en") + " of " + body.rows.length.toLocaleString("en");
  });

  // The matrix is one stop of the tab key; arrows move in it.
  const matrix = document.querySelector(".matrix");
  if (matrix) {
    const cells = [...matrix.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.querySelector("button")));
    const all = cells.flat().filter(Boolean);
    const choose = (button) => all.forEach((other) => other.tabIndex = other === button ? 0 : -1);
    if (all.length > 0) choose(all[0]);
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    matrix.addEventListener("focusin", (event) => all.includes(event.target) && choose(event.target));
    matrix.addEventListener("keydown", (event) => {
      const step = steps[event.key];
      let y = cells.findIndex((row) => row.includes(event.target));
      if (!step || y < 0) return;
      let x = cells[y].indexOf(event.target);
      event.preventDefault();
      do {
        y += step[0];
        x += step[1];
      } while (cells[y] && x >= 0 && x < cells[y].length && !cells[y][x]);
      cells[y]?.[x]?.focus();
    });
  }
})();`;
