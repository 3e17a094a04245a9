// Turns $...$ and $$...$$ in the text of a page into formulas. A formula that cannot be read stays as it was written.
document.addEventListener("DOMContentLoaded", function () {
  document.querySelectorAll(".jp-RenderedMarkdown").forEach(function (box) {
    var walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT), texts = [];
    while (walker.nextNode())
      if (!walker.currentNode.parentElement.closest("code, pre") && walker.currentNode.data.indexOf("$") >= 0) texts.push(walker.currentNode);
    texts.forEach(function (text) {
      text.data.split(/(\$\$[^]+?\$\$|\$[^\s$](?:[^$]*[^\s$])?\$)/).forEach(function (part, i) {
        if (i % 2 === 0) return text.before(part);
        var display = part.slice(0, 2) === "$$", place = document.createElement(display ? "div" : "span");
        text.before(place);
        try { temml.render(part.slice(display ? 2 : 1, display ? -2 : -1), place, { displayMode: display, throwOnError: true }); }
        catch (error) { place.textContent = part; }
      });
      text.remove();
    });
  });
});
