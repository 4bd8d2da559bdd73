// What a page gains with script; every page works without.
"use strict";

const number = (value) => Number(value).toLocaleString(document.documentElement.lang || undefined);

// The number beside the cart: cached pages hold nothing personal, so it comes from a readable cookie.
function countCart() {
  const found = document.cookie.match(/(?:^|; )cart_count=(\d{1,4})(?:;|$)/);
  for (const place of document.querySelectorAll("[data-cart-count]")) {
    place.textContent = found ? number(found[1]) : "";
    place.hidden = !found || found[1] === "0";
  }
}

// A form that came back: the reader begins at the list of what is missing.
function focusErrors() {
  const first = document.querySelector("[data-errors]") || document.querySelector("[aria-invalid=true]");
  if (first) first.focus();
}

// A second press is shown as needless, never refused: the server takes an order once.
function showSending(event) {
  const pressed = event.submitter;
  if (pressed && event.target.method === "post") pressed.setAttribute("aria-disabled", "true");
}

function showReady() {
  document.querySelectorAll("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  countCart();
}

// <div id="queue" data-live="/desk/stream" data-live-text="14 requests wait">: on a message the same page is
// fetched and the element's content replaced; the new data-live-text is announced.
function keepLive(element) {
  const voice = document.createElement("p");
  voice.className = "hidden";
  voice.setAttribute("aria-live", "polite");
  element.after(voice);
  let running = Promise.resolve();
  async function renew() {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(element.id);
    if (!fresh || element.querySelector("form :focus")) return;
    const at = element.contains(document.activeElement) && document.activeElement.getAttribute("href");
    element.replaceChildren(...fresh.childNodes);
    if (at) element.querySelector(`[href="${CSS.escape(at)}"]`)?.focus();
    if (voice.textContent !== fresh.dataset.liveText) voice.textContent = fresh.dataset.liveText || "";
  }
  // Not at once and not unseen: a whole shift's open queues must not all ask at the same moment.
  let waits = 0;
  const soon = () => {
    if (document.hidden) return;
    clearTimeout(waits);
    waits = setTimeout(() => { running = running.then(renew).catch(() => {}); }, 200 + Math.random() * 1000);
  };
  let missed = false;
  document.addEventListener("visibilitychange", () => { if (missed && !document.hidden) { missed = false; soon(); } });
  new EventSource(element.dataset.live).onmessage = () => { missed = document.hidden; soon(); };
}

// The desk by keys; never while somebody types, and never a key that the browser or a screen reader has a use for.
function hearKeys() {
  const help = document.getElementById("keys");
  const focus = (selector) => { const found = document.querySelector(selector); if (found) found.focus(); return found; };
  const move = (step) => {
    const places = [...document.querySelectorAll("#queue tbody th a, .thread > .message")];
    const at = places.findIndex((each) => each.contains(document.activeElement));
    const next = places[at < 0 ? (step > 0 ? 0 : places.length - 1) : at + step];
    if (next && !next.matches("a")) next.tabIndex = -1;
    if (next) next.focus();
    return next;
  };
  const keys = {
    j: () => move(1), k: () => move(-1), r: () => focus("#answer textarea"), n: () => focus("#answer textarea"),
    t: () => document.querySelector("form[data-key=t] button")?.click() ?? true,
    u: () => document.querySelector(".back a")?.click() ?? true,
    "/": () => focus("main input[type=search]"), "?": () => help && !help.open && (help.showModal(), true),
  };
  addEventListener("keydown", (event) => {
    // A dialog just closed may still hold the focus.
    const typing = event.target.closest("input, textarea, select, [contenteditable], dialog[open]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const inRows = event.target.closest("#queue tbody");
    const does = { ArrowDown: inRows && keys.j, ArrowUp: inRows && keys.k }[event.key] || keys[event.key];
    if (does && does()) event.preventDefault();
  });
}

// <form data-draft="/desk/…/draft">: what is written is kept at each pause, and [data-writing] says who else writes.
function keepDraft(form) {
  const text = form.querySelector("textarea"), voice = document.querySelector("[data-writing]");
  let kept = text.value, timer = 0;
  const body = () => new URLSearchParams({ text: (kept = text.value), seen: form.elements.seen.value });
  async function keep() {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: body(), credentials: "same-origin" });
    if (!answer.ok || !voice) return;
    const said = (await answer.text()).split("\n").filter(Boolean);
    if (said.join() === [...voice.children].map((each) => each.textContent.trim()).join()) return;
    voice.replaceChildren(...said.map((each) => Object.assign(document.createElement("p"), { textContent: each })));
  }
  text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => keep().catch(() => {}), 1500); });
  form.addEventListener("submit", () => { clearTimeout(timer); kept = text.value; });
  addEventListener("pagehide", () => { if (text.value !== kept) navigator.sendBeacon(form.dataset.draft, body()); });
}

// <form data-check="/…/check">: what is written is looked at in each pause, and the places marked data-checked renewed.
function checkAsTyped(form) {
  let timer = 0, asked = 0;
  async function look() {
    const mine = ++asked;
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.dataset.check, { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok || mine !== asked) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const place of document.querySelectorAll("[data-checked][id]")) {
      const found = fresh.getElementById(place.id);
      if (found && found.innerHTML.trim() !== place.innerHTML.trim()) place.replaceChildren(...found.childNodes);
    }
  }
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => look().catch(() => {}), 500); });
}

// <form data-unsaved>: whoever leaves with something changed is asked first.
function warnOfLeaving(form) {
  const state = () => new URLSearchParams(new FormData(form)).toString();
  let kept = state(), sent = false;
  if (document.querySelector("[data-errors]")) kept = "";
  form.addEventListener("submit", () => { sent = true; });
  addEventListener("pageshow", () => { sent = false; });
  addEventListener("beforeunload", (event) => { if (!sent && state() !== kept) event.preventDefault(); });
}

// An opened menu goes when its reader does, and by Escape.
function closeByItself(drop) {
  drop.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drop.open) return;
    drop.open = false;
    drop.querySelector("summary").focus();
  });
  drop.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !drop.contains(event.relatedTarget)) drop.open = false;
  });
  addEventListener("click", (event) => { if (!drop.contains(event.target)) drop.open = false; });
}

countCart();
focusErrors();
addEventListener("submit", showSending);
addEventListener("pageshow", showReady);
document.querySelectorAll("[data-live][id]").forEach(keepLive);
document.querySelectorAll("form[data-draft]").forEach(keepDraft);
document.querySelectorAll("form[data-unsaved]").forEach(warnOfLeaving);
document.querySelectorAll("form[data-check]").forEach(checkAsTyped);
document.querySelectorAll("details.drop").forEach(closeByItself);
if (document.body.classList.contains("desk")) hearKeys();
