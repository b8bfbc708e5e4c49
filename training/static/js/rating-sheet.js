// What stands in the fields of a rating: read, written, compared. The workspace's other modules find
// it as `sheet` on the form.

// "4, 7-9" to [4, 7, 8, 9]; null when it cannot be read, which the service will explain.
function turnsOf(text) {
  const turns = new Set();
  const rest = text.replace(/(\d{1,6})\s*(?:-|–|—|\bto\b)\s*(\d{1,6})/g, (range, first, last) => {
    if (Number(last) < Number(first) || last - first > 5000) return range;
    for (let turn = Number(first); turn <= Number(last); turn += 1) turns.add(turn);
    return " ";
  });
  for (const part of rest.split(/[\s,;]+/).filter(Boolean)) {
    if (!/^[0-9]{1,6}$/.test(part)) return null;
    turns.add(Number(part));
  }
  return [...turns].sort((a, b) => a - b);
}

class Item {
  constructor(card) {
    this.card = card;
    this.number = Number(card.dataset.item);
    this.name = card.dataset.name;
    this.fieldset = card.querySelector("fieldset");
    this.radios = [...card.querySelectorAll("input[type=radio]")];
    for (const field of ["reason", "evidence", "note"]) {
      this[field] = card.querySelector(`[name="${field}-${this.number}"]`);
    }
  }

  get rating() {
    const chosen = this.radios.find((radio) => radio.checked);
    if (!chosen) return null;
    return chosen.value === "NR" ? "NR" : Number(chosen.value);
  }

  get turns() {
    return turnsOf(this.evidence.value);
  }

  read() {
    return {
      rating: this.rating,
      reason: plain(this.reason.value),
      evidence: this.turns ?? this.evidence.value,
      note: plain(this.note.value),
    };
  }

  write(stored) {
    for (const radio of this.radios) radio.checked = String(stored.rating) === radio.value;
    this.reason.value = stored.reason;
    this.note.value = stored.note;
    this.evidence.value = Array.isArray(stored.evidence) ? stored.evidence.join(", ") : stored.evidence;
  }

  choose(value) {
    const radio = this.radios.find((candidate) => candidate.value === value);
    if (!radio) return;
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    if (document.activeElement?.closest("#instrument")) radio.focus();
  }
}

class Sheet {
  constructor(form) {
    this.items = [...form.querySelectorAll(".item-card")].map((card) => new Item(card));
  }

  item(number) {
    return this.items.find((item) => item.number === number);
  }

  read() {
    return Object.fromEntries(this.items.map((item) => [String(item.number), item.read()]));
  }

  write(ratings) {
    for (const item of this.items) {
      if (ratings[item.number]) item.write(ratings[item.number]);
    }
  }

  // The same text for the same content, also for what the service answers.
  text(ratings = this.read()) {
    return JSON.stringify(
      this.items.map(({ number }) => {
        const { rating, reason, evidence, note } = ratings[number];
        return [rating, reason, evidence, note];
      }),
    );
  }
}

const form = document.getElementById("rating-form");
if (form) form.sheet = new Sheet(form);
