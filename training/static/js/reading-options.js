// How somebody likes to read, kept on this device: the size of the text, and one item at a time
// or all of them. Needs rating-sheet.js and workspace.js.

function useTextSizes(form) {
  const buttons = [...form.querySelectorAll("button[data-text-size]")];
  const panes = form.querySelector(".workspace-panes");
  const take = (size) => {
    panes.dataset.textSize = size;
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.textSize === size));
    }
  };
  const known = buttons.find((button) => button.dataset.textSize === device.read("rating-text-size"));
  if (known) take(known.dataset.textSize);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      take(button.dataset.textSize);
      device.write("rating-text-size", button.dataset.textSize);
    });
  }
}

class OneAtATime {
  constructor(form) {
    this.sheet = form.sheet;
    this.workspace = form.workspace;
    this.pane = form.querySelector("#instrument");
    this.button = form.querySelector("[data-single]");
    this.steps = form.querySelector(".single-steps");
    this.button.addEventListener("click", () => {
      this.take(!this.isOn);
      device.turn("rating-one-at-a-time", this.isOn);
      if (this.isOn) this.workspace.panes.bring(this.current.fieldset, "start");
    });
    for (const step of this.steps.children) {
      step.addEventListener("click", () => this.workspace.goToItem(this.neighbour(step)));
    }
    form.addEventListener("item-chosen", () => this.showSteps());
    this.take(device.isOn("rating-one-at-a-time"));
  }

  get current() {
    return this.workspace.evidence.current;
  }

  neighbour(step) {
    return this.sheet.items[this.sheet.items.indexOf(this.current) + Number(step.dataset.singleStep)];
  }

  take(isOn) {
    this.isOn = isOn;
    this.button.setAttribute("aria-pressed", String(isOn));
    this.pane.classList.toggle("is-single", isOn);
    this.steps.hidden = !isOn;
    this.showSteps();
  }

  showSteps() {
    for (const step of this.steps.children) step.disabled = !this.neighbour(step);
  }
}

const form = document.getElementById("rating-form");
if (form) {
  useTextSizes(form);
  new OneAtATime(form);
}
