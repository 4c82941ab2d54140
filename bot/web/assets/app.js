// The playground works without this script. With it, a question shows at once
// and its answer is put in when it is there.
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector) => document.querySelector(selector);
  const log = $("#log"), composer = $("#composer"), question = $("#q"), status = $("#status");
  const problem = $("#problem"), zoom = $("#zoom");
  const unreachable = "The playground cannot be reached. Your question is still here: try again when it is back.";
  let busy = false;
  root.classList.add("js");

  // --- sending and answers ---

  const token = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  };

  const say = (text) => { if (status) status.textContent = text; };

  // spoken is what is read out of an answer.
  const spoken = (message) => (message.hasAttribute("data-private") ? "Answer, only you can see this: " : "Answer: ") + message.dataset.lead;

  // complain shows what is wrong beside the question, and reads it out.
  const complain = (text) => {
    problem.textContent = text;
    if (text) question.setAttribute("aria-invalid", "true"); else question.removeAttribute("aria-invalid");
  };

  const setBusy = (on) => {
    busy = on;
    composer.querySelector(".send").setAttribute("aria-disabled", String(on));
    log.setAttribute("aria-busy", String(on));
  };

  const fragment = (html) => {
    const t = document.createElement("template");
    t.innerHTML = html;
    return t.content;
  };

  // latest scrolls so that the newest message can be read from its start.
  const latest = (message) => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    message.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  };

  // receive fetches a message and tells apart an answer, a refusal in words,
  // and a server that is not there.
  const receive = async (url, options) => {
    let response;
    try {
      response = await fetch(url, { ...options, headers: { "X-Fragment": "1" }, credentials: "same-origin" });
    } catch {
      throw new Error(unreachable);
    }
    const text = await response.text();
    if (!response.ok) throw new Error(text.trim() || unreachable);
    return fragment(text);
  };

  // settle asks again for as long as an answer is still being looked up.
  const settle = async (message) => {
    while (message.dataset.pending) {
      const next = (await receive(message.dataset.pending)).querySelector(".message");
      message.replaceWith(next);
      message = next;
    }
    return message;
  };

  const pendingMessage = (said) => {
    const message = $("#pending").content.cloneNode(true).querySelector(".message");
    message.querySelector("[data-said]").textContent = said;
    log.insertBefore(message, $("#latest"));
    return message;
  };

  const saidBy = (form, submitter) => {
    if (form === composer) return question.value.trim();
    const select = form.querySelector("select[name=call]");
    if (select) return select.selectedOptions[0].textContent;
    const label = submitter && submitter.querySelector(".choice-label");
    const title = form.querySelector(".form-title");
    return (label || title || submitter || form).textContent.trim();
  };

  const ask = async (form, submitter) => {
    const typed = form === composer;
    const said = saidBy(form, submitter);
    const body = new URLSearchParams(new FormData(form, submitter));
    body.set("once", token());
    complain("");
    setBusy(true);
    say("Looking it up …");
    let message = pendingMessage(said);
    latest(message);
    if (typed) question.value = "";
    try {
      const got = await receive(form.action, { method: "POST", body });
      const welcome = $("#welcome");
      if (welcome) welcome.remove();
      const next = got.querySelector(".message");
      message.before(...Array.from(got.childNodes).filter((n) => n !== next));
      message.replaceWith(next);
      message = next;
      message = await settle(message);
      say(spoken(message));
      latest(message);
      // Who pressed a button in an older answer goes on in the new one; who
      // typed goes on typing.
      if (!typed) message.focus({ preventScroll: true });
    } catch (error) {
      if (!message.dataset.pending) message.remove();
      if (typed && !question.value) question.value = said;
      complain(error.message);
      say("");
      if (typed) question.focus();
    } finally {
      setBusy(false);
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!log || !(form === composer || form.matches("[data-ask]"))) return;
    event.preventDefault();
    if (busy) return;
    if (form === composer && !question.value.trim()) {
      complain("Type a question first.");
      question.focus();
      return;
    }
    ask(form, event.submitter);
  });

  // --- the question box ---

  const asked = () => Array.from(log.querySelectorAll("[data-said]"), (e) => e.textContent).reverse();
  let recalled = -1;

  const recall = (step) => {
    const list = asked();
    recalled = Math.min(Math.max(recalled + step, -1), list.length - 1);
    question.value = recalled < 0 ? "" : list[recalled];
    question.setSelectionRange(question.value.length, question.value.length);
  };

  if (question) {
    let shift = false;
    question.addEventListener("input", () => { recalled = -1; });
    // Keyboards on glass may send a line break without saying which key it was.
    question.addEventListener("beforeinput", (event) => {
      if (event.inputType !== "insertLineBreak" || shift) return;
      event.preventDefault();
      if (question.value.trim()) composer.requestSubmit();
    });
    question.addEventListener("keydown", (event) => {
      shift = event.shiftKey;
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        composer.requestSubmit();
      } else if (event.key === "ArrowUp" && (question.value === "" || recalled >= 0)) {
        event.preventDefault();
        recall(1);
      } else if (event.key === "ArrowDown" && recalled >= 0) {
        event.preventDefault();
        recall(-1);
      } else if (event.key === "Escape") {
        if (recalled >= 0) question.value = "";
        recalled = -1;
        complain("");
      }
    });
    // A page of people who read with their fingers must not open a keyboard.
    if (!location.hash && !matchMedia("(pointer: coarse)").matches) question.focus({ preventScroll: true });
  }

  // --- pictures ---

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-zoom]");
    if (!link || !zoom || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const picture = document.createElement("img");
    picture.src = link.href;
    picture.alt = link.querySelector("img").alt;
    zoom.querySelectorAll("img").forEach((old) => old.remove());
    zoom.append(picture);
    zoom.showModal();
    // Not on the button to close: the key that opened it may still be down.
    zoom.focus();
  });
  if (zoom) zoom.addEventListener("click", (event) => { if (event.target === zoom) zoom.close(); });

  // --- colours and people ---

  document.querySelectorAll(".themes button").forEach((button) => {
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      if (button.value === "auto") delete root.dataset.theme; else root.dataset.theme = button.value;
      button.form.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", String(b === button)));
      const body = new URLSearchParams({ theme: button.value, next: "/healthz" });
      // Not remembered is no reason to disturb: the colours have changed.
      await fetch(button.form.action, { method: "POST", body, credentials: "same-origin" }).catch(() => {});
    });
  });

  const people = $(".people");
  document.addEventListener("click", (event) => { if (people && people.open && !people.contains(event.target)) people.open = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !people || !people.open) return;
    people.open = false;
    people.querySelector("summary").focus();
  });

  // --- where one left off ---

  const here = $(".places [aria-current]");
  if (here) here.scrollIntoView({ block: "nearest", inline: "center" });

  if (log) {
    const last = log.querySelector(".message:last-of-type");
    if (last && (!location.hash || location.hash === "#latest")) last.scrollIntoView({ block: "start" });
    log.querySelectorAll(".message[data-pending]").forEach((message) => {
      settle(message).then((m) => say(spoken(m)), (error) => complain(error.message));
    });
  }
})();
