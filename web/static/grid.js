/* The grid of milestones: paste a block, fill down, undo both, move by keys. Without it the form works as it is. */
"use strict";
(function () {
  const table = document.getElementById("grid");
  if (!table) return;
  const form = document.getElementById("grid-form");
  const status = document.getElementById("grid-status");
  const undoButton = document.getElementById("grid-undo");
  const fillButton = document.getElementById("grid-fill");
  const all = document.getElementById("mark-all");
  const rows = Array.from(table.querySelectorAll("tbody tr"), (row) => Array.from(row.querySelectorAll("td input")));
  const done = []; // batches of {input, before, after}, the latest last
  let anchor = null, head = null, leaving = false;

  for (const button of [undoButton, fillButton, all, document.getElementById("grid-hint")]) button.hidden = false;

  function place(input) {
    for (let r = 0; r < rows.length; r += 1) {
      const c = rows[r].indexOf(input);
      if (c >= 0) return { r: r, c: c };
    }
    return null;
  }

  function shown(input) {
    input.parentElement.classList.toggle("new", input.value !== input.defaultValue || input.dataset.new === "1");
  }

  function box() {
    if (!anchor || !head) return null;
    return {
      top: Math.min(anchor.r, head.r), bottom: Math.max(anchor.r, head.r),
      left: Math.min(anchor.c, head.c), right: Math.max(anchor.c, head.c),
    };
  }

  function paint() {
    const b = box();
    const many = b && (b.top !== b.bottom || b.left !== b.right);
    rows.forEach((row, r) => row.forEach((input, c) => {
      const inside = many && r >= b.top && r <= b.bottom && c >= b.left && c <= b.right;
      input.parentElement.classList.toggle("picked", Boolean(inside));
    }));
  }

  function go(r, c, extend) {
    if (r < 0 || r >= rows.length || c < 0 || c >= rows[r].length) return;
    head = { r: r, c: c };
    if (!extend) anchor = head;
    rows[r][c].focus();
    rows[r][c].select();
    paint();
  }

  function say(words, n) {
    status.textContent = words ? words.replace("{n}", n) : "";
  }

  function put(changes, words) {
    const batch = changes.filter((one) => one.input.value !== one.after)
      .map((one) => ({ input: one.input, before: one.input.value, after: one.after }));
    for (const one of batch) { one.input.value = one.after; shown(one.input); }
    if (batch.length) done.push(batch);
    undoButton.disabled = !done.length;
    say(words, batch.length);
  }

  function undo() {
    const batch = done.pop();
    if (!batch) return;
    for (const one of batch) { one.input.value = one.before; shown(one.input); }
    undoButton.disabled = !done.length;
    say(status.dataset.undone, batch.length);
  }

  function fillDown() {
    const b = box();
    if (!b) return;
    const single = b.top === b.bottom;
    const from = single ? b.top - 1 : b.top;
    if (from < 0) return;
    const changes = [];
    for (let r = single ? b.top : b.top + 1; r <= b.bottom; r += 1) {
      for (let c = b.left; c <= b.right; c += 1) changes.push({ input: rows[r][c], after: rows[from][c].value });
    }
    put(changes, status.dataset.filled);
  }

  table.addEventListener("paste", (event) => {
    const at = place(event.target);
    const text = event.clipboardData && event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
    if (!at || !text || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const changes = [];
    let cut = false;
    text.split("\n").forEach((line, r) => line.split("\t").forEach((value, c) => {
      const row = rows[at.r + r];
      if (row && row[at.c + c]) changes.push({ input: row[at.c + c], after: value.trim() });
      else if (value.trim()) cut = true;
    }));
    put(changes, cut ? status.dataset.outside : status.dataset.pasted);
  });

  table.addEventListener("input", (event) => { shown(event.target); });

  table.addEventListener("focusin", (event) => {
    const at = place(event.target);
    if (!at) return;
    if (!head || head.r !== at.r || head.c !== at.c) { anchor = at; head = at; paint(); }
  });

  table.addEventListener("mousedown", (event) => {
    const at = place(event.target);
    if (!at || !event.shiftKey || !anchor) return;
    event.preventDefault();
    go(at.r, at.c, true);
  });

  table.addEventListener("keydown", (event) => {
    const input = event.target, at = place(input);
    if (!at) return;
    const ctrl = event.ctrlKey || event.metaKey, key = event.key;
    if (ctrl && !event.shiftKey && key.toLowerCase() === "d") { event.preventDefault(); fillDown(); return; }
    if (ctrl && !event.shiftKey && key.toLowerCase() === "z") {
      const last = done[done.length - 1];
      const own = last && last.find((one) => one.input === input);
      if (last && (!own || own.after === input.value)) { event.preventDefault(); undo(); }
      return;
    }
    if (ctrl || event.altKey || event.isComposing) return;
    const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const first = whole || input.selectionEnd === 0, last = whole || input.selectionStart === input.value.length;
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [event.shiftKey ? -1 : 1, 0] };
    if (first || event.shiftKey) steps.ArrowLeft = [0, -1];
    if (last || event.shiftKey) steps.ArrowRight = [0, 1];
    const step = steps[key];
    if (!step) return;
    event.preventDefault();
    go(at.r + step[0], at.c + step[1], event.shiftKey && key !== "Enter");
  });

  fillButton.addEventListener("mousedown", (event) => event.preventDefault());
  fillButton.addEventListener("click", fillDown);
  undoButton.addEventListener("click", undo);
  all.addEventListener("change", () => {
    for (const mark of table.querySelectorAll("tbody input[type=checkbox]")) mark.checked = all.checked;
  });

  for (const row of rows) for (const input of row) if (input.parentElement.classList.contains("new")) input.dataset.new = "1";
  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => {
    const typed = rows.some((row) => row.some((input) => input.value !== input.defaultValue));
    if (typed && !leaving) { event.preventDefault(); event.returnValue = ""; }
  });
})();
