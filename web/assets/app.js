// Comfort only: every form works without this file. What it adds is driven by attributes that the pages carry.

const all = (selector) => document.querySelectorAll(selector);

/** A form is sent once; its button shows that it is on its way and keeps its size. */
function guardForms() {
  for (const form of all("form")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "1";
      for (const input of form.querySelectorAll("input[data-show]")) input.type = "password";
      const button = event.submitter ?? form.querySelector("button:not([type=button])");
      // Not disabled: the button's own value belongs to what is sent, and focus stays where it is.
      button?.setAttribute("aria-busy", "true");
      button?.setAttribute("aria-disabled", "true");
    });
  }
  // Back from the next page, which the browser may have kept alive.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of all("form[data-sent]")) delete form.dataset.sent;
    for (const button of all("[aria-busy]")) {
      button.removeAttribute("aria-busy");
      button.removeAttribute("aria-disabled");
    }
  });
}

/** Show and hide what is typed into a password field. */
function revealPasswords() {
  for (const input of all("input[data-show]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "text-button reveal";
    button.setAttribute("aria-controls", input.id);
    const name = (text) => {
      button.textContent = text;
      button.setAttribute("aria-label", `${text}: ${input.labels[0].textContent}`);
    };
    name(input.dataset.show);
    button.addEventListener("click", () => {
      const hidden = input.type === "password";
      input.type = hidden ? "text" : "password";
      name(hidden ? input.dataset.hide : input.dataset.show);
      input.focus();
    });
    input.after(button);
  }
}

/** One-time codes: digits alone, the box in hand is lit, and the sixth digit sends the form. */
function watchCodes() {
  for (const input of all(".code-input")) {
    const boxes = input.closest(".code");
    let sent = "";
    const update = () => {
      const digits = input.value.replace(/\D/g, "").slice(0, 6);
      if (digits !== input.value) input.value = digits;
      boxes.dataset.at = Math.min(digits.length, 5);
      if (digits.length === 6 && digits !== sent) {
        sent = digits;
        input.form.requestSubmit();
      }
    };
    input.addEventListener("input", update);
    boxes.dataset.at = Math.min(input.value.length, 5);
  }
}

/** Buttons that put the text of another element on the clipboard. */
function copyButtons() {
  if (!navigator.clipboard) return;
  for (const button of all("[data-copy]")) {
    const label = button.textContent;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = button.dataset.done;
      setTimeout(() => (button.textContent = label), 2000);
    });
  }
}

/** Counts down until another code may be asked for. */
function countDown() {
  for (const place of all("[data-seconds]")) {
    const wait = place.parentElement;
    const button = document.querySelector(`[aria-describedby="${wait.id}"]`);
    const end = performance.now() + Number(place.dataset.seconds) * 1000;
    const tick = () => {
      const left = Math.ceil((end - performance.now()) / 1000);
      button.disabled = left > 0;
      wait.hidden = left <= 0;
      if (left <= 0) return;
      place.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      setTimeout(tick, 250);
    };
    tick();
  }
}

guardForms();
revealPasswords();
watchCodes();
copyButtons();
countDown();
