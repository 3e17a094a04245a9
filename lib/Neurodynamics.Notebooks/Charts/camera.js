// How the scenes of a figure are seen: as large as their room allows, whatever the width of the page, and turning together. It
// comes with plotly.js, once for all figures of a page.
window.neurodynamicsCamera = (function () {
  // plotly.js looks with an angle of 45 degrees from the lower to the upper edge: half of what it sees at distance 1.
  var reach = Math.tan(Math.PI / 8);
  // Pixels round the box of a scene: for its titles and labels, and for those of markers where there are no axes.
  var titled = { side: 96, top: 16, bottom: 62 }, bare = { side: 36, top: 36, bottom: 36 };

  function names(plot) { return plot._fullLayout._subplots.gl3d || []; }

  // The three directions of a camera, of length 1: to the eye, to the right, and up.
  function axes(camera) {
    var eye = camera.eye, at = camera.center || { x: 0, y: 0, z: 0 }, up = camera.up || { x: 0, y: 0, z: 1 };
    var back = unit([eye.x - at.x, eye.y - at.y, eye.z - at.z]), right = unit(cross([up.x, up.y, up.z], back));
    return [back, right, cross(back, right)];
  }
  function cross(a, b) { return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]; }
  function dot(a, b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
  function unit(v) {
    var length = Math.hypot(v[0], v[1], v[2]) || 1;
    return v.map(function (x) { return x / length; });
  }

  function same(a, b) {
    return ["eye", "center", "up"].every(function (part) {
      return !a[part] || !b[part] || ["x", "y", "z"].every(function (k) { return Math.abs(a[part][k] - b[part][k]) < 1e-9; });
    });
  }

  // The corners of a scene's box; where there are no axes, the points that it shows. Its middle is 0.
  function outermost(plot, name) {
    var scene = plot._fullLayout[name], box = scene.aspectratio, places = [];
    if (!scene.xaxis.visible) plot._fullData.forEach(function (trace) {
      if (trace.scene !== name || trace.visible !== true || !trace.x || trace.type === "surface") return;
      for (var i = 0; i < trace.x.length; i++) {
        var place = ["x", "y", "z"].map(function (k) {
          var range = scene[k + "axis"].range;
          return trace[k][i] === null ? NaN : ((trace[k][i] - range[0]) / (range[1] - range[0]) - 0.5) * box[k];
        });
        if (place.every(isFinite)) places.push(place);
      }
    });
    if (places.some(function (place) { return place.some(function (x, k) { return Math.abs(x - places[0][k]) > 1e-3; }); })) return places;
    return [0, 1, 2, 3, 4, 5, 6, 7].map(function (corner) {
      return ["x", "y", "z"].map(function (k, bit) { return (corner >> bit & 1 ? box[k] : -box[k]) / 2; });
    });
  }

  // Sees scenes along the directions that the figure asks for, from as near as all corners of their boxes stay in the picture; scenes
  // of one figure from as far as each other. One that the reader has turned stays as it is.
  function aim(plot) {
    var asked = (plot.layout.meta || {}).cameras, scenes = names(plot);
    if (!asked || !scenes.length || !scenes.every(function (name) { return asked[name] && same(plot.layout[name].camera, asked[name]); })) return;
    // For each side: of the half picture, the share that the box may take; and how far its corners reach, in units of the box.
    var sides = [0, 1, 2, 3].map(function () { return { share: Infinity, far: -Infinity }; });
    scenes.forEach(function (name) {
      var scene = plot._fullLayout[name], size = plot._fullLayout._size, view = axes(asked[name]);
      var wide = size.w * (scene.domain.x[1] - scene.domain.x[0]), high = size.h * (scene.domain.y[1] - scene.domain.y[0]);
      var room = scene.xaxis.visible ? titled : bare, side = Math.min(room.side, wide / 5);
      var shares = [(wide - 2 * side) / high, (wide - 2 * side) / high, 1 - 2 * Math.min(room.top, high / 5) / high, 1 - 2 * Math.min(room.bottom, high / 5) / high];
      shares.forEach(function (share, i) { sides[i].share = Math.min(sides[i].share, share); });
      outermost(plot, name).forEach(function (at) {
        var depth = dot(at, view[0]);
        sides.forEach(function (one, i) {
          one.far = Math.max(one.far, depth * reach * shares[i] + (i % 2 ? -1 : 1) * dot(at, view[i < 2 ? 1 : 2]));
        });
      });
    });
    var across = distance(sides[0], sides[1]), up = distance(sides[2], sides[3]), from = Math.max(across, up);
    if (!(from > 0 && from < Infinity)) return;
    var shift = [middle(sides[0], sides[1], from), middle(sides[2], sides[3], from)];
    scenes.forEach(function (name) {
      var view = axes(asked[name]);
      var center = view[1].map(function (x, k) { return shift[0] * x + shift[1] * view[2][k]; });
      var eye = center.map(function (x, k) { return x + from * view[0][k]; });
      var camera = { up: xyz(view[2]), center: xyz(center), eye: xyz(eye), projection: { type: "perspective" } };
      asked[name] = camera;
      look(plot, name, camera);
      // To this the mode bar's button goes back.
      Object.assign(plot._fullLayout[name]._scene.viewInitial || {}, { up: xyz(view[2]), center: xyz(center), eye: xyz(eye) });
    });
    function distance(one, other) { return (one.far + other.far) / (reach * (one.share + other.share)); }
    // Of the places from which both sides are seen, the one in their middle.
    function middle(one, other, from) { return (one.far - reach * from * one.share + reach * from * other.share - other.far) / 2; }
  }

  function xyz(v) { return { x: v[0], y: v[1], z: v[2] }; }

  function look(plot, name, camera) {
    var layout = plot._fullLayout[name];
    (plot.layout[name] = plot.layout[name] || {}).camera = JSON.parse(JSON.stringify(camera));
    layout.camera.up = camera.up; layout.camera.eye = camera.eye; layout.camera.center = camera.center;
    layout._scene.setViewport(layout);
  }

  // What the reader does to one camera is done to the others, each seen from where it began.
  function link(plot) {
    var scenes = names(plot), first = {};
    if (scenes.length < 2) return;
    scenes.forEach(function (name) { first[name] = axes(camera(name)); });
    function camera(name) { return plot._fullLayout[name]._scene.getCamera(); }
    function turned(now, from, to) {
      return { up: move(now.up), eye: move(now.eye), center: move(now.center), projection: now.projection };
      function move(v) {
        var place = from.map(function (axis) { return dot(axis, [v.x, v.y, v.z]); });
        function along(k) { return to[0][k] * place[0] + to[1][k] * place[1] + to[2][k] * place[2]; }
        return { x: along(0), y: along(1), z: along(2) };
      }
    }
    function follow(change) {
      var leader = scenes.filter(function (name) { return change[name + ".camera"]; })[0];
      if (!leader) return;
      scenes.forEach(function (name) {
        if (name !== leader) look(plot, name, turned(change[leader + ".camera"], first[leader], first[name]));
      });
    }
    plot.on("plotly_relayouting", follow);
    plot.on("plotly_relayout", follow);
  }

  // For a figure that has just been drawn.
  function serve(plot) {
    aim(plot);
    link(plot);
  }
  return { serve: serve, aim: aim };
})();
