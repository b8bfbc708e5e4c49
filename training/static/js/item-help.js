// How to rate, and the markers, drift signs and near confusions of every item, in place of links to
// the manual. They are fetched once for all texts of an instrument and kept by the browser; until
// they have come, or where they do not, the links stay.

async function bringHelp(form) {
  const answer = await fetch(form.dataset.helpAddress, { credentials: "same-origin", priority: "low" });
  if (!answer.ok || answer.redirected) return;
  const help = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of form.querySelectorAll("[data-help-of]")) {
    if (place.contains(document.activeElement)) continue; // somebody is about to follow it
    const found = help.querySelector(`[data-help="${place.dataset.helpOf}"]`);
    if (found) place.replaceWith(document.adoptNode(found));
  }
}

const form = document.getElementById("rating-form");
if (form) bringHelp(form).catch(() => {}); // offline: the link stays
