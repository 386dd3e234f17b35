// The checks of a report's page: each answers with a list of what is wrong.
const visible = (element) => element.getClientRects().length > 0;
const box = (element) => element.getBoundingClientRect();
const squeezed = (text) => text.replace(/\s+/g, "");
const drawings = () => [...document.querySelectorAll("svg[role=img]")].filter(visible);
const labels = (svg) => [...svg.querySelectorAll("text")].filter((t) => t.textContent.trim() !== "");

// overflow: the page is not wider than the screen, and nothing stands out of it or of its own box.
function overflow() {
  const wrong = [], page = document.scrollingElement;
  if (page.scrollWidth > page.clientWidth) wrong.push(`page: ${page.scrollWidth} > ${page.clientWidth}`);
  for (const element of document.body.querySelectorAll("*")) {
    if (!visible(element) || element.closest("svg, .skip")) continue;
    const b = box(element), where = `${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 40)}`;
    if (!element.closest(".scroll > *") && (b.left < -1 || b.right > page.clientWidth + 1)) wrong.push(`outside: ${where}`);
    const inline = getComputedStyle(element).display === "inline";
    if (!inline && !element.matches(".scroll") && element.scrollWidth > element.clientWidth + 1) wrong.push(`clipped: ${where}`);
  }
  return wrong;
}

// collisions: no label of a drawing lies on another, on a line, or outside.
function collisions() {
  const wrong = [];
  for (const svg of drawings()) {
    const frame = box(svg), all = labels(svg).map((t) => [t.textContent, box(t)]);
    for (const [i, [text, a]] of all.entries()) {
      if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1 || a.bottom > frame.bottom + 1) {
        wrong.push(`outside the drawing: ${text}`);
      }
      for (const [other, b] of all.slice(i + 1)) {
        const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (width > 1 && height > 1) wrong.push(`"${text}" lies on "${other}"`);
      }
    }
    for (const line of svg.querySelectorAll("path.connection")) {
      const matrix = line.getScreenCTM(), length = line.getTotalLength();
      for (const [text, b] of all) {
        for (let at = 0; at <= length; at += 4) {
          const p = line.getPointAtLength(at).matrixTransform(matrix);
          if (p.x > b.left + 1 && p.x < b.right - 1 && p.y > b.top + 1 && p.y < b.bottom - 1) {
            wrong.push(`a line crosses "${text}"`);
            break;
          }
        }
      }
    }
  }
  return wrong;
}

// absent: the words, of each figure in turn, that its drawing does not show.
function absent(figures) {
  const shown = [...document.querySelectorAll("figure")];
  const wrong = shown.length === figures.length ? [] : [`${shown.length} figures, not ${figures.length}`];
  for (const [i, words] of figures.entries()) {
    const svgs = [...(shown[i]?.querySelectorAll("svg[role=img]") ?? [])].filter(visible);
    if (svgs.length !== 1) wrong.push(`figure ${i}: ${svgs.length} drawings`);
    const text = svgs.map((svg) => labels(svg).map((t) => [...t.childNodes].map((n) => n.textContent).join("")).join("")).join("");
    for (const word of words) if (!squeezed(text).includes(squeezed(word))) wrong.push(`figure ${i} lacks "${word}"`);
    if (svgs.some((svg) => !svg.getAttribute("aria-label"))) wrong.push(`figure ${i} has no name`);
  }
  return wrong;
}

const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const rgb = (colour) => colour.match(/[\d.]+/g).map(Number);
const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
function ratio(a, b) {
  const [dark, light] = [luminance(rgb(a)), luminance(rgb(b))].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

// faint: texts with a contrast below 4.5 to 1 (WCAG 2.2, 1.4.3), in the page and in drawings.
function faint() {
  const wrong = new Set(), check = (text, front, back) => {
    const r = ratio(front, back);
    if (r < 4.5) wrong.add(`${r.toFixed(2)} ${front} on ${back}: ${text.trim().slice(0, 40)}`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !visible(parent) || parent.closest("svg, .skip")) continue;
    let back = parent;
    while (back && rgb(getComputedStyle(back).backgroundColor)[3] === 0) back = back.parentElement;
    check(walker.currentNode.data, getComputedStyle(parent).color, back ? getComputedStyle(back).backgroundColor : "rgb(255,255,255)");
  }
  for (const svg of drawings()) {
    const shapes = [...svg.querySelectorAll("rect, path:not(.connection)")].filter((s) => rgb(getComputedStyle(s).fill)?.length);
    for (const text of labels(svg)) {
      const t = box(text), x = (t.left + t.right) / 2, y = (t.top + t.bottom) / 2;
      const under = shapes.filter((s) => { const b = box(s); return b.left <= x && x <= b.right && b.top <= y && y <= b.bottom; })
        .sort((p, q) => box(p).width * box(p).height - box(q).width * box(q).height)[0];
      check(text.textContent, getComputedStyle(text).fill, getComputedStyle(under).fill);
    }
  }
  return [...wrong];
}

// violations: what axe finds.
const violations = async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(" | ")}`);

// opened: opens every fold.
const opened = () => { for (const d of document.querySelectorAll("details")) d.open = true; return []; };

// folded: folds whose content a printer does not see.
const folded = () => [...document.querySelectorAll("details > :not(summary)")].filter((e) => box(e).height === 0).map((e) => e.textContent.slice(0, 40));
