"use strict";
// Draws each chart when it comes near the viewport, on a phone when asked: it is a megabyte.
// Without script its table is all there is.
(() => {
  const canvases = document.querySelectorAll("[data-chart]");
  if (!canvases.length || !("IntersectionObserver" in window)) return;

  // Plotly writes its styles into the page, which the policy forbids, unless they are there: what is
  // needed of the first is in site.css, and the second is that of its maps.
  const STYLES = [
    "plotly.js-style-global",
    "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53",
  ];
  const styled = () => {
    for (const id of STYLES) {
      const mark = document.createElement("template");
      mark.id = id;
      mark.className = "no-inline-styles";
      document.head.append(mark);
    }
  };

  let plotly;
  const load = (address) => {
    plotly ??= new Promise((resolve, reject) => {
      styled();
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => resolve(window.Plotly);
      script.onerror = reject;
      document.head.append(script);
    });
    return plotly;
  };

  // Figures name colours as custom properties, so both schemes share one palette.
  const coloured = (value, style) => {
    if (Array.isArray(value)) return value.map((one) => coloured(one, style));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, coloured(v, style)]));
    }
    const name = typeof value === "string" && /^var\((--[\w-]+)\)$/.exec(value);
    return name ? style.getPropertyValue(name[1]).trim() : value;
  };

  // A mark stands for an item of the page, by its place there, or for one of another page, by its
  // address. It says what the item or its row in the table says, or else what comes with the mark.
  const items = document.querySelectorAll(".timeline :is(.item, .item-due)");
  const link = (address) => document.querySelector(`.chart-table td a[href^="${address}"]`);
  const words = (place, brought = "") => {
    const item = items[place] ?? link(place)?.closest("tr");
    const part = (selector) => item?.querySelector(selector)?.textContent.trim() ?? "";
    const [title, when] = item
      ? [part(".item-title, .said, .due-title, td a"), part(".item-when, td:first-child")]
      : brought.split("\n");
    const brief = title.length > 60 ? `${title.slice(0, 59)}…` : title;
    return [`<b>${brief}</b>`, when, part(".who")]
      .filter(Boolean).join("<br>").replaceAll("&", "&amp;");
  };

  const draw = async (canvas) => {
    const source = document.getElementById(canvas.dataset.chart);
    try {
      const Plotly = await load(canvas.dataset.plotly);
      const figure = coloured(JSON.parse(source.textContent), getComputedStyle(canvas));
      for (const trace of figure.data) {
        if (!trace.customdata) continue;
        trace.text = trace.customdata.map((place, nth) => words(place, trace.text?.[nth]));
      }
      const language = JSON.parse(canvas.dataset.language || "null");
      if (language) Plotly.register({ moduleType: "locale", dictionary: {}, ...language });
      await Plotly.react(canvas, figure.data, figure.layout, {
        locale: language?.name ?? "en",
        displayModeBar: false,
        responsive: true,
      });
      if (!("drawn" in canvas.dataset)) {
        canvas.on("plotly_click", ({ points: [{ customdata }] }) => {
          if (customdata in items) location.hash = items[customdata].id;
          else if (link(customdata)) link(customdata).click();
          else if (customdata) location.assign(customdata);
        });
      }
      canvas.dataset.drawn = "";
    } catch {
      canvas.hidden = true; // the table stays
    }
  };

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        draw(target);
      }
    },
    { rootMargin: "300px" },
  );
  const offer = (canvas) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = canvas.dataset.offer;
    button.addEventListener("click", () => {
      button.remove();
      canvas.hidden = false;
      draw(canvas);
    });
    canvas.before(button);
  };
  const sparing = matchMedia("(max-width: 40rem)").matches || navigator.connection?.saveData;
  for (const canvas of canvases) {
    canvas.style.minHeight = `${canvas.dataset.height}px`; // so that what is below stays where it is
    if (sparing) {
      offer(canvas);
      continue;
    }
    canvas.hidden = false;
    observer.observe(canvas);
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    document.querySelectorAll("[data-drawn]").forEach(draw);
  });
})();
