// How a list of sessions looks, for the visitor and for the administrator. Text is never markup.

const moment = new Intl.DateTimeFormat([], { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });

function part(tag, content, className) {
  const node = document.createElement(tag);
  node.textContent = content;
  node.className = className ?? "";
  return node;
}

function fact(name, instant) {
  const date = new Date(instant);
  const time = part("time", moment.format(date));
  time.dateTime = date.toISOString();
  const line = part("p", `${name} `, "device-fact");
  line.append(time);
  return line;
}

function row(session, end) {
  const name = part("p", "", "device-name");
  name.append(part("strong", session.label));
  if (session.own) {
    name.append(part("span", "this one", "device-own"));
  }
  const handle = part("p", `${session.handle.slice(0, 8)}…`, "device-handle mono");
  handle.title = `Handle ${session.handle}`;
  const button = part("button", session.own ? "Log out" : "End", "quiet");
  button.type = "button";
  button.setAttribute("aria-label", `${button.textContent} ${session.label}, ${handle.textContent}`);
  button.addEventListener("click", () => end(session));
  const item = part("li", "", "device");
  item.dataset.handle = session.handle;
  item.dataset.own = session.own;
  item.append(name, handle, fact("Created", session.created), fact("Renewed", session.renewed), button);
  return item;
}

/** Shows `sessions` in `list`, the own one and then the latest first; `end` is told which to end. */
export function showSessions(list, sessions, end) {
  const ordered = [...sessions].reverse().sort((one, other) => other.own - one.own);
  list.replaceChildren(...ordered.map((session) => row(session, end)));
}

/** Asks the API: the status, 0 without an answer, and what the answer says. */
export async function ask(method, path) {
  try {
    const response = await fetch(path, { method });
    return { status: response.status, body: await response.json() };
  } catch {
    return { status: 0, body: { title: "No answer", detail: "The server cannot be reached. Whether it was done cannot be told." } };
  }
}

/** What colour a status has. */
export function tone(status) {
  if (status >= 200 && status < 300) {
    return "good";
  }
  return status === 409 || status === 422 ? "lost" : "bad";
}

/** Says in `line` how something ended; without a status it is still under way. */
export function tell(line, status, words) {
  line.dataset.tone = status === null ? "busy" : tone(status);
  line.replaceChildren(
    ...(status === null ? [] : [part("strong", status || "–")]),
    part("span", words),
  );
}

let busy = false;

/** Does one thing at a time; what is pressed meanwhile is not done. */
export async function exclusively(line, action) {
  if (busy) {
    return;
  }
  setBusy(true);
  tell(line, null, "under way …");
  try {
    await action();
  } finally {
    setBusy(false);
  }
}

function setBusy(value) {
  busy = value;
  // Not disabled: the button would lose the keyboard's focus.
  for (const button of document.querySelectorAll("button")) {
    button.setAttribute("aria-disabled", String(value));
  }
}
