// Finds words in the text that is rated, whatever their case and accents. Needs workspace.js.

const COUNT_AFTER = 400; // milliseconds without a key, so that a screen reader is not interrupted

// Letter by letter, so that places in the folded text are places in the text itself.
const fold = (text) => text.replace(/[^]/g, (letter) => letter.normalize("NFD")[0].toLowerCase()[0]);

function rangesIn(line, wanted) {
  const ranges = [];
  for (const part of line.querySelectorAll(".turn-speaker, .turn-text, .turn-cell")) {
    const text = part.firstChild;
    if (text?.nodeType !== Node.TEXT_NODE) continue;
    const folded = fold(text.data);
    for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + wanted.length)) {
      const range = new Range();
      range.setStart(text, at);
      range.setEnd(text, at + wanted.length);
      ranges.push(range);
    }
  }
  return ranges;
}

class Find {
  constructor(form) {
    this.form = form;
    this.row = form.querySelector("#find");
    this.field = form.querySelector("#find-text");
    this.count = form.querySelector("[data-find-count]");
    this.opener = form.querySelector("[data-find-open]");
    this.lines = [...form.querySelectorAll("[data-turn]")];
    this.found = [];
    this.opener.addEventListener("click", () => this.open());
    form.querySelector("[data-find-close]").addEventListener("click", () => this.close());
    for (const button of form.querySelectorAll("[data-find-step]")) {
      button.addEventListener("click", () => this.step(Number(button.dataset.findStep)));
    }
    this.field.addEventListener("input", (event) => {
      event.stopPropagation(); // it is no part of the rating
      this.search();
    });
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.row.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  open() {
    this.row.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.field.focus();
    this.field.select();
  }

  close() {
    this.field.value = "";
    this.search();
    this.row.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    this.opener.focus();
  }

  onKey(event) {
    if (event.key !== "Enter") return;
    event.preventDefault(); // which would save
    this.step(event.shiftKey ? -1 : 1);
  }

  search() {
    const wanted = fold(this.field.value.trim());
    this.found = wanted
      ? this.lines.flatMap((line) => rangesIn(line, wanted).map((range) => ({ line, range })))
      : [];
    this.place = -1;
    this.show();
  }

  step(by) {
    const all = this.found.length;
    if (!all) return;
    this.place = this.place < 0 ? (by > 0 ? 0 : all - 1) : (this.place + by + all) % all;
    const { line } = this.found[this.place];
    this.form.dispatchEvent(new CustomEvent("turn-wanted", { detail: Number(line.dataset.turn) }));
    this.form.workspace.panes.bring(line, "center");
    this.show();
  }

  show() {
    const current = this.found[this.place];
    for (const line of this.lines) line.classList.toggle("turn-found", line === current?.line);
    // Where a browser cannot mark words, the turn alone is marked.
    globalThis.CSS?.highlights?.set("found", new Highlight(...this.found.map(({ range }) => range)));
    globalThis.CSS?.highlights?.set("found-here", new Highlight(...(current ? [current.range] : [])));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sayCount(), this.place < 0 ? COUNT_AFTER : 0);
  }

  sayCount() {
    const { textFound, textFoundAll, textNotFound } = this.form.dataset;
    const all = this.found.length;
    const text = this.place < 0 ? textFoundAll : textFound;
    const said = all ? fill(text, { place: this.place + 1, all }) : textNotFound;
    this.count.textContent = this.field.value.trim() ? said : "";
  }
}

const form = document.getElementById("rating-form");
if (form) new Find(form);
