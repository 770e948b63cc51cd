import { ask, exclusively, showSessions, tell } from "./sessions.js";

const element = (id) => document.getElementById(id);
const answer = element("answer");

/** Whose sessions are shown. */
let shown = null;

async function send(method, path, query, done) {
  const { status, body } = await ask(method, `../api/admin/${path}?${new URLSearchParams(query)}`);
  if (status === 200) {
    show(body);
    tell(answer, status, done(body));
  } else if (status === 403) {
    tell(answer, status, "You are no administrator any more: your own session was ended, or it expired.");
    element("result").hidden = true;
  } else if (status === 404) {
    await look();
    tell(answer, status, "That session was over already.");
  } else {
    tell(answer, status, body.detail);
  }
}

const counted = (number) => (number === 1 ? "1 session" : `${number} sessions`);

function show({ name, sessions }) {
  shown = name;
  element("owner").textContent = name;
  element("total").textContent = counted(sessions.length);
  showSessions(element("devices"), sessions, (session) =>
    exclusively(answer, () =>
      send("POST", "end", { name: shown, handle: session.handle }, () => `${session.label} of ${name}: ended`),
    ),
  );
  element("none").hidden = sessions.length > 0;
  element("end-all").hidden = sessions.length === 0;
  element("result").hidden = false;
}

const look = () =>
  send("GET", "sessions", { name: element("user").value.trim() }, ({ name, sessions }) => `${name} has ${counted(sessions.length)}`);

function onSubmit(id, action) {
  element(id).addEventListener("submit", (event) => {
    event.preventDefault();
    void exclusively(answer, action);
  });
}

onSubmit("search", look);
onSubmit("end-all", () => send("POST", "end-all", { name: shown }, ({ name }) => `All sessions of ${name}: ended, on every node`));

document.documentElement.dataset.ready = "true";
