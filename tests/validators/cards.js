// Runs in a browser, with adaptivecards and markdown-it loaded: shows CARDS ([{name, card}]) as Teams would, each in a
// column of WIDTH pixels, and writes what it measured into #report: of each card its text, its buttons, and what a
// person could not read because it is cut off or hangs over an edge.
"use strict";
const host = (name) => new AdaptiveCards.HostConfig({
  fontFamily: `Segoe UI, DejaVu Sans, ${name === "ko" ? "NanumGothic" : "Droid Sans Fallback"}, sans-serif`,
  spacing: { small: 4, default: 8, medium: 12, large: 16, extraLarge: 24, padding: 16 },
  fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 24 },
  fontWeights: { lighter: 200, default: 400, bolder: 600 },
  containerStyles: {
    default: {
      backgroundColor: "#FFFFFF",
      foregroundColors: {
        default: { default: "#242424", subtle: "#616161" }, accent: { default: "#5B5FC7", subtle: "#5B5FC7" },
        attention: { default: "#C4314B", subtle: "#C4314B" }, warning: { default: "#835C00", subtle: "#835C00" },
        good: { default: "#237B4B", subtle: "#237B4B" },
      },
    },
  },
  factSet: { title: { weight: "bolder", wrap: true, maxWidth: 150 }, value: { wrap: true }, spacing: 10 },
  actions: { maxActions: 6, actionsOrientation: "horizontal", actionAlignment: "left", buttonSpacing: 8, spacing: "default" },
});
const reader = window.markdownit({ html: false, linkify: false, breaks: false });
AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = reader.render(text);
  result.didProcess = true;
};

// Texts that are cut off, or hang over the edge of the card.
function unread(shown) {
  const edge = shown.getBoundingClientRect(), found = [];
  const walker = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects())
      if (box.left < edge.left - 0.5 || box.right > edge.right + 0.5 || box.bottom > edge.bottom + 0.5)
        found.push(`over the edge: ${text.textContent}`);
  }
  for (const one of shown.querySelectorAll("*"))
    if (one.clientWidth > 0 && getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1)
      found.push(`cut off: ${one.textContent}`);
  return found;
}

const report = [];
for (const { name, card } of CARDS) {
  const one = new AdaptiveCards.AdaptiveCard();
  one.hostConfig = host(name);
  one.parse(card);
  const frame = document.createElement("div");
  frame.className = "frame";
  frame.style.width = `${WIDTH}px`;
  frame.appendChild(one.render());
  document.getElementById("cards").appendChild(frame);
  const buttons = [...frame.querySelectorAll("button")].map((button) => button.textContent.trim());
  report.push({ name, text: frame.innerText, buttons, unread: unread(frame), height: frame.offsetHeight });
}
document.getElementById("report").textContent = JSON.stringify(report);
