// Asks for one slice of a run after the other and shows how far it is. Without it, or when the
// service does not answer, a button does the same.

const PAUSE = 100; // milliseconds between two slices, so that others are served as well
const MOST_FAILURES = 5;

const form = document.querySelector("[data-slices]");
const percent = document.querySelector("[data-percent]");
const bar = document.querySelector("#progress");
const status = document.querySelector("[data-status]");
const button = form.querySelector("button");

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const nextSlice = async () => {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
  });
  if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
  return answer.json();
};

const goOn = async () => {
  let failures = 0;
  while (failures < MOST_FAILURES) {
    try {
      const run = await nextSlice();
      percent.textContent = run.percent;
      bar.value = run.percent;
      failures = 0;
      if (run.is_over) {
        location.reload();
        return;
      }
      await wait(PAUSE);
    } catch {
      failures += 1;
      await wait(failures * 1000);
    }
  }
  button.hidden = false;
  status.textContent = status.dataset.stalled;
};

button.hidden = true;
goOn();
