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
  new EventSource(element.dataset.live).onmessage = () => { running = running.then(renew).catch(() => {}); };
}

countCart();
focusErrors();
addEventListener("submit", showSending);
addEventListener("pageshow", showReady);
document.querySelectorAll("[data-live][id]").forEach(keepLive);
