"use strict";
// Tells the desk that this page is open, and tells whoever has it open who else has.
{
  const box = document.querySelector("[data-presence]");
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  if (box && token) {
    const say = async (leaving) => {
      const body = new FormData();
      body.append("place", box.dataset.place);
      body.append("csrfmiddlewaretoken", token.value);
      if (leaving) {
        body.append("leaving", "1");
        navigator.sendBeacon(box.dataset.presence, body);
        return;
      }
      try {
        const answer = await fetch(box.dataset.presence, { method: "POST", body });
        if (!answer.ok) return;
        const text = (await answer.json()).others.join(" ");
        if (box.textContent !== text) box.textContent = text;
        box.hidden = !text;
      } catch {
        // the network comes back, or it does not: saving will tell
      }
    };
    setInterval(() => document.visibilityState === "visible" && say(false), 20000);
    addEventListener("pagehide", () => say(true));
    addEventListener("pageshow", (event) => event.persisted && say(false));
  }
}
