// Everything that comes from the server goes into the page as text, never as markup.

const CAPACITY = 10;
const PARALLEL = 6;

const element = (id) => document.getElementById(id);
const time = new Intl.DateTimeFormat([], { timeStyle: "medium", hourCycle: "h23" });

/** What the page last knew of the session: null, or as the API describes it. */
let known = null;
let operations = null;
let busy = false;

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
  const path = query.size ? `${request.path()}?${query}` : request.path();
  try {
    const response = await fetch(path, { method: request.method });
    return { status: response.status, body: await response.json() };
  } catch {
    return { status: 0, body: { title: "No answer", detail: "The server cannot be reached." } };
  }
}

function tone(status) {
  if (status >= 200 && status < 300) {
    return "good";
  }
  return status === 409 || status === 422 ? "lost" : "bad";
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
  known = visit;

  const ticket = element("ticket");
  ticket.dataset.kind = visit ? visit.kind : "none";
  element("kind").textContent = visit ? visit.kind : "none yet";
  element("id").textContent = visit ? `${after.slice(0, 4)} ${after.slice(4)}` : "–";
  element("handle").textContent = visit ? visit.handle : "–";
  element("name").textContent = visit ? (visit.name ?? "unknown") : "–";
  element("count").textContent = visit ? visit.count : "–";
  element("node").textContent = node;
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
  const line = element("answer");
  line.dataset.tone = status === null ? "busy" : tone(status);
  line.replaceChildren(
    ...(status === null ? [] : [text("strong", status || "–")]),
    text("span", words),
  );
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

async function lookAgain(cause) {
  const { status, body } = await send("visit");
  if (status === 200) {
    show(body.session, body.node, cause);
  }
  return status;
}

async function one(name) {
  const cause = REQUESTS[name].cause();
  const { status, body } = await send(name);
  if (status === 200) {
    show(body.session, body.node, cause);
    say(status, `${cause}: done by ${body.node}`);
    await showOperations(true);
  } else {
    say(status, `${cause}: ${body.detail}`);
    await showOperations(true);
    if (status === 409) {
      await lookAgain("another request");
      await showOperations(false);
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
  say(failure ? failure.status : status, `six at once: ${saved} saved, ${PARALLEL - saved} refused`);
}

function setBusy(value) {
  busy = value;
  // Not disabled: the button would lose the keyboard's focus.
  for (const button of document.querySelectorAll("button")) {
    button.setAttribute("aria-disabled", String(value));
  }
}

for (const form of document.querySelectorAll("form[data-request]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) {
      return;
    }
    setBusy(true);
    say(null, "under way …");
    try {
      await (form.dataset.request === "race" ? race() : one(form.dataset.request));
    } finally {
      setBusy(false);
    }
  });
}

await lookAgain(null);
await showOperations(false);
document.documentElement.dataset.ready = "true";
