"use strict";

const token = document.querySelector('meta[name="token"]').content;
const at = (id) => document.getElementById(id);
const TONES = { error: "Error:", trouble: "Trouble:", act: "Done:" };
let state = null;
let chosen = null;
let acting = false;

/** An element with attributes and children; text is always text, never markup. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((each) => each !== null));
  return element;
}

function when(iso) {
  const day = new Date(iso);
  return new Intl.DateTimeFormat("en-GB", {
    weekday: "short", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "UTC",
  }).format(day) + " UTC";
}

function distance(from, to) {
  const minutes = Math.round((new Date(to) - new Date(from)) / 60000);
  if (minutes < 1) return "now";
  if (minutes < 120) return `in ${minutes} min`;
  if (minutes < 48 * 60) return `in ${Math.round(minutes / 60)} hours`;
  return `in ${Math.round(minutes / 1440)} days`;
}

const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

/** A button that opens a place in the second tab. The tab has a name, so it is used again. */
function opener(id, label, describe) {
  const form = make("form", { method: "post", action: "/open", target: "rehearsal-discord" },
    make("input", { type: "hidden", name: "token", value: token }),
    make("input", { type: "hidden", name: "channel", value: id }),
    make("input", { type: "hidden", name: "person", value: chosen ?? "" }),
    make("button", { type: "submit", "aria-label": describe }, label));
  form.addEventListener("submit", () => setTimeout(refresh, 700));
  return form;
}

function place(each, title, note, shut, thread) {
  const current = state.open?.id === each.id;
  return make("div", { class: `place${thread ? " thread" : ""}${current ? " current" : ""}` },
    make("div", { class: "words" },
      make("span", { class: "title" }, title), current ? make("span", { class: "badge" }, "open now") : null,
      make("span", { class: "note" }, note)),
    opener(each.id, shut ? "Open as …" : current ? "Go to it" : "Open", `Open ${title}${shut ? " as somebody else" : ""}`));
}

function access(channel) {
  const person = state.people.find((each) => each.id === chosen);
  if (!person) return "";
  const first = person.name.split(" ")[0];
  if (!channel.readers.includes(chosen)) return `${first} cannot read this channel`;
  if (!channel.writers.includes(chosen)) return `${first} reads here; buttons work, commands do not`;
  return `${first} reads and writes here`;
}

function drawPlaces() {
  const rows = [];
  for (const group of state.groups) {
    if (group.name) rows.push(make("h3", {}, group.name));
    for (const channel of group.channels) {
      const shut = !channel.readers.includes(chosen);
      rows.push(place(channel, `# ${channel.name}`, `${count(channel.messages, "message")} · ${access(channel)}`, shut));
      for (const thread of channel.threads) {
        rows.push(place(thread, thread.name, `thread, ${count(thread.messages, "message")}`, shut, true));
      }
    }
  }
  at("places").replaceChildren(...rows);
  at("open").textContent = state.open
    ? `Open in the second tab: ${state.open.name}. Leave this tab open; it is the way back.`
    : "No channel is open. Each opens in a second tab. Leave this tab open; it is the way back.";
}

function drawPeople() {
  const cards = state.people.map((each, index) => {
    const initials = each.name.split(" ").map((word) => word[0]).join("").slice(0, 2);
    const face = make("span", { class: "face", "aria-hidden": "true" }, initials);
    face.style.setProperty("--hue", `hsl(${(index * 47) % 360} 45% 38%)`);
    const radio = make("input", { type: "radio", name: "as", value: each.id, checked: each.id === chosen });
    radio.addEventListener("change", () => { chosen = each.id; draw(); at("people").querySelector(":checked")?.focus(); });
    return make("div", { class: "person" },
      make("label", {}, radio, face, make("span", { class: "name" }, each.name),
        make("span", { class: "about" }, each.here ? each.about : "left the server"),
        make("span", { class: "chips" }, ...each.roles.map((role) => make("span", { class: "chip" }, role)))),
      opener(each.direct, each.letters ? `DMs · ${each.letters}` : "DMs",
        `Open the direct messages of ${each.name} (${each.letters})`));
  });
  at("people").replaceChildren(...cards);
}

/** Fill a list of choices anew without losing what is chosen. */
function fill(id, options, empty) {
  const list = at(id);
  const before = list.value;
  const all = options.length ? options : [["", empty]];
  const wanted = JSON.stringify(all);
  if (list.dataset.shown === wanted) return;
  list.dataset.shown = wanted;
  list.replaceChildren(...all.map(([value, text]) => make("option", { value }, text)));
  if (all.some(([value]) => value === before)) list.value = before;
}

function drawTrouble() {
  fill("person", state.people.map((each) => [each.id, each.name]), "nobody");
  fill("role", state.roles.map((each) => [each.id, each.name]), "no roles");
  fill("card", state.cards.map((each) => [`${each.channel}/${each.id}`, `#${each.place}: ${each.title}`]), "none yet");
  fill("thread", state.groups.flatMap((group) => group.channels.flatMap((channel) =>
    channel.threads.map((each) => [each.id, each.name]))).reverse(), "none yet");
  at("bot").textContent = state.running ? "running" : "stopped";
  at("bot").classList.toggle("off", !state.running);
  at("stop").hidden = !state.running;
  at("start").hidden = state.running;
}

function drawLog() {
  at("log").replaceChildren(...[...state.log].reverse().map((line) => make("li", { class: line.tone },
    make("time", { datetime: line.at }, when(line.at)),
    TONES[line.tone] ? make("span", { class: "tone" }, `${TONES[line.tone]} `) : null, line.text)));
}

function drawWaiting() {
  const rows = state.waiting.map((each) => make("li", {}, each.title,
    make("span", { class: "note" }, each.due ? `${each.state} · next step ${distance(state.now, each.due)}` : each.state)));
  at("waiting").replaceChildren(...(rows.length ? rows : [make("li", {}, "Nothing is open.")]));
}

function drawAgain() {
  at("again").textContent = state.empty ? "Begin with the example" : "Begin with an empty server";
  at("again-words").textContent = state.empty
    ? "The example partnership: set up and ratified, with proposals, a retro, a survey and a meeting under way."
    : "A server in which nothing has happened yet: try /setup as the moderator of your own server would.";
}

function draw() {
  if (chosen === null && state.people.length) chosen = state.first;
  at("now").textContent = when(state.now);
  at("due").textContent = state.due
    ? `Next deadline or reminder ${distance(state.now, state.due)}: ${when(state.due)}`
    : state.running ? "No deadline is waiting." : "The bot is stopped.";
  drawPeople();
  drawPlaces();
  drawWaiting();
  drawTrouble();
  drawAgain();
  drawLog();
  busy(acting || Boolean(state.doing), state.doing);
}

function busy(yes, doing) {
  document.querySelectorAll("button").forEach((button) => { button.disabled = yes; });
  at("status").textContent = yes ? `Please wait: ${doing || "working"} …` : "";
}

let before = "";
function take(fresh) {
  const text = JSON.stringify(fresh);
  if (text === before) return;
  before = text;
  if (state && state.world !== fresh.world) { location.reload(); return; }
  state = fresh;
  draw();
}

async function refresh() {
  try {
    const answer = await fetch("/state");
    if (!answer.ok) throw new Error(await answer.text());
    const fresh = await answer.json();
    if (!acting) take(fresh);
  } catch {
    at("status").textContent = "The rehearsal does not answer. It was stopped, or this page is from an earlier one.";
  }
}

async function act(button) {
  if (button.dataset.sure && !confirm(button.dataset.sure)) return;
  const form = new FormData();
  for (const name of (button.dataset.with || "").split(" ").filter(Boolean)) {
    const value = at(name).value;
    if (name === "card") {
      const [channel, message] = value.split("/");
      form.set("channel", channel);
      form.set("message", message ?? "");
    } else {
      form.set(name, value);
    }
  }
  acting = true;
  busy(true, button.textContent.toLowerCase());
  let problem = "";
  try {
    const answer = await fetch(`/act/${button.dataset.act}`, {
      method: "POST", body: new URLSearchParams(form), headers: { "X-Rehearsal-Token": token },
    });
    if (answer.ok) state = await answer.json();
    else problem = await answer.text();
  } catch {
    problem = "The rehearsal does not answer. It was stopped, or this page is from an earlier one.";
  }
  acting = false;
  before = "";
  if (state) draw();
  if (problem) at("status").textContent = problem;
  button.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (button) act(button);
});
refresh();
setInterval(refresh, 2000);
