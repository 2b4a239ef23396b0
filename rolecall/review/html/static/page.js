// What the other scripts share: the data, the changes on the page, and small helpers.
const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const articles = [...document.querySelectorAll("article.change")];
const byAnchor = new Map(articles.map((article) => [article.id, article]));

const entities = data.entities.map(([kind, words]) => ({ kind, words }));
const roles = data.roles.map(([environment, name, anchor]) => ({ environment, name, anchor }));
const edges = data.edges.map(([entity, role, state]) => ({
  entity,
  role,
  state,
  changed: state !== "kept",
}));

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function say(text) {
  byId("said").textContent = text;
}

const number = new Intl.NumberFormat("en");

// The words of a change that are its own: no headings, labels and buttons.
const words = new Map();
function wordsOf(article) {
  let text = words.get(article);
  if (text === undefined) {
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement.closest("h4, dt, button, caption, .unseen, .facts a, .witness > summary")
        ? NodeFilter.FILTER_REJECT
        : NodeFilter.FILTER_ACCEPT,
    );
    const parts = [];
    let last = null;
    while (walker.nextNode()) {
      const block = walker.currentNode.parentElement.closest("mark, pre > *");
      // A marked part belongs to its line: no space comes between.
      if (!(block && last)) parts.push(" ");
      parts.push(walker.currentNode.data);
      last = block;
    }
    text = parts.join("").toLowerCase();
    words.set(article, text);
  }
  return text;
}
