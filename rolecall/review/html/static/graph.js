// The graph of what the filters leave, laid out by the rule of graph.py; focus and pointer.
const [ROW, TOP] = [28, 18];

const drawings = [...document.querySelectorAll(".drawing")].map((figure) => {
  const nodes = (side) => [...figure.querySelectorAll(`.${side} .node`)];
  return {
    figure,
    svg: figure.querySelector("svg"),
    start: Number(figure.querySelector("svg").dataset.left),
    end: Number(figure.querySelector("svg").dataset.right),
    left: nodes("left").map((element) => ({ element, key: Number(element.dataset.e) })),
    right: nodes("right").map((element) => ({ element, key: Number(element.dataset.r) })),
    edges: [...figure.querySelectorAll(".edge")].map((element) => ({
      element,
      entity: Number(element.dataset.e),
      role: Number(element.dataset.r),
    })),
    shownEdges: [],
    columns: [[], []],
  };
});

function place(nodes, seen, x) {
  const places = new Map();
  for (const { element, key } of nodes) {
    if (!seen.has(key)) {
      element.setAttribute("display", "none");
      continue;
    }
    const y = TOP + places.size * ROW;
    places.set(key, y);
    element.removeAttribute("display");
    element.setAttribute("transform", `translate(${x} ${y})`);
  }
  return places;
}

function draw(drawing, edge, start, end) {
  const [begin, stop] = [drawing.start + 8, drawing.end - 8];
  const bend = Math.floor((begin + stop) / 2);
  const [path, circle, text] = edge.element.children;
  edge.element.removeAttribute("display");
  path.setAttribute("d", `M${begin} ${start}C${bend} ${start} ${bend} ${end} ${stop} ${end}`);
  if (!circle) return;
  const t = 0.3 + 0.1 * (edge.entity % 5);
  const x = (1 - t) ** 3 * begin + 3 * t * (1 - t) * bend + t ** 3 * stop;
  const y = (1 - t) ** 2 * (1 + 2 * t) * start + t * t * (3 - 2 * t) * end;
  circle.setAttribute("cx", x.toFixed(1));
  circle.setAttribute("cy", y.toFixed(1));
  text.setAttribute("x", x.toFixed(1));
  text.setAttribute("y", y.toFixed(1));
}

function showGraph(wanted) {
  const pairs = new Set(wanted.map((edge) => `${edge.entity} ${edge.role}`));
  for (const drawing of drawings) {
    drawing.shownEdges = drawing.edges.filter((edge) => pairs.has(`${edge.entity} ${edge.role}`));
    const left = place(drawing.left, new Set(drawing.shownEdges.map((edge) => edge.entity)), drawing.start);
    const right = place(drawing.right, new Set(drawing.shownEdges.map((edge) => edge.role)), drawing.end);
    for (const edge of drawing.edges) edge.element.setAttribute("display", "none");
    for (const edge of drawing.shownEdges) draw(drawing, edge, left.get(edge.entity), right.get(edge.role));
    const height = 2 * TOP + (Math.max(left.size, right.size, 1) - 1) * ROW;
    drawing.svg.setAttribute("viewBox", `0 0 ${drawing.svg.getAttribute("width")} ${height}`);
    drawing.svg.setAttribute("height", height);
    drawing.figure.hidden = drawing.shownEdges.length === 0;
    const visible = ({ element }) => !element.hasAttribute("display");
    drawing.columns = [drawing.left.filter(visible), drawing.right.filter(visible)];
    rove(drawing, drawing.columns[0][0] ?? drawing.columns[1][0]);
  }
  byId("graph-none").hidden = drawings.some(({ figure }) => !figure.hidden);
}

// One stop of the Tab key for a graph, however large.
function rove(drawing, node) {
  for (const { element } of [...drawing.left, ...drawing.right]) element.setAttribute("tabindex", "-1");
  node?.element.setAttribute("tabindex", "0");
}

function nodeOf(drawing, target) {
  const element = target.closest(".node");
  return [...drawing.left, ...drawing.right].find((node) => node.element === element);
}

function neighbours(drawing, node) {
  const [from, to] = drawing.left.includes(node) ? ["entity", "role"] : ["role", "entity"];
  return new Set(drawing.shownEdges.filter((edge) => edge[from] === node.key).map((edge) => edge[to]));
}

function pick(drawing, node) {
  drawing.svg.classList.toggle("picked", Boolean(node));
  for (const element of drawing.svg.querySelectorAll(".on")) element.classList.remove("on");
  if (!node) return;
  const isLeft = drawing.left.includes(node);
  const others = neighbours(drawing, node);
  node.element.classList.add("on");
  for (const other of isLeft ? drawing.right : drawing.left) {
    if (others.has(other.key)) other.element.classList.add("on");
  }
  for (const edge of drawing.shownEdges) {
    if ((isLeft ? edge.entity : edge.role) === node.key) edge.element.classList.add("on");
  }
}

function step(drawing, node, key) {
  const side = drawing.columns[0].includes(node) ? 0 : 1;
  const column = drawing.columns[side];
  const at = column.indexOf(node);
  if (key === "ArrowDown") return column[at + 1];
  if (key === "ArrowUp") return column[at - 1];
  if (key === "Home") return column[0];
  if (key === "End") return column.at(-1);
  const goes = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? 0 : side;
  if (goes === side) return undefined;
  const others = neighbours(drawing, node);
  return drawing.columns[goes].find((other) => others.has(other.key));
}

for (const drawing of drawings) {
  const { svg } = drawing;
  svg.addEventListener("focusin", (event) => pick(drawing, nodeOf(drawing, event.target)));
  svg.addEventListener("focusout", () => pick(drawing, null));
  svg.addEventListener("pointerover", (event) => pick(drawing, nodeOf(drawing, event.target)));
  svg.addEventListener("pointerleave", () => pick(drawing, null));
  svg.addEventListener("keydown", (event) => {
    const next = step(drawing, nodeOf(drawing, event.target), event.key);
    if (!next) return;
    event.preventDefault();
    rove(drawing, next);
    next.element.focus();
  });
}
