/* The round desk, made quick. Without this file it is a plain form that does the same. */
"use strict";

(() => {
  const form = document.getElementById("desk");
  if (!form) return;
  document.body.classList.add("scripted");

  const grid = form.querySelector(".grid");
  const live = document.getElementById("live");
  const lists = (name) => document.getElementById(`names-${name}`);
  const plain = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim().toLowerCase();
  const visible = (element) => element.getClientRects().length > 0;

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
  const choose = (select, value) => {
    select.value = value;
    mark(select.closest("td"));
  };

  let picking = false; // the list of a select is open and has the arrows to itself
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  const inSelect = (event, select) => {
    if (event.altKey && event.key in STEPS) picking = true;
    if (picking) {
      if (["Enter", "Escape", "Tab"].includes(event.key)) picking = false;
      return;
    }
    const [y, x] = placeOf(select);
    const own = [...select.options].find((option) => option.dataset.key === event.key);
    if (event.key === "Home" || event.key === "End") {
      cells[y].at(event.key === "Home" ? 0 : -1).focus();
    } else if (event.key in STEPS) {
      const [down, right] = STEPS[event.key];
      goTo(y + down, x + right);
    } else if (event.key === "Enter") {
      const cell = select.closest("td");
      const details = cell.querySelector("details");
      if (details) details.open = true;
      cell.querySelector("input").focus();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      choose(select, select.dataset.was);
    } else if (own) {
      choose(select, own.value);
    } else return;
    event.preventDefault();
  };

  const inText = (event, input) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    const cell = input.closest("td");
    const select = cell.querySelector("select");
    const condition = cell.querySelector("input.condition");
    const asks = select.value === "open-if" && condition && !condition.value;
    const next = event.key === "Enter" && asks && input !== condition ? condition : select;
    next.focus();
    event.preventDefault();
  };

  grid.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.matches("td > select")) inSelect(event, event.target);
    else if (event.target.matches("input")) inText(event, event.target);
  });
  grid.addEventListener("mousedown", (event) => {
    if (event.target.matches("select")) picking = true;
  });
  grid.addEventListener("focusout", () => { picking = false; });
  grid.addEventListener("change", (event) => {
    picking = false;
    mark(event.target.closest("td"));
  });
  grid.addEventListener("input", (event) => mark(event.target.closest("td")));
  for (const cell of grid.querySelectorAll("td.place")) {
    cell.classList.toggle("conditional", cell.querySelector("select").value === "open-if");
  }

  /* ---- a block from a spreadsheet --------------------------------------------------------- */

  const meant = (select, text) => {
    const wanted = plain(text).replace(/…$/, "");
    const options = [...select.options].filter((option) => option.value);
    const label = (option) => plain(option.text).replace(/(\.\.\.|…)$/, "");
    const exact = options.filter((one) => label(one) === wanted || one.value === wanted);
    const begun = options.filter((one) => label(one).startsWith(wanted));
    const [found] = exact.length ? exact : begun.length === 1 ? begun : [];
    if (found) return { value: found.value };
    const asks = options.find((one) => one.value === "open-if");
    if (!asks || !wanted.startsWith(`${label(asks)} `)) return null;
    const words = text.trim().split(/\s+/).slice(label(asks).split(" ").length);
    return { value: asks.value, condition: words.join(" ") };
  };

  document.addEventListener("paste", (event) => {
    const first = document.activeElement;
    if (!first?.matches(".grid td > select")) return;
    event.preventDefault();
    const lines = event.clipboardData.getData("text").replace(/\r/g, "").replace(/\n+$/, "");
    let block = lines.split("\n").map((line) => line.split("\t"));
    // a row of parties and a column of issues come along from a spreadsheet: they fill no cell
    const names = (texts) => texts.some((text) => text.trim())
      && !texts.some((text) => text.trim() && meant(first, text));
    if (block.length > 1 && names(block[0])) block = block.slice(1);
    if (block.every((line) => line.length > 1) && names(block.map((line) => line[0]))) {
      block = block.map((line) => line.slice(1));
    }
    const [top, left] = placeOf(first);
    let filled = 0;
    const strange = [];
    block.forEach((line, down) => {
      line.forEach((text, right) => {
        if (!text.trim()) return;
        const select = cells[top + down]?.[left + right];
        const found = select && meant(select, text);
        if (!found) {
          strange.push(text.trim());
          return;
        }
        const condition = select.closest("td").querySelector("input.condition");
        if (condition && found.condition) condition.value = found.condition;
        choose(select, found.value);
        filled += 1;
      });
    });
    touched = true;
    const told = [live.dataset.filled.replace("{count}", filled)];
    if (strange.length) told.push(live.dataset.unknown.replace("{words}", strange.join("”, “")));
    live.textContent = told.join(" ");
  });

  /* ---- rows of statements and proposals --------------------------------------------------- */

  const sections = [...form.querySelectorAll("section.rows")];
  const totalOf = (section) => form.elements[`${section.dataset.rows}-TOTAL_FORMS`];
  const rowsOf = (section) => [...section.querySelectorAll(":scope > fieldset.row")];
  const textsOf = (row) => [...row.querySelectorAll("input, textarea")];
  const isBlank = (row) => textsOf(row).every((field) => field.value.trim() === field.defaultValue);
  const isEmpty = (row) => isBlank(row) && !row.querySelector(".fields").querySelector(".errors")
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
      const before = rowsOf(section)[rowsOf(section).indexOf(row) - 1];
      const party = row.querySelector(".field-parties input");
      const same = before?.querySelector(".field-parties input").value;
      if (same && !party.value && !party.dataset.filled) party.value = same;
      party.dataset.filled = "yes"; // once: whoever empties it wants it empty
    });
    rowsOf(section).filter((row) => !isEmpty(row)).forEach(suggest);
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
  let touched = form.hasAttribute("data-typed");
  form.addEventListener("input", () => { touched = true; });
  form.addEventListener("change", () => { touched = true; });
  form.addEventListener("submit", () => { touched = false; });
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
