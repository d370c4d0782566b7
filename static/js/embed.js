"use strict";
// Tells the page around this frame how high it is, and nothing else.
(() => {
  if (parent === window) return;
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    parent.postMessage({ type: "embed-height", height }, "*");
  };
  new ResizeObserver(tell).observe(document.body);
  addEventListener("message", ({ source, data }) => {
    if (source === parent && data?.type === "embed-ask") tell();
  });
})();
