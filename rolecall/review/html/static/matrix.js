// The trust matrix of what the filters leave. matrix.py and matrix.html.j2 make the first.
const COLUMNS = 16;
const ROWS = 200;
const grid = byId("grid");
let matrixEdges = { wanted: [] };
let matrixPage = 0;
let matrixRows = ROWS;

const cellsOf = new Map();
for (const edge of edges) {
  const place = `${edge.entity} ${edge.role}`;
  if (!cellsOf.has(place)) cellsOf.set(place, []);
  cellsOf.get(place).push(edge);
}

const sorted = (numbers) => [...new Set(numbers)].sort((a, b) => a - b);

function told(state) {
  return make(
    "span",
    { class: `e-${state}` },
    make("b", { "aria-hidden": "true" }, data.states[state]),
    ` ${state}`,
  );
}

function cell(entity, role, view) {
  const td = make("td");
  for (const edge of cellsOf.get(`${entity} ${role}`) ?? []) {
    if (view === "difference") td.append(told(edge.state));
    else if (edge.state === (view === "before" ? "gained" : "lost")) continue;
    else if (edge.state === "open") td.append(told("open"));
    else td.append(make("span", { class: "e-yes" }, make("b", { "aria-hidden": "true" }, "•"), " yes"));
  }
  return td;
}

function heading(columns) {
  const groups = make("tr", {}, make("th", { rowspan: 2, scope: "col", class: "corner" }, "Trusted entity"));
  const names = make("tr");
  let last = null;
  for (const column of columns) {
    const { environment, name, anchor } = roles[column];
    if (last && last.textContent === environment) last.colSpan += 1;
    else groups.append((last = make("th", { colspan: 1, scope: "colgroup", class: "group", title: environment }, environment)));
    names.append(make("th", { scope: "col" }, anchor ? make("a", { href: `#${anchor}` }, name) : name));
  }
  return make("thead", {}, groups, names);
}

function drawMatrix() {
  const view = document.querySelector("#view input:checked").value;
  const all = sorted(matrixEdges.wanted.map((edge) => edge.role));
  const pages = Math.max(1, Math.ceil(all.length / COLUMNS));
  matrixPage = Math.min(matrixPage, pages - 1);
  const columns = all.slice(matrixPage * COLUMNS, (matrixPage + 1) * COLUMNS);
  const shown = new Set(columns);
  const rows = sorted(matrixEdges.wanted.filter((edge) => shown.has(edge.role)).map((edge) => edge.entity));

  byId("grid-none").hidden = all.length > 0;
  byId("pager").hidden = pages === 1;
  byId("more-rows").hidden = rows.length <= matrixRows;
  const from = matrixPage * COLUMNS;
  byId("pages").textContent =
    `Roles ${number.format(from + 1)} to ${number.format(from + columns.length)} of ${number.format(all.length)}`;
  byId("previous").disabled = matrixPage === 0;
  byId("next").disabled = matrixPage === pages - 1;
  if (!grid) return;
  grid.hidden = all.length === 0;

  const table = grid.querySelector("table");
  const bodies = [];
  let kind = null;
  for (const row of rows.slice(0, matrixRows)) {
    const entity = entities[row];
    if (entity.kind !== kind) {
      kind = entity.kind;
      const title = make("th", { scope: "rowgroup" }, make("span", {}, kind));
      bodies.push(make("tbody", {}, make("tr", { class: "kind" }, title, make("td", { colspan: columns.length }))));
    }
    const cells = columns.map((column) => cell(row, column, view));
    bodies.at(-1).append(make("tr", {}, make("th", { scope: "row" }, entity.words), ...cells));
  }
  table.replaceChildren(table.caption, heading(columns), ...bodies);
}

function showMatrix(wanted) {
  matrixEdges = { wanted };
  matrixPage = 0;
  matrixRows = ROWS;
  drawMatrix();
}

function turn(by) {
  matrixPage += by;
  matrixRows = ROWS;
  drawMatrix();
  grid.scrollTo(0, 0);
}

byId("view").hidden = false;
byId("view").addEventListener("change", drawMatrix);
byId("previous").addEventListener("click", () => turn(-1));
byId("next").addEventListener("click", () => turn(1));
byId("more-rows").addEventListener("click", () => {
  matrixRows += ROWS;
  drawMatrix();
});
