// Search and filters, for the changes, the matrix, the graph and the list at once; deep links.
const form = byId("filter");
const query = byId("q");
const unchanged = byId("unchanged");
const FIELDS = ["environment", "verdict", "severity", "kind"];
const listed = [...document.querySelectorAll("#list tr")].map((row) => ({
  row,
  key: `${row.dataset.e} ${row.dataset.r}`,
}));
const edgeText = edges.map(({ entity, role }) =>
  [entities[entity].kind, entities[entity].words, roles[role].environment, roles[role].name]
    .join(" ")
    .toLowerCase(),
);

function apply() {
  const terms = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = Object.fromEntries(FIELDS.map((field) => [field, byId(`by-${field}`).value]));
  const has = (text) => terms.every((term) => text.includes(term));

  const fits = new Map(); // article: whether the filters take it, and whether the search does
  let count = 0;
  for (const article of articles) {
    const taken = FIELDS.every((field) => !wanted[field] || article.dataset[field] === wanted[field]);
    const found = taken && (terms.length === 0 || has(wordsOf(article)));
    fits.set(article, { taken, found });
    const shown = found && (unchanged.checked || "changed" in article.dataset);
    article.hidden = !shown;
    count += Number(shown);
  }
  byId("none").hidden = count > 0 || articles.length === 0;
  byId("count").textContent = `${number.format(count)} of ${number.format(articles.length)} shown`;
  showEdges(terms, wanted, has, fits);
}

// An edge fits by its own words; if the search finds none, all edges of the roles found.
function showEdges(terms, wanted, has, fits) {
  const taken = edges.map(({ role }) => {
    const { environment, anchor } = roles[role];
    const article = byAnchor.get(anchor);
    if (article) return fits.get(article).taken;
    return FIELDS.every((f) => !wanted[f] || (f === "environment" && environment === wanted[f]));
  });
  let shown = edges.filter((edge, i) => taken[i] && has(edgeText[i]));
  if (terms.length && shown.length === 0) {
    shown = edges.filter((edge, i) => taken[i] && fits.get(byAnchor.get(roles[edge.role].anchor))?.found);
  }
  shown = shown.filter((edge) => unchanged.checked || edge.changed);
  showMatrix(shown);
  showGraph(shown);
  const keys = new Set(shown.map((edge) => `${edge.entity} ${edge.role}`));
  for (const { row, key } of listed) row.hidden = !keys.has(key);
}

function clearFilters() {
  form.reset();
  apply();
}

// Brings a change into sight, whatever the filters hide.
function reveal() {
  const article = byAnchor.get(location.hash.slice(1));
  if (!article) return;
  if (article.hidden) {
    form.reset();
    if (!("changed" in article.dataset)) unchanged.checked = true;
    apply();
  }
  const details = article.firstElementChild;
  details.open = true;
  details.firstElementChild.focus({ preventScroll: true });
  article.scrollIntoView({ block: "start" });
}

let waiting;
form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(apply));
form.addEventListener("change", apply);
query.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(apply, articles.length > 100 ? 120 : 0);
});
byId("clear").addEventListener("click", () => {
  clearFilters();
  query.focus();
});
addEventListener("hashchange", reveal);
document.addEventListener("click", (event) => {
  // The same link a second time: no hashchange, and filters may hide what it points to.
  const link = event.target.closest?.('a[href^="#"]');
  if (link && link.getAttribute("href") === location.hash) setTimeout(reveal);
});
apply();
// After the browser has gone to the fragment by itself, which takes the focus away.
addEventListener("load", () => setTimeout(reveal));
