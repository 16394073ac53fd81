import { onTokenNeeded } from "./api.js";
import { one } from "./dom.js";
import { setUpForm } from "./form.js";
import { setUpDetails } from "./link-details.js";
import { setUpList } from "./link-list.js";

const details = setUpDetails({ onChange: () => void list.reload() });
const list = setUpList({ onDetails: details.open });
setUpForm({ onMade: () => void list.reload(), onDetails: details.open });

/** One question, however many requests wait for its answer. @type {Promise<string> | undefined} */
let asking;
onTokenNeeded(() => {
  asking ??= new Promise((resolve) => {
    const dialog = /** @type {HTMLDialogElement} */ (one("token-dialog"));
    const field = /** @type {HTMLInputElement} */ (one("token"));
    field.value = "";
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener(
      "close",
      () => {
        asking = undefined;
        resolve(field.value);
      },
      { once: true },
    );
    dialog.showModal();
  });
  return asking;
});

void list.reload();
