// Rating by keys, for those who switched it on, on this device. Needs rating-sheet.js and workspace.js.

class Shortcuts {
  constructor(form) {
    this.form = form;
    this.sheet = form.sheet;
    this.workspace = form.workspace;
    this.list = document.getElementById("shortcuts");
    this.box = document.getElementById("shortcuts-on");
    this.box.checked = device.isOn("rating-shortcuts");
    this.box.addEventListener("change", () => device.turn("rating-shortcuts", this.box.checked));
    const press = (selector) => () => form.querySelector(selector)?.click();
    this.acts = {
      n: () => this.current.choose("NR"),
      j: () => this.workspace.goToItem(this.neighbour(1)),
      k: () => this.workspace.goToItem(this.neighbour(-1)),
      s: () => this.saveAndGoOn(),
      t: () => this.workspace.evidence.goToTurn(),
      i: () => this.workspace.goToItem(this.current),
      e: () => this.atTurn((line) => this.workspace.evidence.toggle(Number(line.dataset.turn))),
      m: () => this.atTurn((line) => line.querySelector(".note-toggle")?.click()),
      f: () => this.inText(press("[data-find-open]")),
      p: () => this.inText(press(form.querySelector("#pace").hidden ? "[data-pace-start]" : "[data-pace-pause]")),
      o: press("[data-single]"),
      "?": () => this.help(),
    };
    document.addEventListener("keydown", (event) => this.onKey(event));
  }

  get current() {
    return this.workspace.evidence.current;
  }

  neighbour(step) {
    return this.sheet.items[this.sheet.items.indexOf(this.current) + step];
  }

  atTurn(act) {
    const line = document.activeElement?.closest("[data-turn]");
    if (line) act(line);
  }

  inText(act) {
    this.workspace.panes.show(this.workspace.panes.panes[0]);
    act();
  }

  // To the next item without a rating, from here on and then from the top.
  saveAndGoOn() {
    this.form.dispatchEvent(new Event("save-now"));
    const { items } = this.sheet;
    const here = items.indexOf(this.current) + 1;
    const next = [...items.slice(here), ...items.slice(0, here)].find((item) => item.rating === null);
    if (next) this.workspace.goToItem(next);
    else this.form.requestSubmit(this.form.querySelector("[name=check]"));
  }

  help() {
    this.workspace.panes.show(this.workspace.panes.panes[1]);
    this.list.open = true;
    this.list.querySelector("summary").focus();
  }

  onKey(event) {
    const isInField = event.target.closest?.("textarea, select, input:not([type=radio], [type=checkbox])");
    if (!this.box.checked || isInField || event.ctrlKey || event.altKey || event.metaKey) return;
    const score = /^\d$/.test(event.key) && (() => this.current.choose(event.key));
    const act = this.acts[event.key.toLowerCase()] ?? score;
    if (!act) return;
    event.preventDefault();
    act();
  }
}

const form = document.getElementById("rating-form");
if (form) new Shortcuts(form);
