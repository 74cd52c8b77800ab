"use strict";
// Asks every few seconds for what has changed, and puts it in place without taking from anybody what they have opened or
// typed. Without it the page works all the same, and reloads itself.
(() => {
  const live = document.getElementById("live"), state = document.getElementById("state"), EVERY = 3000, PATIENCE = 8000;
  let tag = live.dataset.tag, asking = false, pressed = false; // nothing moves from under a finger

  function keep(fresh) {
    for (const part of live.querySelectorAll("details[open]")) {
      const same = fresh.getElementById(part.id);
      if (same) same.open = true;
    }
    for (const field of live.querySelectorAll("input[id], select[id]")) {
      const same = fresh.getElementById(field.id);
      if (same) same.value = field.value;
    }
  }

  function address(element) {
    if (!live.contains(element)) return null;
    const card = element.closest("[id]");
    return { id: card && card.id, name: element.name, value: element.tagName === "BUTTON" ? element.value : null,
             summary: element.tagName === "SUMMARY" };
  }

  function focus(at) {
    const place = at && at.id && document.getElementById(at.id);
    if (!place) return;
    const found = at.value !== null ? place.querySelector(`button[value="${CSS.escape(at.value)}"]`)
      : at.summary ? place.querySelector("summary") : place;
    if (found) found.focus({ preventScroll: true });
  }

  function show(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html"), at = address(document.activeElement);
    const caret = document.activeElement.selectionStart;
    keep(fresh);
    const values = new Map([...fresh.querySelectorAll("input[id], select[id]")].map((f) => [f.id, f.value]));
    live.replaceChildren(...document.adoptNode(fresh.body).childNodes);
    for (const [id, value] of values) document.getElementById(id).value = value;
    focus(at);
    if (typeof caret === "number" && document.activeElement.setSelectionRange) {
      try { document.activeElement.setSelectionRange(caret, caret); } catch { /* a field without a caret */ }
    }
  }

  function say(words, lost) {
    const text = lost ? `${state.dataset.lost} ${state.dataset.heard || ""}` : words;
    state.classList.toggle("lost", lost);
    if (lost) state.setAttribute("role", "alert"); else state.removeAttribute("role");
    if (state.textContent !== text) state.textContent = text;
  }

  async function look() {
    if (asking || pressed || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch("board/live", {
        headers: { "If-None-Match": tag }, cache: "no-store", credentials: "same-origin",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.status === 401) { location.reload(); return; }
      if (answer.status !== 200 && answer.status !== 304) throw new Error(String(answer.status));
      if (answer.status === 200) {
        const text = await answer.text();
        if (!pressed) { show(text); tag = answer.headers.get("ETag"); }
      }
      state.dataset.heard = answer.headers.get("X-As-Of") || "";
      say(`${state.dataset.asOf} ${state.dataset.heard}`, false);
    } catch {
      say("", true);
    } finally {
      asking = false;
    }
  }

  addEventListener("pointerdown", () => { pressed = true; });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { setTimeout(() => { pressed = false; }, 500); });
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("online", look);
})();
