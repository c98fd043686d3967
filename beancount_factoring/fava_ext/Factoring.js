// Factoring in Fava's pages: its views below its name in the sidebar.

/** Whether an address is one of this extension's pages. */
const isFactoring = (url) => url.pathname.endsWith("/extension/Factoring/");

/** The names of the views, in the language of the page. */
let views = [];

/** Put the views below the extension's link in the sidebar, while it is open. */
function showViews() {
  const here = new URL(window.location.href);
  const link = [...document.querySelectorAll("aside a")].find(
    ({ dataset, href }) =>
      !dataset.factoringView && !href.includes("#") && isFactoring(new URL(href)),
  );
  const item = link?.closest("li");
  if (!item) {
    return;
  }
  item.querySelector(".factoring-views")?.remove();
  if (!isFactoring(here)) {
    return;
  }
  const shown = here.searchParams.get("view") ?? "position";
  const list = document.createElement("ul");
  list.className = "factoring-views";
  list.style.cssText = "width:100%;margin:0 0 0.5em";
  for (const { name, view } of views) {
    const target = new URL(link.href);
    target.searchParams.set("view", view);
    const anchor = document.createElement("a");
    anchor.href = target.href;
    anchor.textContent = name;
    anchor.dataset.factoringView = view;
    anchor.style.cssText = "display:block;padding:0.1em 0.5em 0.1em 2.2em;font-size:0.93em";
    anchor.style.color = view === shown ? "var(--sidebar-hover-color)" : "inherit";
    const entry = document.createElement("li");
    entry.append(anchor);
    list.append(entry);
  }
  item.append(list);
}

/** Parts of a stacked bar are no accounts: a click on them leads nowhere. */
function stopLinksOfStacks(event) {
  if (event.target instanceof Element && event.target.closest(".factoring .stacks a")) {
    event.preventDefault();
    event.stopPropagation();
  }
}

export default {
  async init(context) {
    document.addEventListener("click", stopLinksOfStacks, { capture: true });
    views = await context.api.get("views", {});
  },
  onPageLoad() {
    showViews();
  },
};
