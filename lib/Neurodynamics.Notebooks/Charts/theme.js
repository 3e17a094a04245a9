// What a figure looks like on a light page and on a dark one. It comes with plotly.js, once for all figures of a page.
window.neurodynamicsTheme = (function () {
  // Whether the page is dark: what its host says of it, its own background, or what the reader asks of all pages.
  function isDark() {
    var page = document.body, host = page.className, lab = document.querySelector("[data-jp-theme-light]");
    if (/\bvscode-/.test(host)) return /\bvscode-(dark|high-contrast)\b/.test(host) && !/\bvscode-high-contrast-light\b/.test(host);
    if (lab) return lab.getAttribute("data-jp-theme-light") === "false";
    var own = getComputedStyle(page).backgroundColor.match(/[\d.]+/g).map(Number);
    if (own.length === 3 || own[3] > 0) return own[0] + own[1] + own[2] < 382;
    return matchMedia("(prefers-color-scheme: dark)").matches;
  }

  // On a dark page greys are the other way round, from the page's nearly black to nearly white, and the colours that would be too
  // dark or too near to each other are others. Stills and saved pictures stay light.
  var onDark = { "#0072b2": "#2e8bd8", "#56b4e9": "#8ccdf5", "#bfe3f7": "#17455f" };

  function darker(text) {
    return text.replace(/#[0-9a-f]{6}\b/gi, function (colour) {
      var light = colour.toLowerCase(), grey = light.substr(1, 2);
      if (onDark[light]) return onDark[light];
      if (light !== "#" + grey + grey + grey) return colour;
      var other = (0xf2 - Math.round(parseInt(grey, 16) * (0xf2 - 0x1e) / 255)).toString(16);
      return "#" + other + other + other;
    }).replace(/rgba\(255, ?255, ?255,/g, "rgba(30,30,30,");
  }

  // Paints a figure for a dark page; the list of what was there takes it back.
  function darken(figure) {
    var before = [];
    function set(place, name, value) { before.push([place, name, place[name]]); place[name] = value; }
    function visit(place) {
      Object.keys(place).forEach(function (name) {
        var value = place[name];
        if (typeof value === "string" && value.length < 1000) {
          var other = darker(value);
          if (other !== value) set(place, name, other);
        } else if (value && typeof value === "object" && typeof value[0] !== "number") visit(value);
      });
    }
    visit(figure.data);
    visit(figure.layout);
    // For what a chart leaves to plotly.js.
    var axis = { color: "#c8c8c8", gridcolor: "#3c3c3c", zerolinecolor: "#5c5c5c", linecolor: "#5c5c5c" };
    var walls = Object.assign({ backgroundcolor: "#222222" }, axis), own = figure.layout.template || {};
    set(figure.layout, "template", { data: own.data, layout: Object.assign({}, own.layout, {
      paper_bgcolor: "#1e1e1e", plot_bgcolor: "#1e1e1e", font: Object.assign({}, (own.layout || {}).font, { color: "#d6d6d6" }),
      xaxis: axis, yaxis: axis, scene: { xaxis: walls, yaxis: walls, zaxis: walls }
    }) });
    return before;
  }

  // Paints a figure as the page is now.
  function paint(state) {
    if (isDark() === !!state.before) return;
    if (state.before) lighten(state);
    else state.before = darken(state.figure);
  }

  function lighten(state) {
    state.before.forEach(function (was) { if (was[2] === undefined) delete was[0][was[1]]; else was[0][was[1]] = was[2]; });
    state.before = null;
  }

  // The camera of the mode bar saves lines and letters, as on a light page.
  function saver(state) {
    return {
      name: "saveSvg", title: "Save as SVG", icon: window.neurodynamicsPlotly.Icons.camera,
      click: function (plot) {
        var dark = state.before;
        if (dark) lighten(state);
        var copy = JSON.parse(JSON.stringify({ data: state.figure.data, layout: state.figure.layout }));
        if (dark) paint(state);
        return window.neurodynamicsPlotly.downloadImage(copy, { format: "svg", filename: "figure", width: plot.offsetWidth, height: plot.offsetHeight });
      }
    };
  }

  // What a figure needs before it is drawn. Its own values are what the reader leaves of it: they are changed in place.
  function dress(state) {
    paint(state);
    // Without the buttons that do nothing here, or what the mouse does, the bar leaves room for the title.
    var unused = ["toImage", "select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d"];
    state.figure.config = Object.assign({}, state.figure.config, { modeBarButtonsToRemove: unused, modeBarButtonsToAdd: [saver(state)] });
  }

  // Hosts say so on the page's body when the reader chooses another theme.
  var was = isDark();
  function look() {
    if (was === isDark()) return;
    was = !was;
    window.dispatchEvent(new Event("neurodynamics-theme"));
  }
  new MutationObserver(look).observe(document.body, { attributes: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", look);
  return { dress: dress };
})();
