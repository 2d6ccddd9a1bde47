// What is wrong with how the page lies on its screen: too wide, cut off, one on top of another, out of reach, too small
// for a thumb in a glove, too close to the next. Returns sentences; none where all is well.
//
// HANDHELD.md 3.3 has the numbers.
const TOUCH = 64, MAIN = 72, GAP = 8, BIN_LETTERS = 28, NUMBER_LETTERS = 56;
const width = document.documentElement.clientWidth, height = document.documentElement.clientHeight;
const faults = [];

const named = element => {
  const own = element.closest("[data-test]");
  const text = (element.innerText ?? "").trim().slice(0, 40);
  return `${own ? own.dataset.test : element.tagName.toLowerCase() + "." + element.className} “${text || element.value || ""}”`;
};
const round = rect => `${Math.round(rect.left)},${Math.round(rect.top)} to ${Math.round(rect.right)},${Math.round(rect.bottom)}`;
const shown = element => element.id !== "ears" && element.checkVisibility({ visibilityProperty: true })
  && !element.closest(".unseen");
// what of a place can be seen in the boxes that scroll around it; null where nothing can
const inside = (element, rect, from = element.parentElement) => {
  let { left, top, right, bottom } = rect;
  for (let box = from; box && box !== document.body; box = box.parentElement) {
    const style = getComputedStyle(box);
    if (!/auto|scroll/.test(style.overflowX + style.overflowY)) continue;
    const edge = box.getBoundingClientRect();
    left = Math.max(left, edge.left); right = Math.min(right, edge.right);
    top = Math.max(top, edge.top); bottom = Math.min(bottom, edge.bottom);
  }
  return right - left > 2 && bottom - top > 2 ? { left, top, right, bottom, width: right - left, height: bottom - top } : null;
};
// what lies above the page at its edge, so that the page moves below it
const layer = element => {
  for (let at = element; at && at !== document.body; at = at.parentElement) {
    if (["sticky", "fixed"].includes(getComputedStyle(at).position)) return at;
  }
  return null;
};
// words of the catalogue may end in "…": they are longer than any screen
const MAY_END = ".name, .sku, .what b, .what span, .undo small";

// what a box cuts off does not stand out of it; whether it may be cut off is another question
const clipped = element => {
  for (let box = element; box && box !== document.body; box = box.parentElement) {
    if (getComputedStyle(box).overflowX !== "visible") return true;
  }
  return false;
};
const beyond = rect => rect.right > width + 1 || (rect.right > 0 && rect.left < -1);
const out = [...document.querySelectorAll("body *")].find(it => shown(it) && !clipped(it.parentElement) && beyond(it.getBoundingClientRect()));
if (document.scrollingElement.scrollWidth > width + 1 || out) {
  faults.push(`wider than ${width}: ${out ? named(out) : "something"}`);
}
// ---- words
const words = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const element = node.parentElement;
  if (!node.data.trim() || !shown(element) || ["SCRIPT", "STYLE", "NOSCRIPT"].includes(element.tagName)) continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  for (const rect of range.getClientRects()) {
    if (!clipped(element) && beyond(rect)) faults.push(`words beyond ${width}: ${named(element)} at ${round(rect)}`);
    const seen = inside(element, rect, element);
    if (rect.width > 1 && seen) words.push({ node, element, rect, seen });
  }
}
for (const { element, rect } of words) {
  for (let box = element; box && box !== document.body; box = box.parentElement) {
    const style = getComputedStyle(box), edge = box.getBoundingClientRect();
    const clips = style.overflowX !== "visible" || style.overflowY !== "visible";
    const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
    if (scrolls) break;
    if (!clips && box.tagName !== "BUTTON") continue;
    if (box.matches(MAY_END)) break;
    const beyond = Math.max(edge.left - rect.left, rect.right - edge.right);
    // letters stand lower and higher than their line is tall; what a person sees is the middle of it
    const slack = rect.height * 0.2;
    const under = Math.max(edge.top - rect.top, rect.bottom - edge.bottom);
    if (beyond > 1 || under > slack) {
      faults.push(`cut off: ${named(element)} at ${round(rect)} in ${named(box)} at ${round(edge)}`);
      break;
    }
  }
}
for (let a = 0; a < words.length; a += 1) {
  for (let b = a + 1; b < words.length; b += 1) {
    const [one, two] = [words[a], words[b]];
    if (one.node === two.node || layer(one.element) !== layer(two.element)) continue;
    // a sentence that is said may lie over the foot of what is in hand, until the next scan or key
    if (one.element.closest(".say") || two.element.closest(".say")) continue;
    if (one.element.closest(MAY_END) || two.element.closest(MAY_END)) continue;
    const across = Math.min(one.seen.right, two.seen.right) - Math.max(one.seen.left, two.seen.left);
    const down = Math.min(one.seen.bottom, two.seen.bottom) - Math.max(one.seen.top, two.seen.top);
    if (across > 2 && down > 0.3 * Math.min(one.rect.height, two.rect.height)) {
      faults.push(`on top of each other: ${named(one.element)} and ${named(two.element)}`);
    }
  }
}

// ---- what is pressed
const controls = [...document.querySelectorAll("button, input, select, textarea, a[href], summary")].filter(shown);
for (const control of controls) {
  const rect = control.getBoundingClientRect();
  const tall = control.matches(".primary") ? MAIN : TOUCH;
  if (rect.width < TOUCH - 0.5 || rect.height < tall - 0.5) {
    faults.push(`too small: ${named(control)} is ${Math.round(rect.width)} × ${Math.round(rect.height)}`);
  }
}
for (let a = 0; a < controls.length; a += 1) {
  for (let b = a + 1; b < controls.length; b += 1) {
    if (layer(controls[a]) !== layer(controls[b])) continue;
    const [one, two] = [controls[a], controls[b]].map(it => inside(it, it.getBoundingClientRect()));
    if (!one || !two) continue;
    const across = Math.max(one.left - two.right, two.left - one.right);
    const down = Math.max(one.top - two.bottom, two.top - one.bottom);
    if (Math.max(across, down) < GAP - 0.5) {
      faults.push(`too close: ${named(controls[a])} and ${named(controls[b])}, ${Math.round(Math.max(across, down))} px`);
    }
  }
}
const from = scrollY, boxes = [...document.querySelectorAll("body *")].filter(it => it.scrollTop > 0).map(it => [it, it.scrollTop]);
for (const control of controls) {
  control.scrollIntoView({ block: "nearest", behavior: "instant" });
  const rect = control.getBoundingClientRect();
  const hit = document.elementFromPoint((rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2);
  // a question, and the camera, lie over what is not to be pressed before they are gone
  const above = hit?.closest(".ask, .camera");
  if (above && !above.contains(control)) continue;
  if (!hit || !(control === hit || control.contains(hit))) {
    faults.push(`out of reach: ${named(control)} at ${round(rect)} lies below ${hit ? named(hit) : "nothing"}`);
  }
}
scrollTo(0, from);
for (const box of document.querySelectorAll("body *")) if (box.scrollTop > 0) box.scrollTop = 0;
for (const [box, at] of boxes) box.scrollTop = at;
for (const main of document.querySelectorAll(".acts .primary")) {
  const rect = main.getBoundingClientRect();
  if (shown(main) && (rect.top < 0 || rect.bottom > height + 1)) {
    faults.push(`the main button is not on the screen: ${named(main)} at ${round(rect)} of ${height}`);
  }
}

// ---- letters that are read at arm's length
for (const [css, least] of [["h1[data-test=bin-code]", BIN_LETTERS], ["[data-test=big-quantity]:not(.long, .longer)", NUMBER_LETTERS]]) {
  const found = document.querySelector(css);
  const size = found && parseFloat(getComputedStyle(found).fontSize);
  if (found && size < least) faults.push(`${named(found)} is ${size} px, not ${least}`);
}
return [...new Set(faults)];
