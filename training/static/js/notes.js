// Notes in the margin, for nobody else's eyes. They save themselves, and are kept on this device
// until they are saved. Two versions of one note are put one below the other. Needs workspace.js.

const SAVE_AFTER = 1200; // milliseconds without a key
const TRY_AGAIN_AFTER = 15000;
const GIVE_UP_AFTER = 12000;

const below = (...texts) => texts.filter(Boolean).join("\n\n");

// What this device keeps for each tab: {"7": {"text": …, "before": …}}.
class Kept {
  constructor(session) {
    const beginning = `rating-notes:${session}`; // a name may also end here, without a mark
    this.name = `${beginning}:${newMark()}`;
    this.left = device
      .names(beginning)
      .flatMap((name) => Object.entries(this.read(name)).map(([turn, note]) => ({ name, turn, ...note })));
  }

  read(name) {
    return device.readJson(name) ?? {};
  }

  put(turn, note) {
    return this.write(this.name, { ...this.read(this.name), [turn]: note });
  }

  drop(turn, name = this.name) {
    const { [turn]: _, ...others } = this.read(name);
    this.write(name, others);
  }

  write(name, notes) {
    if (Object.keys(notes).length) return device.write(name, JSON.stringify(notes));
    device.drop(name);
    return true;
  }
}

class Note {
  constructor(form, line, kept) {
    this.texts = form.dataset;
    this.line = line;
    this.turn = line.dataset.turn;
    this.kept = kept;
    this.place = line.querySelector(".turn-margin, .turn-body");
    this.shown = this.place.querySelector(".turn-note");
    this.stored = plain(this.shown?.querySelector("[data-note-text]").textContent ?? "");
    this.build(document.getElementById("note-parts").content.cloneNode(true));
    this.takeUp(kept.left.filter((note) => note.turn === this.turn));
  }

  build(parts) {
    const name = fill(this.texts.textNote, { turn: this.turn });
    this.toggle = parts.querySelector(".note-toggle");
    this.editor = parts.querySelector(".note-editor");
    this.area = parts.querySelector("textarea");
    this.state = parts.querySelector(".note-state");
    this.toggle.setAttribute("aria-label", name);
    this.toggle.title = name;
    this.toggle.tabIndex = this.turn === "1" ? 0 : -1;
    this.area.setAttribute("aria-label", name);
    this.area.value = this.stored;
    if (this.line.matches("tr")) this.place.append(this.toggle);
    else this.line.append(this.toggle);
    this.place.append(this.editor);
    this.toggle.addEventListener("click", () => (this.editor.hidden ? this.open() : this.close()));
    this.area.addEventListener("input", (event) => {
      event.stopPropagation(); // it is no part of the rating
      this.changed();
    });
    this.area.addEventListener("blur", () => this.save());
    this.area.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  // Notes that tabs before this one could not save, and perhaps another one in their place since.
  takeUp(left) {
    const unsaved = left.filter((note) => note.text !== this.stored);
    if (unsaved.length) {
      const isOnTop = unsaved.some((note) => note.before === this.stored);
      const texts = new Set(unsaved.map((note) => note.text));
      this.area.value = below(isOnTop ? "" : this.stored, ...texts);
      this.keep();
      this.unfold();
      this.save();
    }
    if (this.isKept === false) return;
    for (const note of left) this.kept.drop(this.turn, note.name);
  }

  get text() {
    return plain(this.area.value);
  }

  get isUnsaved() {
    return this.text !== this.stored;
  }

  say(text) {
    if (this.state.textContent !== text) this.state.textContent = text;
  }

  unfold() {
    this.editor.hidden = false;
    this.toggle.setAttribute("aria-expanded", "true");
    if (this.shown) this.shown.hidden = true;
  }

  open() {
    this.unfold();
    this.area.focus();
  }

  close() {
    this.editor.hidden = true;
    this.toggle.setAttribute("aria-expanded", "false");
    this.show();
    this.toggle.focus({ preventScroll: true });
    this.save();
  }

  // The note as it stands, above its editor, which is closed now.
  show() {
    if (!this.shown) {
      this.shown = document.createElement("p");
      this.shown.className = "turn-note";
      this.editor.before(this.shown);
    }
    this.shown.textContent = this.area.value.trim();
    this.shown.hidden = !this.text;
  }

  keep() {
    this.isKept = this.kept.put(this.turn, { text: this.text, before: this.stored });
  }

  changed() {
    clearTimeout(this.timer);
    if (!this.isUnsaved) {
      this.kept.drop(this.turn);
      this.say("");
      return;
    }
    this.keep();
    this.say(this.texts.textUnsaved);
    this.timer = setTimeout(() => this.save(), SAVE_AFTER);
  }

  // One save at a time; what was written meanwhile follows it.
  save() {
    clearTimeout(this.timer);
    if (!this.isUnsaved) return this.sending;
    this.sending ??= this.send().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  async send() {
    let answer;
    try {
      answer = await this.put({ signal: AbortSignal.timeout(GIVE_UP_AFTER) });
    } catch {
      this.tryAgainLater(this.isKept === false ? this.texts.textUnkept : this.texts.textOffline);
      return;
    }
    if (answer.state === "saved") this.settle(answer.stored);
    else if (answer.state === "stale") this.merge(answer.stored);
    else if (answer.state === "refused") this.say(fill(this.texts.textRefused, { fault: answer.message }));
    else this.tryAgainLater(answer.state === "signed-out" ? this.texts.textSignedOut : this.texts.textFailed);
  }

  put(options) {
    const content = { text: this.text, before: this.stored };
    return put(`${this.texts.noteAddress}/${this.turn}`, content, options);
  }

  settle(stored) {
    this.stored = stored;
    if (this.isUnsaved) {
      this.changed();
      return;
    }
    this.kept.drop(this.turn);
    const time = clockTime(new Date());
    this.say(this.isMerged ? this.texts.textMerged : fill(this.texts.textSaved, { time }));
    this.isMerged = false;
  }

  merge(stored) {
    this.area.value = below(stored, this.text);
    this.stored = stored;
    this.isMerged = true;
    this.unfold();
    this.changed();
  }

  tryAgainLater(text) {
    this.keep();
    this.say(text);
    this.timer = setTimeout(() => this.save(), TRY_AGAIN_AFTER);
  }
}

function start(form) {
  const kept = new Kept(form.dataset.session);
  const notes = [...form.querySelectorAll("[data-turn]")].map((line) => new Note(form, line, kept));
  const unsaved = () => notes.filter((note) => note.isUnsaved);
  let isGoing = false;
  // One Tab leads from the turns to the note beside the one at hand.
  form.querySelector("#transcript").addEventListener("focusin", (event) => {
    const line = event.target.closest("[data-turn]");
    if (line) for (const note of notes) note.toggle.tabIndex = note.line === line ? 0 : -1;
  });
  window.addEventListener("online", () => unsaved().forEach((note) => note.save()));
  window.addEventListener("pagehide", () => {
    for (const note of unsaved()) note.put({ keepalive: true }).catch(() => {});
  });
  // The next page shows the notes: it must not be asked for before they are there.
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || isGoing || !navigator.onLine || !unsaved().length) return;
    event.preventDefault();
    isGoing = true;
    Promise.allSettled(unsaved().map((note) => note.save())).then(() => form.requestSubmit(event.submitter));
  });
}

const form = document.getElementById("rating-form");
if (form) start(form);
