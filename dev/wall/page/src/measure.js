// Every text that is drawn: where its ink is, how large, in which colours, and what of
// it cannot be seen. What is drawn on a canvas (a graph's axes) is no text here.
export function measure() {
  return [...document.querySelectorAll('[data-panel]')].map((panel) => ({
    id: Number(panel.dataset.panel),
    box: boxOf(panel.getBoundingClientRect()),
    failed: panel.querySelector('[data-failed]')?.textContent ?? '',
    scrolls: scrolls(panel),
    fills: [...new Set([...panel.querySelectorAll('*')].map(fill).filter(Boolean))],
    texts: [...textsIn(panel)],
  }));
}

const content = (panel) => panel.querySelector('[data-testid="data-testid panel content"]');

function* textsIn(panel) {
  const nodes = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
  for (let node; (node = nodes.nextNode()); ) {
    const element = node.parentElement;
    if (!node.textContent.trim() || element.closest('style, script') || !isShown(element)) continue;
    const style = getComputedStyle(element);
    const box = inkOf(node, style);
    const isDrawn = box.right > box.left; // a table measures its headers in copies of no size
    if (!isDrawn || isScrolledAway(element, panel, box)) continue;
    const place = (isHeading(element) ? panel : content(panel) ?? panel).getBoundingClientRect();
    yield {
      text: node.textContent.trim(),
      role: roleOf(element),
      tile: tileOf(element, panel),
      size: parseFloat(style.fontSize),
      colour: style.color,
      background: backgroundOf(element),
      box,
      cut: isCut(element, panel, box),
      outside: isAcross(box, place) || isAlong(box, place),
    };
  }
}

const isHeading = (element) => !!element.closest('h1, h2');
const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

// The font's box reaches far above and below its letters: only ink can lie over ink.
const context = document.createElement('canvas').getContext('2d');

function inkOf(node, style) {
  const range = document.createRange();
  range.selectNodeContents(node);
  const { left, right, top, bottom } = range.getBoundingClientRect();
  context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const ink = context.measureText(node.textContent.trim());
  const lines = range.getClientRects().length;
  const height = (bottom - top) / lines;
  const above = (height * ink.fontBoundingBoxAscent) / (ink.fontBoundingBoxAscent + ink.fontBoundingBoxDescent);
  return {
    left,
    right,
    top: top + above - ink.actualBoundingBoxAscent,
    bottom: bottom - height + above + ink.actualBoundingBoxDescent,
  };
}

const boxOf = ({ left, right, top, bottom }) => ({ left, right, top, bottom });

const SLACK = 1; // of rounding
const isAcross = (box, frame) => box.left < frame.left - SLACK || box.right > frame.right + SLACK;
const isAlong = (box, frame) => box.top < frame.top - SLACK || box.bottom > frame.bottom + SLACK;

function* around(element, panel) {
  for (let each = element; each !== panel; each = each.parentElement)
    yield { each, frame: each.getBoundingClientRect(), ...overflow(each) };
}

function overflow(element) {
  const { overflowX, overflowY } = getComputedStyle(element);
  return { overflowX, overflowY };
}

const isCut = (element, panel, box) =>
  [...around(element, panel)].some(
    ({ frame, overflowX, overflowY }) =>
      (overflowX !== 'visible' && isAcross(box, frame)) || (overflowY !== 'visible' && isAlong(box, frame))
  );

// Rows of a table: `scrolls` says that there are more.
const isScrolledAway = (element, panel, box) =>
  [...around(element, panel)].some(({ each, frame }) => scrollsAlong(each) && isAlong(box, frame));

const canScroll = (overflow) => overflow === 'auto' || overflow === 'scroll';
const scrollsAlong = (element) =>
  canScroll(overflow(element).overflowY) && element.scrollHeight > element.clientHeight + SLACK;
const scrollsAcross = (element) =>
  canScroll(overflow(element).overflowX) && element.scrollWidth > element.clientWidth + SLACK;

const scrolls = (panel) =>
  [...panel.querySelectorAll('*')].some((element) => scrollsAlong(element) || scrollsAcross(element));

function fill(element) {
  const { backgroundColor, backgroundImage } = getComputedStyle(element);
  const gradient = backgroundImage.match(/rgba?\([^)]*\)/);
  const colour = gradient ? gradient[0] : backgroundColor;
  return /, 0\)$/.test(colour) ? '' : colour;
}

// As it is seen: what shines through is painted, from the outermost inwards.
const paint = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });

function backgroundOf(element) {
  const fills = [];
  for (let each = element; each; each = each.parentElement) if (fill(each)) fills.unshift(fill(each));
  for (paint.fillStyle of fills) paint.fillRect(0, 0, 1, 1);
  return `rgb(${paint.getImageData(0, 0, 1, 1).data.slice(0, 3).join(', ')})`;
}

function roleOf(element) {
  if (isHeading(element)) return 'title';
  if (element.closest('.tile')) {
    if (element.tagName !== 'SPAN') return 'name';
    return element.style.fontSize ? 'unit' : 'value'; // a suffix is drawn smaller
  }
  if (element.closest('[role="columnheader"]')) return 'header';
  return element.closest('[role="gridcell"]') ? 'cell' : 'other';
}

const TILES = '.tile, [role="gridcell"]';
const tileOf = (element, panel) => [...panel.querySelectorAll(TILES)].indexOf(element.closest(TILES));
