"use strict";
// A button behind each text that is made to be copied; without script the text can be selected.
(() => {
  const selected = (text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };

  // Where the page may not write to the clipboard itself, the browser copies what is selected.
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      return true;
    } catch {
      selected(text);
      return document.execCommand("copy");
    }
  };

  for (const text of document.querySelectorAll("pre.copy")) {
    const status = text.closest("details").querySelector("[data-copy]");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy-button";
    button.textContent = status.dataset.copy;
    button.addEventListener("click", async () => {
      const done = await copy(text);
      button.textContent = done ? status.dataset.copied : status.dataset.copy;
      status.textContent = done ? status.dataset.copied : status.dataset.failed;
      setTimeout(() => {
        button.textContent = status.dataset.copy;
        status.textContent = "";
      }, 4000);
    });
    button.setAttribute("aria-label", `${status.dataset.copy}: ${text.getAttribute("aria-label")}`);
    text.after(button);
  }
})();
