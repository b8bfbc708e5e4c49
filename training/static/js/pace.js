// Reading at a pace: the turns appear one after the other, each with the time it takes to read.
// Off until somebody starts it; whoever wants to see a turn sees it. Needs workspace.js.

const WORDS_PER_MINUTE = 200;
const SHORTEST = 1200; // milliseconds: a gesture takes its moment, too

function timeToRead(line) {
  const parts = [...line.querySelectorAll(".turn-speaker, .turn-text, .turn-cell")];
  const words = parts.flatMap((part) => part.textContent.split(/\s+/).filter(Boolean)).length;
  return Math.max(SHORTEST, (words / WORDS_PER_MINUTE) * 60000);
}

class Pace {
  constructor(form) {
    this.texts = form.dataset;
    this.bring = (...where) => form.workspace.panes.bring(...where);
    this.row = form.querySelector("#pace");
    this.transcript = form.querySelector("#transcript");
    this.starter = form.querySelector("[data-pace-start]");
    this.pauseButton = form.querySelector("[data-pace-pause]");
    this.placeText = form.querySelector("[data-pace-place]");
    this.lines = [...form.querySelectorAll("[data-turn]")];
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.shown = this.lines.length;
    this.starter.addEventListener("click", () => this.start());
    this.pauseButton.addEventListener("click", () => (this.isPaused ? this.goOn() : this.pause()));
    form.querySelector("[data-pace-next]").addEventListener("click", () => this.next());
    form.querySelector("[data-pace-stop]").addEventListener("click", () => this.stop());
    form.addEventListener("turn-wanted", (event) => this.isOn && this.revealTo(event.detail));
    document.addEventListener("click", (event) => this.follow(event.target.closest?.("a[href^='#']")));
    document.addEventListener("visibilitychange", () => this.isOn && document.hidden && this.pause());
  }

  get isOn() {
    return !this.row.hidden;
  }

  start() {
    this.row.hidden = false;
    this.starter.hidden = true;
    this.lines.forEach((line) => line.classList.add("is-waiting"));
    this.shown = 0;
    this.bring(this.lines[0], "start");
    this.pauseButton.focus({ preventScroll: true });
    this.goOn();
    this.next();
  }

  stop() {
    const hadFocus = this.row.contains(document.activeElement);
    clearTimeout(this.timer);
    this.lines.forEach((line) => line.classList.remove("is-waiting"));
    this.row.hidden = true;
    this.starter.hidden = false;
    if (hadFocus) this.starter.focus({ preventScroll: true });
  }

  pause() {
    clearTimeout(this.timer);
    this.isPaused = true;
    this.pauseButton.textContent = this.texts.textGoOn;
  }

  goOn() {
    this.isPaused = false;
    this.pauseButton.textContent = this.texts.textPause;
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    const last = this.lines[this.shown - 1];
    if (last && !this.isPaused) this.timer = setTimeout(() => this.tick(), timeToRead(last));
  }

  // Nobody reads a pane that is not shown.
  tick() {
    if (this.transcript.hidden) this.pause();
    else this.next();
  }

  next() {
    if (this.shown === this.lines.length) this.stop();
    else this.revealTo(this.shown + 1, this.isLastInView());
  }

  revealTo(number, isFollowing = false) {
    for (const line of this.lines.slice(this.shown, number)) line.classList.remove("is-waiting");
    this.shown = Math.max(this.shown, number);
    this.placeText.textContent = fill(this.texts.textPlace, { turn: this.shown, all: this.lines.length });
    if (isFollowing) {
      this.bring(this.lines[this.shown - 1], "nearest", this.calm.matches ? "auto" : "smooth");
    }
    this.wait();
  }

  // Whoever has gone elsewhere in the text is not pulled away from there.
  isLastInView() {
    const box = this.lines[Math.max(this.shown - 1, 0)].getBoundingClientRect();
    const pane = this.transcript.getBoundingClientRect();
    return box.bottom > Math.max(pane.top, 0) && box.top < Math.min(pane.bottom, innerHeight);
  }

  follow(link) {
    const target = link && document.getElementById(link.hash.slice(1));
    if (!this.isOn || !this.transcript.contains(target)) return;
    if (target.dataset.turn) this.revealTo(Number(target.dataset.turn));
    else this.stop();
  }
}

const form = document.getElementById("rating-form");
if (form) new Pace(form);
