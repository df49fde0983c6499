// Judges payloads by packages that others wrote.  Standard input: a JSON array
// of {kind, headers, body, secret}; standard output: an array of arrays of
// complaints, in the same order.  Argument: the folder of the packages.
"use strict";
const fs = require("fs");
const os = require("os");
const path = require("path");
const { spawnSync } = require("child_process");
const { createRequire } = require("module");
const packages = process.argv[2];
const load = createRequire(path.join(packages, "node_modules", "x.js"));

// A page to render cards on, as a chat would.
function page() {
  if (!global.document) {
    const { JSDOM } = load("jsdom");
    global.window = new JSDOM("<!DOCTYPE html><body></body>").window;
    for (const name of ["document", "Node", ...Object.getOwnPropertyNames(global.window).filter((one) => one.startsWith("HTML"))])
      global[name] = global.window[name];
    Object.defineProperty(global.HTMLElement.prototype, "innerText", {
      set(text) { this.textContent = text; },
      get() { return this.textContent; },
    });
  }
  return global.document;
}

// Whether everything stands there that a person needs, each title, value, text and button, and nothing else to
// click: Teams reads texts as Markdown.
function seen(cards, card, content) {
  const reader = load("markdown-it")({ html: false, linkify: false });
  cards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = reader.render(text);
    result.didProcess = true;
  };
  const shown = card.render();
  if (!shown) return ["nothing is rendered"];
  page().body.appendChild(shown);
  const text = shown.textContent.replace(/\s+/g, " ");
  const wanted = [];
  for (const block of content.body || []) {
    if (block.text) wanted.push(block.text);
    for (const fact of block.facts || []) wanted.push(fact.title, fact.value);
  }
  for (const action of content.actions || []) wanted.push(action.title);
  const complaints = [...shown.querySelectorAll("a, img, em")].map((one) => `alive in a text: ${one.outerHTML}`);
  shown.remove();
  const entity = (name) => { // as the page itself reads it
    const box = page().createElement("p");
    box.innerHTML = name;
    return box.textContent;
  };
  const plain = (one) => one.replace(/\\([!-/:-@[-`{-~])|\*\*|&#?\w+;/g, (whole, mark) => mark || (whole === "**" ? "" : entity(whole))).replace(/\s+/g, " ").trim();
  return complaints.concat(wanted.filter((one) => !text.includes(plain(one))).map((one) => `not rendered: ${one}`));
}

const judges = {
  teams({ body }) {
    page();
    const cards = load("adaptivecards/dist/adaptivecards.js");
    const complaints = [];
    for (const attachment of JSON.parse(body).attachments) {
      const context = new cards.SerializationContext(cards.Versions.v1_5);
      const card = new cards.AdaptiveCard();
      card.parse(attachment.content, context);
      for (let i = 0; i < context.eventCount; i++) complaints.push(context.getEventAt(i).message);
      for (const failure of card.validateProperties().validationEvents) complaints.push(failure.message);
      if (!attachment.content.version) complaints.push("no version");
      if (card.getItemCount() === 0) complaints.push("an empty card");
      complaints.push(...seen(cards, card, attachment.content));
    }
    return complaints;
  },

  webhook({ headers, body, secret }) {
    const { Webhook } = load("standardwebhooks");
    try {
      new Webhook(secret).verify(body, headers);
      return [];
    } catch (error) {
      return [String(error)];
    }
  },

  discord({ body }) {
    const { EmbedBuilder, embedLength } = load("@discordjs/builders");
    const complaints = [];
    let total = 0;
    for (const embed of JSON.parse(body).embeds || []) {
      try {
        const built = new EmbedBuilder();
        if (embed.title) built.setTitle(embed.title);
        if (embed.description) built.setDescription(embed.description);
        if (embed.url) built.setURL(embed.url);
        if (embed.color !== undefined) built.setColor(embed.color);
        if (embed.timestamp) built.setTimestamp(new Date(embed.timestamp));
        if (embed.footer) built.setFooter({ text: embed.footer.text });
        built.setFields(embed.fields || []);
        total += embedLength(built.toJSON());
      } catch (error) {
        complaints.push(String(error.message || error).slice(0, 500));
      }
    }
    if (total > 6000) complaints.push(`${total} characters over all embeds`);
    return complaints;
  },
};

// Shapes by types: one file for all, so that the compiler starts once.
const types = {
  slack: ["import type { KnownBlock } from '@slack/types';", "{ text?: string; blocks?: KnownBlock[] }"],
  discord: ["import type { RESTPostAPIWebhookWithTokenJSONBody } from 'discord-api-types/v10';", "RESTPostAPIWebhookWithTokenJSONBody"],
  telegram: ["import type { ApiMethods } from '@grammyjs/types';", "Parameters<ApiMethods<never>['sendMessage']>[0]"],
};

function judge_types(payloads, complaints) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "apd-types-"));
  try {
    fs.symlinkSync(path.join(packages, "node_modules"), path.join(folder, "node_modules"));
    const files = [];
    payloads.forEach(({ kind, body }, number) => {
      if (!types[kind]) return;
      const [imports, type] = types[kind];
      fs.writeFileSync(path.join(folder, `p${number}.ts`), `${imports}\nconst payload: ${type} = ${body};\nexport default payload;\n`);
      files.push(`p${number}.ts`);
    });
    if (files.length === 0) return;
    const tsc = path.join(packages, "node_modules", ".bin", "tsc");
    const done = spawnSync(tsc, ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--moduleResolution", "nodenext",
                                 "--target", "es2022", "--ignoreConfig", ...files], { cwd: folder, encoding: "utf8" });
    let met = false;
    for (const line of (done.stdout + done.stderr).split("\n")) {
      const found = /^p(\d+)\.ts\(\d+,\d+\): (.*)/.exec(line);
      if (found) complaints[Number(found[1])].push(found[2].slice(0, 500));
      met = met || Boolean(found);
    }
    if (done.status !== 0 && !met) throw new Error(`the compiler: ${done.error || done.stdout + done.stderr}`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const payloads = JSON.parse(fs.readFileSync(0, "utf8"));
const complaints = payloads.map((payload) => (judges[payload.kind] ? judges[payload.kind](payload) : []));
judge_types(payloads, complaints);
process.stdout.write(JSON.stringify(complaints));
