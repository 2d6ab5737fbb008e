"use strict";
// The front and its maps: a point of the front opens the map of its stations.
const data = JSON.parse(document.getElementById("data").textContent);
const [lons, lats, residents] = data.points;
const COLOURS = { near: "#7fb8b0", far: "#ecd9b0", station: "#0f5f66", new_station: "#c2410c" };
const told = (value, digits) => value.toLocaleString(data.language, { maximumFractionDigits: digits, minimumFractionDigits: digits });

function draw(name, attributes, parent, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

const WIDTH = 960;
const [west, east] = [Math.min(...lons), Math.max(...lons)];
const [south, north] = [Math.min(...lats), Math.max(...lats)];
const wide = Math.cos(((south + north) / 2) * (Math.PI / 180));
const scale = (WIDTH - 40) / ((east - west) * wide);
const HEIGHT = (north - south) * scale + 40;
const x = (lon) => 20 + (lon - west) * wide * scale;
const y = (lat) => 20 + (north - lat) * scale;

function map(scenario) {
  const holder = document.getElementById("map");
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": scenario.name }, holder);
  for (const ring of data.outlines)
    draw("path", { d: "M" + ring.map(([lon, lat]) => `${x(lon).toFixed(1)},${y(lat).toFixed(1)}`).join("L") + "Z", fill: "#faf8f3", stroke: "#c9c3b4" }, svg);
  const most = Math.max(...residents);
  residents.forEach((count, point) => {
    const side = Math.max(3, 15 * Math.sqrt(count / most));
    const colour = scenario.near[point] === "1" ? COLOURS.near : COLOURS.far;
    draw("rect", { x: x(lons[point]) - side / 2, y: y(lats[point]) - side / 2, width: side, height: side, fill: colour }, svg);
  });
  for (const [lon, lat, isNew, name] of scenario.stations) {
    const turn = isNew ? ` rotate(45 ${x(lon)} ${y(lat)})` : "";
    const mark = draw("rect", { x: x(lon) - 5.5, y: y(lat) - 5.5, width: 11, height: 11, rx: isNew ? 1 : 6, fill: isNew ? COLOURS.new_station : COLOURS.station, stroke: "#fff", "stroke-width": 1.5, transform: turn }, svg);
    draw("title", {}, mark, name);
  }
  holder.replaceChildren(svg, key());
}

function key() {
  const list = document.createElement("div");
  list.className = "key";
  for (const [name, colour] of Object.entries(COLOURS)) {
    const item = document.createElement("span"), square = document.createElement("i");
    square.style.background = colour;
    square.style.borderRadius = name === "station" ? "50%" : "0";
    square.style.transform = name === "new_station" ? "rotate(45deg) scale(.85)" : "none";
    item.append(square, data.words[name]);
    list.append(item);
  }
  return list;
}

function front(chosen) {
  const height = 300, left = 56, right = 24, top = 16, bottom = 46;
  const most = Math.max(...data.scenarios.map((each) => each.invested), 1);
  const across = (value) => left + (value / most) * (WIDTH - left - right);
  const up = (value) => height - bottom - (value / 100) * (height - top - bottom);
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${height}` }, document.getElementById("front"));
  for (const share of [0, 25, 50, 75, 100]) {
    draw("line", { x1: left, x2: WIDTH - right, y1: up(share), y2: up(share), stroke: "#dedad0" }, svg);
    draw("text", { x: left - 8, y: up(share) + 4, "text-anchor": "end" }, svg, told(share, 0));
  }
  draw("text", { x: left, y: height - 10 }, svg, data.words.invested_axis.split(" (")[0]);
  draw("text", { x: WIDTH - right, y: height - 10, "text-anchor": "end" }, svg, told(most, 0));
  draw("text", { x: left + 4, y: 12 }, svg, data.words.share_axis);
  const along = data.scenarios.filter((each) => each.front).sort((a, b) => a.invested - b.invested);
  draw("polyline", { points: along.map((each) => `${across(each.invested)},${up(each.share)}`).join(" "), fill: "none", stroke: COLOURS.station, "stroke-width": 2 }, svg);
  for (const each of data.scenarios) {
    const mine = each === chosen;
    const dot = draw("circle", { class: "dot", tabindex: 0, role: "button", "aria-label": each.name, "aria-pressed": mine, cx: across(each.invested), cy: up(each.share), r: mine ? 11 : 7, fill: mine ? COLOURS.new_station : each.front ? COLOURS.station : "#fff", stroke: each.front ? "#fff" : "#b45309", "stroke-width": 2 }, svg);
    draw("title", {}, dot, each.name);
    const open = () => show(each);
    dot.addEventListener("click", open);
    dot.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(); } });
  }
  document.getElementById("front").replaceChildren(svg);
}

function show(scenario) {
  const fresh = scenario.stations.filter((station) => station[2]).length;
  const said = document.getElementById("told"), name = document.createElement("strong");
  name.textContent = scenario.name;
  said.replaceChildren(name, `  ·  ${told(scenario.share, 1)}${data.words.percent} ${data.words.within}  ·  +${fresh} ${data.words.fact_stations}`);
  front(scenario);
  map(scenario);
}

document.querySelector(".play").hidden = false;
document.documentElement.classList.add("scripted");
show(data.scenarios.find((each) => each.code === data.recommended));
