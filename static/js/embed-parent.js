"use strict";
// For pages that show our frames: gives each the height of what is in it. What is cut off gets its
// room at once. Else nothing moves under a reader's eyes: a frame that is too high waits until what
// follows it is out of sight, or the window changes.
(() => {
  const CHANGE = 400; // milliseconds in which everything settles after the window has changed
  const origin = new URL(document.currentScript.src).origin;
  const wanted = new Map(); // frame: height
  let changed = -Infinity;

  const fit = (frame) => {
    const { top, bottom } = frame.getBoundingClientRect();
    const cut = wanted.get(frame) > bottom - top;
    const unseen = Math.min(bottom, top + wanted.get(frame)) >= innerHeight;
    if (!cut && !unseen && performance.now() - changed > CHANGE) return;
    frame.style.height = `${wanted.get(frame)}px`;
    wanted.delete(frame);
  };

  const isOurs = (frame) => new URL(frame.src || "about:blank").origin === origin;
  const ours = () => [...document.querySelectorAll("iframe")].filter(isOurs);

  addEventListener("message", ({ source, data }) => {
    if (data?.type !== "embed-height" || !(data.height > 0)) return;
    for (const frame of ours()) {
      if (frame.contentWindow !== source) continue;
      wanted.set(frame, Math.min(data.height, 10000));
      fit(frame);
    }
  });
  addEventListener("scroll", () => [...wanted.keys()].forEach(fit), { passive: true });
  addEventListener("resize", () => {
    changed = performance.now();
  });
  // a frame that was quicker than this script has told nobody: ask
  for (const frame of ours()) frame.contentWindow.postMessage({ type: "embed-ask" }, "*");
})();
