// Filters the cards by app and severity; without it everything is shown.
const form = document.querySelector("form.filter");
if (form) {
  const items = [...document.querySelectorAll("li[data-card]")];
  const show = () => {
    const app = form.elements.app.value;
    let shown = 0;
    for (const item of items) {
      const box = form.elements[item.dataset.severity];
      const ofApp = app === "" || item.dataset.apps.split(" ").includes(app);
      const isShown = ofApp && (!box || box.checked);
      item.hidden = !isShown;
      document.getElementById(item.dataset.card).hidden = !isShown;
      shown += isShown ? 1 : 0;
    }
    form.querySelector("output").textContent = `${shown} of ${items.length} shown`;
  };
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
}
