// Details: all at once, for print, the copy button.
function shownDetails() {
  return articles.filter((article) => !article.hidden).map((article) => article.firstElementChild);
}

byId("tools").hidden = false;
byId("open-all").addEventListener("click", () => {
  for (const details of shownDetails()) details.open = true;
});
byId("close-all").addEventListener("click", () => {
  for (const details of shownDetails()) details.open = false;
});

let openedForPrint = [];
addEventListener("beforeprint", () => {
  openedForPrint = [...document.querySelectorAll("article[data-changed]:not([hidden]) details:not([open])")];
  for (const details of openedForPrint) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of openedForPrint) details.open = false;
});

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Older browsers and files: the way that every browser knows.
    const area = make("textarea", { class: "unseen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

for (const button of document.querySelectorAll(".copy")) button.hidden = false;
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.(".copy");
  if (!button) return;
  const done = await copy(button.dataset.copy);
  button.focus();
  button.textContent = done ? "Copied" : "Not copied";
  say(done ? `Copied ${button.dataset.copy}` : "The browser does not let this page copy");
  setTimeout(() => {
    button.textContent = "Copy";
  }, 2000);
});
