// What several scripts need. The service puts it before each of them (training/scripts.py).

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const plain = (text) => text.normalize("NFC").trim();

const attempt = (act, otherwise) => {
  try {
    return act();
  } catch {
    return otherwise;
  }
};

// What this device remembers. Storage may be full or forbidden: then nothing is found there, and
// what somebody chose holds for this page only.
const device = {
  names: (beginning) =>
    attempt(() => Object.keys(localStorage).filter((name) => name.startsWith(beginning)), []),
  read: (name) => attempt(() => localStorage.getItem(name), null),
  readJson: (name) => attempt(() => JSON.parse(localStorage.getItem(name)), null),
  // Whether it is kept now.
  write: (name, text) =>
    attempt(() => {
      localStorage.setItem(name, text);
      return true;
    }, false),
  drop: (name) => attempt(() => localStorage.removeItem(name)),
  isOn: (name) => device.read(name) === "on",
  turn: (name, isOn) => device.write(name, isOn ? "on" : "off"),
};

// Ends the name of what a tab keeps on this device until the service has it. A tab drops its own and
// what it has taken over, and never that of another tab.
const newMark = () => Math.random().toString(36).slice(2);

const clockTime = (moment) =>
  moment.toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });

const token = () => document.querySelector("#rating-form [name=csrf_token]").value;

// Whoever signed in again in another tab has a new token, which this page can learn from the service.
async function renewToken() {
  const response = await fetch(location.href, { redirect: "manual" }).catch(() => null);
  if (!response?.ok) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const found = page.querySelector("#rating-form [name=csrf_token]")?.value;
  if (!found) return false;
  for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = found;
  return true;
}

const putOnce = (address, content, options) =>
  fetch(address, {
    method: "PUT",
    redirect: "manual",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
    body: JSON.stringify(content),
    ...options,
  });

// Sends what is to be stored. The answer's state is "signed-out" where a sign-in page came instead,
// and none where the answer cannot be read; it throws where there is no connection.
async function put(address, content, options) {
  let response = await putOnce(address, content, options);
  if (response.status === 400 && (await renewToken())) response = await putOnce(address, content, options);
  if (response.type === "opaqueredirect") return { state: "signed-out" };
  return response.json().catch(() => ({}));
}
