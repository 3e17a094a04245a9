// Draws the figures of a page. Every figure brings this script, and the first one on the page keeps it; so a figure needs
// nothing but itself and plotly.js, which may come before it or after it, but never from the network: that would be somebody
// else's code.
window.neurodynamics = window.neurodynamics || (function () {
  // Browsers take a WebGL context away from the oldest scene when there are too many: from 8 on phones, 16 on desktops.
  var limit = 6;
  var patience = 10000;
  // Pixels. Where there is less room for a figure, it is scrolled.
  var narrowest = 640;
  var waiting = [], drawn = [], swept = null, timer = null;

  function plotly() { return window.neurodynamicsPlotly; }

  // How many WebGL contexts a figure takes: one for each of its 3-D scenes, and three for all else that plotly.js draws with WebGL.
  function contexts(figure) {
    var scenes = {}, flat = 0;
    figure.data.forEach(function (trace) {
      if (/3d$|surface|cone|streamtube|volume/.test(trace.type)) scenes[trace.scene || "scene"] = true;
      else if (/gl$|mapbox|splom|parcoords/.test(trace.type)) flat = 3;
    });
    return Object.keys(scenes).length + flat;
  }

  function live() {
    return drawn.reduce(function (sum, box) { return sum + box.neurodynamics.contexts; }, 0);
  }

  // plotly.js draws the markers of a scene as letters, whose size depends on the fonts of the machine: 4 font sizes to a unit.
  // What is asked for is pixels across.
  function inPixels(figure) {
    var pen = document.createElement("canvas").getContext("2d");
    var letters = { circle: "\u25cf", "circle-open": "\u25cb", square: "\u25a0", "square-open": "\u25a1", diamond: "\u25c6", "diamond-open": "\u25c7" };
    pen.font = "64px normal";
    figure.data.forEach(function (trace) {
      var marker = trace.type === "scatter3d" && trace.marker, letter = marker && letters[marker.symbol || "circle"];
      if (!letter) return;
      var seen = pen.measureText(letter), across = (seen.actualBoundingBoxLeft + seen.actualBoundingBoxRight) / 64;
      if (!(across > 0)) return;
      var size = function (pixels) { return pixels / (4 * across); };
      if (Array.isArray(marker.size)) marker.size = marker.size.map(size);
      else if (typeof marker.size === "number") marker.size = size(marker.size);
    });
  }

  function show(key, figure) {
    inPixels(figure);
    // The height is remembered because plotly.js forgets it when it fits a figure to another width.
    waiting.push({ key: key, figure: figure, contexts: contexts(figure), height: figure.layout.height || 450 });
    sweep();
  }

  // Looks at the page as it is now: hosts add, remove, move and put back outputs without telling anyone.
  function sweep() {
    swept = null;
    drawn.filter(function (box) { return !box.isConnected; }).forEach(release);
    // Figures of one key are the same figure: whichever element is free will do.
    waiting = waiting.filter(function (state) {
      var free = Array.prototype.filter.call(
        document.querySelectorAll('.neurodynamics-figure[data-figure="' + state.key + '"]'),
        function (box) { return !box.neurodynamics; })[0];
      if (!free) return true;
      free.neurodynamics = state;
      if (state.contexts && sight) sight.observe(free);
      if (resized && !state.figure.layout.width) resized.observe(free);
      return false;
    });
    document.querySelectorAll(".neurodynamics-figure").forEach(draw);
  }

  function draw(box) {
    var state = box.neurodynamics;
    if (!state || state.plot) return;
    if (!plotly()) return wait();
    if (state.contexts && !makeRoom(box)) return;
    var plot = document.createElement("div");
    if (!state.figure.layout.width) {
      plot.style.minWidth = narrowest + "px";
      plot.style.height = state.height + "px";
    }
    state.width = box.offsetWidth;
    box.textContent = "";
    box.appendChild(plot);
    state.plot = plot;
    state.by = plotly();
    drawn.push(box);
    window.neurodynamicsTheme.dress(state);
    // plotly.js writes what the reader changes, the camera above all, into this figure: it comes back as it was left.
    state.by.newPlot(plot, state.figure).then(window.neurodynamicsCamera.serve, function (error) { say(box, "This figure could not be drawn: " + error); });
  }

  // Whether a figure with scenes may be drawn. Those that were out of sight for longest give way; they are drawn again when they are seen.
  function makeRoom(box) {
    var state = box.neurodynamics;
    function fits() { return live() + state.contexts <= limit; }
    if (!state.seen) return fits();
    drawn.filter(function (other) { return other.neurodynamics.contexts && !other.neurodynamics.seen; }).forEach(function (hidden) {
      if (!fits()) release(hidden);
    });
    return true;
  }

  function release(box) {
    var state = box.neurodynamics;
    drawn.splice(drawn.indexOf(box), 1);
    var canvases = Array.prototype.slice.call(state.plot.querySelectorAll("canvas"));
    state.by.purge(state.plot);
    // Without this a context lives until the garbage collector finds it, which is later than the next figure.
    canvases.forEach(function (canvas) {
      var gl = canvas.getContext("webgl");
      var loss = gl && gl.getExtension("WEBGL_lose_context");
      if (loss) loss.loseContext();
    });
    state.plot.remove();
    state.plot = null;
  }

  function wait() {
    if (timer || document.readyState !== "complete") return;
    timer = setTimeout(function () {
      if (plotly()) return;
      document.querySelectorAll(".neurodynamics-figure").forEach(function (box) {
        if (box.neurodynamics && !box.neurodynamics.plot)
          say(box, "This figure needs plotly.js, which the output of the notebook's first code cell holds: scroll up to it, or run it.");
      });
    }, patience);
  }

  function say(box, sentence) {
    box.textContent = "";
    box.appendChild(document.createElement("p")).textContent = sentence;
  }

  function later() { swept = swept || setTimeout(sweep, 50); }

  var sight = window.IntersectionObserver && new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.target.neurodynamics) return;
      entry.target.neurodynamics.seen = entry.isIntersecting;
      if (entry.isIntersecting) {
        var place = drawn.indexOf(entry.target);
        if (place >= 0) drawn.push(drawn.splice(place, 1)[0]);
        draw(entry.target);
      }
    });
  });

  var resized = window.ResizeObserver && new ResizeObserver(function (entries) {
    entries.forEach(function (entry) {
      var state = entry.target.neurodynamics;
      var width = entry.target.offsetWidth;
      if (!state || !state.plot || !state.plot.data || !width || width === state.width) return;
      state.width = width;
      state.by.Plots.resize(state.plot).then(function () { if (state.plot) window.neurodynamicsCamera.aim(state.plot); });
    });
  });

  // Another theme: each figure is drawn again, as it was left.
  function repaint() {
    drawn.slice().forEach(function (box) {
      release(box);
      draw(box);
    });
  }

  new MutationObserver(later).observe(document.documentElement, { childList: true, subtree: true });
  window.addEventListener("neurodynamics-theme", repaint);
  window.addEventListener("neurodynamics-plotly", sweep);
  window.addEventListener("load", sweep);
  return { show: show, limit: limit, get drawn() { return drawn.length; }, get live() { return live(); } };
})();
