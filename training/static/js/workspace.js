// The rating workspace, on top of a page that works without it: evidence by clicking turns of a
// meeting or passages of a dossier, which may be rows of a table; two tabs on a narrow screen.
// Needs rating-sheet.js. What stands here is for the other modules at `form.workspace`.
//
// Events of the form: "turn-wanted" before somebody goes to a turn, whose number is its detail, and
// "item-chosen" when another item is at hand.

// The two panes; on a narrow screen they become tabs.
class Panes {
  constructor(form) {
    this.panes = [...form.querySelectorAll(".workspace-pane")];
    this.jumps = document.querySelector(".workspace-jumps");
    this.scrolled = new Map();
    this.tabs = this.panes.map((pane) => this.makeTab(pane));
    this.list = document.createElement("div");
    this.list.className = "workspace-tabs";
    this.list.setAttribute("role", "tablist");
    this.list.append(...this.tabs);
    this.list.addEventListener("keydown", (event) => this.onKey(event));
    this.jumps.replaceWith(this.list);
    const target = document.getElementById(location.hash.slice(1));
    this.shown = this.paneOf(target) ?? this.panes[form.querySelector(".item-card input[type=radio]:checked") ? 1 : 0];
    this.narrow = matchMedia("(max-width: 61.99rem)");
    this.narrow.addEventListener("change", () => this.arrange());
    this.arrange();
    target?.scrollIntoView();
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href^='#']");
      const pane = link && this.paneOf(document.getElementById(link.hash.slice(1)));
      if (pane) this.show(pane);
    });
  }

  makeTab(pane) {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = `${pane.id}-tab`;
    tab.className = "workspace-tab";
    tab.textContent = this.jumps.querySelector(`[href="#${pane.id}"]`).textContent;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", pane.id);
    tab.addEventListener("click", () => this.show(pane));
    return tab;
  }

  paneOf(element) {
    return element?.closest(".workspace-pane") ?? null;
  }

  arrange() {
    const isNarrow = this.narrow.matches;
    this.list.hidden = !isNarrow;
    this.panes.forEach((pane, place) => {
      pane.hidden = isNarrow && pane !== this.shown;
      if (isNarrow) pane.setAttribute("role", "tabpanel");
      else pane.removeAttribute("role");
      this.tabs[place].setAttribute("aria-selected", String(pane === this.shown));
      this.tabs[place].tabIndex = pane === this.shown ? 0 : -1;
    });
  }

  show(pane) {
    if (pane === this.shown) return;
    this.scrolled.set(this.shown, window.scrollY);
    this.shown = pane;
    this.arrange();
    if (this.narrow.matches) {
      const top = this.list.getBoundingClientRect().top + window.scrollY;
      window.scrollTo(0, this.scrolled.get(pane) ?? Math.min(window.scrollY, top));
    }
  }

  // Within its pane, where panes scroll by themselves; the page follows only as far as it must.
  bring(element, block, behavior = "auto") {
    if (this.narrow.matches) {
      element.scrollIntoView({ block, behavior });
      return;
    }
    const pane = this.paneOf(element);
    const head = pane.querySelector(".transcript-head, .item-jumps").offsetHeight + 8;
    const room = pane.clientHeight - head;
    const box = element.getBoundingClientRect();
    const top = box.top - pane.getBoundingClientRect().top - head;
    const centred = top - Math.max(0, room - box.height) / 2;
    const nearest = top < 0 ? top : Math.max(0, Math.min(top, top + box.height - room));
    pane.scrollBy({ top: { start: top, center: centred, nearest }[block], behavior });
    if (behavior === "auto") element.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  onKey(event) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = this.panes.find((pane) => pane !== this.shown);
    this.show(other);
    this.tabs[this.panes.indexOf(other)].focus();
  }
}

// What is read in a turn, or in the cells of a row.
function wordsOf(line) {
  const parts = line.querySelectorAll(".turn-body > p:first-child, .turn-cell");
  return [...parts].map((part) => part.textContent.trim()).join(" | ");
}

// Turns as evidence for the item at hand, shown in both panes.
class Evidence {
  constructor(form, sheet, panes) {
    this.form = form;
    this.sheet = sheet;
    this.panes = panes;
    this.transcript = form.querySelector("#transcript");
    this.bar = form.querySelector("#current-item");
    this.turns = [...form.querySelectorAll("[data-turn]")].map((line) => this.makeTurn(line));
    this.transcript.tabIndex = -1; // its turns can be focused now
    for (const item of sheet.items) {
      const choose = () => this.choose(item);
      item.card.addEventListener("focusin", choose);
      item.card.addEventListener("click", choose);
      const button = item.card.querySelector("[data-mark-in-transcript]");
      button.addEventListener("click", () => this.goToTurn((item.turns ?? [])[0]));
    }
    document.addEventListener("click", (event) => {
      const item = this.itemAt(event.target.closest?.("a[href^='#']")?.hash);
      if (item) this.choose(item);
    });
    const asked = this.itemAt(location.hash);
    this.choose(asked ?? sheet.items.find((item) => item.rating === null) ?? sheet.items[0]);
    this.show();
  }

  // The item whose card, or a field of it, has this address.
  itemAt(hash) {
    const card = document.getElementById(hash?.slice(1))?.closest(".item-card");
    return card ? this.sheet.item(Number(card.dataset.item)) : null;
  }

  makeTurn(line) {
    const number = Number(line.dataset.turn);
    const toggle = document.createElement("button");
    toggle.type = "button";
    toggle.className = "turn-number turn-toggle";
    toggle.textContent = number;
    toggle.tabIndex = number === 1 ? 0 : -1;
    line.querySelector(".turn-number").replaceWith(toggle);
    line.addEventListener("click", (event) => {
      if (event.target.closest("a, textarea, .note-toggle, .turn-note")) return;
      const isButton = toggle.contains(event.target); // else somebody may be selecting text
      if (isButton || window.getSelection().isCollapsed) this.toggle(number);
    });
    toggle.addEventListener("keydown", (event) => this.onKey(event, number));
    toggle.addEventListener("focus", () => this.rove(number));
    return { number, line, toggle, marks: line.querySelector(".turn-marks") };
  }

  turn(number) {
    return this.turns.find((turn) => turn.number === number);
  }

  rove(number) {
    for (const turn of this.turns) turn.toggle.tabIndex = turn.number === number ? 0 : -1;
  }

  onKey(event, number) {
    const places = { ArrowUp: number - 1, ArrowDown: number + 1, Home: 1, End: this.turns.length };
    const turn = this.turn(places[event.key]);
    if (!turn) return;
    event.preventDefault();
    this.want(turn.number);
    turn.toggle.focus();
  }

  // Whoever reveals the text little by little shows it at once as far as this.
  want(number) {
    this.form.dispatchEvent(new CustomEvent("turn-wanted", { detail: number }));
  }

  choose(item) {
    if (item === this.current) return;
    this.current?.card.classList.remove("is-current");
    this.current = item;
    item.card.classList.add("is-current");
    this.bar.querySelector("[data-current-name]").textContent = item.name;
    this.form.dispatchEvent(new CustomEvent("item-chosen"));
    this.show();
  }

  toggle(number) {
    const turns = this.current.turns;
    if (turns === null) {
      this.panes.show(this.panes.panes[1]);
      this.current.evidence.focus();
      return;
    }
    const kept = turns.includes(number) ? turns.filter((turn) => turn !== number) : [...turns, number];
    this.current.evidence.value = kept.sort((a, b) => a - b).join(", ");
    this.current.evidence.dispatchEvent(new Event("input", { bubbles: true }));
  }

  goToTurn(number = this.turns.find((turn) => turn.toggle.tabIndex === 0).number) {
    this.panes.show(this.panes.panes[0]);
    this.want(number);
    const turn = this.turn(number);
    if (!turn) return;
    this.panes.bring(turn.line, "center");
    turn.toggle.focus({ preventScroll: true });
  }

  show() {
    const texts = this.form.dataset;
    const marked = new Map(this.turns.map((turn) => [turn.number, []]));
    for (const item of this.sheet.items) {
      const turns = item.turns ?? [];
      for (const number of turns) marked.get(number)?.push(item.number);
      this.showChips(item, turns);
    }
    for (const { number, line, toggle, marks } of this.turns) {
      const items = marked.get(number);
      const isMarked = items.includes(this.current?.number);
      line.classList.toggle("turn-marked", items.length > 0);
      line.classList.toggle("turn-current", isMarked);
      toggle.setAttribute("aria-pressed", String(isMarked));
      toggle.setAttribute("aria-label", fill(texts.textTurn, { turn: number, item: this.current?.number }));
      marks.replaceChildren(
        ...items.map((item) => {
          const mark = document.createElement("span");
          mark.className = item === this.current?.number ? "turn-mark turn-mark-own" : "turn-mark";
          mark.textContent = fill(texts.textMark, { item });
          return mark;
        }),
      );
    }
  }

  showChips(item, turns) {
    const place = item.card.querySelector("[data-evidence-turns]");
    const known = turns.filter((number) => this.turn(number));
    place.hidden = known.length === 0;
    if (place.dataset.shown === known.join()) return;
    place.dataset.shown = known.join();
    place.replaceChildren(
      ...known.map((number) => {
        const chip = document.createElement("button");
        chip.type = "button";
        chip.className = "turn-chip";
        chip.textContent = number;
        chip.title = wordsOf(this.turn(number).line);
        chip.setAttribute("aria-label", fill(this.form.dataset.textGo, { turn: number }));
        chip.addEventListener("click", () => this.goToTurn(number));
        return chip;
      }),
    );
  }
}

function showProgress(form, sheet) {
  const texts = form.dataset;
  const given = sheet.items.filter((item) => item.rating !== null).length;
  const count = fill(texts.textCount, { given, all: sheet.items.length });
  const place = form.querySelector("[data-count]");
  if (place.textContent !== count) place.textContent = count;
  for (const item of sheet.items) {
    const jump = form.querySelector(`[data-jump="${item.number}"]`);
    jump.classList.toggle("is-given", item.rating !== null);
    jump.querySelector("[data-jump-state]").textContent =
      item.rating !== null ? texts.textRated : texts.textNotRated;
  }
}

function start(form) {
  const panes = new Panes(form);
  const evidence = new Evidence(form, form.sheet, panes);
  const goToItem = (item) => {
    if (!item) return;
    panes.show(panes.panes[1]);
    evidence.choose(item);
    panes.bring(item.fieldset, "start");
    (item.radios.find((radio) => radio.checked) ?? item.radios[0]).focus({ preventScroll: true });
  };
  form.workspace = { panes, evidence, goToItem };
  const show = () => {
    evidence.show();
    showProgress(form, form.sheet);
  };
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
}

const form = document.getElementById("rating-form");
if (form) start(form);
