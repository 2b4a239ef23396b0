// The theme: automatic, light, dark. Remembered where the browser lets a file remember.
const THEMES = ["automatic", "light", "dark"];
const THEME_KEY = "rolecall-review-theme";

function remembered() {
  try {
    return localStorage.getItem(THEME_KEY);
  } catch {
    return null; // no storage: a sandboxed frame, a strict browser
  }
}

function useTheme(theme) {
  if (theme === "automatic") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  themeButton.textContent = `Theme: ${theme}`;
}

const themeButton = document.getElementById("theme");
let theme = THEMES.includes(remembered()) ? remembered() : "automatic";
useTheme(theme);
themeButton.hidden = false;
themeButton.addEventListener("click", () => {
  theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  useTheme(theme);
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // It holds until the page is closed.
  }
});
