"use strict";
// Reads what the agent tells and shows it; whatever comes from there is put in as text only.

const MOST = 200;
const EVERY = 5000;
const one = (selector) => document.querySelector(selector);

function cell(text, className) {
  const td = document.createElement("td");
  td.textContent = text;
  if (className) td.className = className;
  return td;
}

function row(...cells) {
  const tr = document.createElement("tr");
  tr.append(...cells);
  return tr;
}

function end(e) {
  const who = e.namespace ? e.namespace + "/" + (e.workload || e.name) : e.name;
  return who ? who + " (" + e.address + ")" : e.address;
}

function decider(flow) {
  return [flow.reason, flow.policy, flow.rule].filter(Boolean).join(" ");
}

function matches(tr) {
  const text = one("#text").value.toLowerCase();
  const denied = !one("#denied").checked || tr.dataset.verdict !== "allowed";
  return denied && tr.textContent.toLowerCase().includes(text);
}

function filter() {
  for (const tr of document.querySelectorAll("#live tbody tr")) tr.hidden = !matches(tr);
}

function show(flow) {
  if (one("#pause").getAttribute("aria-pressed") === "true") return;
  const body = one("#live tbody");
  const tr = row(
    cell(flow.time.slice(11, 23)),
    cell(flow.verdict + (flow.record === "end" ? ", over" : ""), flow.verdict),
    cell(end(flow.source)),
    cell(end(flow.destination)),
    cell(flow.destination.port + "/" + flow.protocol),
    cell(decider(flow)));
  tr.tabIndex = -1;
  tr.dataset.verdict = flow.verdict;
  tr.dataset.id = flow.id;
  tr.hidden = !matches(tr);
  body.prepend(tr);
  while (body.rows.length > MOST) body.lastElementChild.remove();
  if (!body.querySelector('tr[tabindex="0"]')) tr.tabIndex = 0;
}

async function why(tr) {
  const id = encodeURIComponent(tr.dataset.id);
  const answers = await Promise.all(["v1/flows/" + id, "v1/flows/" + id + "/now"].map((path) => fetch(path)));
  if (!answers[0].ok) {
    one("#why").textContent = "the agent no longer knows this flow";
    return;
  }
  const flow = await answers[0].json();
  const isolating = flow.isolating.length ? ", isolated by " + flow.isolating.join(", ") : "";
  one("#why").textContent =
    end(flow.source) + " -> " + end(flow.destination) + " " + flow.destination.port + "/" + flow.protocol +
    ": " + flow.verdict + " at the " + flow.direction + " in mode " + flow.mode + " by " + decider(flow) + isolating +
    "\n" + flow.packets + " packets told, " + flow.suppressed + " more" + "\nnow: " + (await answers[1].text());
}

function focusRow(tr) {
  if (!tr) return;
  for (const other of document.querySelectorAll('#live tr[tabindex="0"]')) other.tabIndex = -1;
  tr.tabIndex = 0;
  tr.focus();
}

function key(event) {
  const rows = [...document.querySelectorAll("#live tbody tr:not([hidden])")];
  const at = rows.indexOf(event.target.closest("tr"));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    focusRow(rows[Math.min(Math.max(to, 0), rows.length - 1)]);
  } else if (event.key === "Enter" && at >= 0) {
    why(rows[at]);
  }
}

async function read(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(path + ": " + answer.status);
  return answer.json();
}

async function refresh() {
  try {
    const [status, denials, reach] = await Promise.all(["v1/status", "v1/denials", "v1/reach"].map(read));
    one("#node").textContent = status.node;
    one("#state").textContent =
      (status.enforcing ? "enforcing" : "not enforcing yet") + ", " + status.pods + " pods, " +
      status.policies + " policies, cluster " + status.cluster + " known";
    const problems = status.problems.length ? status.problems : ["none"];
    one("#problems").replaceChildren(...problems.map((text) => {
      const li = document.createElement("li");
      li.textContent = text;
      return li;
    }));
    one("#top tbody").replaceChildren(...denials.denials.map((d) => row(
      cell(d.packets, "number"), cell(d.verdict, d.verdict), cell(d.namespace + "/" + d.workload),
      cell(d.direction === "egress" ? "to" : "from"),
      cell(d.peer_kind + " " + (d.peer_namespace ? d.peer_namespace + "/" : "") + d.peer))));
    reachable(reach);
  } catch (error) {
    one("#state").textContent = "the agent does not answer: " + error.message;
  }
}

function reachable(reach) {
  const head = row(cell(""), ...reach.workloads.map((name) => cell(name)));
  one("#reach thead").replaceChildren(head);
  one("#reach tbody").replaceChildren(...reach.workloads.map((name, i) => row(
    cell(name), ...reach.ports[i].map((ports) => cell(ports || "nothing", ports ? "allowed" : "denied")))));
}

function start() {
  one("#filter").addEventListener("input", filter);
  one("#filter").addEventListener("submit", (event) => event.preventDefault());
  one("#pause").addEventListener("click", (event) => {
    const pressed = event.target.getAttribute("aria-pressed") !== "true";
    event.target.setAttribute("aria-pressed", pressed);
    event.target.textContent = pressed ? "Go on" : "Pause";
  });
  one("#live").addEventListener("keydown", key);
  one("#live").addEventListener("click", (event) => {
    const tr = event.target.closest("tbody tr");
    if (tr) { focusRow(tr); why(tr); }
  });
  new EventSource("v1/flows?follow&limit=100").addEventListener("message", (event) => show(JSON.parse(event.data)));
  refresh();
  setInterval(refresh, EVERY);
}

start();
