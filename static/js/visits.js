"use strict";
// What this site published since the visitor was here last. When that was stays in their browser,
// and nothing is asked for that everybody may not ask for: the feed of the site.
(() => {
  const KEY = "visits";
  const PAUSE = 30 * 60 * 1000; // a visit ends half an hour after its last page
  const place = document.querySelector("[data-visits]");
  const words = place.dataset;

  let before;
  try {
    const kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
    const now = Date.now();
    before = kept.last > now - PAUSE ? kept.before : kept.last;
    localStorage.setItem(KEY, JSON.stringify({ last: now, before }));
  } catch {
    return; // a browser that keeps nothing
  }
  if (!before) return;

  const language = document.documentElement.lang;
  const day = new Date(before);
  const year = day.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  const when = day.toLocaleDateString(language, { day: "numeric", month: "long", year });
  const element = (name, text, address) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (address) made.href = address;
    return made;
  };

  const tell = (fresh, whole) => {
    const one = new Intl.PluralRules(language).select(fresh.length) === "one";
    const sentence = (fresh.length ? (one ? words.one : words.other) : words.none)
      .replace("{n}", whole ? `${fresh.length}+` : fresh.length)
      .replace("{day}", when);
    const list = element("ul", "");
    for (const { title, address } of fresh) {
      const line = element("li", "");
      line.append(element("a", title, address));
      list.append(line);
    }
    const forget = element("button", words.forget);
    forget.type = "button";
    forget.addEventListener("click", () => {
      localStorage.removeItem(KEY);
      for (const item of document.querySelectorAll("[data-new]")) delete item.dataset.new;
      place.replaceChildren(element("span", words.forgotten));
    });
    const told = element("details", "");
    told.append(element("summary", sentence), list, forget);
    place.replaceChildren(told);
  };

  const mark = (fresh) => {
    const path = ({ pathname, hash }) => pathname + hash;
    const addresses = new Set(fresh.map(({ address }) => path(new URL(address))));
    for (const link of document.querySelectorAll(".item .item-when a")) {
      if (addresses.has(path(link))) link.closest(".item").dataset.new = words.mark;
    }
  };

  fetch(words.visits)
    .then((answer) => (answer.ok ? answer.text() : Promise.reject()))
    .then((text) => {
      const feed = new DOMParser().parseFromString(text, "application/xml");
      const entries = [...feed.querySelectorAll("entry")].map((entry) => ({
        title: entry.querySelector("title").textContent,
        address: entry.querySelector('link[rel="alternate"]').getAttribute("href"),
        published: Date.parse(entry.querySelector("published").textContent),
      }));
      const fresh = entries.filter(({ published }) => published > before);
      tell(fresh, fresh.length > 1 && fresh.length === entries.length);
      mark(fresh);
    })
    .catch(() => {}); // then nobody is told
})();
