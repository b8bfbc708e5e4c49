// Saves a rating by itself, says honestly whether it is saved, and keeps it on this device until
// it is. Needs rating-sheet.js.

const SAVE_AFTER = 1200; // milliseconds without a change
const TRY_AGAIN_AFTER = 15000;
const GIVE_UP_AFTER = 12000;

// What this device keeps until the service has it: a copy for each tab.
const kept = {
  name: (session, revision, mark) => `rating-draft:${session}:${revision}:${mark}`,
  all: (session) =>
    device
      .names(`rating-draft:${session}:`)
      .map((name) => kept.read(name))
      .filter(Boolean),
  read(name) {
    const ratings = device.readJson(name);
    if (!ratings) device.drop(name); // it cannot be read
    return ratings && { name, revision: Number(name.split(":")[2]), ratings };
  },
  put: (name, ratings) => device.write(name, JSON.stringify(ratings)),
  // The pages that come next in this tab go on with its copy, or have buttons that give it up. Where
  // it cannot be noted, it is compared with what is stored when the rating is opened again.
  noteOwn: (session, name) => attempt(() => sessionStorage.setItem(`rating-draft-own:${session}`, name)),
  own: (session) => attempt(() => sessionStorage.getItem(`rating-draft-own:${session}`), null),
};

class Saver {
  constructor(form, sheet) {
    this.form = form;
    this.sheet = sheet;
    this.texts = form.dataset;
    this.session = form.dataset.session;
    this.place = form.querySelector("[data-saved]");
    // A page that came back with faults shows what was typed, and none of it is stored.
    this.stored = document.querySelector(".error-summary") ? null : sheet.text();
    this.unanswered = null; // what was sent and may have been stored without our knowing
    this.sending = null;
    this.isWaiting = false; // a change came while something was being sent
    this.isStopped = false;
    this.isStale = false;
    this.mark = newMark();
    // The name of what this page keeps on this device; with faults, it goes on from what was sent.
    this.copy = this.stored === null ? kept.own(this.session) : null;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", (event) => this.beforeSubmit(event));
    form.addEventListener("focusout", (event) => this.leftField(event.target));
    form.addEventListener("save-now", () => this.save());
    window.addEventListener("online", () => this.save());
    // Whoever puts a phone away may never come back to the page.
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
    window.addEventListener("pagehide", () => this.saveOnLeaving());
    this.showTime();
    if (this.stored !== null) this.takeUpKept();
  }

  get revision() {
    return Number(this.form.elements.revision.value);
  }

  set revision(revision) {
    this.form.elements.revision.value = revision;
  }

  get isUnsaved() {
    return this.sheet.text() !== this.stored;
  }

  say(text) {
    if (this.place.textContent !== text) this.place.textContent = text;
  }

  showTime() {
    const moment = this.place.dataset.savedAt;
    if (moment) this.saySaved(moment);
  }

  saySaved(moment) {
    this.place.dataset.savedAt = moment;
    this.say(fill(this.texts.textSaved, { time: clockTime(new Date(moment)) }));
  }

  takeUpKept() {
    const left = [];
    for (const copy of kept.all(this.session)) {
      const text = this.sheet.text({ ...this.sheet.read(), ...copy.ratings });
      if (text === this.stored) device.drop(copy.name);
      else left.push(copy);
    }
    // One at a time: another one that was left is offered when the rating is opened again.
    const newest = left.find((copy) => copy.revision === this.revision);
    if (newest) {
      this.takeOver(newest);
      this.form.dispatchEvent(new Event("input"));
      this.save();
    } else if (left.length) {
      this.offerKept(left[0]);
    }
  }

  // From now on it is a copy of this page's own; one that it had made before is left for later.
  takeOver(copy) {
    this.mark = newMark();
    this.copy = null;
    this.sheet.write(copy.ratings);
    this.revision = copy.revision;
    this.keep();
    if (this.isKept) device.drop(copy.name);
  }

  offerKept(copy) {
    const notice = document.getElementById("kept");
    notice.hidden = false;
    notice.querySelector("[data-use-kept]").addEventListener("click", () => {
      this.takeOver(copy);
      this.form.requestSubmit();
    });
    notice.querySelector("[data-drop-kept]").addEventListener("click", () => {
      device.drop(copy.name);
      notice.hidden = true;
    });
  }

  keep() {
    const name = kept.name(this.session, this.revision, this.mark);
    this.isKept = kept.put(name, this.sheet.read());
    if (!this.isKept || name === this.copy) return;
    this.forget();
    this.copy = name;
    kept.noteOwn(this.session, name);
  }

  forget() {
    if (this.copy) device.drop(this.copy);
    this.copy = null;
  }

  changed() {
    if (this.isStale) this.keep();
    if (this.isStopped) return;
    clearTimeout(this.timer);
    if (!this.isUnsaved) {
      this.forget();
      this.showTime();
      return;
    }
    this.keep();
    this.say(this.texts.textUnsaved);
    this.timer = setTimeout(() => this.save(), SAVE_AFTER);
  }

  // What was written is whole when somebody goes on; what was only clicked may change at once.
  leftField(field) {
    if (field.closest(".item-card") && field.matches("textarea, input[type=text]")) this.save();
  }

  save() {
    clearTimeout(this.timer);
    if (this.isStopped || !this.isUnsaved) return;
    if (this.sending) {
      this.isWaiting = true;
      return;
    }
    this.isWaiting = false;
    this.sending = this.send().finally(() => {
      this.sending = null;
      if (this.isWaiting) this.changed();
    });
  }

  async send() {
    const ratings = this.sheet.read();
    const text = this.sheet.text(ratings);
    const previous = this.unanswered;
    this.unanswered = text;
    let answer;
    try {
      answer = await this.put(ratings, { signal: AbortSignal.timeout(GIVE_UP_AFTER) });
    } catch {
      this.unanswered = previous ?? text;
      this.tryAgainLater(this.isKept ? this.texts.textOffline : this.texts.textUnkept);
      return;
    }
    this.answer(answer, text, previous);
  }

  put(ratings, options) {
    return put(this.texts.draftAddress, { revision: this.revision, ratings }, options);
  }

  answer(answer, text, previous) {
    if (answer.state === "saved") {
      this.settle(answer, text);
    } else if (answer.state === "stale") {
      this.stale(answer, previous);
    } else if (answer.state === "refused") {
      this.unanswered = previous;
      this.say(fill(this.texts.textRefused, { fault: answer.faults[0]?.message ?? "" }));
    } else if (answer.state === "submitted") {
      this.isStopped = true;
      this.forget();
      this.say(this.texts.textSubmitted);
    } else if (answer.state === "closed") {
      this.isStopped = true;
      this.say(this.texts.textClosed);
    } else {
      this.unanswered = previous;
      this.tryAgainLater(answer.state === "signed-out" ? this.texts.textSignedOut : this.texts.textFailed);
    }
  }

  // This text is stored under the answer's revision.
  settle(answer, text) {
    this.revision = answer.revision;
    this.stored = text;
    this.unanswered = null;
    this.isWaiting = this.isUnsaved;
    if (!this.isWaiting) {
      this.forget();
      this.saySaved(answer.saved_at ?? new Date().toISOString());
    }
  }

  // Stale only because an earlier save of our own went through and its answer was lost?
  stale(answer, previous) {
    if (previous !== null && this.sheet.text(answer.stored) === previous) {
      this.settle(answer, previous);
      return;
    }
    this.isStopped = true;
    this.isStale = true;
    this.say(this.texts.textStale);
    document.getElementById("conflict").hidden = false;
  }

  tryAgainLater(text) {
    this.say(text);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), TRY_AGAIN_AFTER);
  }

  // A save under way would make the form's revision old: let it finish first.
  beforeSubmit(event) {
    clearTimeout(this.timer);
    if (!navigator.onLine && this.isUnsaved && this.isKept) {
      event.preventDefault(); // better than the browser's page about having no connection
      this.tryAgainLater(this.texts.textOffline);
      return;
    }
    if (this.sending) {
      event.preventDefault();
      this.sending.finally(() => this.form.requestSubmit(event.submitter));
      return;
    }
    this.isLeaving = true;
  }

  saveOnLeaving() {
    if (this.isLeaving || this.isStopped || this.sending || !this.isUnsaved) return;
    this.unanswered = this.unanswered ?? this.sheet.text();
    this.put(this.sheet.read(), { keepalive: true }).catch(() => {});
  }
}

// What was sent or given up with a button need not be kept here any longer.
for (const element of document.querySelectorAll("[data-forget-kept]")) {
  element.addEventListener("click", () => device.drop(kept.own(element.dataset.forgetKept)));
}
const form = document.getElementById("rating-form");
if (form) new Saver(form, form.sheet);
