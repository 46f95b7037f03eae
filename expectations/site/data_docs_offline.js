// What the pages do without any library from elsewhere: the tables of the first page, tabs, folds, and the filter of failures.
"use strict";
(function () {
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const shown = (element, yes) => { element.style.display = yes ? "" : "none"; };

  function fillTable(table, options) {
    const columns = options.columns.filter((column) => column.visible !== "false" && column.visible !== false);
    const head = table.createTHead().insertRow();
    for (const column of columns) {
      const cell = document.createElement("th");
      cell.textContent = column.title;
      head.appendChild(cell);
    }
    const body = table.createTBody();
    for (const row of options.data) {
      const line = body.insertRow();
      line.className = "clickable-row";
      line.addEventListener("click", () => { window.location = row._table_row_link_path; });
      for (const column of columns) line.insertCell().innerHTML = row[column.field] ?? "";
    }
    table.classList.add("table");
  }

  // The pages call a few functions of a library that is not here; what they ask of it is done here, the rest is nothing to do.
  window.$ = (asked) => ({
    bootstrapTable(options) {
      if (typeof asked === "string" && options && options.columns) all(asked).forEach((table) => fillTable(table, options));
    },
    on() {}, ready() {}, tooltip() {}, popover() {}, data() {}, parent() { return this; }, each() {}, fadeIn() {}, fadeOut() {},
  });

  function onlyFailures(yes) {
    all(".hide-succeeded-validation-target-child").forEach((one) => shown(one.parentElement, !yes));
    all(".hide-succeeded-validation-target").forEach((one) => shown(one, !yes));
    all(".hide-succeeded-validations-column-section-target-child").forEach((one) => {
      const section = one.parentElement.parentElement;
      shown(section, !yes);
      all(`a[href$="#${section.id}"]`).forEach((link) => shown(link, !yes));
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    window.showAllValidations = () => onlyFailures(false);
    window.hideSucceededValidations = () => onlyFailures(true);
    all('[data-toggle="buttons"] .btn').forEach((button) => button.addEventListener("click", () => {
      button.parentElement.querySelectorAll(".btn").forEach((other) => other.classList.toggle("active", other === button));
    }));
    all('[data-toggle="collapse"]').forEach((link) => link.addEventListener("click", (event) => {
      event.preventDefault();
      const target = document.getElementById((link.getAttribute("href") || link.dataset.target).slice(1));
      if (target) target.classList.toggle("show");
    }));
    all('[data-toggle="tab"]').forEach((link) => link.addEventListener("click", (event) => {
      event.preventDefault();
      all('[data-toggle="tab"]').forEach((other) => other.classList.toggle("active", other === link));
      const target = link.getAttribute("href").slice(1);
      all(".tab-pane").forEach((pane) => ["active", "show"].forEach((word) => pane.classList.toggle(word, pane.id === target)));
    }));
  });
})();
