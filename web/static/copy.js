// Buttons that select a text and copy it; on plain http browsers offer no clipboard but do obey this command.
"use strict";
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", function () {
    const text = document.getElementById(button.dataset.copy);
    text.focus();
    text.select();
    if (document.execCommand("copy")) button.textContent = button.dataset.done;
  });
}
