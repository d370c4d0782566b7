/* The round desk, made quick. Without this file it is a plain form that does the same. */
"use strict";

(() => {
  const form = document.getElementById("desk");
  if (!form) return;
  document.body.classList.add("scripted");

  const grid = form.querySelector(".grid");
  const live = document.getElementById("live");
  const vocabulary = JSON.parse(document.getElementById("vocabulary").textContent);
  const lists = (name) => document.getElementById(`names-${name}`);
  const INVISIBLE = /[\p{M}\u00ad\u200b-\u200f\u2060\ufeff]/gu;
  const plain = (text) =>
    text.normalize("NFKD").replace(INVISIBLE, "").replace(/[\u2018\u2019]/g, "'").replace(/[\u2010-\u2015]/g, "-")
      .replace(/\s+/g, " ").trim().toLowerCase();
  const visible = (element) => element.getClientRects().length > 0;

  /* ---- what is said of what the keys did -------------------------------------------------- */

  const sentence = (name, values = {}) =>
    Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, () => value), live.dataset[name]);
  const say = (...sentences) => { live.textContent = sentences.filter(Boolean).join(" "); };
  const quoted = (texts) =>
    texts.map((text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text)).join(live.dataset.between);

  /* ---- typed work is kept in this browser until it is stored ------------------------------- */

  const STORE = form.dataset.store;
  const SAVE_AFTER_MS = 500;
  let touched = form.hasAttribute("data-typed");
  let isOffered = false; // what was kept waits for a decision, so nothing may take its place
  let saving = 0;

  const storage = (action) => {
    try {
      return action(window.localStorage);
    } catch {
      return null; // full, or refused by this browser: the page works without
    }
  };
  const forget = () => storage((store) => store.removeItem(STORE));
  const keep = () => {
    clearTimeout(saving);
    if (!touched || isOffered) return;
    const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
    storage((store) => store.setItem(STORE, JSON.stringify({ at: Date.now(), fields })));
  };
  const touch = () => {
    touched = true;
    clearTimeout(saving);
    saving = setTimeout(keep, SAVE_AFTER_MS);
  };
  const restore = (fields) => {
    const request = document.createElement("form");
    request.method = "post";
    const token = form.elements.csrfmiddlewaretoken.value;
    for (const [name, value] of [...fields, ["csrfmiddlewaretoken", token], ["action", "restore"]]) {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      request.append(input);
    }
    document.body.append(request);
    touched = false;
    request.submit();
  };
  const offer = (kept) => {
    const section = document.getElementById("offer");
    const title = section.querySelector("h2");
    const time = new Date(kept.at).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
    title.textContent = title.dataset.title.replace("{time}", time);
    isOffered = true;
    section.hidden = false;
    section.addEventListener("click", (event) => {
      const choice = event.target.dataset.choice;
      if (choice === "restore") restore(kept.fields);
      if (choice !== "discard") return;
      isOffered = false;
      section.hidden = true;
      forget();
      keep();
    });
  };

  if (window.location.hash === "#stored") {
    forget();
    window.history.replaceState(null, "", window.location.pathname);
  }
  const kept = touched ? null : storage((store) => JSON.parse(store.getItem(STORE)));
  if (kept) offer(kept);
  window.addEventListener("pagehide", keep);

  /* ---- cells of the grid ------------------------------------------------------------------ */

  const cells = [...grid.tBodies[0].rows].map((row) => [...row.querySelectorAll("td > select")]);
  const placeOf = (select) => {
    const y = cells.findIndex((row) => row.includes(select));
    return [y, cells[y].indexOf(select)];
  };
  const goTo = (y, x) => {
    const cell = cells[y]?.[x];
    if (cell) cell.focus();
    return Boolean(cell);
  };
  const cellOf = (field) => field.closest("td");
  const conditionOf = (select) => cellOf(select).querySelector("input.condition");
  const choicesOf = (select) => vocabulary[cellOf(select).dataset.choices ?? "stances"];
  const labelOf = (select) => select.selectedOptions[0]?.text ?? "";

  const mark = (cell) => {
    const fields = [...cell.querySelectorAll("select, input")];
    const changed = fields.some((field) => field.value !== (field.dataset.was ?? ""));
    const [stance] = fields;
    const details = cell.querySelector("details");
    cell.classList.toggle("changed", changed);
    if (!details) return;
    stance.className = `st-${stance.value}`;
    cell.classList.toggle("conditional", stance.value === "open-if");
    if (stance.value !== stance.dataset.was) details.open = true;
    else if (!changed) details.open = false;
  };

  /* ---- a step of the grid: what it changed, to be taken back ------------------------------- */

  const steps = []; // each a list of {field, before, after}, the latest last
  const chosen = new Map(cells.flat().map((select) => [select, select.value])); // before a change event

  const set = (field, value) => {
    field.value = value;
    if (chosen.has(field)) chosen.set(field, value);
    mark(cellOf(field));
  };
  const take = (pairs) => {
    const step = pairs
      .map(([field, after]) => ({ field, before: field.value, after }))
      .filter(({ before, after }) => before !== after);
    step.forEach(({ field, after }) => set(field, after));
    if (step.length) {
      steps.push(step);
      touch();
    }
    return step;
  };
  /* A choice and what becomes of the condition: only “open if…” has one. */
  const withCondition = (select, value, words = "") => {
    const condition = conditionOf(select);
    if (!condition) return [[select, value]];
    if (value !== "open-if") {
      if (condition.value) condition.dataset.dropped = condition.value;
      return [[select, value], [condition, ""]];
    }
    return [[select, value], [condition, words || condition.value || condition.dataset.dropped || ""]];
  };
  const dropped = (step) => step
    .filter(({ field, before, after }) => field.matches("input.condition") && before && !after)
    .map(({ before }) => before);
  const aboutDropped = (step) => {
    const words = dropped(step);
    return words.length ? sentence("dropped", { words: quoted(words) }) : "";
  };
  const choose = (select, value) => {
    const step = take(withCondition(select, value));
    say(sentence("chosen", { cell: select.dataset.title, choice: labelOf(select) }), aboutDropped(step));
    return step;
  };
  const undo = (step) => {
    steps.splice(steps.indexOf(step), 1);
    // what was typed over it since stays
    const mine = step.filter(({ field, after }) => field.value === after);
    mine.forEach(({ field, before }) => set(field, before));
    touch();
    return new Set(mine.map(({ field }) => cellOf(field)));
  };
  const undoLast = () => {
    if (!steps.length) {
      say(sentence("nothing"));
      return;
    }
    const undone = [...undo(steps.at(-1))].map((cell) => cell.querySelector("select"));
    if (undone.length !== 1) say(sentence("undoneCells", { count: undone.length }));
    else say(sentence("undone", { cell: undone[0].dataset.title }), `${labelOf(undone[0])}.`);
    if (undone.length && !undone.includes(document.activeElement)) undone[0].focus();
  };

  /* ---- letters: one chooses, two in a row are a text that was not meant for the cell ------- */

  const NOTHING_TYPED = { select: null, keys: 0, step: [] };
  let typing = NOTHING_TYPED;
  const endTyping = () => { typing = NOTHING_TYPED; };
  const type = (select, key) => {
    if (typing.select !== select) typing = { select, keys: 0, step: [] };
    typing.keys += 1;
    const choice = choicesOf(select).find(({ letter }) => letter === key.toLowerCase());
    if (typing.keys === 1 && choice) {
      typing.step = choose(select, choice.value);
      return;
    }
    if (typing.step.length && steps.includes(typing.step)) undo(typing.step);
    typing.step = [];
    say(typing.keys === 1 ? sentence("letter", { words: key }) : "", sentence("word"));
  };
  const COMPOSED = ["Dead", "Process", "Compose"]; // the beginning of an accent, or of a word of an IME
  const isText = (event) => COMPOSED.includes(event.key) || (event.key.length === 1
    && (event.getModifierState("AltGraph") || !(event.ctrlKey || event.metaKey || event.altKey)));
  const isUndo = (event) => (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey
    && event.key.toLowerCase() === "z";

  /* ---- the list of choices, with their letters --------------------------------------------- */

  const menu = document.getElementById("choices");
  let listed = null; // the select whose choices it shows
  const optionsOf = () => [...menu.children];
  const placeMenu = () => {
    const box = listed.getBoundingClientRect();
    const fits = box.bottom + menu.offsetHeight <= window.innerHeight;
    menu.style.top = `${Math.max(0, fits ? box.bottom : box.top - menu.offsetHeight)}px`;
    menu.style.left = `${Math.max(0, Math.min(box.left, window.innerWidth - menu.offsetWidth))}px`;
  };
  const openMenu = (select) => {
    listed = select;
    menu.replaceChildren(...[...select.options].map((option) => {
      const item = document.createElement("div");
      const letter = document.createElement("kbd");
      letter.textContent = choicesOf(select).find(({ value }) => value === option.value)?.letter ?? "";
      item.append(letter, ` ${option.text}`);
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(option.selected));
      item.dataset.value = option.value;
      item.tabIndex = -1;
      return item;
    }));
    menu.showPopover();
    placeMenu();
    optionsOf()[Math.max(0, select.selectedIndex)].focus({ preventScroll: true });
  };
  const closeMenu = () => {
    const select = listed;
    listed = null;
    if (menu.matches(":popover-open")) menu.hidePopover();
    select?.focus({ preventScroll: true });
    return select;
  };
  menu.addEventListener("toggle", (event) => { if (event.newState === "closed") listed = null; });
  menu.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]");
    if (item) choose(closeMenu(), item.dataset.value);
  });
  menu.addEventListener("keydown", (event) => {
    const items = optionsOf();
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next !== undefined) items[Math.min(Math.max(next, 0), items.length - 1)].focus();
    else if (event.key === "Enter" || event.key === " ") choose(closeMenu(), items[at].dataset.value);
    else if (event.key === "Tab" || event.key === "Escape") closeMenu();
    else if (isText(event)) type(closeMenu(), event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  window.addEventListener("scroll", () => { if (listed) placeMenu(); }, { capture: true, passive: true });

  /* ---- keys of the grid -------------------------------------------------------------------- */

  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const NATIVE = [...Object.keys(STEPS), "Home", "End", "PageUp", "PageDown"]; // choose by themselves

  const inSelect = (event, select) => {
    const [y, x] = placeOf(select);
    const typesOn = typing.select === select && typing.keys > 0;
    if (isText(event) && (event.key !== " " || typesOn)) {
      if (!event.repeat) type(select, event.key);
    } else if (event.ctrlKey || event.metaKey) {
      if (!NATIVE.includes(event.key)) return;
    } else if (event.key === " " || (event.key === "F4" && !event.altKey) || (event.altKey && event.key in STEPS)) {
      openMenu(select);
    } else if (event.key === "Home" || event.key === "End") {
      cells[y].at(event.key === "Home" ? 0 : -1).focus();
    } else if (event.key in STEPS) {
      const [down, right] = STEPS[event.key];
      goTo(y + down, x + right);
      endTyping();
    } else if (event.key === "Enter") {
      const cell = cellOf(select);
      const details = cell.querySelector("details");
      if (details) details.open = true;
      cell.querySelector("input").focus();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      if (!typesOn || typing.keys === 1) {
        choose(select, select.dataset.was);
        endTyping();
      }
    } else if (event.key === "Escape") {
      endTyping();
    } else if (!NATIVE.includes(event.key)) return;
    event.preventDefault();
  };

  const inText = (event, input) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    const cell = cellOf(input);
    const select = cell.querySelector("select");
    const condition = conditionOf(input);
    const asks = select.value === "open-if" && condition && !condition.value;
    const next = event.key === "Enter" && asks && input !== condition ? condition : select;
    next.focus();
    event.preventDefault();
  };

  grid.addEventListener("keydown", (event) => {
    if (event.target.matches("td > select")) inSelect(event, event.target);
    else if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    else if (event.target.matches("input")) inText(event, event.target);
  });
  // by touch the browser's own list is better; it has no letters to mistake
  let isTouch = false;
  grid.addEventListener("pointerdown", (event) => { isTouch = event.pointerType === "touch"; });
  const isPressed = (event) => event.target.matches("td > select") && event.button === 0 && !isTouch;
  grid.addEventListener("mousedown", (event) => {
    if (!isPressed(event)) return;
    event.preventDefault(); // or the browser would show its own list
    event.target.focus({ preventScroll: true });
  });
  grid.addEventListener("click", (event) => { if (isPressed(event)) openMenu(event.target); });
  grid.addEventListener("focusout", () => { if (!listed) endTyping(); });
  grid.addEventListener("change", (event) => {
    const select = event.target;
    if (!chosen.has(select)) return;
    const value = select.value;
    select.value = chosen.get(select);
    choose(select, value);
  });
  grid.addEventListener("input", (event) => {
    if (!chosen.has(event.target)) mark(cellOf(event.target));
  });
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    const inGrid = target === document.body || chosen.has(target);
    if (!isUndo(event) || !inGrid) return;
    event.preventDefault();
    if (typing.select === target && typing.keys > 1) say(sentence("word"));
    else undoLast();
    endTyping();
  });
  for (const cell of grid.querySelectorAll("td.place")) {
    cell.classList.toggle("conditional", cell.querySelector("select").value === "open-if");
  }

  /* ---- a block from a spreadsheet --------------------------------------------------------- */

  const SHORTEST_BEGINNING = 3; // letters that stand for a label of one word
  const bare = (text) => plain(text).replace(/^[^\p{L}\p{N}]+/u, "").replace(/[\s.…:]+$/, "");
  const DASH = /^[-\u2010-\u2015]$/; // an empty cell, though one of them is a stance's mark

  const meant = (select, text) => {
    const choices = choicesOf(select);
    const whole = text.replace(/[\ufe0e\ufe0f]/g, "").trim();
    const wanted = bare(whole);
    const marked = choices.find(({ mark: sign }) => sign && !DASH.test(sign) && whole.startsWith(sign));
    if (marked && !wanted && whole === marked.mark) return { value: marked.value };
    if (!wanted) return null;
    const agrees = (choice) => !marked || choice === marked;
    const exact = choices.find(({ labels }) => labels.map(bare).includes(wanted));
    if (exact) return agrees(exact) ? { value: exact.value } : null;
    const begun = choices.filter(({ label }) => bare(label).startsWith(wanted));
    const isBeginning = wanted.length >= SHORTEST_BEGINNING && begun.length === 1 && !bare(begun[0].label).includes(" ");
    if (isBeginning) return agrees(begun[0]) ? { value: begun[0].value } : null;
    const asks = choices.find(({ value }) => value === "open-if");
    if (!asks || !agrees(asks)) return null;
    const words = whole.replace(/^[^\p{L}\p{N}]+/u, "").replace(/\s+/g, " ");
    for (const label of asks.labels.map(bare)) {
      const match = new RegExp(`^${label}(?:\\s*(?:…|\\.\\.\\.|:)\\s*|\\s)(\\S.*)$`, "iu").exec(words);
      if (match) return { value: asks.value, condition: match[1] };
    }
    return null;
  };

  /* Lines and cells of a clipboard. A cell with a line break or a tab in it comes in quotation marks. */
  const blockOf = (text) => {
    const lines = [[]];
    const cell = /(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))([\t\n]|$)/gy;
    for (const [, inMarks, bareText, end] of text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").matchAll(cell)) {
      lines.at(-1).push(inMarks === undefined ? bareText : inMarks.replaceAll('""', '"'));
      if (end === "\n") lines.push([]);
      if (!end) break;
    }
    return lines;
  };

  const columnNames = vocabulary.columns.map((names) => new Set(names.map(plain)));
  const rowNames = vocabulary.rows.map((names) => new Set(names.map(plain)));
  const isBlank = (text) => !text.trim() || DASH.test(text.trim());
  const isName = (sets, text) => sets.some((names) => names.has(plain(text)));
  const areNames = (sets, texts) =>
    texts.some((text) => text.trim()) && texts.every((text) => !text.trim() || isName(sets, text));

  /* A first row of parties and a first column of issues come along from a spreadsheet. They are cut
     off only where every word of them is such a name. Whatever stands in their corner goes with them. */
  const cutNames = (block) => {
    const [first, ...rest] = block;
    const hasColumn = first.length > 1 && areNames(rowNames, block.map((line) => line[0]));
    const hasCorner = first.length > 1 && rest.length > 0
      && areNames(columnNames, first.slice(1)) && areNames(rowNames, rest.map((line) => line[0]));
    const hasRow = rest.length > 0 && areNames(columnNames, first);
    if (hasCorner) {
      return { columns: first.slice(1), rows: rest.map((line) => line[0]), values: rest.map((line) => line.slice(1)) };
    }
    if (hasRow) return { columns: first, rows: [], values: rest };
    if (hasColumn) return { columns: [], rows: block.map((line) => line[0]), values: block.map((line) => line.slice(1)) };
    return { columns: [], rows: [], values: block };
  };
  const misnamed = (sets, texts, from) =>
    texts.filter((text, at) => text.trim() && !sets[from + at]?.has(plain(text)));

  const readBlock = (block, top, left) => {
    const { columns, rows, values } = cutNames(block);
    const result = { pairs: [], filled: 0, unknown: [], beyond: [], stripped: [...columns, ...rows].filter((text) => text.trim()) };
    result.misplaced = [...misnamed(columnNames, columns, left), ...misnamed(rowNames, rows, top)];
    values.forEach((line, down) => line.forEach((text, right) => {
      const select = cells[top + down]?.[left + right];
      if (isBlank(text)) return;
      const meaning = select && meant(select, text);
      if (meaning) {
        result.filled += 1;
        result.pairs.push(...withCondition(select, meaning.value, meaning.condition));
      } else if (isName(columnNames, text) || isName(rowNames, text)) result.misplaced.push(text.trim());
      else (select ? result.unknown : result.beyond).push(text.trim());
    }));
    return result;
  };

  document.addEventListener("paste", (event) => {
    const first = document.activeElement;
    if (!first?.matches(".grid td > select")) return;
    event.preventDefault();
    endTyping();
    const block = blockOf(event.clipboardData.getData("text"));
    const { pairs, filled, unknown, beyond, stripped, misplaced } = readBlock(block, ...placeOf(first));
    if (misplaced.length) {
      say(sentence("names", { words: quoted(misplaced) }));
      return;
    }
    const step = take(pairs);
    say(
      sentence("filled", { count: filled }),
      unknown.length ? sentence("unknown", { words: quoted(unknown) }) : "",
      beyond.length ? sentence("edge", { words: quoted(beyond) }) : "",
      stripped.length ? sentence("stripped", { words: quoted(stripped) }) : "",
      aboutDropped(step),
    );
  });

  /* ---- rows of statements and proposals --------------------------------------------------- */

  const sections = [...form.querySelectorAll("section.rows")];
  const totalOf = (section) => form.elements[`${section.dataset.rows}-TOTAL_FORMS`];
  const rowsOf = (section) => [...section.querySelectorAll(":scope > fieldset.row")];
  const textsOf = (row) => [...row.querySelectorAll("input, textarea")];
  const isUntouched = (row) => textsOf(row).every((field) => field.value.trim() === field.defaultValue);
  const isEmpty = (row) => isUntouched(row) && !row.querySelector(".fields").querySelector(".errors")
    && [...row.querySelectorAll(".fields:not(.more) :is(input, textarea)")].every((one) => !one.value);

  const addRow = (section) => {
    const total = totalOf(section);
    const number = Number(total.value);
    const html = section.querySelector("template").innerHTML;
    const last = rowsOf(section).at(-1);
    const made = html.replaceAll("__prefix__", number).replaceAll("__number__", number + 1);
    last.insertAdjacentHTML("afterend", made);
    total.value = number + 1;
    return rowsOf(section).at(-1);
  };

  for (const section of sections) {
    let rows = rowsOf(section);
    while (rows.length > 1 && isEmpty(rows.at(-1)) && isEmpty(rows.at(-2))) {
      rows.at(-1).remove();
      rows = rowsOf(section);
      totalOf(section).value = rows.length;
    }
  }

  const firstField = (row) => row.querySelector(".fields :is(input, textarea)");
  const nextPart = (section) => {
    const next = sections[sections.indexOf(section) + 1];
    if (next) firstField(rowsOf(next).at(-1)).focus();
    else goTo(0, 0);
  };

  const suggest = (row) => {
    const handle = row.querySelector("legend").textContent.trim();
    const list = lists("evidence");
    let option = [...list.options].find((one) => one.value === handle);
    if (!option) {
      option = new Option();
      option.value = handle;
      list.prepend(option);
    }
    option.label = `${handle} ${firstField(row).value}`;
  };

  for (const section of sections) {
    section.addEventListener("keydown", (event) => {
      const row = event.target.closest("fieldset.row");
      const typing = row && event.target.matches("input, textarea");
      if (!typing || event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      if (isEmpty(row)) {
        nextPart(section);
        return;
      }
      const rows = rowsOf(section);
      firstField(rows[rows.indexOf(row) + 1] ?? addRow(section)).focus();
    });
    section.addEventListener("input", (event) => {
      const row = event.target.closest("fieldset.row");
      if (!row || event.target !== firstField(row)) return;
      suggest(row);
    });
    rowsOf(section).filter((row) => !isEmpty(row)).forEach(suggest);
  }

  /* ---- whom a speaker speaks for: shown as the server derives it, never carried on ---------- */

  const people = [...lists("people").options].map((option) => ({ name: plain(option.value), party: option.dataset.party }));
  const READINGS = [ // from the surest to the loosest, as names.py has them
    (name, wanted) => name === wanted,
    (name, wanted) => name.startsWith(wanted),
    (name, wanted) => ` ${name}`.includes(` ${wanted}`),
    (name, wanted) => name.includes(wanted),
  ];
  /* The new people of this page have names too. The server knows whom they speak for. */
  const newPeople = () => [...form.querySelectorAll('input[name^="n-"][name$="-name"]')]
    .map(({ value }) => ({ name: plain(value), isNew: true })).filter(({ name }) => name);
  const personCalled = (text, readings) => {
    const candidates = [...people, ...newPeople()];
    for (const fits of readings) {
      const matches = candidates.filter(({ name }) => fits(name, plain(text)));
      if (matches.length) return matches.length === 1 ? matches[0] : null;
    }
    return null;
  };
  const partiesOf = (speakers, readings) => {
    const persons = speakers.split(/[;\n]/).filter((text) => text.trim())
      .flatMap((text) => (personCalled(text, readings) ? [text] : text.split(",").filter((part) => part.trim())))
      .map((text) => personCalled(text, readings));
    if (persons.some((person) => !person || person.isNew)) return "";
    return [...new Set(persons.map(({ party }) => party).filter(Boolean))].join("; ");
  };
  const isDerived = (row) => {
    const { value, dataset } = row.querySelector(".field-parties input");
    return value === dataset.derived;
  };
  const deriveParty = (row, readings) => {
    const party = row.querySelector(".field-parties input");
    if (party.value.trim() && party.value !== party.dataset.derived) return; // typed by hand
    party.value = party.dataset.derived = partiesOf(row.querySelector(".field-speakers input").value, readings);
  };
  const statements = form.querySelector("section[data-rows=s]");
  for (const [name, readings] of [["input", READINGS.slice(0, 1)], ["change", READINGS]]) {
    statements.addEventListener(name, (event) => {
      if (event.target.closest(".field-speakers")) deriveParty(event.target.closest("fieldset.row"), readings);
    });
  }
  form.querySelector("details.people").addEventListener("change", () => {
    rowsOf(statements).filter(isDerived).forEach((row) => deriveParty(row, READINGS));
  });
  for (const row of rowsOf(statements)) {
    const derived = partiesOf(row.querySelector(".field-speakers input").value, READINGS);
    const party = row.querySelector(".field-parties input");
    if (derived && party.value === derived) party.dataset.derived = derived;
  }

  /* ---- the sitting: is the source in the record? ------------------------------------------ */

  const address = (text) =>
    text.trim().toLowerCase().replace(/^https?:\/\/(www\.)?/, "").replace(/[?&#]utm_.*$|\/$|#.*$/g, "");
  const isKnown = (text) => {
    const web = /^https?:/i.test(text.trim());
    return [...lists("sources").options].some((one) =>
      web ? address(one.value) === address(text) : plain(`${one.value} ${one.label}`).includes(plain(text)));
  };
  const look = (source) => {
    const typed = source.querySelector(".field-source input").value;
    const more = [...source.querySelectorAll("input")].slice(1).some((input) => input.value);
    source.classList.toggle("is-new", more || (Boolean(typed.trim()) && !isKnown(typed)));
  };
  for (const source of form.querySelectorAll(".source")) {
    source.addEventListener("input", () => look(source));
    look(source);
  }
  form.querySelector(".sitting").addEventListener("keydown", (event) => {
    const plainEnter = event.key === "Enter" && !event.ctrlKey && !event.shiftKey;
    if (!plainEnter || !event.target.matches("input, textarea")) return;
    event.preventDefault();
    const near = [...(event.target.closest(".source")?.querySelectorAll("input") ?? [])];
    const next = near.slice(near.indexOf(event.target) + 1).find(visible);
    (next ?? firstField(rowsOf(sections[0]).at(-1))).focus();
  });

  /* ---- suggestions for the second name and on --------------------------------------------- */

  const several = document.createElement("datalist");
  several.id = "names-several";
  form.after(several);
  form.addEventListener("input", (event) => {
    const input = event.target;
    if (!input.matches("[data-several]")) return;
    const head = input.value.slice(0, input.value.lastIndexOf(";") + 1);
    input.setAttribute("list", head ? several.id : `names-${input.dataset.several}`);
    if (!head || several.dataset.head === head + input.dataset.several) return;
    several.dataset.head = head + input.dataset.several;
    several.replaceChildren(...[...lists(input.dataset.several).options].map((one) => {
      const option = new Option();
      option.value = `${head} ${one.value}`;
      return option;
    }));
  });

  /* ---- sending ---------------------------------------------------------------------------- */

  const first = form.querySelector("button[value=preview]");
  form.addEventListener("input", touch);
  form.addEventListener("change", touch);
  form.addEventListener("submit", (event) => {
    if (isOffered) { // the page that comes back would take the place of what was kept
      event.preventDefault();
      document.getElementById("offer-title").focus();
      return;
    }
    keep();
    touched = false;
  });
  keep(); // a page that came back with what was typed
  window.addEventListener("beforeunload", (event) => {
    if (touched) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(first);
  });

  (document.getElementById("collision-title") ?? document.getElementById("errors") ?? document.getElementById("preview-title")
    ?? document.getElementById("id_q-0-source")).focus();
})();
