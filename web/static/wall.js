"use strict";
/* The wall: shows the present month first, turns its screens, and says when the server is away. */
(function () {
  const TURN = 15000;
  let at = 0, turning = !window.matchMedia("(prefers-reduced-motion: reduce)").matches, timer = 0;

  function slides() { return Array.from(document.querySelectorAll("#wall .slide")); }

  function show() {
    const all = slides(), bar = document.querySelector("[data-turning]");
    if (!bar || all.length < 2) { if (bar) bar.hidden = true; return; }
    bar.hidden = false;
    at = (at + all.length) % all.length;
    all.forEach(function (slide, place) { slide.hidden = place !== at; });
    const said = bar.querySelector("[data-place]");
    said.textContent = said.dataset.words.replace("{page}", at + 1).replace("{pages}", all.length);
    const button = bar.querySelector("[data-pause]");
    button.textContent = turning ? button.dataset.pause : button.dataset.go;
    button.setAttribute("aria-pressed", String(!turning));
    clearInterval(timer);
    if (turning) timer = setInterval(function () { at += 1; show(); }, TURN);
  }

  function away(isAway) {
    const words = document.querySelector("#wall [data-away]");
    if (words) words.hidden = !isAway;
  }

  function presentMonth(root) {
    root.querySelectorAll(".heat .scroll").forEach(function (box) {
      const head = box.querySelector("thead .at-present"), first = box.querySelector("thead th");
      if (head && box.scrollWidth > box.clientWidth) {
        box.scrollLeft = head.offsetLeft + head.offsetWidth - box.clientWidth + 8;
      }
    });
  }

  document.addEventListener("click", function (event) {
    const target = event.target.closest("[data-print],[data-pause],[data-step],[data-screen]");
    if (!target) return;
    if ("print" in target.dataset) window.print();
    if ("pause" in target.dataset) { turning = !turning; show(); }
    if ("step" in target.dataset) { at += Number(target.dataset.step); show(); }
    if ("screen" in target.dataset && document.documentElement.requestFullscreen) document.documentElement.requestFullscreen();
  });
  document.addEventListener("keydown", function (event) {
    if (!document.querySelector("[data-turning]") || event.target.closest("a,button,select,input")) return;
    if (event.key === " ") { turning = !turning; show(); event.preventDefault(); }
    if (event.key === "ArrowRight") { at += 1; show(); }
    if (event.key === "ArrowLeft") { at -= 1; show(); }
  });
  document.addEventListener("htmx:sendError", function () { away(true); });
  document.addEventListener("htmx:responseError", function () { away(true); });
  document.addEventListener("htmx:timeout", function () { away(true); });
  document.addEventListener("htmx:afterSettle", function () { show(); presentMonth(document); });
  document.querySelectorAll("[data-print],[data-screen]").forEach(function (one) { one.hidden = false; });
  presentMonth(document);
  show();
})();
