/** Owns how a data_visualization looks: its lines or bars as a drawing, and behind it a table of the same numbers. */

import { h } from "./text.js";

const SVG = "http://www.w3.org/2000/svg";
const [MOST_WIDTH, LEAST_WIDTH, BESIDE, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [600, 280, 110, 240, 48, 12, 12, 28];
const STEPS = [1, 2, 2.5, 5, 10];
const TICKS = 4;
const LETTER = 7;

/** A figure of a chart's title, its drawing and its numbers; a kind this page does not draw is its numbers alone. */
export function chart(block) {
  const { type, series, axis_config: axes, segments } = block.chart;
  const rows = series ?? [{ name: block.title, data: segments ?? [] }];
  const labels = axes?.categories ?? rows[0].data.map((point) => point.label);
  const isDrawn = (type === "line" || type === "bar" || type === "area") && rows.length > 0;
  return h(
    "figure",
    { class: "block chart" },
    h("figcaption", null, h("b", null, block.title), axes?.y_label && h("span", { class: "hint" }, ` ${axes.y_label}`)),
    isDrawn && drawing(block.title, type, rows, labels),
    isDrawn && rows.length > 1 && h("ul", { class: "legend" }, rows.map((row, at) => h("li", null, sample(at), row.name))),
    h("details", { open: !isDrawn }, h("summary", null, "Show the numbers"), numbers(block.title, rows, labels)),
  );
}

/** Bars on their side, whose names then stand whole before them and whose numbers behind. */
function lying(title, rows, labels) {
  const ticks = scale(rows.flatMap((row) => row.data.map((point) => point.value)));
  const [low, high] = [Math.min(ticks[0], 0), ticks.at(-1)];
  const width = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, window.innerWidth - BESIDE));
  const before = Math.min(width * 0.6, Math.max(...labels.map((label) => label.length)) * LETTER + 12);
  const x = (value) => before + ((width - before - LEFT) * (value - low)) / (high - low);
  const tall = Math.max(22, rows.length * 12 + 8);
  const height = TOP + labels.length * tall;
  const svg = s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Chart: ${title}` });
  const thick = (tall - 8) / rows.length;
  labels.forEach((label, place) => {
    const top = TOP + place * tall;
    svg.append(s("text", { x: before - 8, y: top + tall / 2 + 1, "text-anchor": "end" }, label));
    rows.forEach((row, at) => {
      const [value, y] = [row.data[place].value, top + thick * at];
      const [from, to] = [Math.min(x(0), x(value)), Math.max(x(0), x(value))];
      svg.append(s("rect", { x: from, y: y + 0.5, width: Math.max(to - from, 0), height: thick - 1, class: `fill series-${at % 6}` }));
      svg.append(s("text", { x: to + 6, y: y + thick / 2 + 4 }, String(value)));
    });
  });
  svg.append(s("line", { x1: x(0), x2: x(0), y1: TOP - 4, y2: height, class: "axis" }));
  return svg;
}

function drawing(title, type, rows, labels) {
  const ticks = scale(rows.flatMap((row) => row.data.map((point) => point.value)));
  const [low, high] = [ticks[0], ticks.at(-1)];
  const y = (value) => TOP + ((HEIGHT - TOP - BOTTOM) * (high - value)) / (high - low);
  // As wide as it is shown, so that its letters keep their size on a telephone.
  const width = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, window.innerWidth - BESIDE));
  const room = (width - LEFT - RIGHT) / labels.length;
  const longest = Math.max(...labels.map((label) => label.length)) * LETTER + 8;
  if (type === "bar" && longest > room) return lying(title, rows, labels);
  const middle = (at) => LEFT + room * (at + 0.5);
  const svg = s("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": `Chart: ${title}` });
  for (const tick of ticks) {
    svg.append(s("line", { x1: LEFT, x2: width - RIGHT, y1: y(tick), y2: y(tick), class: tick === 0 ? "axis" : "grid" }));
    svg.append(s("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, String(tick)));
  }
  // Names of moments may be left out between others.
  const every = type === "bar" ? 1 : Math.max(1, Math.ceil(longest / room));
  labels.forEach((label, at) => {
    if ((labels.length - 1 - at) % every) return;
    const half = (label.length * LETTER) / 2;
    const x = Math.min(Math.max(middle(at), half), width - half);
    svg.append(s("text", { x, y: HEIGHT - 8, "text-anchor": "middle" }, label));
  });
  rows.forEach((row, at) => {
    const points = row.data.map((point, place) => [middle(place), y(point.value)]);
    if (type === "bar") svg.append(...bars(points, at, rows.length, room, y(0)));
    else {
      svg.append(s("polyline", { points: points.map((point) => point.join()).join(" "), class: `line series-${at % 6}` }));
      svg.append(...points.map((point) => mark(at, ...point)));
    }
  });
  return svg;
}

function bars(points, at, count, room, zero) {
  const thick = Math.min((room * 0.8) / count, 48);
  return points.flatMap(([middle, top]) => {
    const x = middle - (thick * count) / 2 + thick * at;
    const bar = s("rect", {
      x: x + 0.5, y: Math.min(top, zero), width: Math.max(thick - 1, 1), height: Math.abs(zero - top), class: `fill series-${at % 6}`,
    });
    return count > 1 && thick > 10 ? [bar, mark(at, x + thick / 2, top - (top <= zero ? 7 : -7))] : [bar];
  });
}

/** The mark of a series: six shapes, hollow from the seventh on. */
function mark(at, x, y) {
  const names = `${at < 6 ? "fill" : "hollow"} series-${at % 6}`;
  const corners = [null, [4, 0.5], [3, 0], [4, 0], [3, 0.5], [6, 0]][at % 6];
  if (!corners) return s("circle", { cx: x, cy: y, r: 4, class: names });
  const [count, turn] = corners;
  const angles = Array.from({ length: count }, (_, corner) => (2 * Math.PI * (corner + turn)) / count);
  return s("polygon", { points: angles.map((angle) => `${x + 5 * Math.sin(angle)},${y - 5 * Math.cos(angle)}`).join(" "), class: names });
}

function sample(at) {
  const svg = s("svg", { viewBox: "0 0 12 12", class: "sample", "aria-hidden": "true" });
  svg.append(mark(at, 6, 6));
  return svg;
}

function scale(values) {
  let [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  if (high - low < 1e-6) [low, high] = [0, 1];
  const power = 10 ** Math.floor(Math.log10((high - low) / TICKS));
  const step = power * STEPS.find((factor) => power * factor * TICKS >= (high - low) * 0.999);
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(6)));
}

function numbers(title, rows, labels) {
  const head = h("tr", null, h("th", { scope: "col" }, ""), rows.map((row) => h("th", { scope: "col" }, row.name)));
  const line = (label, at) =>
    h("tr", null, h("th", { scope: "row" }, label), rows.map((row) => h("td", { class: "align-right" }, String(row.data[at]?.value ?? ""))));
  return h(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-label": title },
    h("table", null, h("caption", null, title), h("thead", null, head), h("tbody", null, labels.map(line))),
  );
}

function s(tag, props, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}
