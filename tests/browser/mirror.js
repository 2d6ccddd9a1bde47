// What is not the mirror image of itself when the page is read from right to left: everything but the keys of the
// keypad and the letters of codes, which stand as they always do. Returns sentences; none where all is well.
const root = document.documentElement, width = root.clientWidth;
const shown = element => element.id !== "ears" && element.checkVisibility({ visibilityProperty: true }) && !element.closest(".unseen");
const parts = [...document.querySelectorAll("button, input, h1, h2, p, label, section, ul, ol, li, form, header, .big, .unit, .amount, .what")]
  .filter(shown);
const text = element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range.getBoundingClientRect();
};
const titles = [...document.querySelectorAll("h1, h2, p")].filter(shown);
const measure = () => ({
  parts: parts.map(element => element.getBoundingClientRect()),
  titles: titles.map(text),
});
const before = root.getAttribute("dir");
root.removeAttribute("dir");
const left = measure();
root.setAttribute("dir", "rtl");
const right = measure();
const faults = [];
if (document.scrollingElement.scrollWidth > width + 1) faults.push("wider than the screen from right to left");
const say = (element, was, is) => faults.push(
  `${element.dataset.test ?? element.className ?? element.tagName} “${(element.innerText ?? "").slice(0, 30)}” ${Math.round(was.left)}–${Math.round(was.right)} became ${Math.round(is.left)}–${Math.round(is.right)}`);
const isMirrored = (was, is) => Math.abs(width - was.right - is.left) <= 2 && Math.abs(width - was.left - is.right) <= 2;
parts.forEach((element, n) => {
  const [was, is] = [left.parts[n], right.parts[n]];
  const stays = element.closest(".keypad");
  const fits = stays ? Math.abs(was.left - is.left) <= 2 && Math.abs(was.right - is.right) <= 2 : isMirrored(was, is);
  if (!fits || Math.abs(was.top - is.top) > 2) say(element, was, is);
});
titles.forEach((element, n) => {
  // the number that is keyed is written like a number, at the side where its last digit always stands
  if (!element.closest(".keyed, .big") && left.titles[n].width > 0 && !isMirrored(left.titles[n], right.titles[n])) {
    say(element, left.titles[n], right.titles[n]);
  }
});
for (const code of document.querySelectorAll(".code, .number")) {
  if (shown(code) && getComputedStyle(code).direction !== "ltr") faults.push(`a code read backwards: ${code.innerText}`);
}
if (before) root.setAttribute("dir", before); else root.removeAttribute("dir");
return [...new Set(faults)];
