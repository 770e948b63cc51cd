// Everything that comes from the server goes into the page as text, never as markup.

import { ask as askApi, exclusively, showSessions, tell, tone } from "./sessions.js";

const CAPACITY = 10;
const PARALLEL = 6;

const element = (id) => document.getElementById(id);
const time = new Intl.DateTimeFormat([], { timeStyle: "medium", hourCycle: "h23" });

/** What the page last knew of the session: null, or as the API describes it. */
let known = null;
/** Whether any answer told what the session is. */
let told = false;
let operations = null;
/** Whether the page itself is ending its session. */
let loggingOut = false;

/** For each request: its method, its path from the inputs, and how the journal names it. */
const REQUESTS = {
  visit: { method: "GET", path: () => "api/visit", cause: () => "look" },
  count: { method: "POST", path: () => "api/count", cause: () => "click" },
  items: {
    method: "POST",
    path: () => `api/items/${encodeURIComponent(element("item").value.trim())}`,
    cause: () => `add ${element("item").value.trim()}`,
  },
  "set-count": {
    method: "POST",
    path: () => "api/set-count",
    // In a race everybody wants another count: setting what is there already changes nothing.
    query: (lane) => ({ value: lane ? Number(element("value").value) + lane : element("value").value }),
    cause: () => `set clicks to ${element("value").value}`,
  },
  login: {
    method: "POST",
    path: () => "api/login",
    // In a race everybody is someone else; otherwise six logins would be one and the same.
    query: (lane) => ({ name: element("visitor").value.trim() + (lane ? ` ${lane}` : "") }),
    cause: () => `log in as ${element("visitor").value.trim()}`,
  },
  logout: { method: "POST", path: () => "api/logout", cause: () => "log out" },
};

async function send(name, lane) {
  const request = REQUESTS[name];
  const query = new URLSearchParams(request.query ? request.query(lane) : {});
  const delay = element("delay").value;
  if (delay && delay !== "0") {
    query.set("delay", delay);
  }
  return askApi(request.method, query.size ? `${request.path()}?${query}` : request.path());
}

function text(tag, content, className) {
  const node = document.createElement(tag);
  node.textContent = content;
  if (className) {
    node.className = className;
  }
  return node;
}

function show(visit, node, cause) {
  const before = known?.id ?? null;
  const after = visit?.id ?? null;
  if (known && known.handle !== visit?.handle) {
    element("ended").hidden = loggingOut;
  } else if (visit?.name && visit.name !== known?.name) {
    element("ended").hidden = true;
  }
  known = visit;
  told = true;

  const ticket = element("ticket");
  ticket.dataset.kind = visit ? visit.kind : "none";
  element("kind").textContent = visit ? visit.kind : "none yet";
  element("id").textContent = visit ? `${after.slice(0, 4)} ${after.slice(4)}` : "–";
  element("handle").textContent = visit ? visit.handle : "–";
  element("name").textContent = visit ? (visit.name ?? "unknown") : "–";
  element("count").textContent = visit ? visit.count : "–";
  element("node").textContent = node;
  element("admin").hidden = !visit?.administrator;
  showBasket(visit ? visit.items : {});
  if (before !== after || !element("bars").hasChildNodes()) {
    drawBars(after ?? "00000000");
  }
  if (before !== after && cause) {
    record(before, after, cause);
    ticket.classList.remove("rotated");
    void ticket.offsetWidth; // Forces layout, so that the animation starts again.
    ticket.classList.add("rotated");
  }
}

function showBasket(items) {
  const names = Object.keys(items);
  const total = names.reduce((sum, name) => sum + items[name], 0);
  element("basket-total").textContent = `${total} of ${CAPACITY}`;
  element("slots").replaceChildren(
    ...Array.from({ length: CAPACITY }, (_, i) => text("li", "", i < total ? "taken" : "")),
  );
  element("items").replaceChildren(...names.map((name) => text("li", `${items[name]} × ${name}`)));
}

/** Draws the id's bits, so that another id is seen at a glance. */
function drawBars(id) {
  const bits = [...id].flatMap((digit) => {
    const value = Number.parseInt(digit, 16);
    return [8, 4, 2, 1].map((bit) => (value & bit) !== 0);
  });
  let x = 0;
  const bars = bits.map((set) => {
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    bar.setAttribute("x", String(x));
    bar.setAttribute("width", set ? "2.2" : "0.8");
    bar.setAttribute("height", "20");
    bar.setAttribute("fill", "currentColor");
    x += set ? 3.4 : 2;
    return bar;
  });
  const svg = element("bars");
  svg.setAttribute("viewBox", `0 0 ${(x - 1.2).toFixed(1)} 20`);
  svg.replaceChildren(...bars);
}

function record(before, after, cause) {
  const row = document.createElement("tr");
  row.append(
    text("td", time.format(new Date())),
    text("td", cause),
    text("td", before ?? "none", before ? "mono dead" : "mono"),
    text("td", after ?? "none", after ? "mono live" : "mono"),
  );
  element("journal-rows").prepend(row);
  element("journal").hidden = false;
  element("journal-empty").hidden = true;
}

function say(status, words) {
  tell(element("answer"), status, words);
}

async function showOperations(markChanges) {
  try {
    const response = await fetch("api/operations");
    if (!response.ok) {
      return;
    }
    const now = await response.json();
    for (const cell of document.querySelectorAll("[data-operation]")) {
      const name = cell.dataset.operation;
      const delta = markChanges && operations ? now[name] - operations[name] : 0;
      cell.textContent = now[name];
      if (delta > 0) {
        cell.dataset.delta = `+${delta}`;
      } else {
        delete cell.dataset.delta;
      }
    }
    operations = now;
  } catch {
    // The answer itself has said that the server is away.
  }
}

/** Whose sessions are listed: a handle and a name. */
let listed = "";

/** Lists the visitor's sessions, if there is anything new about them. */
async function listSessions(anyway) {
  const wanted = known?.name ? `${known.handle} ${known.name}` : "";
  if (wanted === listed && !anyway) {
    return;
  }
  if (!wanted) {
    showList([]);
    return;
  }
  const { status, body } = await askApi("GET", "api/sessions");
  if (status === 200) {
    showList(body.sessions);
  }
  await countFromHere();
}

function showList(sessions) {
  listed = sessions.length > 0 ? `${known.handle} ${known.name}` : "";
  showSessions(element("devices"), sessions, (session) =>
    exclusively(element("answer"), () => (session.own ? one("logout") : end("end", session))),
  );
  element("sessions-actions").hidden = sessions.length === 0;
  element("sessions-empty").hidden = sessions.length > 0;
}

/** Ends one session, or all others. */
async function end(action, session) {
  const cause = session ? `end ${session.label}` : "end all others";
  const path = session ? `api/sessions/${action}?handle=${session.handle}` : `api/sessions/${action}`;
  const { status, body } = await askApi("POST", path);
  if (status === 200) {
    showList(body.sessions);
    say(status, `${cause}: done by ${body.node}`);
    await showOperations(true);
    return;
  }
  await lookAgain(null);
  await listSessions(true);
  say(status, status === 404 ? `${cause}: it was over already` : `${cause}: ${body.detail}`);
}

/** Leaves what the page asked for by itself out of the next request's share. */
async function countFromHere() {
  const { status, body } = await askApi("GET", "api/operations");
  if (status === 200) {
    operations = body;
  }
}

/** How often the page asks the nodes whether they are there, and how long it waits for an answer. */
const WATCH_EVERY = 2000;
const WATCH_PATIENCE = 2000;
/** How long a visitor has to read that the page moves to another node. */
const MOVE_AFTER = 3000;

/** The nodes to choose from; none where there is only one. */
let peers = [];
const PATH = new URL(".", location.href).pathname;
let leaving = false;

async function ask(peer) {
  try {
    const response = await fetch(`${peer.here ? location.origin : peer.origin}${PATH}api/cluster`, {
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(WATCH_PATIENCE),
    });
    const body = await response.json();
    return body.node === peer.name ? body : null;
  } catch {
    return null;
  }
}

function showPeers() {
  for (const peer of peers) {
    peer.link.dataset.state = peer.up ? "up" : "down";
    peer.link.title = peer.up ? `${peer.name} answers` : `${peer.name} does not answer`;
  }
}

/** Asks all nodes, shows who answers, and leaves when this one does not. */
async function watch() {
  const answers = await Promise.all(peers.map(ask));
  answers.forEach((answer, i) => {
    peers[i].up = answer !== null;
  });
  const own = peers.findIndex((peer) => peer.here);
  showPeers();
  showMembers(answers[own]);
  // Once more, because one lost answer is no dead node.
  if (!answers[own] && !(await ask(peers[own]))) {
    leave(peers[own]);
  } else if (!leaving) {
    element("gone").hidden = true;
    if (!told && (await lookAgain(null)) === 200) {
      say(200, `look: done by ${peers[own].name}`);
    }
  }
}

function showMembers(answer) {
  const shown = answer?.members && (answer.members > 1 || peers.length > 0);
  element("members").textContent = shown ? `${answer.members} in the cluster` : "";
}

/** Goes on at another node: cookies do not know ports, so the session comes along. */
function leave(own) {
  const line = element("gone");
  const next = peers.find((peer) => peer.up && !peer.here);
  if (!next) {
    line.textContent = `${own.name} does not answer, and neither does any other node.`;
    line.hidden = false;
    return;
  }
  if (leaving) {
    return;
  }
  leaving = true;
  const target = `${next.origin}${PATH}?from=${encodeURIComponent(own.name)}`;
  const link = text("a", `Go on at ${next.name} now`);
  link.href = target;
  line.replaceChildren(`${own.name} does not answer any more. Your session is on the others too. `, link);
  line.hidden = false;
  setTimeout(() => location.replace(target), MOVE_AFTER);
}

/** Says where the page came from, if it had to leave another node. */
function welcome(node) {
  const from = new URLSearchParams(location.search).get("from");
  if (peers.some((peer) => peer.name === from)) {
    history.replaceState(null, "", location.pathname);
    const line = element("answer");
    line.dataset.tone = "lost";
    line.textContent = `${from} stopped answering. This is ${node}, and this is your session.`;
  }
}

async function showCluster() {
  const response = await fetch("api/cluster").catch(() => null);
  if (!response?.ok) {
    return;
  }
  const answer = await response.json();
  showMembers(answer);
  if (answer.nodes.length < 2 || !answer.nodes.some((node) => node.name === answer.node)) {
    return;
  }
  peers = answer.nodes.map(({ name, port }) => {
    const origin = `${location.protocol}//${location.hostname}:${port}`;
    const link = text("a", `${name} :${port}`);
    link.href = `${origin}${PATH}`;
    const here = name === answer.node;
    if (here) {
      link.setAttribute("aria-current", "true");
    }
    return { name, origin, here, link, up: true };
  });
  element("nodes").replaceChildren(...peers.map((peer) => peer.link));
  element("nodes").hidden = false;
  welcome(answer.node);
  const watchOn = async () => {
    await watch();
    setTimeout(watchOn, WATCH_EVERY);
  };
  void watchOn();
}

async function lookAgain(cause) {
  const { status, body } = await send("visit");
  if (status === 200) {
    show(body.session, body.node, cause);
  } else if (!told) {
    // No answer is no session that is not there.
    element("kind").textContent = "cannot tell";
    say(status, `look: ${body.detail}`);
  }
  return status;
}

async function one(name) {
  const cause = REQUESTS[name].cause();
  const { status, body } = await send(name);
  if (status === 200) {
    loggingOut = name === "logout";
    show(body.session, body.node, cause);
    loggingOut = false;
    say(status, `${cause}: done by ${body.node}`);
    await showOperations(true);
    await listSessions(false);
  } else {
    say(status, `${cause}: ${body.detail}`);
    await showOperations(true);
    if (status === 0 && peers.length > 0) {
      await watch();
    }
    if (status === 409) {
      await lookAgain("another request");
      await showOperations(false);
      await listSessions(false);
    }
  }
}

async function race() {
  const name = element("contest").value;
  const lanes = Array.from({ length: PARALLEL }, () => text("li", "under way"));
  element("lanes").replaceChildren(...lanes);
  const answers = await Promise.all(
    lanes.map(async (lane, i) => {
      const answer = await send(name, i + 1);
      lane.dataset.tone = tone(answer.status);
      lane.replaceChildren(
        text("strong", answer.status || "–"),
        answer.status === 200 ? "saved" : answer.body.title,
      );
      return answer;
    }),
  );
  const saved = answers.filter((answer) => answer.status === 200).length;
  await showOperations(true);
  const failure = answers.find((answer) => tone(answer.status) === "bad");
  const status = await lookAgain(`six at once: ${REQUESTS[name].cause()}`);
  if (status === 0 && peers.length > 0) {
    await watch();
  }
  await listSessions(false);
  say(failure ? failure.status : status, `six at once: ${saved} saved, ${PARALLEL - saved} refused`);
}

function onSubmit(form, action) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void exclusively(element("answer"), action);
  });
}

for (const form of document.querySelectorAll("form[data-request]")) {
  onSubmit(form, () => (form.dataset.request === "race" ? race() : one(form.dataset.request)));
}
onSubmit(element("end-others"), () => end("end-others"));
onSubmit(element("refresh"), async () => {
  const status = await lookAgain(null);
  await listSessions(true);
  say(status, status === 200 ? "list: as it is now" : "list: it cannot be had");
});

await lookAgain(null);
await showOperations(false);
await listSessions(false);
await showCluster();
document.documentElement.dataset.ready = "true";
