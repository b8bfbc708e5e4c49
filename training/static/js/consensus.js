// Tells the experts of a panel where it is and that something was recorded. Whoever has ticked it
// on this device follows the chair by themselves. Without this script a link loads the page again.

const ASK_EVERY = 4000; // milliseconds
const MOST_FAILURES = 5; // in a row, until it says that it hears nothing any more

class Live {
  constructor(place) {
    this.place = place;
    this.texts = place.dataset;
    this.news = place.querySelector("[data-news]");
    this.follow = place.querySelector("#follow-chair");
    this.loadedTag = `"${this.texts.state}-${this.texts.revision}"`;
    this.tag = this.loadedTag;
    this.at = this.texts.at;
    this.hasMoved = false; // since this page was loaded
    this.failures = 0;
    this.isWriting = false;
    this.follow.checked = device.isOn("consensus-follow-chair");
    this.follow.addEventListener("change", () => device.turn("consensus-follow-chair", this.follow.checked));
    place.querySelector("[data-follow-choice]").hidden = false;
    document.querySelector("main").addEventListener("input", (event) => {
      if (event.target !== this.follow) this.isWriting = true;
    });
    document.addEventListener("visibilitychange", () => this.ask());
    this.listen();
  }

  listen() {
    this.timer = setInterval(() => this.ask(), ASK_EVERY);
  }

  async ask() {
    if (document.hidden || this.isAsking) return;
    this.isAsking = true;
    try {
      const answer = await fetch(this.texts.liveAddress, {
        headers: { Accept: "application/json", "If-None-Match": this.tag },
        redirect: "error", // to the sign-in page
      });
      if (answer.status !== 304 && !answer.ok) throw new Error(`${answer.status}`);
      if (this.failures >= MOST_FAILURES) this.takeUpAgain();
      if (answer.status !== 304) {
        this.tag = answer.headers.get("ETag");
        this.tell(await answer.json());
      }
      this.failures = 0;
    } catch {
      this.failures += 1;
      if (this.failures === MOST_FAILURES) this.giveUp();
    } finally {
      this.isAsking = false;
    }
  }

  tell(live) {
    const at = `${live.position ?? ""}/${live.item ?? ""}`;
    const moves = at !== this.at;
    this.at = at;
    this.hasMoved ||= moves;
    if (this.hasMoved && live.address && at !== this.texts.here) {
      // Whoever is writing stays: what they have typed would be lost.
      if (moves && this.follow.checked && !this.isWriting) location.assign(live.address);
      else this.say(fill(this.texts.textMoved, live), this.texts.textGo, live.address);
    } else {
      this.say(this.texts.textChanged, this.texts.textLoad, location.pathname);
    }
  }

  say(text, label, address) {
    if (this.said === text) return; // a screen reader would read it out once more
    this.said = text;
    const link = document.createElement("a");
    link.href = address;
    link.textContent = label;
    this.news.replaceChildren(text, " ", link);
  }

  giveUp() {
    clearInterval(this.timer);
    this.tag = this.loadedTag; // what it says now replaces news, which are to be told again
    this.say(this.texts.textLost, this.texts.textLoad, location.pathname);
  }

  // Whoever comes back to the page lets it ask once more, and this time it was answered.
  takeUpAgain() {
    this.said = null;
    this.news.replaceChildren();
    this.listen();
  }
}

const place = document.getElementById("live");
if (place) new Live(place);
