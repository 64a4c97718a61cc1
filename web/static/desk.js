// Ticks of a list: how many there are, and all at once. Without this script every tick works by itself.
(function () {
  "use strict";
  function ticks(name) {
    return Array.prototype.filter.call(document.querySelectorAll("input[type=checkbox][form]"), function (one) {
      return one.name.indexOf(name) === 0;
    });
  }
  function tell() {
    document.querySelectorAll("[data-count]").forEach(function (place) {
      place.textContent = ticks(place.dataset.count).filter(function (one) { return one.checked; }).length;
    });
    document.querySelectorAll("[data-all]").forEach(function (box) {
      var all = ticks(box.dataset.all);
      box.hidden = false;
      box.checked = all.length > 0 && all.every(function (one) { return one.checked; });
    });
  }
  document.addEventListener("change", function (event) {
    var name = event.target.dataset && event.target.dataset.all;
    if (name) ticks(name).forEach(function (one) { one.checked = event.target.checked; });
    tell();
  });
  document.addEventListener("DOMContentLoaded", tell);
  document.addEventListener("htmx:afterSettle", tell);
})();
