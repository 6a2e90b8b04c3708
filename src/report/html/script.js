"use strict";
// Sorting and filtering of tables. Nothing is fetched and nothing is stored; without this script
// every row is shown in its order.
for (const section of document.querySelectorAll("[data-table]")) {
  const table = section.querySelector("table");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const tools = section.querySelector(".tools");
  const search = tools.querySelector("input");
  const choice = tools.querySelector("select");
  const shown = tools.querySelector("output");
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, i) => {
      const fits = words.every((word) => texts[i].includes(word));
      const chosen = !choice || !choice.value || row.dataset.kind === choice.value;
      row.hidden = !(fits && chosen);
      if (!row.hidden) count += 1;
    });
    shown.textContent = count + " of " + rows.length;
  };
  search.addEventListener("input", filter);
  if (choice) choice.addEventListener("change", filter);
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.v === undefined ? cell.textContent.trim().toLowerCase() : cell.dataset.v;
  };
  table.querySelectorAll("thead th").forEach((head, column) => {
    // Not a button element: a table head with one is not repeated on every printed page.
    const button = document.createElement("span");
    button.setAttribute("role", "button");
    button.tabIndex = 0;
    button.textContent = head.textContent;
    head.textContent = "";
    head.append(button);
    const sort = () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      table.querySelectorAll("th[aria-sort]").forEach((th) => th.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const numbers = head.classList.contains("n");
      const order = (a, b) => {
        const x = value(a, column), y = value(b, column);
        // What is not known comes last, whichever way.
        if (x === "" || y === "") return (x === "") - (y === "");
        const by = numbers ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0;
        return up ? by : -by;
      };
      const sorted = document.createDocumentFragment();
      for (const row of Array.from(body.rows).sort(order)) sorted.append(row);
      body.append(sorted);
    };
    button.addEventListener("click", sort);
    button.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      sort();
    });
  });
  tools.hidden = false;
  filter();
}
