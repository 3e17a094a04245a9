// What Plotly.NET.Interactive writes asks RequireJS for plotly.js from the net, in a context of its own. Here it gets the
// one that is on the page, with RequireJS and without.
var requirejs = window.requirejs = window.requirejs || function () {};
var others = requirejs.config;
requirejs.config = function (options) {
  if (!options || options.context !== "fsharp-plotly") return others && others.apply(this, arguments);
  return function (names, draw) { draw(window.neurodynamicsPlotly); };
};
